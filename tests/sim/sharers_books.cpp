// SPDX-License-Identifier: Apache-2.0
// How answers are compared with the books.
#include <algorithm>
#include <string>
#include <utility>

#include "tests/sim/sharers.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

/// Answers are kept a day; by which clock is not said.
constexpr Duration surely_kept = 20h;

/// The most that the policy lets a grant use in a period.
std::uint64_t usage_limit_of(const SharingPolicy& policy) {
  return policy.conditions.empty() ? UINT64_MAX
                                   : std::stoull(policy.conditions.front().values.front());
}

const Shares::Held* held_of(const Tenant& tenant, PolicyId policy) {
  const Shares* const shares = tenant.shares();
  if (shares == nullptr) {
    return nullptr;
  }
  const auto held = shares->held();
  const auto found =
      std::ranges::find(held, policy, [](const Shares::Held& one) { return one.grant.policy; });
  return found == held.end() ? nullptr : &*found;
}

/// The count of a grant that stands, or that ended and is still settled under.
const SharedCount* count_of(const Tenant& tenant, SharingId grant) {
  const SharedCount* count = nullptr;
  tenant.shares()->each(
      [&](const Shares::Held& held) { count = held.grant.id == grant ? &held.count : count; });
  return count;
}

}  // namespace

void Sharers::decided(const Books::Ask& ask, const Decision& decision, const Tenant& by,
                      WallTime wall, bool judges) {
  Use& use = uses_[ask.use];
  note(decision);
  if (ask.mode == Mode::extend) {
    return decided_extension(use, ask, decision, wall, judges);
  }
  const bool settles = ask.mode == Mode::commit || ask.mode == Mode::cancel;
  const bool is_owner = !settles && decision.outcome != Outcome::access_denied &&
                        policies_.at(ask.shared->policy).versions.front()->owner == by.id();
  if (decision.repeated || is_owner || decision.outcome == Outcome::invalid) {
    return;
  }
  if (decision.outcome == Outcome::access_denied && judges) {
    check_refused(use, decision, wall);
  }
  if (decision.outcome != Outcome::allowed) {
    return;
  }
  Counted counted;
  if (settles) {
    const auto grant = use.held_under ? grants_.find(*use.held_under) : grants_.end();
    if (grant == grants_.end() || !grant->second.metered || ask.mode == Mode::cancel) {
      return;
    }
    counted = {*use.held_under, 0, ask.charges.front().amount.raw()};
    if (grant->second.ended_under) {
      probes_.hit(Probe::use_settled_after_grant);
    }
  } else {
    const Shares::Held* const held = held_of(by, ask.shared->policy);
    const bool foresees = held == nullptr && ask.mode == Mode::peek;
    if (judges && !foresees) {
      check_admitted(use, held, decision, wall);
    }
    if (held == nullptr || ask.mode == Mode::peek) {
      return;
    }
    const bool metered = grants_.at(held->grant.id).metered;
    const Amount amount =
        ask.mode == Mode::best_effort ? decision.granted : ask.charges.front().amount;
    const bool waits = ask.mode == Mode::reserve && metered;
    counted = {held->grant.id, 1, waits ? 0 : metered ? amount.raw() : 1};
    if (ask.mode == Mode::reserve) {
      use.held_under = held->grant.id;
      use.owner_held = judges ? use.held_under : use.owner_held;
      probes_.hit(Probe::use_reserved);
    }
  }
  if (const SharedCount* const count = count_of(by, counted.grant)) {
    counted.period_ends = count->period_ends;
  }
  const Grant& grant = grants_.at(counted.grant);
  expect(wall_steps_ || counted.units + counted.uses == 0 ||
             counted.period_ends == billing_period_at(period_of(grant), wall).end,
         "a use of grant ", counted.grant.low, " is counted in another period than it is made in");
  this->count(use, counted);
  if (judges) {
    check_usage(grant, counted, ask.mode);
  }
}

