// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "protocol/transport/loop.hpp"

namespace sluice {

/// Where an answer has to go: back to the thread that asked.
template <class T>
class Caller {
public:
  Caller(Loop& loop, std::function<void(Result<T>)> reply)
      : loop_(&loop), reply_(std::move(reply)) {}

  /// From any thread, once.
  void answer(Result<T> result) const {
    loop_->post(
        [reply = reply_, result = std::move(result)]() mutable { reply(std::move(result)); });
  }

private:
  Loop* loop_;
  std::function<void(Result<T>)> reply_;
};

}  // namespace sluice
