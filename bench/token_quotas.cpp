// SPDX-License-Identifier: Apache-2.0
#include "bench/token_quotas.hpp"

#include <fmt/format.h>

#include <chrono>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

namespace sluice::bench {

namespace {

constexpr MeterId llm_tokens{2};
constexpr Now start{
    Instant{std::chrono::hours{1}},
    WallTime{std::chrono::sys_days{std::chrono::year{2025} / 6 / 10}.time_since_epoch()}};

TenantDefinition with_quota(Amount quota) {
  Limit limit;
  limit.name = "daily";
  limit.meter = llm_tokens;
  limit.rule = WindowRule{quota, Period::day};
  TenantDefinition definition;
  definition.timezone = "UTC";
  definition.limits = {limit};
  return definition;
}

/// The check of a wish; it refers to the charge.
Check check_of(TenantId tenant, const TokenWish& wish, const Charge& charge) {
  const auto charges = wish.tokens ? std::span{&charge, 1} : std::span<const Charge>{};
  return {tenant, charges, wish.mode, wish.id, wish.mode == Mode::reserve ? ttl_max : Duration{}};
}

template <class T>
T must(Result<T> result) {
  if (!result.ok()) {
    throw std::runtime_error(result.fault().context);
  }
  return std::move(result).value();
}

}  // namespace

void QuotasInProcess::found(std::span<const Amount> quotas) {
  tenants_.clear();
  for (const Amount quota : quotas) {
    TenantDefinition definition = with_quota(quota);
    definition.id = TenantId{1, tenants_.size() + 1};
    definition.limits.front().id = LimitId{1};
    tenants_.push_back(Tenant{definition.id, Plan::of(definition).value(), {}, {}, {}, start});
  }
}

Decision QuotasInProcess::decide(const TokenWish& wish, Duration at) {
  Tenant& tenant = tenants_[wish.tenant];
  const Charge charge{llm_tokens, wish.tokens.value_or(Amount{})};
  Decision decision;
  Happenings happenings;
  tenant.decide(check_of(tenant.id(), wish, charge), Now{start.steady + at, start.wall + at},
                decision, happenings);
  return decision;
}

void QuotasOfServer::found(std::span<const Amount> quotas) {
  const std::uint32_t run = std::random_device{}();
  std::vector<TenantDefinition> drafts;
  for (const Amount quota : quotas) {
    TenantDefinition& draft = drafts.emplace_back(with_quota(quota));
    draft.slug = fmt::format("tokens-{:x}-{}", run, drafts.size());
    draft.name = draft.slug;
    draft.tier = "none";
  }
  tenants_.clear();
  for (auto& created : administrator_.create_many(drafts)) {
    tenants_.push_back(must(std::move(created)).id);
  }
  now_ = Duration::zero();
}

Decision QuotasOfServer::decide(const TokenWish& wish, Duration at) {
  if (at > now_) {
    must(administrator_.advance_clock(at - std::exchange(now_, at)));
  }
  const Charge charge{llm_tokens, wish.tokens.value_or(Amount{})};
  client::Answer answer = gateway_.check(check_of(tenants_[wish.tenant], wish, charge));
  if (answer.by_policy) {
    throw std::runtime_error("the server does not answer");
  }
  return answer.decision;
}

Amount QuotasOfServer::used() {
  Amount used;
  for (const TenantId tenant : tenants_) {
    used = used + must(administrator_.usage(tenant)).limits.at(0).reading.used;
  }
  return used;
}

}  // namespace sluice::bench
