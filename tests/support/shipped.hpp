// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace sluice::test {

/// For tests that run other programs with the configurations that ship, in a place of their own.

/// A port on loopback that nobody has now.
[[nodiscard]] std::uint16_t free_port();
/// All of a file; throws if it is not there, or empty.
[[nodiscard]] std::string text_of(const std::string& path);
void replace_all(std::string& text, const std::string& what, const std::string& with);

}  // namespace sluice::test
