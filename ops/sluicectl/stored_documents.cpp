// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/stored_documents.hpp"
#include "ops/sluicectl/usage_columns.hpp"

#include <fmt/format.h>

#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"

namespace sluice::ctl {

namespace {

Json document_of(const Grant& grant) {
  Json out{{"limit_id", grant.limit.raw()}};
  put_terms(out, grant.terms);
  put_instant(out, "given", grant.given_at);
  put_instant(out, "voided", grant.voided_at);
  out["balance"] = grant.balance.raw();
  out["paid"] = grant.paid.raw();
  return out;
}

}  // namespace

Json document_of(const UsageBucket& bucket) {
  Json out{{"meter_id", bucket.meter.raw()}};
  put_instant(out, "minute", start_of(bucket.minute));
  out["used"] = bucket.used.raw();
  out["allowed"] = bucket.allowed;
  out["denied"] = bucket.denied;
  out["throttled"] = bucket.throttled;
  out["overage"] = bucket.overage.raw();
  out["price_micros"] = bucket.price_micros;
  put_part(out, bucket.part);
  return out;
}

Json document_of(const Counter& counter) {
  Json out{{"limit_id", counter.limit.raw()}, {"used", counter.used.raw()}};
  put_instant(out, "until", counter.until);
  out["overage"] = counter.over.raw();
  out["previous"] = counter.previous.raw();
  // No instant is told where there is no pace, as for an end that never comes.
  const bool paced = counter.paced_until != WallTime{};
  put_instant(out, "paced_until", paced ? counter.paced_until : wall_time_never);
  return out;
}

Json document_of(const ClosedWindow& window) {
  Json out{{"limit_id", window.limit.raw()}, {"meter_id", window.meter.raw()}};
  put_instant(out, "ended", window.ended_at);
  out["used"] = window.used.raw();
  out["overage"] = window.over.raw();
  out["price_micros"] = window.price_micros;
  out["paid_by"] = window.paid_by != EntryId{} ? Json(text_of(window.paid_by)) : Json();
  return out;
}

Json document_of(const ThresholdCrossed& crossed) {
  Json out{{"limit_id", crossed.limit.raw()},
           {"meter_id", crossed.meter.raw()},
           {"threshold_percent", crossed.threshold.raw()},
           {"used", crossed.used.raw()},
           {"size", crossed.size.raw()}};
  put_instant(out, "until", crossed.until);
  out["counter"] = crossed.counter != EntryId{} ? Json(text_of(crossed.counter)) : Json();
  put_instant(out, "crossed", crossed.at);
  return out;
}

Json document_of(const SharedHourRow& row) {
  Json out{{"grant", to_string(row.hour.grant)},
           {"policy", to_string(row.hour.policy)},
           {"owner", to_string(row.owner)}};
  put_instant(out, "hour", start_of(row.hour.hour));
  out["uses"] = row.hour.uses;
  out["units"] = row.hour.units.raw();
  out["denied"] = row.hour.denied;
  return out;
}

Json document_of(const SharedCount& count) {
  Json out = document_of(SharedHourRow{TenantId{}, count.owner, count.open});
  put_instant(out, "period_ends", count.period_ends);
  out["period_units"] = count.units.raw();
  return out;
}

Json document_of(const Entry& entry) {
  Json charges = Json::array();
  for (const HeldCharge& charge : entry.charges) {
    charges.push_back(Json{{"meter_id", charge.meter.raw()},
                           {"held", charge.held.raw()},
                           {"used", charge.used.raw()}});
  }
  Json out{{"id", text_of(entry.id)}, {"state", name_of(entry.state)}};
  put_instant(out, "due", entry.due);
  out["first_outcome"] = to_string(entry.first.outcome);
  out["charges"] = std::move(charges);
  out["counted_by"] = Json::array();
  for (const LimitId limit : entry.counted) {
    out["counted_by"].push_back(limit.raw());
  }
  out["given_back"] = entry.given_back ? Json(entry.given_back->raw()) : Json();
  out["labels"] = Json::object();
  for (const OwnedLabel& label : entry.labels) {
    out["labels"][label.name] = label.value;
  }
  out["counter"] = entry.counter ? document_of(*entry.counter) : Json();
  out["grant"] = entry.grant ? document_of(*entry.grant) : Json();
  out["use"] = entry.use ? document_of(*entry.use) : Json();
  return out;
}

std::string_view name_of(EntryState state) {
  switch (state) {
    case EntryState::answered:
      return "answered";
    case EntryState::held:
      return "held";
    case EntryState::committed:
      return "committed";
    case EntryState::cancelled:
      return "cancelled";
    case EntryState::expired:
      return "expired";
    case EntryState::leased:
      return "leased";
    case EntryState::counting:
      return "counting";
    case EntryState::granted:
      return "granted";
    case EntryState::shared:
      return "shared";
  }
  return "";
}

std::string text_of(EntryId id) {
  return fmt::format("{:016x}{:016x}", id.high, id.low);
}

}  // namespace sluice::ctl
