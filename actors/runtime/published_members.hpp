// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/permission.hpp"

namespace sluice {

/// What members may do in their tenants, as far as that was asked lately. The store's writer
/// forgets what it changes before it answers, so nobody keeps what he has lost.
///
/// Role       A bounded cache before the store; who is no member there may do nothing.
/// Threading  Any thread; locks.
/// Ownership  Owns the texts.
/// Errors     None.
/// Cost       Two look-ups in trees. Everything is forgotten once `remembered_max` is reached.
class PublishedMembers {
public:
  static constexpr std::size_t remembered_max = 100'000;

  /// Nothing: the store has to be asked.
  [[nodiscard]] std::optional<PermissionSet> find(TenantId tenant, std::string_view user) const {
    const std::scoped_lock lock{mutex_};
    const auto of = tenants_.find(tenant);
    if (of == tenants_.end()) {
      return std::nullopt;
    }
    const auto found = of->second.find(user);
    return found == of->second.end() ? std::nullopt : std::optional{found->second};
  }
  /// To be asked before the store is read for something that is then remembered.
  [[nodiscard]] std::uint64_t changes() const {
    const std::scoped_lock lock{mutex_};
    return changes_;
  }
  /// As the store had it; passed over if something has changed since.
  void remember(TenantId tenant, std::string user, PermissionSet permissions,
                std::uint64_t changes) {
    const std::scoped_lock lock{mutex_};
    if (changes != changes_) {
      return;
    }
    if (remembered_ >= remembered_max) {
      tenants_.clear();
      remembered_ = 0;
    }
    remembered_ += tenants_[tenant].insert_or_assign(std::move(user), permissions).second ? 1U : 0U;
  }
  /// Members or roles of the tenant changed, or may have.
  void forget(TenantId tenant) {
    const std::scoped_lock lock{mutex_};
    ++changes_;
    if (const auto of = tenants_.find(tenant); of != tenants_.end()) {
      remembered_ -= of->second.size();
      tenants_.erase(of);
    }
  }

private:
  mutable std::mutex mutex_;
  std::map<TenantId, std::map<std::string, PermissionSet, std::less<>>> tenants_;
  std::size_t remembered_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace sluice
