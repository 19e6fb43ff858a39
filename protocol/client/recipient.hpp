// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/client/client.hpp"
#include "protocol/client/pending.hpp"

namespace sluice::client {

/// Who takes answers to those who asked. Each check comes back once, by one of the two.
class Recipient {
public:
  virtual void answer(Pending& check, Answer&& answer) noexcept = 0;
  /// No server answered these in time, or none ever will. Leaves the queue empty.
  virtual void refuse(PendingQueue& checks) noexcept = 0;

protected:
  ~Recipient() = default;
};

}  // namespace sluice::client
