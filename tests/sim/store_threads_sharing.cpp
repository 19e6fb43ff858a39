// SPDX-License-Identifier: Apache-2.0
// What the writer's thread does about sharing: as `StoreWriter` does it, around the same desk.
#include <algorithm>
#include <memory>
#include <utility>

#include "actors/runtime/sharing_reading.hpp"
#include "tests/sim/store_threads.hpp"

namespace sluice::sim {

void StoreThreads::end_due() {
  if (!std::exchange(sees_to_due_, true)) {
    wishes_.emplace_back(EndDue{});
  }
}

bool StoreThreads::has_told(TenantId tenant) const {
  const std::size_t host = hosts_.host_of(tenant);
  const bool waits = std::ranges::find(answers_[0], host, &Letter::host) != answers_[0].end();
  const auto is_in = [tenant](const auto& list) {
    return std::ranges::find(list, tenant) != list.end();
  };
  return !waits && !is_in(doubtful_) && !is_in(doubtful_consumers_);
}

void StoreThreads::after_hosts(const std::vector<std::size_t>& hosts, Answer then) {
  if (hosts.empty()) {
    return then();
  }
  const auto missing = std::make_shared<std::size_t>(hosts.size());
  const auto last = std::make_shared<Answer>(std::move(then));
  for (const std::size_t host : hosts) {
    answer(0, host, [missing, last] {
      if (--*missing == 0) {
        (*last)();
      }
    });
  }
}

void StoreThreads::after_all_hosts(Answer then) {
  std::vector<std::size_t> all;
  for (std::size_t host = 0; host < hosts_.count; ++host) {
    all.push_back(host);
  }
  after_hosts(all, std::move(then));
}

void StoreThreads::fence_if(const Fault& fault) {
  if (fault.code == FaultCode::fenced) {
    hosts_.fenced();
  }
}

void StoreThreads::run(PutPolicy& wish) {
  auto written = desk_.put_policy(anonymous_author(""), wish.wish, wish.fresh);
  if (!written.ok()) {
    fence_if(written.fault());
    wish.answer(written.fault());
    return desk_.clear_doubts();
  }
  after_all_hosts(
      [tell = std::move(wish.answer), policy = std::move(written).value()] { tell(policy); });
}

void StoreThreads::run(RemovePolicy& wish) {
  auto removed = desk_.remove_policy(anonymous_author(""), wish.owner, wish.policy);
  if (!removed.ok()) {
    fence_if(removed.fault());
    wish.answer(removed.fault());
    return clear_doubts();
  }
  SLUICE_INVARIANT(removed.value().gone);  // Nobody here has that many consumers.
  after_all_hosts([tell = std::move(wish.answer), policy = std::move(removed.value().policy)] {
    tell(policy);
  });
}

void StoreThreads::run(ChangeAccess& wish) {
  auto step = desk_.change_access(anonymous_author(""), wish.wish);
  if (!step.ok()) {
    fence_if(step.fault());
    wish.answer(step.fault());
    return clear_doubts();
  }
  std::vector<std::size_t> hosts;
  for (const TenantDefinition& consumer : step.value().change.consumers) {
    hosts.push_back(hosts_.host_of(consumer.id));
  }
  after_hosts(hosts, [tell = std::move(wish.answer), after = std::move(step.value().after)] {
    tell(after);
  });
}

void StoreThreads::run(EndDue&) {
  sees_to_due_ = false;
  end_some();
}

Rest StoreThreads::end_some() {
  const auto ended = desk_.end_due(context_.wall());
  if (!ended.ok()) {
    fence_if(ended.fault());
    clear_doubts();
  }
  return ended.ok() ? ended.value() : Rest::none;
}

Result<Done> StoreThreads::end_sharing_of(TenantId tenant) {
  std::vector<PolicyId> policies;
  for (const auto& [id, policy] : context_.database.shares().policies()) {
    if (policy.owner == tenant) {
      policies.push_back(id);
    }
  }
  if (auto removed = desk_.remove_policies(anonymous_author(""), policies); !removed.ok()) {
    return removed;
  }
  if (auto ended = desk_.end_access_of(anonymous_author(""), tenant); !ended.ok()) {
    return ended;
  }
  const auto until = unbilled_until(store_, tenant, context_.wall());
  if (!until.ok()) {
    return until.fault();
  }
  if (until.value()) {
    context_.probes.hit(Probe::purge_waits_for_bill);
    return not_yet_billed(*until.value());
  }
  return Done{};
}

void StoreThreads::see_to_books(WallTime saved_before) {
  if (!std::exchange(sees_to_books_, true)) {
    wishes_.emplace_back(SeeToBooks{saved_before});
  }
}

void StoreThreads::run(SeeToBooks& wish) {
  if (end_some() == Rest::some) {
    wishes_.emplace_back(wish);
    return;
  }
  const auto rest = books_desk_.see_to(wish.saved_before, context_.wall());
  if (rest.ok() && rest.value() == Rest::some) {
    wishes_.emplace_back(wish);  // Others come in between.
    return;
  }
  sees_to_books_ = false;
  if (!rest.ok()) {
    context_.trace("  store: the books: ", to_string(rest.fault().code));
    fence_if(rest.fault());
  }
}

// --------------------------------------------------------------------------------------- the desk

std::shared_ptr<const TierCatalogue> StoreThreads::catalogue() const {
  static const auto shipped = std::make_shared<const TierCatalogue>(shipped_tiers());
  return shipped;
}

MeterCount StoreThreads::meters() const {
  return MeterCount{static_cast<std::uint16_t>(default_meters().size())};
}

void StoreThreads::put_in_force(const TenantDefinition& consumer) {
  put_in_force(Result<TenantDefinition>{consumer}, consumer.id, Kind::shares);
}

void StoreThreads::doubt(TenantId consumer) {
  context_.probes.hit(Probe::consumer_in_doubt);
  if (std::ranges::find(doubtful_consumers_, consumer) == doubtful_consumers_.end()) {
    doubtful_consumers_.push_back(consumer);
  }
}

void StoreThreads::publish(const SharingPolicy& policy, std::vector<SharingTerms> terms) {
  const auto ready = made_ready(policy, *catalogue(), std::move(terms));
  for (std::size_t host = 0; host < hosts_.count; ++host) {
    answer(0, host, [this, host, ready] { hosts_.policy_put(host, ready); });
  }
}

void StoreThreads::forget(PolicyId policy) {
  for (std::size_t host = 0; host < hosts_.count; ++host) {
    answer(0, host, [this, host, policy] { hosts_.policy_gone(host, policy); });
  }
}

}  // namespace sluice::sim
