// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/compliance.hpp"

#include <algorithm>
#include <cstddef>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {

namespace {
constexpr std::size_t compliance_label_bytes_max = 32;
}  // namespace

std::vector<std::string> in_order(std::vector<std::string> labels) {
  std::ranges::sort(labels);
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels;
}

Result<Done> validate_compliance(const std::vector<std::string>& labels) {
  if (labels.size() > compliance_labels_max) {
    return Fault{FaultCode::invalid_argument, "compliance: there are more than 16 labels"};
  }
  for (const std::string& label : labels) {
    if (label.empty() || label.size() > compliance_label_bytes_max ||
        !is_spelt_in(label, {.extra = "_-"})) {
      return Fault{FaultCode::invalid_argument, "compliance: each must match [a-z0-9_-]{1,32}"};
    }
  }
  return Done{};
}

std::string compliance_text(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) {
    text.append(text.empty() ? "" : " ").append(label);
  }
  return text;
}

std::vector<std::string> parse_compliance(std::string_view text) {
  std::vector<std::string> labels;
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(label.size() + 1, text.size()));
    if (!label.empty()) {
      labels.emplace_back(label);
    }
  }
  return labels;
}

}  // namespace sluice
