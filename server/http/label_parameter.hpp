// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "actors/tenant/entry.hpp"

namespace sluice::http {

/// Reads labels as a header or a query has them: `user=42, model=large`, each name once; no text is
/// no labels. Nothing if it is nothing of the kind. Whether names and values are those of labels is
/// for others to say.
[[nodiscard]] std::optional<std::vector<OwnedLabel>> parse_label_list(std::string_view text);

}  // namespace sluice::http
