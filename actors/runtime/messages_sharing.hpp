// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <caf/allowed_unsafe_message_type.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/runtime/caller.hpp"
#include "actors/tenant/sharing/access.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/ready_policy.hpp"
#include "actors/tenant/standing.hpp"
#include "actors/tenant/store.hpp"

/// The messages about sharing; what messages.hpp says of all holds for them.

namespace sluice {

// ---- To a shard host

/// Waits for some hosts: what was sent to them before is in force with each once it passes, and the
/// last one that does calls, on its own thread.
class HostRound {
public:
  HostRound(std::size_t hosts, std::function<void()> then)
      : missing_(hosts), then_(std::move(then)) {}
  void pass() {
    if (missing_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      then_();
    }
  }

private:
  std::atomic<std::size_t> missing_;
  std::function<void()> then_;
};

/// This policy holds from now on.
struct PolicyPut {
  std::shared_ptr<const ReadyPolicy> policy;
};
struct PolicyGone {
  PolicyId policy;
};
/// Whether this owner of policies may share, from now on.
struct OwnerStands {
  TenantId owner;
  Standing standing;
};
/// Everything sent before is in force.
struct PassRound {
  std::shared_ptr<HostRound> round;
};

// ---- To a reader of the store

struct TellAccess {
  SharingQuery query;
  Caller<SharingPage> caller;
};
struct TellPolicies {
  PolicyQuery query;
  WallTime now;
  Caller<PolicyPage> caller;
};

// ---- To the writer of the store

struct PutPolicy {
  Author author;
  PolicyWish wish;
  PolicyId fresh;  ///< The id of a new one.
  Caller<SharingPolicy> caller;
};
/// Sends itself on as long as more requests are open than end at once.
struct RemovePolicy {
  Author author;
  TenantId owner;
  PolicyId policy;
  Caller<SharingPolicy> caller;
};
struct ChangeAccess {
  Author author;
  AccessWish wish;
  Caller<SharingRequest> caller;
};

}  // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::PolicyPut)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::PolicyGone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::OwnerStands)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::PassRound)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellAccess)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellPolicies)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::PutPolicy)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::RemovePolicy)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::ChangeAccess)
