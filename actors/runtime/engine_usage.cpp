// SPDX-License-Identifier: Apache-2.0
// What the engine is asked about what tenants use, and the history of that.
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/engine_impl.hpp"

namespace sluice {

namespace {

/// Answers with what `read` finds of the tenant, or why it cannot be read.
template <class T, class Read>
TenantCall answering(Caller<T> caller, Read read) {
  return [caller = std::move(caller), read = std::move(read)](const Result<TenantView>& asked) {
    if (!asked.ok()) {
      return caller.answer(asked.fault());
    }
    caller.answer(read(*asked.value().tenant, asked.value().now));
  };
}

}  // namespace

void Engine::usage(ReactorIndex here, TenantId tenant, Reply<TenantUsage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    const auto read = [](const Tenant& of, const Now& now) {
      return TenantUsage{of.id(), of.usage(now), now.wall};
    };
    caf::anon_send(impl_->host_of(tenant), AskTenant{tenant, answering(std::move(*caller), read)});
  }
}

void Engine::counters(ReactorIndex here, CounterQuery query, Reply<CounterPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    const TenantId tenant = query.tenant;
    const auto read = [query = std::move(query)](const Tenant& of, const Now& now) {
      return of.counters(query, now);
    };
    caf::anon_send(impl_->host_of(tenant), AskTenant{tenant, answering(std::move(*caller), read)});
  }
}

void Engine::holds(ReactorIndex here, HoldQuery query, Reply<HoldPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    const TenantId tenant = query.tenant;
    const auto read = [query = std::move(query)](const Tenant& of, const Now& now) {
      return of.holds(query, now);
    };
    caf::anon_send(impl_->host_of(tenant), AskTenant{tenant, answering(std::move(*caller), read)});
  }
}

void Engine::forecast(ReactorIndex here, TenantId tenant, Reply<Forecast> reply) {
  usage(here, tenant, [this, here, reply = std::move(reply)](Result<TenantUsage> usage) {
    if (!usage.ok()) {
      return reply(usage.fault());
    }
    if (auto caller = impl_->admit(here, reply)) {
      caf::anon_send(impl_->analyst(), TellForecast{std::move(usage).value(), std::move(*caller)});
    }
  });
}

void Engine::unusual_usage(ReactorIndex here, TenantId tenant, Reply<UnusualUsage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->analyst(),
                   TellUnusual{tenant, impl_->clock().now().wall, std::move(*caller)});
  }
}

namespace {

/// What is asked of a range once that is settled: by the analyst, or with what is wrong at once.
template <class Tell, class Impl, class Query, class T>
void ask_analyst(Impl& engine, ReactorIndex here, Result<Query> asked, Reply<T> reply) {
  auto caller = engine.admit(here, std::move(reply));
  if (!caller) {
    return;
  }
  if (!asked.ok()) {
    return caller->answer(asked.fault());
  }
  caf::anon_send(engine.analyst(), Tell{std::move(asked).value(), std::move(*caller)});
}

}  // namespace

void Engine::usage_statistics(ReactorIndex here, UsageQuery query, Reply<UsageStatistics> reply) {
  const auto range = settled({query.granularity, query.from, query.to}, impl_->clock().now().wall);
  if (range.ok()) {
    query.from = range.value().from;
    query.to = range.value().to;
  }
  ask_analyst<TellUsageStatistics>(
      *impl_, here, range.ok() ? Result<UsageQuery>{std::move(query)} : range.fault(),
      std::move(reply));
}

void Engine::platform_usage(ReactorIndex here, PlatformUsageQuery query,
                            Reply<UsageStatistics> reply) {
  ask_analyst<TellPlatformUsage>(*impl_, here, settled(std::move(query), impl_->clock().now().wall),
                                 std::move(reply));
}

void Engine::top_tenants(ReactorIndex here, TopQuery query, Reply<TopTenants> reply) {
  ask_analyst<TellTopTenants>(*impl_, here, settled(std::move(query), impl_->clock().now().wall),
                              std::move(reply));
}

}  // namespace sluice
