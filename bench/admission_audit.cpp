// SPDX-License-Identifier: Apache-2.0
#include "bench/admission_audit.hpp"

#include <absl/numeric/int128.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace sluice::bench {

namespace {

constexpr std::size_t problems_max = 10;

Amount sum_on(const std::vector<Charge>& charges, MeterId meter) {
  Amount sum;
  for (const Charge& charge : charges) {
    sum = charge.meter == meter ? sum + charge.amount : sum;
  }
  return sum;
}

/// One limit of one tenant, before and after.
struct LimitPair {
  const TenantLoad& load;
  const LimitUsage& before;
  const LimitUsage& after;
  Amount admitted;
  Amount uncertain;
  Duration between;
};

void note(AuditFindings& findings, const LimitPair& pair, std::string_view what) {
  if (findings.problems.size() < problems_max) {
    findings.problems.push_back(
        fmt::format("{} {}: {}", pair.load.after.tenant.slug, pair.after.limit.name, what));
  }
}

void audit_size(const LimitPair& pair, Amount admitted, Amount allowed, AuditFindings& findings) {
  if (admitted > allowed && pair.after.limit.enforcement == Enforcement::block) {
    findings.over_admission = findings.over_admission + excess(admitted, allowed);
    note(findings, pair, fmt::format("{} admitted, {} allowed", admitted.raw(), allowed.raw()));
  }
}

void audit_window(const LimitPair& pair, const WindowRule& rule, AuditFindings& findings) {
  const Amount used = pair.after.reading.used;
  const Amount taken = used + pair.after.reading.held;
  if (rule.size) {
    audit_size(pair, taken, *rule.size, findings);
  }
  if (pair.before.window != pair.after.window) {
    ++findings.windows_closed;
    return;
  }
  const Amount before = pair.before.reading.used;
  const Amount least = before + pair.admitted;
  const Amount most = least + pair.uncertain;
  if (rule.size) {
    audit_size(pair, least, std::max(*rule.size, before), findings);
  }
  Amount wrong = excess(least, used) + excess(used, most);
  if (pair.load.is_leased) {
    findings.not_given_back = findings.not_given_back + excess(taken, most);
    wrong = excess(least, taken);
  }
  if (wrong > Amount{}) {
    findings.miscounted = findings.miscounted + wrong;
    note(findings, pair,
         fmt::format("used {} before and {} after, {} admitted, {} uncertain", before.raw(),
                     used.raw(), pair.admitted.raw(), pair.uncertain.raw()));
  }
}

void audit_users(const LimitPair& pair, const WindowRule& rule, AuditFindings& findings) {
  for (const std::vector<Charge>& admitted : pair.load.admitted_of_users) {
    audit_size(pair, sum_on(admitted, pair.after.limit.meter), rule.size.value_or(Amount::max()),
               findings);
  }
}

void audit_rate(const LimitPair& pair, const RateRule& rule, AuditFindings& findings) {
  // Wide enough for any time at any rate; a part of a unit, or a step that has begun, counts in the
  // caller's favour.
  const absl::uint128 amount{rule.amount.raw()};
  const auto between = static_cast<std::uint64_t>(pair.between.count());
  const auto per = static_cast<std::uint64_t>(rule.per.count());
  const absl::uint128 grown =
      rule.refill == Refill::interval ? amount * (between / per + 1) : amount * between / per + 1;
  const Amount given{absl::Uint128Low64(std::min(grown, absl::uint128{Amount::max_raw}))};
  audit_size(pair, pair.admitted, rule.burst + given, findings);
}

void audit_limit(const LimitPair& pair, AuditFindings& findings) {
  const auto* const window = std::get_if<WindowRule>(&pair.after.limit.rule);
  ++findings.windows;
  if (window == nullptr) {
    audit_rate(pair, std::get<RateRule>(pair.after.limit.rule), findings);
  } else if (pair.after.limit.per.empty()) {
    audit_window(pair, *window, findings);
  } else {
    audit_users(pair, *window, findings);
  }
}

const LimitUsage* same_limit(const client::UsageReport& report, LimitId id) {
  const auto found = std::find_if(report.limits.begin(), report.limits.end(),
                                  [&](const LimitUsage& usage) { return usage.limit.id == id; });
  return found == report.limits.end() ? nullptr : &*found;
}

/// What the ledger has of one tenant, meter by meter.
TenantLoad load_of(const Workload& workload, const AdmissionLedger& ledger, TenantIndex tenant) {
  TenantLoad load;
  const std::vector<MeterId> meters = workload.meters();
  for (std::size_t slot = 0; slot < meters.size(); ++slot) {
    load.admitted.push_back({meters[slot], ledger.admitted_of(tenant, ChargeSlot{slot})});
    load.uncertain.push_back({meters[slot], ledger.uncertain_of(tenant, ChargeSlot{slot})});
  }
  for (std::uint32_t user = 0; user < ledger.shape().users; ++user) {
    std::vector<Charge>& admitted = load.admitted_of_users.emplace_back();
    for (std::size_t slot = 0; slot < meters.size(); ++slot) {
      admitted.push_back(
          {meters[slot], ledger.admitted_of(tenant, UserIndex{user}, ChargeSlot{slot})});
    }
  }
  return load;
}

}  // namespace

void audit(const TenantLoad& load, AuditFindings& findings) {
  ++findings.tenants;
  for (const LimitUsage& after : load.after.limits) {
    const LimitUsage* before = same_limit(load.before, after.limit.id);
    if (before == nullptr) {
      continue;
    }
    const MeterId meter = after.limit.meter;
    const LimitPair pair{load,
                         *before,
                         after,
                         sum_on(load.admitted, meter),
                         sum_on(load.uncertain, meter),
                         load.after.now - load.before.now};
    audit_limit(pair, findings);
  }
}

Result<std::vector<client::UsageReport>> read_usage(client::OperatorClient& server,
                                                    const Workload& workload, std::size_t tenants) {
  std::vector<client::UsageReport> reports;
  for (std::size_t i = 0; i < tenants; ++i) {
    Result<client::UsageReport> report =
        server.usage(workload.id(TenantIndex{static_cast<std::uint32_t>(i)}));
    if (!report.ok()) {
      return report.fault();
    }
    reports.push_back(std::move(report).value());
  }
  return reports;
}

AuditFindings audit_all(const UsageReadings& readings, const Workload& workload,
                        const AdmissionLedger& ledger, Spending spending) {
  AuditFindings findings;
  for (std::size_t i = 0; i < readings.after.size(); ++i) {
    TenantLoad load = load_of(workload, ledger, TenantIndex{static_cast<std::uint32_t>(i)});
    load.before = readings.before[i];
    load.after = readings.after[i];
    load.is_leased = spending == Spending::lease;
    audit(load, findings);
  }
  return findings;
}

}  // namespace sluice::bench
