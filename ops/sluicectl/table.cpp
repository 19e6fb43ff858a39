// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice::ctl {
namespace {

constexpr std::string_view gap = "  ";
constexpr Columns card_value_columns_max = 240;

std::string_view escape_of(Tint tint) {
  switch (tint) {
    case Tint::none:
      return "";
    case Tint::heading:
      return "\033[1m";
    case Tint::good:
      return "\033[32m";
    case Tint::warning:
      return "\033[33m";
    case Tint::bad:
      return "\033[31m";
    case Tint::faint:
      return "\033[2m";
  }
  return "";
}

std::string padded(std::string_view text, Tint tint, Align align, Columns columns, Style style) {
  const std::string padding(columns - std::min(columns, width_of(text)), ' ');
  const std::string shown = tinted(text, tint, style);
  return align == Align::left ? shown + padding : padding + shown;
}

void end_line(std::string& out) {
  out.erase(out.find_last_not_of(' ') + 1);
  out += '\n';
}

/// `used * parts / size`, without overflow in between.
std::uint64_t parts_of(std::uint64_t used, std::uint64_t size, std::uint64_t parts) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{used} * parts / size);
}

}  // namespace

std::string tinted(std::string_view text, Tint tint, Style style) {
  if (!style.colour || tint == Tint::none) {
    return std::string{text};
  }
  return fmt::format("{}{}\033[0m", escape_of(tint), text);
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<Cell> row) {
  SLUICE_INVARIANT(row.size() == columns_.size());
  for (Cell& cell : row) {
    cell.text = fit(cell.text, cell_columns_max);
  }
  rows_.push_back(std::move(row));
}

std::string Table::print(Style style) const {
  if (rows_.empty()) {
    return "";
  }
  std::string out;
  std::vector<Columns> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Columns width = width_of(columns_[i].heading);
    for (const auto& row : rows_) {
      width = std::max(width, width_of(row[i].text));
    }
    widths.push_back(width);
    out += padded(columns_[i].heading, Tint::heading, columns_[i].align, width, style).append(gap);
  }
  end_line(out);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += padded(row[i].text, row[i].tint, columns_[i].align, widths[i], style).append(gap);
    }
    end_line(out);
  }
  return out;
}

void Card::add(std::string name, std::string value, Tint tint) {
  lines_.push_back({std::move(name), {fit(value, card_value_columns_max), tint}});
}

std::string Card::print(Style style) const {
  Columns width = 0;
  for (const Line& line : lines_) {
    width = std::max(width, width_of(line.name));
  }
  std::string out;
  for (const Line& line : lines_) {
    out += padded(line.name, Tint::faint, Align::left, width, style).append(gap);
    out += tinted(line.value.text, line.value.tint, style);
    end_line(out);
  }
  return out;
}

std::string bar(std::uint64_t used, std::uint64_t size, Columns columns) {
  constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const std::uint64_t parts_max = std::uint64_t{columns} * 8;
  const std::uint64_t parts =
      size == 0 || used >= size ? parts_max : parts_of(used, size, parts_max);
  std::string out;
  for (std::uint64_t i = 0; i < parts / 8; ++i) {
    out += "█";
  }
  out += eighths[parts % 8];
  const Columns filled = (parts + 7) / 8;
  return out.append(columns - filled, ' ');
}

std::string share(std::uint64_t used, std::uint64_t size) {
  return size == 0 ? "100%" : fmt::format("{}%", parts_of(used, size, 100));
}

Tint tint_of_share(std::uint64_t used, std::uint64_t size) {
  if (size == 0 || used >= size) {
    return Tint::bad;
  }
  return parts_of(used, size, 100) >= 80 ? Tint::warning : Tint::good;
}

}  // namespace sluice::ctl
