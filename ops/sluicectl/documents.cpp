// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/documents.hpp"
#include "actors/tenant/limit_names.hpp"

#include <string>
#include <utility>
#include <variant>

#include "ops/sluicectl/limit_wish.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

Json number_or_null(const std::optional<Amount>& amount) {
  return amount ? Json(amount->raw()) : Json();
}

void put_rule(Json& into, const WindowRule& window) {
  into["kind"] = "window";
  into["size"] = number_or_null(window.size);
  into["period"] = name_of(window.period);
}

void put_rule(Json& into, const RateRule& rate) {
  into["kind"] = "rate";
  into["amount"] = rate.amount.raw();
  into["per_ns"] = rate.per.count();
  into["burst"] = rate.burst.raw();
  into["refill"] = name_of(rate.refill);
}

void put_rule(Json& into, const SlidingRule& sliding) {
  into["kind"] = "sliding";
  into["size"] = sliding.size.raw();
  into["span_ns"] = sliding.span.count();
}

void put_rule(Json& into, const ConcurrencyRule& concurrency) {
  into["kind"] = "concurrency";
  into["size"] = concurrency.size.raw();
  into["ttl_ns"] = concurrency.ttl.count();
}

void put_rule(Json& into, const CreditRule& credit) {
  into["kind"] = "credit";
  into["period"] = name_of(credit.period);
}

Json document_of(const std::optional<OverageTerms>& terms) {
  return terms ? Json{{"price_micros", terms->price_micros},
                      {"per", terms->per.raw()},
                      {"cap", number_or_null(terms->cap)}}
               : Json();
}

Json document_of(const Condition& condition) {
  return Json{
      {"label", condition.label}, {"negated", condition.negated}, {"values", condition.values}};
}

Json document_of(const std::optional<Override>& instead) {
  if (!instead) {
    return Json();
  }
  Json out = Json::object();
  std::visit([&out](const auto& rule) { put_rule(out, rule); }, instead->rule);
  out["soft_limit"] = number_or_null(instead->soft_limit);
  put_instant(out, "expires", instead->expires_at);
  out["author"] = instead->author;
  out["reason"] = instead->reason;
  return out;
}

Json document_of(const BusyTenant& tenant) {
  return Json{{"id", to_string(tenant.tenant)},
              {"checks_per_second", tenant.checks_per_second},
              {"denied_per_second", tenant.denied_per_second}};
}

Json busiest_of(const std::vector<BusyTenant>& busiest) {
  Json list = Json::array();
  for (const BusyTenant& tenant : busiest) {
    list.push_back(document_of(tenant));
  }
  return list;
}

Json document_of(const JournalFigures& journal) {
  return Json{{"bytes", journal.bytes},
              {"bytes_written", journal.bytes_written},
              {"commits", journal.commits},
              {"syncs", journal.syncs},
              {"last_sync_ns", journal.last_sync.count()},
              {"failures", journal.failures}};
}

Json document_of(const ReactorStatus& reactor) {
  const DecidedChecks& decided = reactor.decided;
  return Json{{"allowed", decided[Outcome::allowed]},
              {"denied", decided[Outcome::denied]},
              {"unknown_tenant", decided[Outcome::unknown_tenant]},
              {"unavailable", decided[Outcome::unavailable]},
              {"other_outcomes", decided.others()},
              {"hops", reactor.hops},
              {"resident_tenants", reactor.resident_tenants},
              {"activations", reactor.activations},
              {"passivations", reactor.passivations},
              {"waiting_checks", reactor.waiting_checks},
              {"dirty_tenants", reactor.dirty_tenants},
              {"refused_tenants", reactor.refused_tenants},
              {"flushes", reactor.flushes},
              {"flush_failures", reactor.flush_failures},
              {"connections", reactor.connections},
              {"history_rows", reactor.history_rows},
              {"history_lost", reactor.history_lost},
              {"last_flush_ns", reactor.last_flush.count()},
              {"write_behind_lag_ns", reactor.write_behind_lag.count()},
              {"journal", document_of(reactor.journal)},
              {"journal_writable", reactor.journal_writable},
              {"throttled", decided[Outcome::throttled]}};
}

Json document_of(const OwnershipStatus& ownership) {
  const std::optional<Duration>& left = ownership.lease_left;
  return Json{{"epoch", ownership.epoch.raw()},
              {"owner", ownership.owner},
              {"lease_left_ns", left ? Json(left->count()) : Json()},
              {"lease_ns", left ? Json(ownership.lease.count()) : Json()}};
}

}  // namespace

