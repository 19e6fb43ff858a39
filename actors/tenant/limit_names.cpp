// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/limit_names.hpp"

#include "actors/tenant/invariant.hpp"

namespace sluice {

std::string_view name_of(Period period) {
  switch (period) {
    case Period::minute:
      return "minute";
    case Period::hour:
      return "hour";
    case Period::day:
      return "day";
    case Period::week:
      return "week";
    case Period::month:
      return "month";
    case Period::year:
      return "year";
    case Period::never:
      return "never";
  }
  SLUICE_INVARIANT(!"a period outside of its enum");
}

std::string_view name_of(Enforcement enforcement) {
  switch (enforcement) {
    case Enforcement::block:
      return "block";
    case Enforcement::alert:
      return "alert";
    case Enforcement::throttle:
      return "throttle";
    case Enforcement::overage:
      return "overage";
  }
  SLUICE_INVARIANT(!"an enforcement outside of its enum");
}

std::string_view name_of(Refill refill) {
  switch (refill) {
    case Refill::greedy:
      return "greedy";
    case Refill::interval:
      return "interval";
  }
  SLUICE_INVARIANT(!"a refill outside of its enum");
}

}  // namespace sluice
