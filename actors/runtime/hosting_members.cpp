// SPDX-License-Identifier: Apache-2.0
// How members find their places before they are there: whoever decides on a place counts all that
// were taken and not left, so two never get the last one.
#include <algorithm>

#include "actors/runtime/hosting.hpp"
#include "actors/tenant/member_change.hpp"

namespace sluice {

MeterId Hosting::users() const {
  return users_in(*meters_.table());
}

// Without room in the journal the thresholds that they reach are told when it is asked again.
void Hosting::seat(HostedTenant& hosted, std::uint32_t members, const Now& now) {
  const auto taken = seats_.find(hosted.tenant.id());
  const std::uint32_t all = members + (taken == seats_.end() ? 0 : taken->second);
  if (all == 0 && hosted.tenant.members() == 0) {
    return;
  }
  hosted.tenant.seat({users(), all});
  if (turn_log_.has_room()) {
    note(hosted, hosted.tenant.note_members(now, happenings_));
  }
}

void Hosting::take_seat(TenantId tenant, const SeatCall& call, const Now& now) {
  if (HostedTenant* hosted = table_.find(tenant)) {
    hosted->touched = coarse(now.steady);
    call(take_seat(*hosted, now));
  } else if (unknown_.knows(tenant, now.steady)) {
    call(Fault{FaultCode::not_found, "tenant " + to_string(tenant) + " does not exist"});
  } else if (!activations_.wait(tenant, call)) {
    call(Fault{FaultCode::unavailable, "too many checks wait for tenants to be loaded"});
  }
}

Result<Done> Hosting::take_seat(HostedTenant& hosted, const Now& now) {
  Tenant& tenant = hosted.tenant;
  end_overdue_of(hosted, now);
  if (!owner_) {
    return Fault{FaultCode::unavailable, "another server owns the tenant"};
  }
  if (!tenant.has_seat(users(), now)) {
    return Fault{FaultCode::quota_exceeded,
                 "users: the tenant's limits have no place for one more member"};
  }
  ++seats_[tenant.id()];
  tenant.seat({users(), tenant.members() + 1});
  return Done{};
}

std::uint32_t Hosting::forget_seats(TenantId tenant, std::uint32_t seats) {
  const auto taken = seats_.find(tenant);
  const std::uint32_t left = taken == seats_.end() ? 0 : std::min(seats, taken->second);
  if (left > 0 && (taken->second -= left) == 0) {
    seats_.erase(taken);
  }
  return left;
}

void Hosting::leave_seat(TenantId tenant) {
  const std::uint32_t left = forget_seats(tenant, 1);
  if (HostedTenant* const hosted = table_.find(tenant)) {
    const std::uint32_t before = hosted->tenant.members();
    hosted->tenant.seat({users(), before - std::min(left, before)});
  }
}

void Hosting::seated(TenantId tenant, std::uint32_t members, std::uint32_t seats, const Now& now) {
  forget_seats(tenant, seats);
  if (HostedTenant* const hosted = table_.find(tenant)) {
    seat(*hosted, members, now);
    report_happenings();
  }
}

}  // namespace sluice
