// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <memory>

#include "actors/runtime/messages_usage.hpp"
#include "actors/runtime/pinned.hpp"
#include "actors/runtime/usage_watch.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// Answers what takes long: it reads much of what is past, and watches usage.
///
///   TellHistory, TellWindows, TellWhatIf, TellAudit, CheckAudit, TellSharingStatistics,
///   TellForecast, TellUnusual, TellUsageStatistics, TellPlatformUsage, TellTopTenants
///                         Answers the caller.
///   WatchUsage            Looks at a part of the hours that are over, and raises alerts.
///   Retire                Ends.
///
/// Threading  Own thread and own connection, so that no load of a tenant waits behind it.
/// Order      As sent.
/// Bounds     The engine bounds its management calls; each statement has its time-out.
/// Faults     Told to the observer; answered, if anybody asked.
class UsageAnalyst final : public Pinned<UsageAnalystActor::base> {
public:
  UsageAnalyst(caf::actor_config& config, Home& home, std::unique_ptr<Store> store, Epoch epoch,
               const Clock& machine, Observer& observer);

  behavior_type make_behavior() override;
  /// Tells how long each message took.
  caf::invoke_message_result consume(caf::mailbox_element& message) override;

private:
  template <class T>
  void answer(const Caller<T>& caller, const char* what, Result<T> result);
  void watch(WatchUsage& wish);

  std::unique_ptr<Store> store_;
  UsageWatch watch_;
  const Clock& machine_;
  Observer& observer_;
};

}  // namespace sluice
