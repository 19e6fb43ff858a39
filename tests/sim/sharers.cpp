// SPDX-License-Identifier: Apache-2.0
// What sharers wish and use; how it is judged is in sharers_books.cpp.
#include "tests/sim/sharers.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t policies_at_a_time = 3;
constexpr std::size_t uses_picked_from = 12;
constexpr std::array lifetimes{Duration{2s}, Duration{30s}, Duration{10min}, Duration{40h}};
constexpr std::array hold_times{Duration{5s}, Duration{60s}, Duration{1h}};
constexpr std::array kinds{PricingKind::usage,  PricingKind::tiered, PricingKind::usage,
                           PricingKind::tiered, PricingKind::fixed,  PricingKind::free};
constexpr std::array billing_periods{BillingPeriod::day, BillingPeriod::day, BillingPeriod::month,
                                     BillingPeriod::month, BillingPeriod::week};
constexpr std::array schedules{PayoutSchedule::daily, PayoutSchedule::weekly,
                               PayoutSchedule::monthly};
constexpr std::array<std::uint16_t, 4> owner_parts{10'000, 7'000, 3'333, 0};
constexpr std::array<std::uint64_t, 3> payout_minima{0, 40, 400};
constexpr std::array visibilities{Visibility::marketplace, Visibility::marketplace,
                                  Visibility::everyone, Visibility::allowed};

SharePermissions both() {
  SharePermissions permissions;
  permissions.add(SharePermission::execute);
  permissions.add(SharePermission::read);
  return permissions;
}

template <class Map>
const auto& pick_from(const Map& map, Random& random) {
  return std::next(map.begin(), static_cast<std::ptrdiff_t>(random.below(map.size())))->second;
}

/// How its use is counted stays as it is.
void draw_price(SharingPolicy& policy, Random& random) {
  Pricing& pricing = policy.pricing;
  pricing.kind = random.pick(kinds);
  pricing.currency = random.per_mille(800) ? "USD" : "EUR";
  const bool has_price = pricing.kind == PricingKind::fixed || pricing.kind == PricingKind::usage;
  const bool has_per = pricing.kind == PricingKind::usage || pricing.kind == PricingKind::tiered;
  pricing.price_micros = has_price ? random.between(1, 90) : 0;
  pricing.per = Amount{has_per ? random.between(1, 3) : 1};
  pricing.bands.clear();
  if (pricing.kind == PricingKind::tiered) {
    pricing.bands = {{Amount{random.between(1, 6)}, random.between(1, 90)},
                     {Amount{random.between(7, 20)}, random.between(1, 90)},
                     {std::nullopt, random.below(30)}};
  }
  policy.revenue = {random.pick(owner_parts), random.pick(payout_minima), random.pick(schedules)};
}

SharingId id_of(const AccessWish& wish) {
  return std::visit([](const auto& what) { return what.id; }, wish);
}

}  // namespace

Limit Sharers::limit(Random& random) {
  Limit limit;
  limit.name = shared_limit;
  limit.meter = shared_meter;
  limit.rule = WindowRule{Amount{random.between(20, 400)}, Period::never};
  return limit;
}

// ----------------------------------------------------------------------------------------- wishes

std::optional<Sharers::Wish> Sharers::wish(TenantId some, TenantId other, Random& random,
                                           WallTime wall) {
  const auto& policies = database_.shares().policies();
  if (policies.empty() || (policies.size() < policies_at_a_time && random.per_mille(150))) {
    return put(draw_policy(some, other, random, wall), true);
  }
  const std::uint64_t kind = random.below(1000);
  if (kind < 120) {
    return change_policy(pick_from(policies, random), some, random, wall);
  }
  if (kind < 500) {
    const SharingPolicy& policy = pick_from(policies, random);
    const SharePermissions asked = random.per_mille(300) ? both() : SharePermissions{};
    return access(
        RequestAccess{
            .id = fresh_request(), .consumer = some, .policy = policy.id, .permissions = asked},
        some);
  }
  return decide_request(some, random, wall);
}

