// SPDX-License-Identifier: Apache-2.0
// What the store commits, what is in force of it, and what memory and store must have.
#include <algorithm>
#include <string>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "tests/sim/sharers.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

void Sharers::shared(const SharedDeed& deed, const SharingChange& change) {
  epoch_ = deed.epoch;
  if (change.put) {
    Policy& policy = policies_[change.put->id];
    policy.versions.emplace_back(*change.put);
    policy.grants_max = std::max<std::uint64_t>(standing(change.put->id),
                                                change.put->max_consumers.value_or(1'000));
  }
  for (const RequestStep& step : change.requests) {
    follow(deed, step);
  }
  if (change.removed) {
    policies_.at(*change.removed).versions.emplace_back();
  }
  check_grants();
}

void Sharers::follow(const SharedDeed& deed, const RequestStep& step) {
  const SharingRequest& request = step.request;
  const std::string subject = to_string(request.id);
  for (const TenantId party : {request.owner, request.consumer}) {
    const auto events = std::ranges::count_if(deed.audit, [&](const AuditDraft& draft) {
      return draft.tenant == party && draft.subject == subject;
    });
    expect(events == 1, "a step of request ", request.id.low, " has ", events, " events with one");
  }
  if (request.state == SharingState::approved) {
    probes_.hit(Probe::access_approved);
    const Policy& policy = policies_.at(request.policy);
    grants_.emplace(request.id,
                    Grant{.terms = {request.id, request.policy, request.owner, request.permissions,
                                    *request.decided_at, request.expires_at},
                          .consumer = request.consumer,
                          .incarnation = model_.incarnation(request.consumer),
                          .metered = policy.versions.back()->pricing.meter.has_value()});
    expect(!policy.versions.back()->max_consumers ||
               standing(request.policy) <= *policy.versions.back()->max_consumers,
           "policy ", request.policy.low, " has ", standing(request.policy),
           " grants, over max_consumers");
  } else if (step.from == SharingState::approved) {
    Grant& grant = grants_.at(request.id);
    expect(!grant.ended_under, "grant ", request.id.low, " ended twice");
    grant.ended_under = deed.epoch;
    grant.ended_at = end_of(request);
    grant.was_revoked = request.state == SharingState::revoked;
    probes_.hit(request.state == SharingState::expired ? Probe::access_expired
                                                       : Probe::access_revoked);
  } else {
    probes_.hit(request.state == SharingState::pending    ? Probe::access_requested
                : request.state == SharingState::rejected ? Probe::access_rejected
                                                          : Probe::access_withdrawn);
  }
}

// What ends by itself ends when it was said to, whoever is there to see to it then.
WallTime Sharers::end_of(const SharingRequest& request) const {
  const auto& policy = policies_.at(request.policy).versions.back();
  WallTime end = *request.ended_at;
  if (request.state == SharingState::expired && policy) {
    end = std::min({end, policy->expires_at.value_or(end), request.expires_at.value_or(end)});
  }
  return std::max(end, *request.decided_at);
}

std::size_t Sharers::standing(PolicyId policy) const {
  std::size_t grants = 0;
  for (const auto& [id, row] : database_.rows()) {
    grants += static_cast<std::size_t>(
        std::ranges::count(row.definition.shares, policy, &SharingGrant::policy));
  }
  return grants;
}

std::size_t Sharers::approved(PolicyId policy) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(database_.shares().requests(), [policy](const auto& entry) {
        return entry.second.policy == policy && entry.second.state == SharingState::approved;
      }));
}

// What is counted and what is held cannot differ, and neither is over what may be.
void Sharers::check_grants() const {
  for (const auto& [id, policy] : policies_) {
    const std::size_t grants = standing(id);
    expect(grants == approved(id), "policy ", id.low, " has ", grants, " grants, and ",
           approved(id), " approved requests");
    expect(grants == 0 || (policy.versions.back() && grants <= policy.grants_max), "policy ",
           id.low, " has ", grants, " grants, at most ", policy.grants_max);
  }
}

// Whose policies and grants ended before, with everybody concerned.
void Sharers::purged(TenantId tenant) {
  for (const auto& [id, policy] : policies_) {
    const auto& last = policy.versions.back();
    expect(!last || last->owner != tenant, "a policy is left of tenant ", number_of(tenant));
    if (!policy.versions.front() || policy.versions.front()->owner != tenant) {
      continue;
    }
    probes_.hit(Probe::owner_purged);
  }
  for (auto& [id, grant] : grants_) {
    const bool is_party = grant.consumer == tenant || grant.terms.owner == tenant;
    expect(!is_party || grant.ended_under, "grant ", id.low, " is left of tenant ",
           number_of(tenant));
    grant.is_purged = grant.is_purged || is_party;
    if (grant.consumer == tenant) {
      probes_.hit(Probe::consumer_purged);
    }
  }
}

// -------------------------------------------------------------------------------------- in force

void Sharers::put_in_force(PolicyId id, Version version) {
  Policy& policy = policies_.at(id);
  for (std::size_t i = policy.in_force_from; i < policy.versions.size(); ++i) {
    if (policy.versions[i] && policy.versions[i]->version == version) {
      policy.in_force_from = i;
    }
  }
}

