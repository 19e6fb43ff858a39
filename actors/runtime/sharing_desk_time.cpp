// SPDX-License-Identifier: Apache-2.0
// What time does to grants and policies.
#include <utility>

#include "actors/runtime/sharing_desk.hpp"

namespace sluice {
namespace {

/// Grants and policies whose end one round sees to.
constexpr std::size_t due_sharing_at_once = 64;

/// Of the store, and so of whatever would be asked of it next.
bool stops_all(const Fault& fault) {
  return fault.code == FaultCode::unavailable || fault.code == FaultCode::outcome_unknown ||
         fault.code == FaultCode::fenced;
}

/// The first thing that went wrong of several that are done all the same.
class FirstFault {
public:
  /// Whether nothing more can be done.
  [[nodiscard]] bool note(const Fault& fault) {
    first_ = first_.ok() ? Result<Done>{fault} : first_;
    return stops_all(fault);
  }
  [[nodiscard]] const Result<Done>& result() const noexcept { return first_; }

private:
  Result<Done> first_ = Done{};
};

}  // namespace

Result<Rest> SharingDesk::end_due(WallTime now) {
  const auto due = store_.due_sharing(now, due_sharing_at_once);
  if (!due.ok()) {
    return due.fault();
  }
  FirstFault faults;
  for (const SharingRequest& request : due.value().grants) {
    const auto ended = end_grant(request, now);
    if (!ended.ok() && faults.note(ended.fault())) {
      return faults.result().fault();
    }
  }
  std::size_t ended = due.value().grants.size();
  for (const SharingPolicy& policy : due.value().policies) {
    if (ended >= requests_at_once_max) {
      break;  // So long others wait, and no longer.
    }
    const auto of_policy = end_grants_of(policy, now);
    if (!of_policy.ok() && faults.note(of_policy.fault())) {
      return faults.result().fault();
    }
    ended += of_policy.ok() ? of_policy.value() : 0;
  }
  if (!faults.result().ok()) {
    return faults.result().fault();
  }
  const bool is_more = ended >= requests_at_once_max ||
                       due.value().grants.size() == due_sharing_at_once ||
                       due.value().policies.size() == due_sharing_at_once;
  return is_more ? Rest::some : Rest::none;
}

Result<Done> SharingDesk::end_grant(const SharingRequest& request, WallTime now) {
  const auto consumer = read(request.consumer);
  const auto policy = store_.policy(request.policy);
  if (!consumer.ok() || !policy.ok()) {
    return consumer.ok() ? policy.fault() : consumer.fault();
  }
  const SharingPolicy* const its = policy.value() ? &*policy.value() : nullptr;
  auto step = expire_access(request, its, consumer.value(), now);
  return step.ok() ? write(system_author(), TenantId{}, step.value()) : Result<Done>{step.fault()};
}

Result<std::size_t> SharingDesk::end_grants_of(const SharingPolicy& policy, WallTime now) {
  const auto standing = store_.sharing_requests({.tenant = policy.owner,
                                                 .side = SharingSide::owner,
                                                 .policy = policy.id,
                                                 .state = SharingState::approved,
                                                 .page_size = requests_at_once_max});
  if (!standing.ok()) {
    return standing.fault();
  }
  FirstFault faults;
  AccessStep all;
  for (const SharingRequest& request : standing.value().requests) {
    const auto consumer = read(request.consumer);
    auto step = consumer.ok() ? expire_access(request, &policy, consumer.value(), now)
                              : Result<AccessStep>{consumer.fault()};
    if (step.ok()) {
      join(all, std::move(step).value());
    } else if (faults.note(step.fault())) {
      return step.fault();
    }
  }
  if (!standing.value().more && faults.result().ok()) {
    all.change.swept = policy.id;
  }
  const auto written = write(system_author(), TenantId{}, all);
  if (!written.ok() || !faults.result().ok()) {
    return written.ok() ? faults.result().fault() : written.fault();
  }
  return all.change.requests.size();
}

}  // namespace sluice
