// SPDX-License-Identifier: Apache-2.0
#include "server/http/policies.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

namespace sluice::http {
namespace {

struct WindowOf {
  const LimitUsage& usage;

  std::optional<Duration> operator()(const WindowRule& rule) const { return calendar(rule.period); }
  std::optional<Duration> operator()(const CreditRule& rule) const { return calendar(rule.period); }
  std::optional<Duration> operator()(const SlidingRule& rule) const { return rule.span; }
  std::optional<Duration> operator()(const ConcurrencyRule& /*rule*/) const { return std::nullopt; }
  std::optional<Duration> operator()(const RateRule& rule) const {
    // Only told, so the fraction does not matter; the burst refills within `rate_refill_max`.
    const long double exact =
        static_cast<long double>(rule.burst.raw()) /
        static_cast<long double>(std::max<std::uint64_t>(rule.amount.raw(), 1));
    const long double share = rule.refill == Refill::interval ? std::ceil(exact) : exact;
    const long double whole = share * static_cast<long double>(rule.per.count());
    return Duration{static_cast<std::int64_t>(
        std::min(whole, static_cast<long double>(rate_refill_max.count())))};
  }

private:
  [[nodiscard]] std::optional<Duration> calendar(Period period) const {
    return period == Period::never ? std::nullopt
                                   : std::optional(usage.window.end - usage.window.start);
  }
};

Policy policy_of(const LimitUsage& usage, WallTime now) {
  const auto& instead = usage.limit.instead;
  const Rule& rule = instead && instead->expires_at > now ? instead->rule : usage.limit.rule;
  return Policy{usage.limit.id, usage.limit.name, std::visit(WindowOf{usage}, rule)};
}

}  // namespace

const Policy* Policies::known(TenantId tenant, LimitId limit) {
  const Entry& entry = entry_of(tenant);
  if (entry.tenant != tenant) {
    return nullptr;
  }
  const auto found = std::ranges::find(entry.policies, limit, &Policy::limit);
  return found == entry.policies.end() ? nullptr : &*found;
}

void Policies::find(TenantId tenant, LimitId limit, Found found) {
  const Policy* const policy = known(tenant, limit);
  if (policy != nullptr && machine_.now().steady < entry_of(tenant).until) {
    return found(policy);
  }
  engine_.usage(here_, tenant,
                [this, tenant, limit, found = std::move(found)](const Result<TenantUsage>& usage) {
                  if (usage.ok()) {
                    Entry& entry = entry_of(tenant);
                    entry = {tenant, machine_.now().steady + believed_for, {}};
                    for (const LimitUsage& each : usage.value().limits) {
                      entry.policies.push_back(policy_of(each, usage.value().at));
                    }
                  }
                  found(known(tenant, limit));
                });
}

}  // namespace sluice::http
