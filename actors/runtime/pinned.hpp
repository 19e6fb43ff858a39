// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/actor_config.hpp>
#include <caf/mailbox_element.hpp>
#include <exception>
#include <utility>

#include "actors/runtime/home.hpp"

namespace sluice {

/// Keeps an actor on its home thread, whoever sends to it and from whatever thread. `Base` is a
/// `typed_actor<...>::base`.
///
/// A message from another thread hops home before it enters the mailbox, in the order of sending:
/// so the home's own queue is the only place where threads meet.
///
/// An exception out of a handler is a bug and ends the process, where CAF would only end the actor
/// and leave its callers without an answer.
template <class Base>
class Pinned : public Base {
public:
  Pinned(caf::actor_config& config, Home& home) : Base(config), home_(home) {
    this->set_exception_handler([](std::exception_ptr&) -> caf::error { std::terminate(); });
  }

  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* /*sender*/) override {
    home_.message_sent();
    if (home_.is_here()) {
      Base::enqueue(std::move(element), &home_);
      return;
    }
    // Both pointers are bare so that the job fits into a std::function without allocating.
    intrusive_ptr_add_ref(this->ctrl());
    home_.post([this, hopping = element.release()] {
      Base::enqueue(caf::mailbox_element_ptr{hopping}, &home_);
      intrusive_ptr_release(this->ctrl());
    });
  }
  using Base::enqueue;

  caf::invoke_message_result consume(caf::mailbox_element& message) override {
    home_.message_taken();
    return Base::consume(message);
  }

  void launch(caf::execution_unit* /*spawner*/, bool lazy, bool hide) override {
    Base::launch(&home_, lazy, hide);
  }

protected:
  [[nodiscard]] const Home& home() const noexcept { return home_; }

private:
  Home& home_;
};

}  // namespace sluice
