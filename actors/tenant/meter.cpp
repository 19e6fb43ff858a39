// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/meter.hpp"

#include "actors/tenant/text.hpp"

namespace sluice {
namespace {

constexpr std::size_t meter_name_bytes_max = 63;
constexpr std::size_t meter_unit_characters_max = 32;

}  // namespace

const MeterTable& default_meters() {
  static const MeterTable meters{
      {MeterId{1}, "api_requests", "request"},
      {MeterId{2}, "llm_tokens", "token"},
      {MeterId{3}, "storage_bytes", "byte"},
      {MeterId{4}, "bandwidth_bytes", "byte"},
      {MeterId{5}, "compute_seconds", "second"},
      {MeterId{6}, "gpu_seconds", "second"},
      {MeterId{7}, "users", "user"},
      {MeterId{8}, "services", "service"},
      {MeterId{9}, "models", "model"},
      {MeterId{10}, "spend_micros", "micro"},
  };
  return meters;
}

Result<Done> validate_meter(std::string_view name, std::string_view unit) {
  const bool starts_well = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
  if (!starts_well || name.size() > meter_name_bytes_max || !is_spelt_in(name, {.extra = "_"})) {
    return Fault{FaultCode::invalid_argument, "name: must match [a-z][a-z0-9_]{0,62}"};
  }
  if (const Objection objection = object_to_prose(unit, meter_unit_characters_max)) {
    return Fault{FaultCode::invalid_argument,
                 "unit: " + std::string(*objection) + " (1 to 32 characters)"};
  }
  return Done{};
}

}  // namespace sluice
