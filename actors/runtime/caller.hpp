// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "protocol/transport/loop.hpp"

namespace sluice {

/// Where an answer has to go: back to the thread that asked.
///
/// Role       The reply to a question, wherever the question travels.
/// Threading  Copies may be on any threads. The reply is called, and destroyed, on the loop's only:
///            it may hold what belongs to that thread.
/// Ownership  Owns the reply; the loop must outlive it.
/// Errors     Answering twice is a bug. Never answering is allowed: then nobody is called.
/// Cost       An allocation, and a post to the loop.
template <class T>
class Caller {
public:
  using Reply = std::function<void(Result<T>)>;

  Caller(Loop& loop, Reply reply) : call_(std::make_shared<Call>(loop, std::move(reply))) {}

  /// From any thread, once.
  void answer(Result<T> result) const {
    SLUICE_INVARIANT(call_->reply != nullptr);
    call_->loop.post([reply = std::exchange(call_->reply, nullptr),
                      result = std::move(result)]() mutable { reply(std::move(result)); });
  }

private:
  struct Call {
    Call(Loop& to, Reply then) : loop(to), reply(std::move(then)) {}
    ~Call() {
      if (reply != nullptr) {
        loop.post([unanswered = std::move(reply)] {});
      }
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    Loop& loop;
    Reply reply;
  };

  std::shared_ptr<Call> call_;
};

}  // namespace sluice
