// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "protocol/client/client.hpp"
#include "protocol/client/pending.hpp"
#include "protocol/client/recipient.hpp"
#include "protocol/client/resources.hpp"

namespace sluice::client {

/// The answer of a check of this mode that no server answered.
[[nodiscard]] Answer by_policy(FailurePolicy policy, Mode mode);

/// Takes answers to those who asked: calls back, or fills in what a blocked caller waits for.
///
/// Role       The end of a check's way. It wakes nobody: whoever drives the loop does that once for
///            many, with what `Finished` says.
/// Threading  Confined to whoever drives the client's loop.
/// Ownership  Owns the records of checks that are asked from within callbacks.
/// Units      None.
/// Errors     None. A callback that throws ends the process.
/// Cost       No allocation once the pools are warm.
class Delivery final : public Recipient {
public:
  /// What is to be done for all threads to see, since the last time.
  struct Finished {
    std::size_t places = 0;        ///< Checks that are answered and not yet counted off.
    std::vector<Group*> blocked;   ///< Blocking calls that are complete.
    std::vector<Pending*> checks;  ///< Records for the shared pool.
    std::vector<Group*> groups;
  };

  /// Tells `resources`, if there are any, which policies are no more.
  explicit Delivery(FailurePolicy policy, Resources* resources = nullptr)
      : policy_(policy), resources_(resources) {}

  void answer(Pending& check, Answer&& answer) noexcept override;
  void refuse(PendingQueue& checks) noexcept override;

  /// For checks that are asked from within callbacks.
  [[nodiscard]] Pools& pools() { return pools_; }
  [[nodiscard]] Finished& finished() { return finished_; }

private:
  void complete(Group& group);

  const FailurePolicy policy_;
  Resources* const resources_;
  Pools pools_;
  Finished finished_;
};

}  // namespace sluice::client
