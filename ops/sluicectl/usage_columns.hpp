// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "actors/tenant/usage.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {

/// What few rows of usage have: a price, or the value of a label. It gets a column where one of
/// them has it.
///
/// Role       Columns for tables of points and of statistics.
/// Threading  Immutable.
/// Ownership  None.
/// Units      As the rows.
/// Errors     None.
class RareUsage {
public:
  template <class Rows>
  explicit RareUsage(const Rows& rows)
      : price_(std::ranges::any_of(rows, [](const auto& row) { return row.price_micros > 0; })),
        part_(std::ranges::any_of(rows, [](const auto& row) { return !row.part.is_whole(); })) {}

  void add_headings(std::vector<Table::Column>& columns) const {
    if (price_) {
      columns.push_back({"PRICE", Align::right});
    }
    if (part_) {
      columns.push_back({"OF"});
    }
  }
  template <class Row>
  void add_cells(const Row& row, std::vector<Cell>& cells) const {
    if (price_) {
      cells.push_back(price_cell(row.price_micros));
    }
    if (part_ && row.part.is_whole()) {
      cells.push_back({"-"});
    } else if (part_ && row.part->others) {
      cells.push_back({fmt::format("other {}s", row.part->label)});
    } else if (part_) {
      cells.push_back({fmt::format("{}={}", row.part->label, row.part->value)});
    }
  }

private:
  bool price_;
  bool part_;
};

/// Nothing of a whole.
inline void put_part(Json& out, const PartRef& part) {
  if (!part.is_whole()) {
    out["label"] = part->label;
    out["value"] = part->value;
    out["others"] = part->others;
  }
}

}  // namespace sluice::ctl
