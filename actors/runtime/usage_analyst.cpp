// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/usage_analyst.hpp"

#include <utility>

#include "actors/runtime/sharing_reading.hpp"
#include "actors/runtime/usage_reading.hpp"
#include "actors/runtime/what_if_page.hpp"

namespace sluice {
namespace {

Result<TopTenants> ranked(Store& store, const TopQuery& query) {
  auto top = store.top_tenants(query);
  return top.ok() ? Result<TopTenants>{TopTenants{std::move(top).value(), query.range}}
                  : top.fault();
}

}  // namespace

UsageAnalyst::UsageAnalyst(caf::actor_config& config, Home& home, std::unique_ptr<Store> store,
                           Epoch epoch, const Clock& machine, Observer& observer)
    : Pinned(config, home),
      store_(std::move(store)),
      watch_(epoch),
      machine_(machine),
      observer_(observer) {}

caf::invoke_message_result UsageAnalyst::consume(caf::mailbox_element& message) {
  const Instant began = machine_.now().steady;
  const auto result = Pinned::consume(message);
  observer_.store_worked(StoreWork::read, machine_.now().steady - began);
  return result;
}

UsageAnalyst::behavior_type UsageAnalyst::make_behavior() {
  return {
      [this](TellHistory& wish) { answer(wish.caller, "history", store_->usage(wish.query)); },
      [this](TellWindows& wish) {
        answer(wish.caller, "closed_windows", store_->closed_windows(wish.tenant));
      },
      [this](TellWhatIf& wish) {
        answer(wish.caller, "what_if", read_what_if(*store_, wish.query));
      },
      [this](TellAudit& wish) { answer(wish.caller, "audit", store_->audit_page(wish.query)); },
      [this](CheckAudit& wish) {
        answer(wish.caller, "check_audit", store_->check_audit(wish.chain, wish.from));
      },
      [this](TellSharingStatistics& wish) {
        answer(wish.caller, "sharing_statistics", read_sharing_statistics(*store_, wish.query));
      },
      [this](TellForecast& wish) {
        answer(wish.caller, "forecast", read_forecast(*store_, wish.usage));
      },
      [this](TellUnusual& wish) {
        answer(wish.caller, "unusual_usage", read_unusual(*store_, wish.tenant, wish.now));
      },
      [this](TellUsageStatistics& wish) {
        answer(wish.caller, "usage_statistics", read_statistics(*store_, wish.query));
      },
      [this](TellPlatformUsage& wish) {
        answer(wish.caller, "platform_usage", read_platform_usage(*store_, wish.query));
      },
      [this](TellTopTenants& wish) {
        answer(wish.caller, "top_tenants", ranked(*store_, wish.query));
      },
      [this](WatchUsage& wish) { watch(wish); },
      [this](Retire) { quit(); },
  };
}

template <class T>
void UsageAnalyst::answer(const Caller<T>& caller, const char* what, Result<T> result) {
  const bool refused = !result.ok() && (result.fault().code == FaultCode::invalid_argument ||
                                        result.fault().code == FaultCode::not_found);
  if (!result.ok() && !refused) {
    observer_.store_failed(what, result.fault());
  }
  caller.answer(std::move(result));
}

// Who lost the shards hears of it from the writer.
void UsageAnalyst::watch(WatchUsage& wish) {
  const auto looked = watch_.look(*store_, wish.saved_before, wish.now);
  if (!looked.ok() && looked.fault().code != FaultCode::fenced) {
    observer_.store_failed("watch_usage", looked.fault());
  }
  wish.ended();
}

}  // namespace sluice
