// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/alert.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/tenant/audit_json.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/lifecycle.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {

namespace {

using audit::Fields;

/// So that no two of the three can run into each other.
AlertId id_of_alert(TenantId tenant, AlertKind kind, std::string_view condition) {
  std::string bytes = to_string(tenant);
  bytes.append(1, '\n').append(to_string(kind)).append(1, '\n').append(condition);
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  // A UUID of version 8: made of what its maker chose.
  constexpr std::uint64_t version = 0x8000;
  constexpr std::uint64_t variant = std::uint64_t{1} << 63;
  return {(hash.high64 & ~std::uint64_t{0xF000}) | version, (hash.low64 >> 2) | variant};
}

std::string number_of(WallTime at) {
  return std::to_string(at.time_since_epoch().count());
}

Alert alert_of_life(AlertKind kind, const TenantDefinition& after, WallTime at,
                    const Fields& data) {
  // A version is committed once.
  return make_alert(after.id, kind, at, "version/" + std::to_string(after.version.raw()),
                    data.object());
}

const UnpaidPayment* grace_for(std::string_view reference, const Lifecycle& life) {
  const auto found = std::ranges::find(life.unpaid, reference, &UnpaidPayment::reference);
  return found == life.unpaid.end() ? nullptr : &*found;
}

/// Whoever is suspended already has none that could end.
std::string with_end_of_grace(Fields data, const Lifecycle& life) {
  if (!life.unpaid.empty() && suspends_at(life)) {
    data.add("suspends_at_ns", suspends_at(life));
  }
  return data.object();
}

}  // namespace

std::optional<AlertKind> parse_alert_kind(std::string_view name) {
  const auto found = std::ranges::find(alert_kind_names, name, &AlertKindName::name);
  return found == alert_kind_names.end() ? std::nullopt : std::optional{found->kind};
}

std::string to_string(AlertId id) {
  return to_string(TenantId{id.high, id.low});
}

std::optional<AlertId> parse_alert_id(std::string_view text) {
  const auto id = parse_tenant_id(text);
  return id ? std::optional{AlertId{id->high, id->low}} : std::nullopt;
}

Alert make_alert(TenantId tenant, AlertKind kind, WallTime at, std::string condition,
                 std::string data) {
  const AlertId id = id_of_alert(tenant, kind, condition);
  if (condition.size() > alert_condition_bytes_max) {
    std::size_t end = alert_condition_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(condition[end]) & 0xC0U) == 0x80U) {
      --end;  // Not within a character.
    }
    condition.resize(end);
  }
  SLUICE_INVARIANT(data.size() <= alert_data_bytes_max);
  return {id, tenant, kind, at, std::move(condition), std::move(data)};
}

Alert alert_of(const ThresholdCrossed& crossed) {
  std::string condition = "limit/" + std::to_string(crossed.limit.raw());
  if (crossed.counter != EntryId{}) {
    condition.append("/").append(to_string(TenantId{crossed.counter.high, crossed.counter.low}));
  }
  condition.append("/").append(std::to_string(crossed.threshold.raw()));
  condition.append("/").append(number_of(crossed.until));
  Fields data;
  data.add("limit_id", crossed.limit.raw())
      .add("meter_id", crossed.meter.raw())
      .add("percent", crossed.threshold.raw())
      .add("used", crossed.used)
      .add("size", crossed.size)
      .add("until_ns", crossed.until);
  return make_alert(crossed.tenant, AlertKind::quota_threshold, crossed.at, std::move(condition),
                    data.object());
}

