// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/sharing/ready_policy.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

inline constexpr TenantId sharing_owner{0x0190'0000'0000'7000, 0x8000'0000'0000'00AA};
inline constexpr PolicyId shared_model{0x0190'0000'0000'7000, 0x8000'0000'0000'0100};

inline SharingCondition condition(ConditionKind kind, ConditionOperator op,
                                  std::vector<std::string> values) {
  return {kind, op, std::move(values)};
}

/// What the owner shares, for `execute`, each use a unit, by the month.
inline SharingPolicy shared_policy(std::vector<SharingCondition> conditions = {}) {
  SharingPolicy policy;
  policy.id = shared_model;
  policy.owner = sharing_owner;
  policy.resource = {ResourceType::model, "gpt-x"};
  policy.visibility = Visibility::marketplace;
  policy.permissions.add(SharePermission::execute);
  policy.conditions = std::move(conditions);
  policy.version = Version{1};
  return policy;
}

inline SharingGrant sharing_grant(std::uint64_t number = 1, PolicyId policy = shared_model) {
  SharingGrant grant;
  grant.id = {0x0190'0000'0000'7000, 0x8000'0000'0000'0200 + number};
  grant.policy = policy;
  grant.owner = sharing_owner;
  grant.permissions.add(SharePermission::execute);
  return grant;
}

/// Of which each request that is charged costs three micros.
[[nodiscard]] inline SharingPolicy metered(SharingPolicy policy = shared_policy()) {
  policy.pricing = {.kind = PricingKind::usage, .meter = api_requests, .price_micros = 3};
  return policy;
}

/// A desk whose tenant uses what another one shares.
class SharingDesk : public Desk {
public:
  explicit SharingDesk(std::vector<Limit> limits = {unlimited(Period::month)},
                       WallTime start = noon)
      : Desk(std::move(limits), start) {
    hold({sharing_grant()});
  }
  SharingDesk(WallTime start, std::shared_ptr<const Plan> plan, const TenantState& state)
      : Desk(start, std::move(plan), state) {}

  void hold(const std::vector<SharingGrant>& grants) {
    share_effect = tenant.share(grants, facts, happenings);
  }
  void offer(SharingPolicy policy, std::vector<SharingTerms> terms = {}) {
    ready = made_ready(std::move(policy), tiers, std::move(terms));
  }

  Decision use(std::uint64_t amount, Mode mode = Mode::normal, MeterId meter = api_requests) {
    return use_under({}, amount, mode, meter);
  }
  Decision use_under(EntryId id, std::uint64_t amount, Mode mode = Mode::normal,
                     MeterId meter = api_requests, Duration ttl = {}) {
    const std::vector<Charge> charges{{meter, Amount{amount}}};
    return ask({.tenant = tenant.id(), .charges = charges, .mode = mode, .id = id, .ttl = ttl});
  }
  Decision reserve_use(std::uint64_t id, std::uint64_t amount, Duration ttl = 1min) {
    return use_under({1, id}, amount, Mode::reserve, api_requests, ttl);
  }
  Decision ask(Check check) {
    SharedUse use{.policy = shared_model,
                  .permission = permission,
                  .peer = peer,
                  .ready = ready.get(),
                  .owner = owner,
                  .grantable = grantable};
    check.shared = &use;
    Decision decision;
    effect = tenant.decide(check, now, decision, happenings);
    return decision;
  }

  /// What was counted under the first grant, in the open hour.
  [[nodiscard]] SharedHour counted(std::uint64_t number = 1) const {
    SharedHour hour;
    if (const Shares* const shares = tenant.shares()) {
      shares->each([&](const Shares::Held& held) {
        if (held.grant.id == sharing_grant(number).id) {
          hour = held.count.open;
        }
      });
    }
    return hour;
  }

  TierCatalogue tiers = shipped_tiers();
  std::shared_ptr<const ReadyPolicy> ready = made_ready(shared_policy(), shipped_tiers());
  ConsumerFacts facts{.tier = "starter", .region = "eu", .compliance = {"gdpr", "soc2"}};
  SharePermission permission = SharePermission::execute;
  std::optional<PeerAddress> peer{};
  Standing owner{};
  bool grantable = false;  ///< What the host of a peek knows.
  Effect share_effect = Effect::none;
};

}  // namespace sluice
