// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/label_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "actors/tenant/limit_rules.hpp"

namespace sluice::ctl {
namespace {

Fault wrong(std::string why) {
  return Fault{FaultCode::invalid_argument, std::move(why)};
}

Fault wrong_name(std::string_view name) {
  return wrong(fmt::format("'{}' is not the name of a label, [a-z0-9][a-z0-9_-]{{0,31}}", name));
}

/// With as many parts as there are separators, and one more.
std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator)) {
    parts.emplace_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.emplace_back(text);
  return parts;
}

}  // namespace

Result<OwnedLabel> parse_label(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return wrong(fmt::format("'{}' is not NAME=VALUE; write for example user=42", text));
  }
  OwnedLabel label{std::string{text.substr(0, equals)}, std::string{text.substr(equals + 1)}};
  if (!is_label_name(label.name)) {
    return wrong_name(label.name);
  }
  if (label.value.empty() || !is_label_value(label.value)) {
    return wrong(fmt::format("the value of '{}' is not 1 to 64 bytes of UTF-8", label.name));
  }
  return label;
}

Result<std::vector<std::string>> parse_label_names(std::string_view text) {
  std::vector<std::string> names = split(text, ',');
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (!is_label_name(*name)) {
      return wrong_name(*name);
    }
    if (std::find(names.begin(), name, *name) != name) {
      return wrong(fmt::format("'{}' is there twice", *name));
    }
  }
  return names;
}

Result<Condition> parse_condition(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return wrong(
        fmt::format("'{}' is not a condition; write for example model=a|b or team!=x", text));
  }
  Condition condition;
  condition.negated = equals > 0 && text[equals - 1] == '!';
  condition.label = text.substr(0, equals - (condition.negated ? 1 : 0));
  condition.values = split(text.substr(equals + 1), '|');
  if (!is_label_name(condition.label)) {
    return wrong_name(condition.label);
  }
  if (condition.values.size() > values_per_condition_max) {
    return wrong(
        fmt::format("'{}' has more than {} values", condition.label, values_per_condition_max));
  }
  for (const std::string& value : condition.values) {
    if (!is_label_value(value)) {
      return wrong(fmt::format("a value of '{}' is not up to 64 bytes of UTF-8", condition.label));
    }
  }
  return condition;
}

std::string format_condition(const Condition& condition) {
  return fmt::format("{}{}{}", condition.label, condition.negated ? "!=" : "=",
                     fmt::join(condition.values, "|"));
}

}  // namespace sluice::ctl
