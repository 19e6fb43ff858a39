// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "actors/tenant/api_key.hpp"

namespace sluice {

/// The API keys as all threads may see them. The store's writer alone changes them, after the store
/// has the change.
///
/// Role       Whoever found a key keeps the flag that says whether it has been revoked since, so
///            that every connection made with it ends with it, and the list of what it covers no
///            longer.
/// Threading  Any thread; locks.
/// Ownership  Owns the keys; shares the flags and the lists.
/// Errors     None.
/// Cost       A lookup under a lock, once for each connection or request, not for each check.
class PublishedKeys {
public:
  void publish(std::vector<ApiKey> keys) {
    for (ApiKey& key : keys) {
      add(std::move(key));
    }
  }
  void add(ApiKey key) {
    const std::scoped_lock lock{mutex_};
    const KeyId id = key.id;
    keys_.insert_or_assign(id, Held{std::move(key)});
  }
  /// From now on nobody can use it, whatever becomes of it in the store.
  void revoke(KeyId id) {
    const std::scoped_lock lock{mutex_};
    if (const auto found = keys_.find(id); found != keys_.end()) {
      found->second.revoked->store(true);
    }
  }
  void forget(KeyId id) {
    const std::scoped_lock lock{mutex_};
    keys_.erase(id);
  }
  /// Of a tenant that is purged: from now on no key opens it. One that named no other is gone.
  void uncover(TenantId purged) {
    const std::scoped_lock lock{mutex_};
    for (auto entry = keys_.begin(); entry != keys_.end();) {
      Held& held = entry->second;
      const bool concerned = names(held.key, purged);
      const bool goes = concerned && !sluice::uncover(held.key, purged);
      if (concerned) {
        held.purged->add(purged);
      }
      if (goes) {
        held.revoked->store(true);
      }
      entry = goes ? keys_.erase(entry) : std::next(entry);
    }
  }

  [[nodiscard]] std::optional<StandingKey> find(KeyId id) const {
    const std::scoped_lock lock{mutex_};
    const auto found = keys_.find(id);
    return found == keys_.end()
               ? std::nullopt
               : std::optional(
                     StandingKey{found->second.key, found->second.revoked, found->second.purged});
  }
  /// In the order of their ids.
  [[nodiscard]] std::vector<ApiKey> all() const {
    const std::scoped_lock lock{mutex_};
    std::vector<ApiKey> keys;
    keys.reserve(keys_.size());
    for (const auto& [id, held] : keys_) {
      keys.push_back(held.key);
    }
    return keys;
  }
  /// Those that name the tenant, likewise.
  [[nodiscard]] std::vector<ApiKey> naming(TenantId tenant) const {
    std::vector<ApiKey> keys = all();
    std::erase_if(keys, [&](const ApiKey& key) { return !names(key, tenant); });
    return keys;
  }

private:
  struct Held {
    ApiKey key;
    std::shared_ptr<std::atomic<bool>> revoked = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<PurgedTenants> purged = std::make_shared<PurgedTenants>();
  };
  mutable std::mutex mutex_;
  std::map<KeyId, Held> keys_;
};

}  // namespace sluice
