// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/first_uses.hpp"

#include <utility>

namespace sluice {

std::optional<FirstUses::Answer> FirstUses::remembered(const FirstUse& use, Instant now) const {
  const auto found = answers_.find(use);
  return found != answers_.end() && now < found->second.until ? std::optional{found->second.answer}
                                                              : std::nullopt;
}

bool FirstUses::wait(const FirstUse& use, WaitingCheck check) {
  if (waiting_ >= waiting_max) {
    return false;
  }
  const auto [place, added] = uses_.try_emplace(use);
  if (added) {
    new_.push_back(use);
  }
  if (place->second.size() >= waiting_per_use_max) {
    return false;
  }
  place->second.push_back(check);
  ++waiting_;
  return true;
}

std::vector<FirstUse> FirstUses::take_new() {
  return std::exchange(new_, {});
}

std::vector<WaitingCheck> FirstUses::answered(const FirstUse& use) {
  const auto found = uses_.find(use);
  if (found == uses_.end()) {
    return {};
  }
  std::vector<WaitingCheck> waiting = std::move(found->second);
  uses_.erase(found);
  waiting_ -= waiting.size();
  return waiting;
}

void FirstUses::remember(const FirstUse& use, Answer answer, Instant now) {
  if (answers_.size() >= remembered_max) {
    answers_.clear();
  }
  answers_.insert_or_assign(use, Remembered{answer, now + remembered_for});
}

std::vector<WaitingCheck> FirstUses::give_up() {
  std::vector<WaitingCheck> all;
  for (auto& [use, waiting] : uses_) {
    all.insert(all.end(), waiting.begin(), waiting.end());
  }
  uses_.clear();
  new_.clear();
  waiting_ = 0;
  return all;
}

}  // namespace sluice
