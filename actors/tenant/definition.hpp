// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/feature.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/lifecycle.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/member.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/placement.hpp"
#include "actors/tenant/settings.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/tier.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// The day of the month on which month and year windows start, 1 to 31; clamped to the month's end.
using AnchorDay = Strong<struct AnchorDayTag, std::uint8_t>;

/// To whom what is owed is sent. Empty where it is not known.
struct Billing {
  std::string company;  ///< Up to 200 characters.
  std::string email;    ///< Something on both sides of one @; up to 254 bytes.
  std::string address;  ///< Up to 250 characters.
  std::string tax_id;   ///< Up to 64 characters.
  friend bool operator==(const Billing&, const Billing&) = default;
};

/// Another tier that is to come by itself.
struct PendingTier {
  std::string tier;
  WallTime at;
  friend bool operator==(const PendingTier&, const PendingTier&) = default;
};

inline constexpr std::size_t compliance_labels_max = 16;

/// Everything that an administrator decides about a tenant. What spending changes is apart, in
/// `Counter`, so that the two never write over each other.
struct TenantDefinition {
  TenantId id;
  std::string name;              ///< For people: 1 to 200 characters of UTF-8.
  std::string slug;              ///< For addresses: `[a-z0-9-]{3,63}`, unique in the system.
  std::string tier;              ///< `[a-z0-9_-]{1,32}`.
  std::string timezone = "UTC";  ///< IANA name; windows start at its calendar boundaries.
  AnchorDay billing_anchor_day{1};
  WallTime created_at;
  WallTime updated_at;
  Version version;            ///< Grows by one with each change.
  LimitId last_limit_id;      ///< The highest id given so far, so that none is given twice.
  std::vector<Limit> limits;  ///< In the order of their ids.
  Lifecycle life{};
  std::string region{};          ///< `[a-z0-9-]{1,32}`, or empty.
  std::string currency = "USD";  ///< ISO 4217: `[A-Z]{3}`.
  Billing billing{};
  Membership membership{};  ///< Changed with the members only (member_change.hpp).
  std::optional<PendingTier> pending_tier{};
  Features features{};    ///< Its own values, which stand before those of its tier.
  Placement placement{};  ///< Where its rows are; changed by `MoveRows` only.
  /// What others let it use, in the order of the ids. Changed with its requests only
  /// (sharing/access.hpp).
  std::vector<SharingGrant> shares{};
  std::vector<std::string> compliance{};  ///< `[a-z0-9_-]{1,32}`, ascending, each once.
  std::string settings{no_settings};      ///< See settings.hpp.
  friend bool operator==(const TenantDefinition&, const TenantDefinition&) = default;
};

/// Sets the limit with this name, or adds it; `limit.id` is ignored. It is the tenant's own from
/// then on. A limit that keeps its meter,
/// kind, period and labels keeps its id and so its usage, and its override unless it brings another
/// one; otherwise it is a new limit that starts at zero.
struct PutLimit {
  Limit limit;
};

struct RemoveLimit {
  std::string name;
};

/// Lets something else hold instead of the rule of the limit with this name. It replaces an
/// override that there is.
struct PutOverride {
  std::string name;
  Override instead;
};

struct RemoveOverride {
  std::string name;
};

/// Changes the fields that are there and leaves the others. Another tier is as with `ChangeTier`,
/// now; but here it may be a mere label, which has no limits.
struct EditTenant {
  std::optional<std::string> name{};
  std::optional<std::string> slug{};
  std::optional<std::string> tier{};
  std::optional<std::string> timezone{};
  std::optional<AnchorDay> billing_anchor_day{};
  std::optional<std::string> region{};
  std::optional<std::string> currency{};
  std::optional<std::string> company{};
  std::optional<std::string> email{};
  std::optional<std::string> address{};
  std::optional<std::string> tax_id{};
  std::optional<std::vector<std::string>> compliance{};  ///< All of them, in any order.
  std::optional<std::string> settings{};                 ///< All of them.
  friend bool operator==(const EditTenant&, const EditTenant&) = default;
};

/// Which way a change of tier must go, by rank. A tier that is not in the catalogue is below all.
enum class TierMove : std::uint8_t {
  any,
  up,    ///< Or to the same rank.
  down,  ///< Or to the same rank.
};

/// Moves the tenant to a tier of the catalogue, now or when its month ends by its calendar. Usage
/// stays; what came from the old tier is replaced; overrides, and limits and feature values of the
/// tenant's own stay. To a higher rank, a trial that still runs is converted. A change that is to
/// come is dropped by another one. Nothing brings back a tenant that is suspended.
struct ChangeTier {
  std::string tier;
  bool at_period_end = false;
  TierMove move = TierMove::any;
};

/// Gives the tenant what its tier has now.
struct ApplyTier {};

/// What time does, not a person: the tier that is to come comes. It is dropped if the catalogue has
/// it no more, or the tenant could not have its limits.
struct TakePendingTier {};

struct SetFeature {
  Feature feature;
};

/// The tier's value counts again.
struct ClearFeature {
  std::string name;
};

/// Brings the rows of the tenant to another place. Needs `isolation_feature`, but back among others
/// anybody may. The store brings them there before this is committed.
struct MoveRows {
  Placement to;
};

using Change =
    std::variant<PutLimit, RemoveLimit, PutOverride, RemoveOverride, EditTenant, LifeEvent,
                 ChangeTier, ApplyTier, TakePendingTier, SetFeature, ClearFeature, MoveRows>;

/// A wish to change one tenant. With `expected`, it holds only for that version of the tenant.
struct Amendment {
  TenantId tenant;
  std::optional<Version> expected;
  Change change;
};

/// Checks every field that a person or a program may have got wrong; a fault names the field, as in
/// `limits[2].rule.burst`. `meters` is what limits may refer to.
[[nodiscard]] Result<Done> validate(const TenantDefinition& definition, const MeterTable& meters);

/// The definition of a new tenant: checked, version 1, limits numbered from 1; on trial if
/// `draft.life.trial_days` says so, which is all of its life that counts. Its own limits come
/// first, then those of its tier.
[[nodiscard]] Result<TenantDefinition> found(TenantDefinition draft, const MeterTable& meters,
                                             WallTime now, const TierCatalogue& tiers = {});

/// The definition after the change, checked, with the next version; or why it cannot be.
[[nodiscard]] Result<TenantDefinition> amend(TenantDefinition current, const Amendment& amendment,
                                             const MeterTable& meters, WallTime now,
                                             const TierCatalogue& tiers = {});

/// `conflict` if this version is expected and the tenant is at another one.
[[nodiscard]] Result<Done> check_version(const TenantDefinition& current,
                                         std::optional<Version> expected);

/// When time alone does something to it next; nothing if never.
[[nodiscard]] std::optional<WallTime> next_due(const TenantDefinition& definition);

}  // namespace sluice
