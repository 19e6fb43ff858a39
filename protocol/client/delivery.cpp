// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/delivery.hpp"

#include <utility>

namespace sluice::client {

namespace {

/// Whether a check of this mode asks to go on, so that an open policy has something to allow.
bool asks_for_admission(Mode mode) {
  switch (mode) {
    case Mode::normal:
    case Mode::peek:
    case Mode::best_effort:
    case Mode::reserve:
      return true;
    case Mode::record:
    case Mode::release:
    case Mode::extend:
    case Mode::commit:
    case Mode::cancel:
    case Mode::lease:
    case Mode::credit:
      return false;
  }
  return false;
}

}  // namespace

Answer by_policy(FailurePolicy policy, Mode mode) {
  Answer answer;
  answer.by_policy = true;
  answer.decision.outcome = policy == FailurePolicy::open && asks_for_admission(mode)
                                ? Outcome::allowed
                                : Outcome::unavailable;
  return answer;
}

void Delivery::answer(Pending& check, Answer&& answer) noexcept {
  ++finished_.places;
  if (answer.decision.sharing == ShareVerdict::no_such_policy && resources_ != nullptr &&
      check.check.shared != nullptr) [[unlikely]] {
    resources_->forget(check.check.shared->policy);
  }
  if (check.group != nullptr) {
    Group& group = *check.group;
    group.answers[check.place] = std::move(answer);
    if (--group.outstanding == 0) {
      complete(group);
    }
    return;
  }
  // The record is free before the callback runs, so that the next check takes the same again.
  const auto done = std::move(check.done);
  check.done = nullptr;
  if (check.shared) {
    finished_.checks.push_back(&check);
  } else {
    pools_.checks.give_back(check);
  }
  done(answer);
}

void Delivery::complete(Group& group) {
  if (group.bell != nullptr) {
    finished_.blocked.push_back(&group);
    return;
  }
  const auto done = std::move(group.done);
  group.done = nullptr;
  done(group.answers);
  if (group.shared) {
    finished_.groups.push_back(&group);
  } else {
    pools_.groups.give_back(group);
  }
}

void Delivery::refuse(PendingQueue& checks) noexcept {
  while (!checks.empty()) {
    Pending& check = checks.front();
    checks.pop_front();
    answer(check, by_policy(policy_, check.check.mode));
  }
}

}  // namespace sluice::client
