// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "server/rpc/market_methods.hpp"
#include "server/rpc/operator_analytics.hpp"
#include "server/rpc/operator_live.hpp"

namespace sluice {

/// The part of the `TenantAdmin` capability that is about the history of usage, and what is live of
/// it; the rest of it is built on this.
///
/// Role       Hands each method on.
/// Threading  Confined to its reactor.
/// Ownership  As what it is built on.
/// Errors     As each method.
class AnalyticsMethods : public MarketMethods {
protected:
  AnalyticsMethods(std::shared_ptr<Service> service, Access access, std::string peer)
      : MarketMethods(std::move(service), std::move(access), std::move(peer)) {}

  kj::Promise<void> forecast(ForecastContext context) override {
    return calls_.run([&] { return answer_forecast(calls_, context); });
  }
  kj::Promise<void> unusualUsage(UnusualUsageContext context) override {
    return calls_.run([&] { return answer_unusual_usage(calls_, context); });
  }
  kj::Promise<void> usageStatistics(UsageStatisticsContext context) override {
    return calls_.run([&] { return answer_usage_statistics(calls_, context); });
  }
  kj::Promise<void> listCounters(ListCountersContext context) override {
    return calls_.run([&] { return answer_list_counters(calls_, context); });
  }
  kj::Promise<void> listHolds(ListHoldsContext context) override {
    return calls_.run([&] { return answer_list_holds(calls_, context); });
  }
};

}  // namespace sluice
