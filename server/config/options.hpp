// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/config/field.hpp"

namespace sluice {

/// One row of the table that parsing, validation, --help and docs/configuration.md come from.
struct Option {
  std::string_view name;  ///< The flag without its dashes, and the key in the file.
  Field field;
  std::string_view meaning;  ///< One sentence.
};

/// All options, in the order in which they are described.
[[nodiscard]] std::span<const Option> options();
/// Nothing if there is none of that name.
[[nodiscard]] const Option* find_option(std::string_view name);

/// Names the file. Not a row: it cannot stand in the file, and the server never sees it.
inline constexpr std::string_view config_option = "config";
inline constexpr std::string_view config_meaning =
    "Read options from this file: lines of the form name = value.";

/// `flush-interval` is SLUICE_FLUSH_INTERVAL.
inline constexpr std::string_view environment_prefix = "SLUICE_";
[[nodiscard]] std::string environment_name(std::string_view option);

/// A value for an option, as somebody wrote it.
struct Setting {
  std::string name;
  std::string value;
  std::string origin;  ///< "the command line", "line 3 of sluiced.conf".
};

}  // namespace sluice
