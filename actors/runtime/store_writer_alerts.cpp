// SPDX-License-Identifier: Apache-2.0
// How alerts come into the outbox that go with no change of a tenant, and how they leave it.
#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/runtime/store_writer.hpp"
#include "actors/tenant/outbox.hpp"

namespace sluice {

namespace {

constexpr Duration forgets_alerts_every = std::chrono::hours{1};
constexpr std::size_t alerts_forgotten_at_once = 1'000;
/// Whoever came on trial again meanwhile, or was missed while the clock was stepped, is found then.
constexpr Duration warns_of_all_every = std::chrono::hours{1};
constexpr std::size_t trials_at_once = 128;
constexpr std::size_t trial_pages_at_once = 8;  ///< Then others may write.
constexpr std::chrono::hours one_day{24};

}  // namespace

void StoreWriter::record(AuditDraft denial, Refusal why) {
  if (denial.tenant != TenantId{}) {
    if (const auto asked = read(denial.tenant); !asked.ok()) {
      denial.tenant = {};
    }
  }
  const Author author = denial.author;
  Deed deed = deed_of(std::move(denial), author);
  if (why == Refusal::foreign_tenant) {
    deed.alerts.push_back(alert_of_denial(deed.audit));
  }
  if (const auto written = store_->record(deed); !written.ok()) {
    tell("record", written.fault());
  }
}

Result<std::uint32_t> StoreWriter::send_again(const SendAgain& wish) {
  AuditDraft draft{.tenant = wish.tenant.value_or(TenantId{}),
                   .action = AuditAction::alert_sent_again};
  draft.subject = to_string(wish.alert);
  return store_->send_again(deed_of(std::move(draft), wish.author), wish.alert, wish.tenant);
}

Result<AlertId> StoreWriter::test_webhook(const TestWebhook& wish) {
  const TenantId tenant = wish.tenant;
  const std::string& url = wish.url;
  if (const auto asked = read(tenant); !asked.ok()) {
    return asked.fault();
  }
  const auto customised = store_->customisation(tenant);
  if (!customised.ok()) {
    return customised.fault();
  }
  if (std::ranges::find(customised.value().custom.webhooks, url, &Webhook::url) ==
      customised.value().custom.webhooks.end()) {
    return Fault{FaultCode::not_found, "url: it is not a webhook of this tenant"};
  }
  AuditDraft draft{.tenant = tenant, .action = AuditAction::webhook_tested};
  draft.subject = url;
  Deed deed = deed_of(std::move(draft), wish.author);
  // The decisions' time may stand still.
  const auto nonce = static_cast<std::uint64_t>(
      shared_.surroundings.machine->now().steady.time_since_epoch().count());
  deed.alerts.push_back(alert_of_test(tenant, url, nonce, deed.audit.at));
  const auto written = store_->record(deed);
  return written.ok() ? Result<AlertId>{deed.alerts.front().id} : written.fault();
}

Result<AlertId> StoreWriter::report_payment(const ReportPayment& wish) {
  const PaymentReport& report = wish.report;
  if (const auto valid = validate(report); !valid.ok()) {
    return valid.fault();
  }
  const ShardHostActor host = shared_.host_of(report.tenant);
  auto before = read(report.tenant);
  if (before.ok() &&
      due(before.value().life, shared_.surroundings.clock->now().wall) == Due::grace_end) {
    see_to(report.tenant, host);  // What comes too late finds it suspended; the audit tells both.
    before = read(report.tenant);
  }
  if (!before.ok()) {
    return before.fault();
  }
  auto after = life_after(before.value(), report);
  if (!after.ok()) {
    return after.fault();
  }
  Deed deed = deed_of(audit_of_payment(report, after.value().life), wish.author);
  deed.alerts.push_back(
      alert_of_payment(report, deed.audit.at, before.value().life, after.value().life));
  const AlertId told = deed.alerts.front().id;
  const bool changed = after.value().life != before.value().life;
  const auto written = changed ? store_->replace(deed, after.value()) : store_->record(deed);
  const auto answer = written.ok() ? Result<AlertId>{told} : written.fault();
  if (changed) {
    auto change =
        written.ok()
            ? Result<Change>{Change{std::move(after).value(), false, false, before.value().tier}}
            : written.fault();
    conclude("report_payment", report.tenant, std::move(change), host, std::nullopt);
  }
  return answer;
}

/// Of the same version if nothing becomes of it.
Result<TenantDefinition> StoreWriter::life_after(const TenantDefinition& before,
                                                 const PaymentReport& report) const {
  const WallTime now = shared_.surroundings.clock->now().wall;
  const LifeEvent event = report.failed
                              ? LifeEvent{PaymentFailed{report.reference, shared_.payment_grace}}
                              : LifeEvent{PaymentCame{report.reference}};
  auto life = after(before.life, event, now);
  if (!life.ok()) {
    return life.fault();
  }
  if (life.value().unpaid == before.life.unpaid) {
    return before;
  }
  return sluice::amend(before, {before.id, std::nullopt, event}, *shared_.meters->table(), now,
                       *shared_.tiers->catalogue());
}

void StoreWriter::forget_old_alerts(WallTime now) {
  if (alerts_forgotten_at_ && now - *alerts_forgotten_at_ < forgets_alerts_every) {
    return;
  }
  const auto gone =
      store_->forget_alerts(epoch_, now - shared_.alert_retention, alerts_forgotten_at_once);
  if (!gone.ok()) {
    return tell("forget_alerts", gone.fault());
  }
  if (!gone.value()) {
    alerts_forgotten_at_ = now;  // Otherwise the next round goes on.
  }
}

// What is still to be looked at stays until the store has answered: nothing is passed over.
void StoreWriter::warn_of_trials(WallTime now) {
  if (trials_to_look_at_.empty()) {
    look_for_trials(now);
  }
  for (std::size_t page = 0; page < trial_pages_at_once && !trials_to_look_at_.empty(); ++page) {
    TrialQuery& query = trials_to_look_at_.front();
    const auto trials = store_->ending_trials(query);
    if (!trials.ok()) {
      return tell("ending_trials", trials.fault());
    }
    std::vector<Alert> warnings;
    for (const EndingTrial& trial : trials.value()) {
      if (auto warning = trial_warning(trial, now)) {
        warnings.push_back(*std::move(warning));
      }
    }
    const auto raised = warnings.empty() ? Result<Done>{Done{}} : store_->raise(epoch_, warnings);
    if (!raised.ok()) {
      return tell("raise", raised.fault());
    }
    if (trials.value().size() < query.count_max) {
      trials_to_look_at_.pop_front();
    } else {
      query.after = trials.value().back();
    }
  }
}

void StoreWriter::look_for_trials(WallTime now) {
  const bool all = !warned_until_ || now < *warned_until_ || !warned_of_all_at_ ||
                   now - *warned_of_all_at_ >= warns_of_all_every;
  const auto look = [&](WallTime from, WallTime to) {
    // What ends at that very instant counts as near.
    trials_to_look_at_.push_back(
        {.from = from, .to = to + Duration{1}, .count_max = trials_at_once});
  };
  if (all) {
    look(now, now + one_day * trial_warning_days.front());
    warned_of_all_at_ = now;
  } else if (now > *warned_until_) {
    for (const std::uint16_t days : trial_warning_days) {
      look(*warned_until_ + one_day * days, now + one_day * days);
    }
  }
  warned_until_ = now;
}

}  // namespace sluice
