// SPDX-License-Identifier: Apache-2.0
#include "bench/load_report.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace sluice::bench {

namespace {

using Json = nlohmann::ordered_json;

struct NamedQuantile {
  const char* name;
  Quantile share;
};

constexpr std::array quantiles{
    NamedQuantile{"p50", Quantile{0.5}}, NamedQuantile{"p90", Quantile{0.9}},
    NamedQuantile{"p99", Quantile{0.99}}, NamedQuantile{"p99.9", Quantile{0.999}},
    NamedQuantile{"p99.99", Quantile{0.9999}}};

constexpr std::array outcomes{
    Outcome::allowed,       Outcome::denied,       Outcome::throttled, Outcome::unknown_tenant,
    Outcome::no_such_meter, Outcome::unavailable,  Outcome::invalid,   Outcome::conflict,
    Outcome::no_such_hold,  Outcome::hold_expired, Outcome::suspended, Outcome::deactivated,
    Outcome::access_denied};
static_assert(outcomes.size() == outcome_count);

double seconds(Duration value) {
  return static_cast<double>(value.count()) / 1e9;
}

double per_second(std::uint64_t count, Duration over) {
  return over > Duration::zero() ? static_cast<double>(count) / seconds(over) : 0;
}

std::string latency_text(Duration value) {
  const auto ns = static_cast<double>(value.count());
  if (ns < 1e6) {
    return fmt::format("{:.1f} us", ns / 1e3);
  }
  return ns < 1e9 ? fmt::format("{:.2f} ms", ns / 1e6) : fmt::format("{:.2f} s", ns / 1e9);
}

std::string pacing_text(const LoadOptions& options) {
  struct Describe {
    std::string operator()(const ClosedLoop& loop) const {
      return fmt::format("closed loop, {} {}", loop.callers,
                         loop.blocking ? "blocking threads" : "in flight");
    }
    std::string operator()(const OpenLoop& loop) const {
      return fmt::format("open loop, {:.0f} requests/s", loop.requests_per_second);
    }
    std::string operator()(const Replay& replay) const {
      return fmt::format("replay of {} at {}x", replay.file, replay.speed);
    }
  };
  std::string text =
      fmt::format("{}, {} a request", std::visit(Describe{}, options.pacing),
                  options.batch == 1 ? "1 check" : fmt::format("{} checks", options.batch));
  if (options.spending != Spending::check) {
    text += fmt::format(", by {}", to_string(options.spending));
  }
  return text;
}

void describe_audit(const AuditFindings& audit, std::size_t tenants, std::string& text) {
  auto out = std::back_inserter(text);
  fmt::format_to(out, "\ncompared {} of {} tenants, {} limits with the server's usage",
                 audit.tenants, tenants, audit.windows);
  if (audit.windows_closed > 0) {
    fmt::format_to(out, " ({} windows ended meanwhile)", audit.windows_closed);
  }
  fmt::format_to(out, "\n");
  for (const std::string& problem : audit.problems) {
    fmt::format_to(out, "  {}\n", problem);
  }
  if (audit.not_given_back > Amount{}) {
    fmt::format_to(out, "not given back of leases: {}\n", audit.not_given_back.raw());
  }
  fmt::format_to(out, "miscounted: {}\nover-admission: {}\n", audit.miscounted.raw(),
                 audit.over_admission.raw());
}

Json latency_json(const Histogram& latency) {
  Json json;
  for (const NamedQuantile& quantile : quantiles) {
    json[quantile.name] = latency.at(quantile.share).count();
  }
  json["max"] = latency.max().count();
  json["mean"] = latency.mean().count();
  return json;
}

}  // namespace

std::string describe(const LoadReport& report) {
  const LoadTally& tally = report.result.tally;
  const Duration elapsed = report.result.elapsed;
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "{}, {} tenants\n\n", pacing_text(report.options), report.options.tenants);
  fmt::format_to(out, "{:>14.0f} checks/s\n{:>14.0f} requests/s over {:.2f} s\n\n",
                 per_second(tally.checks(), elapsed), per_second(tally.requests, elapsed),
                 seconds(elapsed));
  for (const NamedQuantile& quantile : quantiles) {
    fmt::format_to(out, "{:>14} {}\n", latency_text(tally.latency.at(quantile.share)),
                   quantile.name);
  }
  fmt::format_to(out, "{:>14} max\n", latency_text(tally.latency.max()));
  if (report.result.sent_late) {
    fmt::format_to(out, "{:>14} p99 of how late requests left\n",
                   latency_text(report.result.sent_late->at(Quantile{0.99})));
  }
  fmt::format_to(out, "\n");
  for (const Outcome outcome : outcomes) {
    if (const auto times = tally.outcomes[static_cast<std::size_t>(outcome)]; times > 0) {
      fmt::format_to(out, "{:>14} {}\n", times, to_string(outcome));
    }
  }
  if (tally.by_lease > 0) {
    fmt::format_to(out, "{:>14} of those that were allowed, from leased slices\n", tally.by_lease);
  }
  if (tally.by_policy > 0) {
    fmt::format_to(out, "{:>14} not answered by a server\n", tally.by_policy);
  }
  if (report.result.unanswered > 0) {
    fmt::format_to(out, "{:>14} requests without an answer\n", report.result.unanswered);
  }
  if (report.audit) {
    describe_audit(*report.audit, report.options.tenants, text);
  }
  return text;
}

std::string describe_json(const LoadReport& report) {
  const LoadTally& tally = report.result.tally;
  const Duration elapsed = report.result.elapsed;
  Json json;
  json["pacing"] = pacing_text(report.options);
  json["tenants"] = report.options.tenants;
  json["elapsed_ns"] = elapsed.count();
  json["requests"] = tally.requests;
  json["checks"] = tally.checks();
  json["requests_per_second"] = per_second(tally.requests, elapsed);
  json["checks_per_second"] = per_second(tally.checks(), elapsed);
  json["latency_ns"] = latency_json(tally.latency);
  if (report.result.sent_late) {
    json["sent_late_ns"] = latency_json(*report.result.sent_late);
  }
  for (const Outcome outcome : outcomes) {
    json["outcomes"][to_string(outcome)] = tally.outcomes[static_cast<std::size_t>(outcome)];
  }
  json["allowed_by_lease"] = tally.by_lease;
  json["not_answered_by_a_server"] = tally.by_policy;
  json["unanswered_requests"] = report.result.unanswered;
  if (report.audit) {
    json["audit"] = {{"tenants", report.audit->tenants},
                     {"limits", report.audit->windows},
                     {"windows_closed", report.audit->windows_closed},
                     {"over_admission", report.audit->over_admission.raw()},
                     {"miscounted", report.audit->miscounted.raw()},
                     {"not_given_back", report.audit->not_given_back.raw()},
                     {"problems", report.audit->problems}};
  }
  return json.dump(2) + "\n";
}

}  // namespace sluice::bench
