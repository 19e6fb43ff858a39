// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/tier.hpp"

namespace sluice {

/// What a tenant has by its tier. Pure functions.

/// Replaces what came from a tier by what `tier` has (null: a mere label, which has nothing). Of a
/// limit that keeps its name, meter, kind, period and labels, id and override stay, and so its
/// usage. Where the tenant has a limit of its own of that name, that one stands. The result is not
/// yet checked as a whole: an override that cannot hold with the new limit is a fault.
[[nodiscard]] Result<Done> take_tier(TenantDefinition& definition, std::string name,
                                     const Tier* tier);

/// Whether the change gives the tenant what a tier has, now.
[[nodiscard]] bool takes_tier(const Change& change);

/// The tier's defaults, but where the tenant has values of its own.
[[nodiscard]] Features features_of(const TenantDefinition& definition, const TierCatalogue& tiers);
[[nodiscard]] bool has_feature(const TenantDefinition& definition, const TierCatalogue& tiers,
                               std::string_view name);
/// `permission_denied`, naming the feature and the tiers that have it, if the tenant has not.
[[nodiscard]] Result<Done> require_feature(const TenantDefinition& definition,
                                           const TierCatalogue& tiers, std::string_view name);

/// Whether its rows may be there: back among others, those of any tenant; elsewhere, if it has
/// `isolation_feature`.
[[nodiscard]] Result<Done> check_placement(const TenantDefinition& definition, const Placement& to,
                                           const TierCatalogue& tiers);

/// What a tenant may use, and which of it is not its tier's.
struct TenantFeatures {
  std::string tier;
  Features features;             ///< By name.
  std::vector<std::string> own;  ///< Names.
  friend bool operator==(const TenantFeatures&, const TenantFeatures&) = default;
};
[[nodiscard]] TenantFeatures tell_features(const TenantDefinition& definition,
                                           const TierCatalogue& tiers);

/// A limit of which more is used and held than it has.
struct ExceededLimit {
  std::string limit;
  Amount size;
  Amount used;
  friend bool operator==(const ExceededLimit&, const ExceededLimit&) = default;
};
/// Of windows and of what is in flight; what is only evaluated is passed over.
[[nodiscard]] std::vector<ExceededLimit> exceeded(const std::vector<LimitUsage>& usage);

/// A tenant that was moved to another tier, and what it has too much of there.
struct TierChanged {
  TenantDefinition tenant;
  std::vector<ExceededLimit> exceeded{};
};

/// Some tenants of a tier, which are to get what it has now.
struct TierApplyQuery {
  std::string tier;
  std::optional<TenantId> after{};  ///< Only ids above this one.
  std::size_t page_size = 100;      ///< 1 to `tier_apply_max`.
};
inline constexpr std::size_t tier_apply_max = 100;

/// What became of them.
struct TierApplied {
  std::size_t changed = 0;
  std::size_t unchanged = 0;  ///< Had it already.
  std::vector<TenantId>
      refused{};  ///< Stay as they are: too many limits, or an override in the way.
  std::optional<TenantId> last{};  ///< The one to go on behind.
  bool more = false;
  friend bool operator==(const TierApplied&, const TierApplied&) = default;
};

}  // namespace sluice
