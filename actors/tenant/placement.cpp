// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/placement.hpp"

#include <array>
#include <utility>

#include "actors/tenant/text.hpp"

namespace sluice {

namespace {

constexpr std::array isolation_names{
    std::pair{Isolation::shared, std::string_view{"shared"}},
    std::pair{Isolation::dedicated_schema, std::string_view{"dedicated_schema"}},
    std::pair{Isolation::dedicated_instance, std::string_view{"dedicated_instance"}}};

}  // namespace

bool is_instance_name(std::string_view text) {
  return !text.empty() && text.size() <= instance_name_bytes_max &&
         is_spelt_in(text, {.extra = "-_"});
}

std::string_view to_string(Isolation isolation) {
  return isolation_names.at(static_cast<std::size_t>(isolation)).second;
}

std::optional<Isolation> parse_isolation(std::string_view text) {
  for (const auto& [isolation, name] : isolation_names) {
    if (name == text) {
      return isolation;
    }
  }
  return std::nullopt;
}

std::string to_string(const Placement& placement) {
  std::string text{to_string(placement.isolation)};
  if (!placement.instance.empty()) {
    text.append("=").append(placement.instance);
  }
  return text;
}

std::optional<Placement> parse_placement(std::string_view text) {
  const std::size_t equals = text.find('=');
  const auto isolation = parse_isolation(text.substr(0, equals));
  if (!isolation) {
    return std::nullopt;
  }
  Placement placement{*isolation};
  if (equals != std::string_view::npos) {
    placement.instance = text.substr(equals + 1);
  }
  const bool names_none = equals != std::string_view::npos && placement.instance.empty();
  return names_none || !validate(placement).ok() ? std::nullopt : std::optional{placement};
}

Result<Done> validate(const Placement& placement) {
  const bool elsewhere = placement.isolation == Isolation::dedicated_instance;
  if (elsewhere && !is_instance_name(placement.instance)) {
    return Fault{FaultCode::invalid_argument,
                 "instance: must match [a-z0-9_-]{1,32} for a dedicated_instance"};
  }
  if (!elsewhere && !placement.instance.empty()) {
    return Fault{FaultCode::invalid_argument,
                 "instance: is only for a dedicated_instance, not for " +
                     std::string{to_string(placement.isolation)}};
  }
  return Done{};
}

}  // namespace sluice
