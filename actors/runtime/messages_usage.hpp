// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "actors/runtime/messages.hpp"
#include "actors/tenant/analytics/forecast.hpp"
#include "actors/tenant/analytics/unusual.hpp"
#include "actors/tenant/analytics/usage_records.hpp"
#include "actors/tenant/analytics/usage_statistics.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/sharing/statistics.hpp"
#include "actors/tenant/usage.hpp"
#include "actors/tenant/what_if.hpp"

/// The messages about what is past: usage, and the audit; what messages.hpp says of all holds for
/// them.

namespace sluice {

// ---- To the analyst of what is past

struct TellHistory {
  UsageQuery query;
  Caller<std::vector<UsagePoint>> caller;
};
struct TellWindows {
  TenantId tenant;
  Caller<std::vector<ClosedWindow>> caller;
};
struct TellWhatIf {
  WhatIfQuery query;
  Caller<WhatIfPage> caller;
};
struct TellAudit {
  AuditQuery query;
  Caller<AuditPage> caller;
};
struct CheckAudit {
  TenantId chain;
  std::optional<AuditMark> from;
  Caller<AuditCheck> caller;
};
struct TellSharingStatistics {
  SharingStatisticsQuery query;
  Caller<SharingStatistics> caller;
};
/// Of the limits as their tenant has them.
struct TellForecast {
  TenantUsage usage;
  Caller<Forecast> caller;
};
struct TellUnusual {
  TenantId tenant;
  WallTime now;
  Caller<UnusualUsage> caller;
};
/// Of one tenant; the query's `points_max` says nothing.
struct TellUsageStatistics {
  UsageQuery query;
  Caller<UsageStatistics> caller;
};
struct TellPlatformUsage {
  PlatformUsageQuery query;
  Caller<UsageStatistics> caller;
};
struct TellTopTenants {
  TopQuery query;
  Caller<TopTenants> caller;
};
/// Look at the hours that are over for usage that is unusual.
struct WatchUsage {
  WallTime saved_before;  ///< Everything that happened before is in the store.
  WallTime now;
  std::function<void()> ended;  ///< Called once a part of it was done.
};

// ---- To the writer of the store

/// Forget usage that is older than what is kept.
struct ForgetUsage {
  WallTime saved_before;        ///< Everything that happened before is in the store.
  std::function<void()> ended;  ///< Called once a part of it was done.
};

}  // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellHistory)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellWindows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellWhatIf)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellAudit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::CheckAudit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellSharingStatistics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellForecast)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellUnusual)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellUsageStatistics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellPlatformUsage)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellTopTenants)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::WatchUsage)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ForgetUsage)

namespace sluice {

using UsageAnalystActor = caf::typed_actor<
    caf::reacts_to<TellHistory>, caf::reacts_to<TellWindows>, caf::reacts_to<TellWhatIf>,
    caf::reacts_to<TellAudit>, caf::reacts_to<CheckAudit>, caf::reacts_to<TellSharingStatistics>,
    caf::reacts_to<TellForecast>, caf::reacts_to<TellUnusual>, caf::reacts_to<TellUsageStatistics>,
    caf::reacts_to<TellPlatformUsage>, caf::reacts_to<TellTopTenants>, caf::reacts_to<WatchUsage>,
    caf::reacts_to<Retire>>;

}  // namespace sluice
