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
  const client::UsageReport& report;
  const LimitUsage& before;
  const LimitUsage& after;
  Amount admitted;
  Amount uncertain;
  Duration between;
};

void note(AuditFindings& findings, const LimitPair& pair, std::string_view what) {
  if (findings.problems.size() < problems_max) {
    findings.problems.push_back(
        fmt::format("{} {}: {}", pair.report.tenant.slug, pair.after.limit.name, what));
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
  if (rule.size) {
    audit_size(pair, used, *rule.size, findings);
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
  const Amount wrong = excess(least, used) + excess(used, most);
  if (wrong > Amount{}) {
    findings.miscounted = findings.miscounted + wrong;
    note(findings, pair,
         fmt::format("used {} before and {} after, {} admitted, {} uncertain", before.raw(),
                     used.raw(), pair.admitted.raw(), pair.uncertain.raw()));
  }
}

void audit_rate(const LimitPair& pair, const RateRule& rule, AuditFindings& findings) {
  // Wide enough for any time at any rate; a part of a unit counts in the caller's favour.
  const absl::uint128 grown = absl::uint128{rule.amount.raw()} *
                              static_cast<std::uint64_t>(pair.between.count()) /
                              static_cast<std::uint64_t>(rule.per.count());
  const Amount given{absl::Uint128Low64(std::min(grown + 1, absl::uint128{Amount::max_raw}))};
  audit_size(pair, pair.admitted, rule.burst + given, findings);
}

const LimitUsage* same_limit(const client::UsageReport& report, LimitId id) {
  const auto found = std::find_if(report.limits.begin(), report.limits.end(),
                                  [&](const LimitUsage& usage) { return usage.limit.id == id; });
  return found == report.limits.end() ? nullptr : &*found;
}

std::vector<Charge> charges_of(const Workload& workload, TenantIndex tenant,
                               const AdmissionLedger& ledger,
                               Amount (AdmissionLedger::*sum)(TenantIndex, ChargeSlot)
                                   const noexcept) {
  std::vector<Charge> charges;
  for (const MeterId meter : workload.meters()) {
    charges.push_back({meter, (ledger.*sum)(tenant, ChargeSlot{charges.size()})});
  }
  return charges;
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
    const LimitPair pair{load.after,
                         *before,
                         after,
                         sum_on(load.admitted, meter),
                         sum_on(load.uncertain, meter),
                         load.after.now - load.before.now};
    ++findings.windows;
    if (const auto* window = std::get_if<WindowRule>(&after.limit.rule)) {
      audit_window(pair, *window, findings);
    } else {
      audit_rate(pair, std::get<RateRule>(after.limit.rule), findings);
    }
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

AuditFindings audit_all(const std::vector<client::UsageReport>& before,
                        const std::vector<client::UsageReport>& after, const Workload& workload,
                        const AdmissionLedger& ledger) {
  AuditFindings findings;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const TenantIndex tenant{static_cast<std::uint32_t>(i)};
    audit({before[i], after[i], charges_of(workload, tenant, ledger, &AdmissionLedger::admitted_of),
           charges_of(workload, tenant, ledger, &AdmissionLedger::uncertain_of)},
          findings);
  }
  return findings;
}

}  // namespace sluice::bench