// While the grant stands, whatever the policy has become; and not after.
void Sharers::decided_extension(Use& use, const Books::Ask& ask, const Decision& decision,
                                WallTime wall, bool judges) {
  const auto under = use.held_under ? grants_.find(*use.held_under) : grants_.end();
  const bool is_allowed = decision.outcome == Outcome::allowed;
  if (is_allowed && under != grants_.end() && under->second.metered) {
    use.said_most = std::max(use.said_most, ask.charges.front().amount.raw());
  }
  const bool is_same = use.incarnation != 0 && use.incarnation == model_.incarnation(use.tenant);
  if (!judges || !use.owner_held || ask.use < first_use_ || !is_same) {
    return;
  }
  const Grant& grant = grants_.at(*use.owner_held);
  if (is_allowed) {
    check_stands(use, grant, wall);
    const auto& policy = policies_.at(grant.terms.policy).versions.back();
    const bool is_private = policy && policy->visibility == Visibility::owner;
    probes_.hit(is_private ? Probe::extension_admitted_while_private : Probe::extension_admitted);
  } else if (decision.outcome == Outcome::access_denied) {
    const SimDatabase::Row* const row = database_.find(use.tenant);
    const bool stands =
        row != nullptr && std::ranges::count(row->definition.shares, grant.terms) > 0;
    expect(!stands || !grant.begin_told || decision.sharing == ShareVerdict::grant_expired,
           "a reservation under grant ", grant.terms.id.low, ", which stands, is not extended");
    if (grant.was_revoked) {
      probes_.hit(Probe::extension_refused_after_revoke);
    }
  }
}

void Sharers::note(const Decision& decision) {
  if (decision.repeated) {
    probes_.hit(Probe::use_repeated);
    return;
  }
  switch (decision.sharing) {
    case ShareVerdict::admitted:
      probes_.hit(Probe::use_admitted);
      break;
    case ShareVerdict::no_grant:
    case ShareVerdict::no_such_policy:
      probes_.hit(Probe::use_without_grant_refused);
      break;
    case ShareVerdict::blocked:
      probes_.hit(Probe::use_blocked);
      break;
    case ShareVerdict::policy_expired:
    case ShareVerdict::grant_expired:
      probes_.hit(Probe::use_after_end_refused);
      break;
    case ShareVerdict::usage_limit:
      probes_.hit(Probe::use_over_usage_limit_refused);
      break;
    case ShareVerdict::permission:
      probes_.hit(Probe::use_without_permission_refused);
      break;
    case ShareVerdict::made_private:
      probes_.hit(Probe::use_made_private_refused);
      break;
    case ShareVerdict::none:
    case ShareVerdict::tier_minimum:
    case ShareVerdict::tier_exact:
    case ShareVerdict::region:
    case ShareVerdict::compliance:
    case ShareVerdict::cost_limit:
    case ShareVerdict::time_window:
    case ShareVerdict::ip_allowlist:
    case ShareVerdict::first_use:
    case ShareVerdict::owner_inactive:
      break;
  }
}

bool Sharers::may_admit(const Policy& policy, TenantId consumer, WallTime wall) const {
  return std::any_of(policy.versions.begin() + static_cast<std::ptrdiff_t>(policy.in_force_from),
                     policy.versions.end(), [&](const std::optional<SharingPolicy>& version) {
                       return version && version->visibility != Visibility::owner &&
                              !(version->expires_at && wall >= *version->expires_at) &&
                              std::ranges::find(version->block, consumer) == version->block.end();
                     });
}

void Sharers::check_stands(const Use& use, const Grant& grant, WallTime wall) const {
  expect(!grant.end_told, "tenant ", number_of(use.tenant), " uses grant ", grant.terms.id.low,
         ", the end of which was answered");
  if (grant.ended_under) {
    expect(*grant.ended_under == epoch_, "tenant ", number_of(use.tenant), " uses grant ",
           grant.terms.id.low, ", which ended under a server of before");
    probes_.hit(Probe::use_between_commit_and_answer);
  }
  expect(!grant.terms.expires_at || wall < *grant.terms.expires_at, "grant ", grant.terms.id.low,
         " is used after its end");
}

void Sharers::check_admitted(const Use& use, const Shares::Held* held, const Decision& decision,
                             WallTime wall) const {
  const PolicyId policy = use.ask.shared->policy;
  expect(held != nullptr && decision.sharing == ShareVerdict::admitted, "tenant ",
         number_of(use.tenant), " uses policy ", policy.low, " without a grant");
  const auto found = grants_.find(held->grant.id);
  expect(found != grants_.end() && found->second.consumer == use.tenant, "tenant ",
         number_of(use.tenant), " uses policy ", policy.low, " under a grant that nobody gave");
  const Grant& grant = found->second;
  check_stands(use, grant, use.ask.mode == Mode::record ? WallTime::min() : wall);
  if (use.ask.mode == Mode::record) {
    return;  // It happened.
  }
  expect(grant.terms.permissions.allow(use.ask.shared->permission), "grant ", held->grant.id.low,
         " is used for something else");
  expect(may_admit(policies_.at(policy), use.tenant, wall), "policy ", policy.low,
         " admits what it must not");
}