void put_instant(Json& into, const std::string& name, WallTime instant) {
  // A window that never ends has neither an end nor a start.
  const bool none = instant == wall_time_never || instant == WallTime::min();
  into[name + "_at"] = none ? Json() : Json(format_instant(instant));
  into[name + "_at_ns"] = none ? Json() : Json(instant.time_since_epoch().count());
}

Json document_of(const Meter& meter) {
  return Json{{"id", meter.id.raw()}, {"name", meter.name}, {"unit", meter.unit}};
}

Json document_of(const Limit& limit, ServerLink& link) {
  const Meter meter = link.meter(limit.meter);
  Json out{
      {"id", limit.id.raw()}, {"name", limit.name}, {"meter", meter.name}, {"unit", meter.unit}};
  std::visit([&out](const auto& rule) { put_rule(out, rule); }, limit.rule);
  out["enforcement"] = name_of(limit.enforcement);
  out["soft_limit"] = number_or_null(limit.soft_limit);
  out["thresholds"] = Json::array();
  for (const Percent threshold : limit.thresholds) {
    out["thresholds"].push_back(threshold.raw());
  }
  out["shadow"] = limit.shadow;
  out["overage_terms"] = document_of(limit.overage);
  out["by"] = limit.per;
  out["when"] = Json::array();
  for (const Condition& condition : limit.when) {
    out["when"].push_back(document_of(condition));
  }
  out["history_by"] = limit.history_by;
  out["release_on_expiry"] = limit.releases_on_expiry;
  out["override"] = document_of(limit.instead);
  out["from_tier"] = limit.origin == Origin::tier;
  return out;
}

Json document_of(const TenantPage& page, ServerLink& link) {
  Json out{{"tenants", Json::array()}, {"more", page.more}};
  for (const TenantDefinition& tenant : page.tenants) {
    out["tenants"].push_back(document_of(tenant, link));
  }
  return out;
}

Json document_of(const client::UsageReport& usage, ServerLink& link) {
  Json out{{"tenant", to_string(usage.tenant.id)}, {"slug", usage.tenant.slug}};
  put_instant(out, "read", usage.now);
  out["limits"] = Json::array();
  for (const LimitUsage& entry : usage.limits) {
    Json limit = document_of(entry.limit, link);
    // A limit with a counter for each combination of labels has no count of its own.
    const bool counts = entry.limit.per.empty();
    limit["used"] = counts ? Json(entry.reading.used.raw()) : Json();
    limit["remaining"] =
        counts && entry.reading.size ? Json(entry.reading.remaining.raw()) : Json();
    put_instant(limit, "window_starts", entry.window.start);
    put_instant(limit, "resets", entry.reading.resets_at);
    limit["overage"] = counts ? Json(entry.over.raw()) : Json();
    limit["price_micros"] = counts ? Json(entry.price_micros) : Json();
    limit["held"] = counts ? Json(entry.reading.held.raw()) : Json();
    limit["leased"] = entry.leased.raw();
    out["limits"].push_back(std::move(limit));
  }
  return out;
}

Json document_of(const ResetPreview& preview) {
  Json out{{"timezone", preview.timezone}};
  put_instant(out, "read", preview.now);
  out["resets"] = Json::array();
  for (const WallTime instant : preview.at) {
    Json entry;
    put_instant(entry, "resets", instant);
    out["resets"].push_back(std::move(entry));
  }
  return out;
}

Json document_of(const ServerStatus& status) {
  Json out{{"server", status.server},
           {"uptime_ns", status.uptime.count()},
           {"replay_ns", status.start.replay.count()},
           {"load_ns", status.start.load.count()},
           {"simulated_time", status.simulated_time}};
  put_instant(out, "read", status.now);
  out["reactors"] = Json::array();
  for (const ReactorStatus& reactor : status.reactors) {
    out["reactors"].push_back(document_of(reactor));
  }
  out["busiest"] = busiest_of(status.busiest);
  out["ownership"] = document_of(status.ownership);
  return out;
}

Json document_of(const Failure& failure) {
  return Json{{"error",
               {{"code", to_string(failure.fault.code)},
                {"message", failure.fault.context},
                {"exit_code", static_cast<int>(failure.exit)}}}};
}

}  // namespace sluice::ctl
