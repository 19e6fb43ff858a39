// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/credit_statement.hpp"

#include <algorithm>

namespace sluice::ctl {

GrantState state_of(const Grant& grant, WallTime now) {
  if (grant.voided_at != wall_time_never) {
    return GrantState::voided;
  }
  if (grant.terms.expires_at <= now) {
    return GrantState::expired;
  }
  if (grant.terms.effective_at > now) {
    return GrantState::pending;
  }
  return grant.balance > Amount{} ? GrantState::active : GrantState::used_up;
}

std::string_view to_string(GrantState state) {
  switch (state) {
    case GrantState::pending:
      return "pending";
    case GrantState::active:
      return "active";
    case GrantState::used_up:
      return "used up";
    case GrantState::expired:
      return "expired";
    case GrantState::voided:
      return "voided";
  }
  return "";
}

WallTime effective_since(const Grant& grant) {
  return std::max(grant.terms.effective_at, grant.given_at);
}

Amount balance_of(const LimitUsage& credit) {
  Amount balance;
  for (const Grant& grant : credit.grants) {
    balance = balance + grant.balance;
  }
  return balance;
}

}  // namespace sluice::ctl
