// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "actors/tenant/api_key.hpp"

namespace sluice::testing {

/// The table of API keys of a database in memory.
///
/// Threading  Any thread; locks.
class MemoryKeys {
public:
  [[nodiscard]] std::vector<ApiKey> all() const {
    const std::scoped_lock lock{mutex_};
    std::vector<ApiKey> keys;
    for (const auto& [id, key] : keys_) {
      keys.push_back(key);
    }
    return keys;
  }
  [[nodiscard]] Result<Done> add(const ApiKey& key) {
    const std::scoped_lock lock{mutex_};
    return keys_.emplace(key.id, key).second ? Result<Done>{Done{}}
                                             : Fault{FaultCode::already_exists, "id is taken"};
  }
  [[nodiscard]] Result<Done> remove(KeyId id) {
    const std::scoped_lock lock{mutex_};
    return keys_.erase(id) > 0 ? Result<Done>{Done{}}
                               : Fault{FaultCode::not_found, "there is no key " + to_string(id)};
  }
  void uncover(TenantId purged) {
    const std::scoped_lock lock{mutex_};
    std::erase_if(keys_,
                  [&](const auto& entry) { return entry.second.tenants == std::vector{purged}; });
    for (auto& [id, key] : keys_) {
      static_cast<void>(sluice::uncover(key, purged));
    }
  }

private:
  mutable std::mutex mutex_;
  std::map<KeyId, ApiKey> keys_;
};

}  // namespace sluice::testing
