// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/lifecycle.hpp"

#include <algorithm>
#include <utility>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {
namespace {

/// Times end in the year 2262, and so do trials and retentions.
WallTime later(WallTime now, Duration by) {
  return now > WallTime::max() - by ? WallTime::max() : now + by;
}

Fault not_from(TenantStatus status, std::string_view done) {
  const std::string_view article = status == TenantStatus::active ? "an " : "a ";
  return Fault{FaultCode::conflict, "status: " + std::string{article} +
                                        std::string{name_of(status)} + " tenant cannot be " +
                                        std::string{done}};
}

/// With what time has done to it.
Lifecycle brought_up_to(Lifecycle life, WallTime now) {
  const Due ended = due(life, now);
  if (ended == Due::trial_end || ended == Due::grace_end) {
    life.suspended_at = suspends_at(life);
    life.status = TenantStatus::suspended;
    life.suspend_reason = ended == Due::trial_end ? trial_expired : grace_over;
  }
  return life;
}

/// One event on a life that is up to date.
struct Step {
  Lifecycle life;
  WallTime now;

  [[nodiscard]] bool is(TenantStatus status) const { return life.status == status; }

  Result<Lifecycle> operator()(const Convert& /*event*/) {
    if (!is(TenantStatus::trial)) {
      return not_from(life.status, "converted");
    }
    life.status = TenantStatus::active;
    life.trial_ends_at.reset();
    return life;
  }

  Result<Lifecycle> operator()(const Suspend& event) {
    if (const Objection objection = object_to_prose(event.reason, suspend_reason_characters_max)) {
      return Fault{FaultCode::invalid_argument,
                   "reason: " + std::string{*objection} + " (1 to 200 characters)"};
    }
    if (!is(TenantStatus::trial) && !is(TenantStatus::active)) {
      return not_from(life.status, "suspended");
    }
    life.status = TenantStatus::suspended;
    life.suspended_at = now;
    life.suspend_reason = event.reason;
    return life;
  }

  Result<Lifecycle> operator()(const Reactivate& /*event*/) {
    if (!is(TenantStatus::suspended)) {
      return not_from(life.status, "reactivated");
    }
    const bool on_trial = life.trial_ends_at && now < *life.trial_ends_at;
    life.status = on_trial ? TenantStatus::trial : TenantStatus::active;
    if (!on_trial) {
      life.trial_ends_at.reset();
    }
    life.suspended_at.reset();
    life.suspend_reason.clear();
    life.unpaid.clear();
    return life;
  }

  Result<Lifecycle> operator()(const Deactivate& event) {
    SLUICE_INVARIANT(event.retention >= Duration{});
    if (is(TenantStatus::deactivated)) {
      return not_from(life.status, "deactivated");
    }
    life.status = TenantStatus::deactivated;
    life.deactivated_at = now;
    life.purge_at = later(now, event.retention);
    return life;
  }

  Result<Lifecycle> operator()(const Restore& /*event*/) {
    if (!is(TenantStatus::deactivated)) {
      return not_from(life.status, "restored");
    }
    if (due(life, now) == Due::purge) {
      return Fault{FaultCode::conflict,
                   "status: this tenant is deactivated, and is no longer kept to be restored"};
    }
    life.status = TenantStatus::suspended;
    if (!life.suspended_at) {
      life.suspended_at = now;
      life.suspend_reason = restored;
    }
    life.deactivated_at.reset();
    life.purge_at.reset();
    return life;
  }

  Result<Lifecycle> operator()(const PaymentFailed& event) {
    SLUICE_INVARIANT(event.grace >= Duration{});
    const bool spends = is(TenantStatus::trial) || is(TenantStatus::active);
    const bool known = std::ranges::find(life.unpaid, event.reference, &UnpaidPayment::reference) !=
                       life.unpaid.end();
    if (spends && !known && event.grace > Duration{} && life.unpaid.size() < unpaid_payments_max) {
      const UnpaidPayment payment{event.reference, later(now, event.grace)};
      life.unpaid.insert(std::ranges::upper_bound(life.unpaid, payment.suspends_at, {},
                                                  &UnpaidPayment::suspends_at),
                         payment);
    }
    return life;
  }

  Result<Lifecycle> operator()(const PaymentCame& event) {
    std::erase_if(life.unpaid, [&](const UnpaidPayment& payment) {
      return payment.reference == event.reference;
    });
    return life;
  }

  Result<Lifecycle> operator()(const EndTrial& /*event*/) const {
    return Fault{FaultCode::conflict, "status: there is no trial that has ended"};
  }

  Result<Lifecycle> operator()(const EndGrace& /*event*/) const {
    return Fault{FaultCode::conflict, "status: there is no grace period that has ended"};
  }
};

}  // namespace

std::string_view name_of(TenantStatus status) {
  switch (status) {
    case TenantStatus::trial:
      return "trial";
    case TenantStatus::active:
      return "active";
    case TenantStatus::suspended:
      return "suspended";
    case TenantStatus::deactivated:
      return "deactivated";
  }
  SLUICE_INVARIANT(!"a status outside of its enum");
}

Lifecycle begin_life(TrialDays trial, WallTime now) {
  SLUICE_INVARIANT(trial.raw() <= trial_days_max);
  Lifecycle life;
  if (trial.raw() > 0) {
    life.status = TenantStatus::trial;
    life.trial_days = trial;
    life.trial_ends_at = later(now, std::chrono::hours{24} * trial.raw());
  }
  return life;
}

Result<Lifecycle> after(Lifecycle life, const LifeEvent& event, WallTime now) {
  const Due ended = due(life, now);
  life = brought_up_to(std::move(life), now);
  if ((ended == Due::trial_end && std::holds_alternative<EndTrial>(event)) ||
      (ended == Due::grace_end && std::holds_alternative<EndGrace>(event))) {
    return life;
  }
  return std::visit(Step{std::move(life), now}, event);
}

Result<Done> may_purge(const Lifecycle& life) {
  if (life.status != TenantStatus::deactivated) {
    return not_from(life.status, "purged before it is deactivated");
  }
  return Done{};
}

Due due(const Lifecycle& life, WallTime now) {
  const auto at = due_at(life);
  if (!at || now < *at) {
    return Due::nothing;
  }
  if (life.status == TenantStatus::deactivated) {
    return Due::purge;
  }
  return life.status == TenantStatus::trial && life.trial_ends_at == at ? Due::trial_end
                                                                        : Due::grace_end;
}

std::optional<WallTime> due_at(const Lifecycle& life) {
  switch (life.status) {
    case TenantStatus::trial:
    case TenantStatus::active:
      return suspends_at(life);
    case TenantStatus::deactivated:
      return life.purge_at;
    case TenantStatus::suspended:
      break;
  }
  return std::nullopt;
}

std::optional<WallTime> suspends_at(const Lifecycle& life) {
  std::optional<WallTime> at;
  if (life.status == TenantStatus::trial) {
    at = life.trial_ends_at;
  }
  const bool spends = life.status == TenantStatus::trial || life.status == TenantStatus::active;
  if (spends && !life.unpaid.empty()) {
    at = std::min(at.value_or(wall_time_never), life.unpaid.front().suspends_at);
  }
  return at;
}

}  // namespace sluice