SharingPolicy Sharers::draw_policy(TenantId owner, TenantId other, Random& random, WallTime wall) {
  SharingPolicy policy;
  policy.owner = owner;
  policy.resource = {ResourceType::model, "thing-" + std::to_string(++resources_)};
  policy.title = "A thing";
  policy.visibility = random.pick(visibilities);
  policy.permissions = both();
  policy.allow = {other};
  draw_price(policy, random);
  policy.pricing.period = random.pick(billing_periods);
  if (random.per_mille(600)) {
    policy.pricing.meter = shared_meter;
  }
  if (random.per_mille(600)) {
    policy.conditions = {{ConditionKind::usage_limit,
                          ConditionOperator::lte,
                          {std::to_string(random.between(5, 60))}}};
  }
  policy.requires_approval = random.per_mille(600);
  if (random.per_mille(700)) {
    policy.max_consumers = static_cast<std::uint32_t>(random.between(1, 3));
  }
  if (random.per_mille(250)) {
    policy.expires_at = wall + random.pick(lifetimes);
  }
  return policy;
}

Sharers::Wish Sharers::put(SharingPolicy policy, bool is_new) {
  const PolicyId fresh{0x51b0'0000'0000'7000U, ++ids_};
  return {.what = PolicyToPut{.wish = {.policy = std::move(policy), .keeps_revenue = false},
                              .fresh = fresh,
                              .answer = [this, is_new](const Result<SharingPolicy>& put) {
                                if (put.ok()) {
                                  probes_.hit(is_new ? Probe::policy_put : Probe::policy_changed);
                                  put_in_force(put.value().id, put.value().version);
                                }
                              }}};
}

std::optional<Sharers::Wish> Sharers::change_policy(const SharingPolicy& policy, TenantId some,
                                                    Random& random, WallTime wall) {
  const std::uint64_t kind = random.below(1000);
  if (kind < 350) {
    const TenantId owner = random.per_mille(800) ? policy.owner : some;
    return Wish{.what = PolicyToRemove{
                    owner, policy.id,
                    [this, owner, known = policy.owner](const Result<SharingPolicy>& removed) {
                      expect(!removed.ok() || owner == known, "a stranger removed a policy");
                      if (removed.ok()) {
                        probes_.hit(Probe::policy_removed);
                        removal_in_force(removed.value().id);
                      }
                    }}};
  }
  SharingPolicy changed = policy;
  if (kind < 500) {
    changed.block = changed.block.empty() ? std::vector{some} : std::vector<TenantId>{};
  } else if (kind < 620) {
    changed.expires_at = wall + random.pick(lifetimes);
  } else if (kind < 700) {
    changed.max_consumers = static_cast<std::uint32_t>(random.between(1, 3));
  } else if (kind < 820) {
    const bool is_private = changed.visibility == Visibility::owner;
    changed.visibility = is_private ? random.pick(visibilities) : Visibility::owner;
  } else if (kind < 920) {
    draw_price(changed, random);
  } else if (!changed.conditions.empty()) {
    changed.conditions.front().values = {std::to_string(random.between(5, 60))};
  } else {
    changed.permissions = SharePermissions{};
    changed.permissions.add(SharePermission::execute);
  }
  return put(std::move(changed), false);
}

std::optional<Sharers::Wish> Sharers::decide_request(TenantId some, Random& random, WallTime wall) {
  std::vector<const SharingRequest*> open;
  for (const auto& [id, request] : database_.shares().requests()) {
    const bool is_open =
        request.state == SharingState::pending || request.state == SharingState::approved;
    if (is_open || random.per_mille(50)) {
      open.push_back(&request);
    }
  }
  if (open.empty()) {
    return std::nullopt;
  }
  const SharingRequest& request = *open[static_cast<std::size_t>(random.below(open.size()))];
  const TenantId owner = random.per_mille(900) ? request.owner : some;
  if (request.state == SharingState::pending && random.per_mille(150)) {
    return access(WithdrawAccess{request.consumer, request.id}, request.consumer);
  }
  if (request.state == SharingState::pending && random.per_mille(150)) {
    return access(RejectAccess{owner, request.id, "no"}, request.consumer);
  }
  if (request.state == SharingState::approved && random.per_mille(600)) {
    return access(RevokeAccess{owner, request.id, "enough"}, request.consumer);
  }
  ApproveAccess approve{.owner = owner, .id = request.id};
  if (random.per_mille(300)) {
    approve.expires_at = wall + random.pick(lifetimes);
  }
  return access(std::move(approve), request.consumer);
}

Sharers::Wish Sharers::access(AccessWish wish, TenantId consumer) {
  const AccessActor actor = actor_of(wish);
  const bool approves = std::holds_alternative<ApproveAccess>(wish);
  auto answer = [this, actor, approves, id = id_of(wish)](const Result<SharingRequest>& made) {
    if (!made.ok()) {
      if (made.fault().context.starts_with("max_consumers")) {
        probes_.hit(Probe::access_refused_when_full);
      }
      return;
    }
    const SharingRequest& request = made.value();
    const TenantId party = actor.side == SharingSide::owner ? request.owner : request.consumer;
    expect(request.id == id && actor.tenant == party, "a stranger decided request ", id.low);
    expect(!approves || request.state == SharingState::approved, "request ", id.low,
           " was approved, and is something else");
    answered(request);
  };
  return {.consumer = consumer, .what = AccessToChange{std::move(wish), std::move(answer)}};
}

// ------------------------------------------------------------------------------------------- uses

std::optional<Books::Ask> Sharers::ask(TenantId tenant, Random& random, Duration now) {
  if (random.per_mille(400)) {
    if (auto again = go_on(random)) {
      return again;
    }
  }
  const auto& policies = database_.shares().policies();
  Books::Ask ask{};
  ask.tenant = tenant;
  SharedUse shared;
  if (!grants_.empty() && random.per_mille(800)) {
    const std::size_t from = std::min(grants_.size(), uses_picked_from);
    auto grant = grants_.end();
    std::advance(grant, -1 - static_cast<std::ptrdiff_t>(random.below(from)));
    ask.tenant = grant->second.consumer;
    shared.policy = grant->second.terms.policy;
  } else if (!policies.empty()) {
    shared.policy = pick_from(policies, random).id;
  } else {
    return std::nullopt;
  }
  shared.permission = random.per_mille(100) ? SharePermission::read : SharePermission::execute;
  ask.shared = shared;
  const std::uint64_t kind = random.below(1000);
  ask.mode = kind < 550   ? Mode::normal
             : kind < 750 ? Mode::reserve
             : kind < 830 ? Mode::peek
             : kind < 920 ? Mode::best_effort
                          : Mode::record;
  ask.charges = {{shared_meter, Amount{random.between(1, 8)}}};
  ask.ttl = ask.mode == Mode::reserve ? random.pick(hold_times) : Duration{};
  if (ask.mode == Mode::reserve || (ask.mode == Mode::normal && random.per_mille(600))) {
    ask.id = EntryId{6, uses_.size() + 1};
  }
  ask.use = uses_.size();
  uses_.push_back({.tenant = ask.tenant,
                   .incarnation = model_.incarnation(ask.tenant),
                   .ask = ask,
                   .begun = now});
  return ask;
}

// The same once more; or, of a reservation, its settlement, or an extension that says what was used
// so far.
std::optional<Books::Ask> Sharers::go_on(Random& random) {
  const std::size_t from =
      std::max(first_use_, uses_.size() > uses_picked_from ? uses_.size() - uses_picked_from : 0);
  if (from >= uses_.size()) {
    return std::nullopt;
  }
  Use& use = uses_[from + static_cast<std::size_t>(random.below(uses_.size() - from))];
  if (use.under_way || use.ask.id == EntryId{}) {
    return std::nullopt;
  }
  Books::Ask ask = use.ask;
  const bool is_open = ask.mode == Mode::reserve && !use.settled;
  if (is_open && use.owner_held && random.per_mille(500)) {
    ask.shared.reset();
    ask.mode = Mode::extend;
    ask.ttl = random.pick(hold_times);
    Amount& used = ask.charges.front().amount;
    used = Amount{random.between(std::min(use.said_most, used.raw()), used.raw())};
  } else if (is_open && random.per_mille(600)) {
    use.settled = true;
    ask.shared.reset();
    ask.ttl = Duration{};
    ask.mode = random.per_mille(750) ? Mode::commit : Mode::cancel;
    if (ask.mode == Mode::cancel) {
      ask.charges.clear();
    } else {
      ask.charges.front().amount = Amount{random.between(0, ask.charges.front().amount.raw())};
    }
  }
  use.under_way = true;
  return ask;
}

}  // namespace sluice::sim