void Sharers::check_refused(const Use& use, const Decision& decision, WallTime) const {
  const SimDatabase::Row* const row = database_.find(use.tenant);
  const bool for_want_of_it = decision.sharing == ShareVerdict::no_grant ||
                              decision.sharing == ShareVerdict::no_such_policy;
  if (row == nullptr || !for_want_of_it || model_.incarnation(use.tenant) == 0) {
    return;
  }
  for (const SharingGrant& held : row->definition.shares) {
    const bool is_it = held.policy == use.ask.shared->policy;
    expect(!is_it || !grants_.at(held.id).begin_told, "tenant ", number_of(use.tenant),
           " is refused for want of grant ", held.id.low, ", which it was told of");
  }
}

// What is surely counted is never more than any version lets a consumer use that may be in force;
// under all its grants, but that a clock which steps back may come to a period that was over.
void Sharers::check_usage(const Grant& grant, const Counted& counted, Mode mode) const {
  if (mode != Mode::normal && mode != Mode::best_effort) {
    return;
  }
  const Policy& policy = policies_.at(grant.terms.policy);
  std::uint64_t most = 0;
  for (std::size_t i = policy.in_force_from; i < policy.versions.size(); ++i) {
    most = std::max(most, policy.versions[i] ? usage_limit_of(*policy.versions[i]) : 0);
  }
  std::uint64_t used = 0;
  for (const auto& [id, other] : grants_) {
    const bool is_its =
        id == counted.grant ||
        (!wall_steps_ && other.terms.policy == grant.terms.policy &&
         other.consumer == grant.consumer && other.incarnation == grant.incarnation);
    const auto period = is_its ? other.periods.find(counted.period_ends) : other.periods.end();
    used += period == other.periods.end() ? 0 : period->second.sure;
  }
  expect(used <= most, "policy ", grant.terms.policy.low, " was used ", used,
         " in a period by tenant ", number_of(grant.consumer), ", over ", most);
}

void Sharers::count(Use& use, const Counted& counted) {
  PeriodUse& period = grants_.at(counted.grant).periods[counted.period_ends];
  period.uses.open += counted.uses;
  period.units.open += counted.units;
  period.sure += counted.units;
  use.counted.push_back(counted);
}

void Sharers::settle(const Counted& counted, bool acknowledged) {
  PeriodUse& period = grants_.at(counted.grant).periods[counted.period_ends];
  const auto settle_sum = [acknowledged](Sum& sum, std::uint64_t amount) {
    sum.open -= amount;
    (acknowledged ? sum.acknowledged : sum.unknown) += amount;
  };
  settle_sum(period.uses, counted.uses);
  settle_sum(period.units, counted.units);
  if (!acknowledged) {
    period.sure -= std::min(period.sure, counted.units);
  }
}

void Sharers::told(const Books::Ask& ask, const Decision* decision, Duration now) {
  Use& use = uses_[ask.use];
  use.under_way = false;
  const bool is_known = decision != nullptr;
  for (const Counted& counted : std::exchange(use.counted, {})) {
    settle(counted, is_known);
  }
  const bool extends = ask.mode == Mode::extend;
  const bool settles = ask.mode == Mode::commit || ask.mode == Mode::cancel;
  if (is_known && ask.use >= first_use_ && decision->outcome == Outcome::allowed) {
    use.settled_surely = use.settled_surely || settles;
    use.said_surely =
        extends ? std::min(use.said_most, ask.charges.front().amount.raw()) : use.said_surely;
  }
  const bool binds = is_known && ask.use >= first_use_ && !wall_steps_ && !settles && !extends &&
                     now - use.begun < surely_kept &&
                     use.incarnation == model_.incarnation(use.tenant) && use.incarnation != 0;
  if (!binds || ask.id == EntryId{}) {
    return;
  }
  const bool is_kept = decision->outcome == Outcome::allowed;
  expect(
      use.told != Outcome::allowed || (is_kept && decision->repeated) ||
          decision->outcome == Outcome::unavailable || decision->outcome == Outcome::unknown_tenant,
      "use ", ask.id.low, " of tenant ", number_of(use.tenant), " was admitted before, and now is ",
      to_string(decision->outcome), decision->repeated ? " again" : " afresh");
  use.told = is_kept ? Outcome::allowed : use.told.value_or(decision->outcome);
}

}  // namespace sluice::sim
