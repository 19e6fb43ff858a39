// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/fault.hpp"

namespace sluice {

std::string_view to_string(FaultCode code) {
  switch (code) {
    case FaultCode::invalid_argument:
      return "invalid_argument";
    case FaultCode::not_found:
      return "not_found";
    case FaultCode::already_exists:
      return "already_exists";
    case FaultCode::conflict:
      return "conflict";
    case FaultCode::limit_exceeded:
      return "limit_exceeded";
    case FaultCode::unavailable:
      return "unavailable";
    case FaultCode::outcome_unknown:
      return "outcome_unknown";
    case FaultCode::data_damaged:
      return "data_damaged";
    case FaultCode::fenced:
      return "fenced";
    case FaultCode::permission_denied:
      return "permission_denied";
    case FaultCode::unauthenticated:
      return "unauthenticated";
    case FaultCode::quota_exceeded:
      return "quota_exceeded";
  }
  return "unknown";
}

}  // namespace sluice
