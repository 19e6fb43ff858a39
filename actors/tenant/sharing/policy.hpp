// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/pricing.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What one tenant, the owner, lets others use, the consumers: the words of sharing. Values only.
///
///   policy   one resource of an owner, and to whom and on what terms it is shared;
///   request  a consumer's wish to use it, which the owner decides;
///   grant    the permission that came of it. The consumer's definition has the grants it holds, so
///            its actor decides uses from memory; the owner decides which there are.

/// A policy's UUIDv7; on the wire it stands for its resource.
struct PolicyId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr auto operator<=>(const PolicyId&, const PolicyId&) = default;
};

/// Of a request and of the grant that comes of it: a UUIDv7.
struct SharingId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr auto operator<=>(const SharingId&, const SharingId&) = default;
};

enum class ResourceType : std::uint8_t { service, model, dataset, api, workflow, custom };

/// A thing that can be shared: one owner's in all the system, from when he registers a policy for
/// it until that is deleted.
struct Resource {
  ResourceType type = ResourceType::service;
  std::string id;  ///< `[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}`
  friend auto operator<=>(const Resource&, const Resource&) = default;
};

enum class Visibility : std::uint8_t {
  owner,        ///< "private": nobody else.
  allowed,      ///< "tenant": the tenants on the allow list.
  marketplace,  ///< Every active tenant, by request.
  everyone,     ///< "public": every active tenant; its first use grants.
};

enum class SharePermission : std::uint8_t { read, execute, modify, share, remove, admin };

/// Any of them, a bit each. `admin` stands for all.
class SharePermissions {
public:
  constexpr SharePermissions() = default;
  static constexpr SharePermissions of_bits(std::uint8_t bits) { return SharePermissions{bits}; }

  constexpr void add(SharePermission one) noexcept {
    bits_ = static_cast<std::uint8_t>(bits_ | bit(one));
  }
  [[nodiscard]] constexpr bool allow(SharePermission one) const noexcept {
    return (bits_ & (bit(one) | bit(SharePermission::admin))) != 0;
  }
  /// Whether all of `others` are allowed by these.
  [[nodiscard]] constexpr bool cover(SharePermissions others) const noexcept {
    return (bits_ & bit(SharePermission::admin)) != 0 || (others.bits_ & ~bits_) == 0;
  }
  [[nodiscard]] constexpr bool none() const noexcept { return bits_ == 0; }
  [[nodiscard]] constexpr std::uint8_t bits() const noexcept { return bits_; }
  friend constexpr bool operator==(SharePermissions, SharePermissions) = default;

private:
  explicit constexpr SharePermissions(std::uint8_t bits) : bits_(bits) {}
  static constexpr std::uint8_t bit(SharePermission one) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(one));
  }
  std::uint8_t bits_ = 0;
};

enum class ConditionKind : std::uint8_t {
  tier_minimum,
  tier_exact,
  region,
  compliance,
  cost_limit,
  usage_limit,
  time_window,
  ip_allowlist,
};
enum class ConditionOperator : std::uint8_t { eq, ne, gt, gte, lt, lte, in, nin };

/// What must hold of a consumer and of each use. As people write it; conditions.hpp says what which
/// kind takes, and makes it ready for deciding.
struct SharingCondition {
  ConditionKind kind = ConditionKind::tier_minimum;
  ConditionOperator op = ConditionOperator::eq;
  std::vector<std::string> values{};  ///< One, or for `in` and `nin` up to `condition_values_max`.
  friend bool operator==(const SharingCondition&, const SharingCondition&) = default;
};
inline constexpr std::size_t conditions_max = 16;
inline constexpr std::size_t condition_values_max = 64;
inline constexpr std::size_t condition_value_bytes_max = 64;

struct SharingPolicy {
  PolicyId id{};
  TenantId owner{};
  Resource resource{};
  std::string title{};  ///< For people: up to 200 characters.
  Visibility visibility = Visibility::owner;
  SharePermissions permissions{};  ///< The most that a grant may have; at least one.
  std::vector<TenantId> allow{};   ///< Ascending, each once.
  std::vector<TenantId> block{};   ///< The same; wins over everything.
  std::vector<SharingCondition> conditions{};
  Pricing pricing{};
  RevenueShare revenue{};
  bool requires_approval = true;  ///< Otherwise a request that may be made is approved at once.
  std::optional<std::uint32_t> max_consumers{};  ///< Grants that stand at a time.
  std::optional<WallTime> expires_at{};  ///< From then on it grants nothing, and its grants end.
  WallTime created_at{};
  WallTime updated_at{};
  Version version{};  ///< Grows by one with each change.
  friend bool operator==(const SharingPolicy&, const SharingPolicy&) = default;
};
inline constexpr std::size_t policies_max = 100'000;  ///< In the system; all are in memory.
inline constexpr std::size_t policies_per_tenant_max = 1'000;
inline constexpr std::size_t policy_tenants_max = 1'000;  ///< On each of the two lists.
inline constexpr std::size_t policy_bytes_max = 65'536;   ///< As it is stored.
inline constexpr std::uint32_t max_consumers_max = 100'000;

/// What a consumer holds. It is part of the consumer's definition and versioned with it.
struct SharingGrant {
  SharingId id{};
  PolicyId policy{};
  TenantId owner{};
  SharePermissions permissions{};
  WallTime granted_at{};
  std::optional<WallTime> expires_at{};
  friend bool operator==(const SharingGrant&, const SharingGrant&) = default;
};
inline constexpr std::size_t sharing_grants_per_tenant_max = 1'000;  ///< That it holds.

enum class SharingState : std::uint8_t {
  pending,
  approved,  ///< Its grant stands.
  rejected,
  withdrawn,
  revoked,
  expired,
};

/// A request, and what became of it. It is kept after its end.
struct SharingRequest {
  SharingId id{};
  PolicyId policy{};
  TenantId owner{};
  TenantId consumer{};
  SharePermissions permissions{};
  std::string message{};  ///< Of who asks: up to 500 characters.
  std::string reason{};   ///< Of who decided: up to 500 characters.
  SharingState state = SharingState::pending;
  WallTime created_at{};
  std::optional<WallTime> decided_at{};  ///< When it was approved, rejected or withdrawn.
  std::optional<WallTime> ended_at{};    ///< When its grant was revoked, or expired.
  std::optional<WallTime> expires_at{};  ///< Of its grant.
  friend bool operator==(const SharingRequest&, const SharingRequest&) = default;
};
inline constexpr std::size_t pending_requests_per_policy_max = 10'000;

}  // namespace sluice