std::vector<Alert> alerts_of_change(const TenantDefinition& before, const TenantDefinition& after,
                                    WallTime at) {
  const Lifecycle& was = before.life;
  const Lifecycle& is = after.life;
  std::vector<Alert> alerts;
  if (is.status == was.status) {
    return alerts;
  }
  switch (is.status) {
    case TenantStatus::suspended: {
      const auto reason = Fields{}.add("reason", std::string_view{is.suspend_reason});
      if (was.status == TenantStatus::deactivated) {
        alerts.push_back(alert_of_life(AlertKind::tenant_restored, after, at, reason));
        break;
      }
      if (is.suspend_reason == trial_expired) {
        alerts.push_back(alert_of_life(AlertKind::trial_ended, after, at,
                                       Fields{}.add("ended_at_ns", is.trial_ends_at)));
      }
      alerts.push_back(alert_of_life(AlertKind::tenant_suspended, after, at, reason));
      break;
    }
    case TenantStatus::deactivated:
      alerts.push_back(alert_of_life(AlertKind::tenant_deactivated, after, at,
                                     Fields{}.add("purge_at_ns", is.purge_at)));
      break;
    case TenantStatus::trial:
    case TenantStatus::active:
      // A trial that was converted is nothing to be told of.
      if (was.status == TenantStatus::suspended) {
        alerts.push_back(alert_of_life(AlertKind::tenant_reactivated, after, at,
                                       Fields{}.add("status", name_of(is.status))));
      }
      break;
  }
  return alerts;
}

Alert alert_of_denial(const AuditDraft& denial) {
  const WallTime hour = std::chrono::floor<std::chrono::hours>(denial.at);
  const Author& author = denial.author;
  std::string condition = "denied/" + number_of(hour);
  condition.append("/").append(author.kind).append("/").append(author.credential);
  Fields data;
  data.add("wanted", std::string_view{denial.subject})
      .add("kind", std::string_view{author.kind})
      .add("name", std::string_view{author.name})
      .add("credential", std::string_view{author.credential})
      .add("address", std::string_view{author.address});
  std::string text = data.object();
  // Whoever was refused may have chosen what he is called.
  if (text.size() > alert_data_bytes_max) {
    text = Fields{}.add("kind", std::string_view{author.kind}).object();
  }
  return make_alert(denial.tenant, AlertKind::access_violation, denial.at, std::move(condition),
                    std::move(text));
}

Result<Done> validate(const PaymentReport& report) {
  if (const Objection objection =
          object_to_prose(report.reference, payment_reference_characters_max)) {
    return Fault{FaultCode::invalid_argument,
                 "reference: " + std::string{*objection} + " (1 to 100 characters)"};
  }
  return Done{};
}

Alert alert_of_payment(const PaymentReport& report, WallTime at, const Lifecycle& before,
                       const Lifecycle& after) {
  std::string condition = "payment/";
  if (const auto* grace = grace_for(report.reference, report.failed ? after : before)) {
    condition = std::string{"grace/"}.append(number_of(grace->suspends_at)).append("/");
  }
  return make_alert(
      report.tenant, report.failed ? AlertKind::payment_failed : AlertKind::payment_recovered, at,
      condition.append(report.reference),
      with_end_of_grace(Fields{}.add("reference", std::string_view{report.reference}), after));
}

AuditDraft audit_of_payment(const PaymentReport& report, const Lifecycle& after) {
  AuditDraft draft{.tenant = report.tenant, .action = AuditAction::payment_reported};
  draft.subject = report.reference;
  draft.after = with_end_of_grace(Fields{}.add("failed", report.failed), after);
  return draft;
}

Alert alert_of_test(TenantId tenant, std::string_view url, std::uint64_t nonce, WallTime at) {
  return make_alert(tenant, AlertKind::webhook_test, at,
                    std::string{"test/"}.append(std::to_string(nonce)),
                    Fields{}.add("url", url).object());
}

std::optional<Alert> trial_warning(const EndingTrial& trial, WallTime now) {
  std::optional<std::uint16_t> holds;
  for (const std::uint16_t days : trial_warning_days) {
    if (trial.days.raw() > days && now >= trial.at - std::chrono::hours{24} * days) {
      holds = days;
    }
  }
  if (!holds || now >= trial.at) {
    return std::nullopt;
  }
  std::string condition = "trial/" + number_of(trial.at);
  condition.append("/").append(std::to_string(*holds));
  return make_alert(trial.tenant, AlertKind::trial_ending, now, std::move(condition),
                    Fields{}.add("days", *holds).add("ends_at_ns", trial.at).object());
}

}  // namespace sluice
