// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::text {

/// A table as RFC 4180 has it: fields between commas, rows that end in CR LF, the names first.
///
/// Role       Text only.
/// Threading  Confined.
/// Ownership  Owns its text.
/// Units      None.
/// Errors     None. A text that a spreadsheet would take for a formula gets an apostrophe in front:
///            names of tenants are chosen by others.
/// Cost       Linear.
class Csv {
public:
  explicit Csv(const std::vector<std::string>& names) { add(names); }

  void add(const std::vector<std::string>& fields);
  [[nodiscard]] std::string take() { return std::move(text_); }

private:
  std::string text_;
};

}  // namespace sluice::text
