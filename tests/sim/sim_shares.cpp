// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_shares.hpp"

#include "tests/actors/tenant/sharing_ends.hpp"

namespace sluice::sim {

namespace {

bool is_open(const SharingRequest& request) {
  return request.state == SharingState::pending || request.state == SharingState::approved;
}

bool asks_for(const SharingQuery& query, const SharingRequest& request) {
  const TenantId party = query.side == SharingSide::owner ? request.owner : request.consumer;
  return party == query.tenant && (!query.policy || request.policy == *query.policy) &&
         (!query.state || request.state == *query.state) && (!query.open || is_open(request)) &&
         (!query.after || request.id > *query.after);
}

}  // namespace

Result<Done> SimShares::put(const SharingPolicy& policy) {
  const auto stored = policies_.find(policy.id);
  if (stored == policies_.end() && policy.version != Version{1}) {
    return Fault{FaultCode::not_found, "policy"};
  }
  if (stored != policies_.end() && stored->second.version.raw() + 1 != policy.version.raw()) {
    return Fault{FaultCode::conflict, "policy.version"};
  }
  for (const auto& [id, other] : policies_) {
    if (id != policy.id && other.resource == policy.resource) {
      return Fault{FaultCode::already_exists, "policy.resource"};
    }
  }
  policies_.insert_or_assign(policy.id, policy);
  if (policy.expires_at) {
    due_.insert(policy.id);
  } else {
    due_.erase(policy.id);
  }
  return Done{};
}

Result<Done> SimShares::put(const RequestStep& step) {
  const SharingRequest& request = step.request;
  const auto stored = requests_.find(request.id);
  if (step.from) {
    if (stored == requests_.end() || stored->second.state != *step.from) {
      return Fault{FaultCode::conflict, "state"};
    }
    stored->second = request;
    return Done{};
  }
  const bool is_taken = std::ranges::any_of(requests_, [&](const auto& entry) {
    const SharingRequest& other = entry.second;
    return other.id == request.id ||
           (is_open(other) && other.policy == request.policy && other.consumer == request.consumer);
  });
  if (is_taken) {
    return Fault{FaultCode::already_exists, "request"};
  }
  requests_.emplace(request.id, request);
  return Done{};
}

Result<Done> SimShares::remove(PolicyId policy) {
  due_.erase(policy);
  return policies_.erase(policy) > 0 ? Result<Done>{Done{}} : Fault{FaultCode::not_found, "policy"};
}

void SimShares::remove_all_of(TenantId tenant) {
  std::erase_if(policies_, [&](const auto& entry) {
    due_.erase(entry.second.owner == tenant ? entry.first : PolicyId{});
    return entry.second.owner == tenant;
  });
  std::erase_if(requests_, [&](const auto& entry) {
    return entry.second.owner == tenant || entry.second.consumer == tenant;
  });
}

SharingPage SimShares::page(const SharingQuery& query) const {
  SharingPage page;
  for (const auto& [id, request] : requests_) {
    if (!asks_for(query, request)) {
      continue;
    }
    page.more = page.requests.size() == query.page_size;
    if (page.more) {
      break;
    }
    page.requests.push_back(request);
  }
  return page;
}

bool SimShares::was_revoked(PolicyId policy, TenantId consumer) const {
  return was_revoked_last(requests_, policy, consumer);
}

SharingDue SimShares::due(WallTime by, std::size_t count_max) const {
  SharingDue due;
  for (const auto& [id, request] : requests_) {
    const bool is_due = request.state == SharingState::approved && request.expires_at &&
                        *request.expires_at <= by && due.grants.size() < count_max;
    if (is_due) {
      due.grants.push_back(request);
    }
  }
  for (const PolicyId id : due_) {
    const SharingPolicy& policy = policies_.at(id);
    if (*policy.expires_at <= by && due.policies.size() < count_max) {
      due.policies.push_back(policy);
    }
  }
  return due;
}

std::vector<GrantSpan> SimShares::spans() const {
  std::vector<GrantSpan> spans;
  for (const auto& [id, request] : requests_) {
    if (const auto span = span_of(request)) {
      spans.push_back(*span);
    }
  }
  return spans;
}

void SimHours::put(const SharedHourRow& row) {
  const auto [found, is_new] = rows_.try_emplace({row.hour.grant, row.hour.hour}, row);
  SharedHour& hour = found->second.hour;
  if (!is_new) {
    hour.uses = std::max(hour.uses, row.hour.uses);
    hour.units = std::max(hour.units, row.hour.units);
    hour.denied = std::max(hour.denied, row.hour.denied);
  }
}

MeteredUse SimHours::of(SharingId grant, const Window& window) const {
  MeteredUse sum;
  for (auto row = rows_.lower_bound({grant, billing_hour_at(window.start)});
       row != rows_.end() && row->first.first == grant && begin_of(row->first.second) < window.end;
       ++row) {
    sum.uses += row->second.hour.uses;
    sum.units += row->second.hour.units.raw();
  }
  return sum;
}

std::vector<SharedHourRow> SimHours::told(const SharedUsageQuery& query) const {
  std::vector<SharedHourRow> hours;
  for (const SharingId grant : query.grants) {
    for (auto row = rows_.lower_bound({grant, query.from});
         row != rows_.end() && row->first.first == grant && row->first.second < query.to; ++row) {
      hours.push_back(row->second);
    }
  }
  return hours;
}

}  // namespace sluice::sim
