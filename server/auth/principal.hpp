// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/api_key.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/permission.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::auth {

/// The tenants that a credential covers. A lookup for each check of a gateway that is not for all,
/// so it is a flat table; its hash is seeded by the process.
class TenantSet {
public:
  TenantSet() = default;
  explicit TenantSet(const std::vector<TenantId>& tenants) : ids_(tenants.begin(), tenants.end()) {}
  [[nodiscard]] bool contains(TenantId id) const { return ids_.contains(id); }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

private:
  struct Hash {
    std::size_t operator()(TenantId id) const { return absl::HashOf(id.high, id.low); }
  };
  absl::flat_hash_set<TenantId, Hash> ids_;
};

/// Who a caller is, as its credential says.
///
/// Role       A value: what every interface asks before it does anything for somebody.
/// Threading  Immutable; that its key was revoked, or a tenant of it purged, is seen by every
///            thread at once.
/// Ownership  Shares the revocation, and who was purged, with whoever keeps the keys.
/// Units      None.
/// Errors     None.
/// Cost       `covers` is a branch if it covers all, otherwise a lookup.
struct Principal {
  CallerKind kind = CallerKind::gateway;
  PermissionSet permissions;         ///< Not of a member, whose role says.
  std::optional<TenantSet> tenants;  ///< Nothing: all.
  std::optional<Role> role;          ///< Of a member whose token says so, in all its tenants.
  std::string user;                  ///< Of a member: who.
  std::string credential;            ///< Which credential it was, for the audit: no secret.
  std::string name;                  ///< For people.
  WallTime expires_at = WallTime::max();
  std::shared_ptr<const std::atomic<bool>> revoked;  ///< Null: cannot be.
  std::shared_ptr<const PurgedTenants> purged;       ///< Covered no longer. Null: none.

  [[nodiscard]] bool covers_all() const { return !tenants.has_value(); }
  [[nodiscard]] bool covers(TenantId tenant) const {
    return covers_all() ||
           (tenants->contains(tenant) && !(purged != nullptr && purged->contains(tenant)));
  }
  /// Whether the credential is still good.
  [[nodiscard]] bool stands(WallTime now) const {
    return now < expires_at && (revoked == nullptr || !revoked->load(std::memory_order_relaxed));
  }
};

/// What the audit says of whoever shows this credential, from that address. What is no fine text is
/// made one: a token may say anything. Null: nobody has to show one.
[[nodiscard]] Author author_of(const Principal* principal, std::string_view address);

/// Knows what a member may do in a tenant.
///
/// Threading  Asked on a reactor; answers there, at once or in a later turn.
/// Errors     Through `answer`. Who is no member there has no permission at all.
class MemberRoles {
public:
  using Answer = std::function<void(Result<PermissionSet>)>;

  virtual ~MemberRoles() = default;
  /// `reactor` is the number of the one that asks.
  virtual void find(const Principal& member, TenantId tenant, std::uint16_t reactor,
                    Answer answer) const = 0;
};

/// Members have the role that their token names, in the tenants that it lists.
class ClaimedRoles final : public MemberRoles {
public:
  void find(const Principal& member, TenantId tenant, std::uint16_t reactor,
            Answer answer) const override;
};

}  // namespace sluice::auth
