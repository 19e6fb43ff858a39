// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/check.hpp"

namespace sluice {

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed:
      return "allowed";
    case Outcome::denied:
      return "denied";
    case Outcome::throttled:
      return "throttled";
    case Outcome::conflict:
      return "conflict";
    case Outcome::no_such_hold:
      return "no_such_hold";
    case Outcome::hold_expired:
      return "hold_expired";
    case Outcome::suspended:
      return "suspended";
    case Outcome::deactivated:
      return "deactivated";
    case Outcome::access_denied:
      return "access_denied";
    case Outcome::unknown_tenant:
      return "unknown_tenant";
    case Outcome::no_such_meter:
      return "no_such_meter";
    case Outcome::unavailable:
      return "unavailable";
    case Outcome::invalid:
      return "invalid";
  }
  return "unknown";
}

}  // namespace sluice
