// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/csv_text.hpp"

namespace sluice::text {
namespace {

std::string csv_field(std::string_view text) {
  const bool is_formula =
      !text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
  std::string field{is_formula ? "'" : ""};
  field.append(text);
  if (field.find_first_of(",\"\r\n") == std::string::npos) {
    return field;
  }
  std::string quoted = "\"";
  for (const char c : field) {
    quoted.append(c == '"' ? 2 : 1, c);
  }
  return quoted.append("\"");
}

}  // namespace

void Csv::add(const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    text_.append(i == 0 ? "" : ",").append(csv_field(fields[i]));
  }
  text_.append("\r\n");
}

}  // namespace sluice::text
