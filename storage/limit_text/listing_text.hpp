// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The lists of texts that listings have, as both stores keep them: an array in JSON.
///
/// Role       Pure functions.
/// Errors     What is read gives nothing if it is no array of texts.
/// Cost       An allocation for each text.

[[nodiscard]] std::string text_list(const std::vector<std::string>& texts);
[[nodiscard]] std::optional<std::vector<std::string>> parse_text_list(std::string_view text);

}  // namespace sluice