void Sharers::removal_in_force(PolicyId id) {
  policies_.at(id).in_force_from = policies_.at(id).versions.size() - 1;
  for (auto& [grant_id, grant] : grants_) {
    grant.end_told = grant.end_told || grant.terms.policy == id;
  }
}

void Sharers::answered(const SharingRequest& request) {
  if (const auto found = grants_.find(request.id); found != grants_.end()) {
    found->second.begin_told = true;
    found->second.end_told = found->second.end_told || request.state != SharingState::approved;
  }
}

void Sharers::served_by(Epoch epoch) {
  epoch_ = epoch;
  for (auto& [id, policy] : policies_) {
    policy.in_force_from = policy.versions.size() - 1;
  }
  for (auto& [id, grant] : grants_) {
    grant.begin_told = true;
    grant.end_told = grant.end_told || grant.ended_under;
  }
}

void Sharers::fall_back(const SimDatabase& database) {
  forget_uses();
  gave_up_ = true;
  const auto give_up = [](Sum& sum, std::uint64_t known) {
    const std::uint64_t kept = std::min(sum.acknowledged, known);
    sum.unknown += sum.acknowledged - kept;
    sum.acknowledged = kept;
  };
  for (auto& [id, grant] : grants_) {
    for (auto& [end, period] : grant.periods) {
      const MeteredUse stored = database.hours().of(id, window_of(grant, end));
      give_up(period.uses, stored.uses);
      give_up(period.units, stored.units);
    }
  }
}

// What was acknowledged so far binds nobody any more.
void Sharers::forget_uses() {
  for (std::size_t i = first_use_; i < uses_.size(); ++i) {
    uses_[i].said_surely = 0;
    uses_[i].settled_surely = false;
  }
  first_use_ = uses_.size();
  for (auto& [id, grant] : grants_) {
    for (auto& [end, period] : grant.periods) {
      period.sure = 0;
    }
  }
}

void Sharers::lose_journal() {
  journal_lost_ = true;
  forget_uses();
  for (auto& [id, grant] : grants_) {
    grant.is_sure = false;
  }
}

// ----------------------------------------------------------------------------------------- states

void Sharers::check(const Tenant& tenant, const TenantDefinition& stored) const {
  std::vector<SharingGrant> known;
  if (const Shares* const shares = tenant.shares()) {
    for (const Shares::Held& held : shares->held()) {
      known.push_back(held.grant);
    }
  }
  std::ranges::sort(known, {}, &SharingGrant::id);
  expect(known == stored.shares, "tenant ", number_of(tenant.id()), " holds ", known.size(),
         " grants, and the store has others: ", stored.shares.size());
}

void Sharers::check_stored() const {
  check_metered(false);
  for (const auto& [key, row] : database_.hours().rows()) {
    const Grant& grant = grants_.at(key.first);
    expect(row.consumer == grant.consumer && row.owner == grant.terms.owner &&
               row.hour.policy == grant.terms.policy,
           "an hour of grant ", key.first.low, " is of somebody else");
    probes_.hit(Probe::shared_hours_compared);
  }
}

void Sharers::check_end() const {
  check_metered(true);
}

// A reservation that nobody settled comes to what was said last, in a period that nobody foresees.
void Sharers::check_metered(bool is_end) const {
  std::map<SharingId, Said> said;
  for (const Use& use : uses_) {
    if (use.held_under && !use.settled_surely) {
      said[*use.held_under].most += use.said_most;
    }
    if (is_end && use.owner_held && !use.settled) {
      said[*use.owner_held].surely += use.said_surely;
    }
  }
  for (const auto& [id, grant] : grants_) {
    check_metered(id, grant, said[id]);
  }
}

void Sharers::check_metered(SharingId id, const Grant& grant, const Said& said) const {
  const bool binds = is_there(grant) && grant.is_sure;
  const auto compare = [&](const char* what, const Sum& sum, std::uint64_t metered,
                           std::uint64_t more) {
    const bool lost = binds && metered < sum.acknowledged;
    expect(!lost && metered <= sum.most() + more, "grant ", id.low, " has ", metered, " ", what,
           " metered in a period, acknowledged ", sum.acknowledged, ", at most ",
           sum.most() + more);
  };
  std::map<WallTime, PeriodUse> periods = grant.periods;
  for (const SharedHourRow& row :
       database_.hours().told({.grants = {id}, .to = Hour{UINT32_MAX}})) {
    periods.try_emplace(billing_period_at(period_of(grant), begin_of(row.hour.hour)).end);
  }
  std::uint64_t acknowledged = 0;
  std::uint64_t metered = 0;
  std::uint64_t most = said.most;
  for (const auto& [end, period] : periods) {
    const MeteredUse stored = database_.hours().of(id, window_of(grant, end));
    compare("uses", period.uses, stored.uses, 0);
    compare("units", period.units, stored.units, said.most);
    acknowledged += period.units.acknowledged;
    most += period.units.most();
    metered += stored.units;
  }
  expect(metered <= most && (!binds || metered >= acknowledged + said.surely), "grant ", id.low,
         " has ", metered, " units in all, acknowledged ", acknowledged, ", and ", said.surely,
         " said by reservations that expired");
}

}  // namespace sluice::sim
