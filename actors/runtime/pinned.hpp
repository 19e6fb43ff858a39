// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/actor_config.hpp>
#include <caf/mailbox_element.hpp>
#include <exception>
#include <utility>

#include "actors/runtime/home_unit.hpp"

namespace sluice {

/// Keeps an actor on its home unit, whoever sends to it and from whatever thread. `Base` is a
/// `typed_actor<...>::base`.
///
/// An exception out of a handler is a bug and ends the process, where CAF would only end the actor
/// and leave its callers without an answer.
template <class Base>
class Pinned : public Base {
public:
  Pinned(caf::actor_config& config, HomeUnit& home) : Base(config), home_(home) {
    this->set_exception_handler([](std::exception_ptr&) -> caf::error { std::terminate(); });
  }

  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* /*sender*/) override {
    Base::enqueue(std::move(element), &home_);
  }
  using Base::enqueue;

  void launch(caf::execution_unit* /*spawner*/, bool lazy, bool hide) override {
    Base::launch(&home_, lazy, hide);
  }

private:
  HomeUnit& home_;
};

}  // namespace sluice
