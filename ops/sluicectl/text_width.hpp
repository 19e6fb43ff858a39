// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::ctl {

/// Columns of a terminal.
using Columns = std::size_t;

/// How many columns the UTF-8 text takes on a terminal: two for East Asian wide characters and
/// emoji, none for combining marks. A byte that is not UTF-8 takes one.
[[nodiscard]] Columns width_of(std::string_view text);

/// The text, cut to so many columns with `…` at the end where something is missing. Control
/// characters become `?`, because what is printed here was written by others and must not drive
/// the terminal.
[[nodiscard]] std::string fit(std::string_view text, Columns columns);

}  // namespace sluice::ctl
