// SPDX-License-Identifier: Apache-2.0
// How checks that name a resource are decided by policies at hand, how the first use of a public
// one waits for its grant, and which refusals owners hear of.
#include <utility>

#include "actors/runtime/hosting.hpp"

namespace sluice {

Effect Hosting::decide_use(HostedTenant& hosted, const Check& check, const Now& now,
                           Decision& decision) {
  SharedUse use = *check.shared;
  use.ready = policies_.find(use.policy);
  if (use.ready != nullptr) {
    const SharingPolicy& policy = use.ready->policy;
    use.owner = policies_.standing_of(policy.owner);
    use.grantable = check.mode == Mode::peek && policy.visibility == Visibility::everyone &&
                    first_uses_.remembered({check.tenant, use.policy, true}, now.steady) ==
                        FirstUses::Answer::grantable;
  }
  Check asked = check;
  asked.shared = &use;
  return hosted.tenant.decide(asked, now, decision, happenings_);
}

bool Hosting::waits_for_grant(CheckBatch& batch, std::uint32_t item, Decision& decision,
                              const Now& now, MayWait may_wait) {
  const Check& check = batch.checks[item];
  if (decision.sharing != ShareVerdict::first_use) {
    note_denied(check, decision.sharing);
    return false;
  }
  const FirstUse use{check.tenant, check.shared->policy, check.mode == Mode::peek};
  if (may_wait == MayWait::yes && !first_uses_.remembered(use, now.steady)) {
    happenings_.explained = false;
    const bool waits = first_uses_.wait(use, WaitingCheck{&batch, item});
    decision = Decision{};  // `unavailable` if too many wait.
    return waits;
  }
  decision.sharing = ShareVerdict::no_grant;
  note_denied(check, decision.sharing);
  return false;
}

void Hosting::note_denied(const Check& check, ShareVerdict verdict) {
  if (!is_denied_use(verdict) || check.mode == Mode::peek) [[likely]] {
    return;
  }
  const ReadyPolicy* const ready = policies_.find(check.shared->policy);
  if (ready != nullptr && denied_uses_.size() < denied_uses_max) {
    denied_uses_.push_back({.owner = ready->policy.owner,
                            .consumer = check.tenant,
                            .resource = ready->policy.resource,
                            .permission = check.shared->permission,
                            .verdict = verdict});
  }
}

bool Hosting::granted(const FirstUse& use, const Result<Done>& outcome, const Now& now,
                      std::vector<CheckBatch*>& finished) {
  charged_ = false;
  happenings_.keep_minutes_open = write_behind_.history_full();
  const bool away = !outcome.ok() && (outcome.fault().code == FaultCode::unavailable ||
                                      outcome.fault().code == FaultCode::outcome_unknown ||
                                      outcome.fault().code == FaultCode::fenced);
  if (!outcome.ok() && !away) {
    first_uses_.remember(use, FirstUses::Answer::refused, now.steady);
  } else if (outcome.ok() && use.peeks) {
    first_uses_.remember(use, FirstUses::Answer::grantable, now.steady);
  }
  for (const auto& [batch, item] : first_uses_.answered(use)) {
    HostedTenant* const hosted = table_.find(use.consumer);
    bool waits = false;
    if (away) {
      answer(batch->decisions[item], Outcome::unavailable);
    } else if (hosted != nullptr) {
      waits = decide_resident(*hosted, *batch, item, now, MayWait::no);
    } else {
      waits = decide_absent(*batch, item, now);
    }
    if (!waits) {
      finished.push_back(batch);
    }
  }
  report_happenings();
  return charged_;
}

void Hosting::share(HostedTenant& hosted, std::span<const SharingGrant> grants,
                    ConsumerFacts facts) {
  note(hosted, hosted.tenant.share(grants, std::move(facts), happenings_));
}

void Hosting::shared(TenantId tenant, std::span<const SharingGrant> grants, ConsumerFacts facts) {
  if (HostedTenant* const hosted = table_.find(tenant)) {
    share(*hosted, grants, std::move(facts));
    report_happenings();
  }
}

void Hosting::put(std::shared_ptr<const ReadyPolicy> policy) {
  first_uses_.forget_answers();
  policies_.put(std::move(policy));
}

}  // namespace sluice
