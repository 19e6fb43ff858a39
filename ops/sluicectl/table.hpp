// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ops/sluicectl/text_width.hpp"

namespace sluice::ctl {

/// What a text means, for terminals that show colours.
enum class Tint : std::uint8_t { none, heading, good, warning, bad, faint };

/// How to print for people.
struct Style {
  bool colour = false;
};

[[nodiscard]] std::string tinted(std::string_view text, Tint tint, Style style);

enum class Align : std::uint8_t { left, right };

struct Cell {
  std::string text;
  Tint tint = Tint::none;
};

/// Lines up texts in columns, each as wide as its widest text.
///
/// Role       Layout only: what the cells say is up to the caller.
/// Ownership  Holds its cells by value.
/// Units      Widths in terminal columns; a text wider than `cell_columns_max` is cut.
class Table {
public:
  static constexpr Columns cell_columns_max = 60;

  struct Column {
    std::string heading;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns);

  /// A row has as many cells as the table has columns.
  void add(std::vector<Cell> row);
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  /// The headings and the rows, each line with its end; nothing for a table without rows.
  [[nodiscard]] std::string print(Style style) const;

private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Names and their values below each other; for a single thing where a table has one row.
class Card {
public:
  void add(std::string name, std::string value, Tint tint = Tint::none);
  [[nodiscard]] std::string print(Style style) const;

private:
  struct Line {
    std::string name;
    Cell value;
  };
  std::vector<Line> lines_;
};

/// `used` out of `size` as a bar of eighths of a character, such as `███▌    `. A size of zero is
/// full.
[[nodiscard]] std::string bar(std::uint64_t used, std::uint64_t size, Columns columns);

/// `64%`, cut off, so that 100% is never said too early.
[[nodiscard]] std::string share(std::uint64_t used, std::uint64_t size);

/// Good below 80 %, bad from 100 % on, a warning in between.
[[nodiscard]] Tint tint_of_share(std::uint64_t used, std::uint64_t size);

}  // namespace sluice::ctl
