// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>

#include "actors/tenant/sharing/policy.hpp"

namespace sluice::client {

/// Which policies share the resources that this client was asked about.
///
/// Role       A memory of what the server said. What a check was answered that there is no such
///            policy for, is forgotten.
/// Threading  Any thread; locks.
/// Ownership  Owns its texts.
/// Units      None.
/// Errors     None. Beyond `kept_max` it begins anew.
/// Cost       A look into two trees.
class Resources {
public:
  static constexpr std::size_t kept_max = 10'000;

  [[nodiscard]] std::optional<PolicyId> find(const Resource& resource) const;
  void remember(const Resource& resource, PolicyId policy);
  void forget(PolicyId policy);

private:
  mutable std::mutex mutex_;
  std::map<Resource, PolicyId> policies_;
  std::map<PolicyId, Resource> resources_;
};

}  // namespace sluice::client
