// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/dirty_queue.hpp"

#include <algorithm>

#include "actors/tenant/invariant.hpp"

namespace sluice {

void DirtyQueue::push(HostedTenant& hosted) {
  SLUICE_INVARIANT(!hosted.dirty);
  hosted.dirty = true;
  hosted.next_dirty = no_place;
  (size_ == 0 ? first_ : table_.at(last_).next_dirty) = hosted.place;
  last_ = hosted.place;
  ++size_;
  ++pushed_;
}

void DirtyQueue::put_back(HostedTenant& hosted) {
  SLUICE_INVARIANT(!hosted.dirty && popped_ > 0);
  hosted.dirty = true;
  hosted.next_dirty = size_ == 0 ? no_place : first_;
  last_ = size_ == 0 ? hosted.place : last_;
  first_ = hosted.place;
  ++size_;
  --popped_;
}

HostedTenant& DirtyQueue::front() {
  SLUICE_INVARIANT(size_ > 0);
  return table_.at(first_);
}

HostedTenant& DirtyQueue::pop() {
  HostedTenant& hosted = front();
  first_ = hosted.next_dirty;
  hosted.dirty = false;
  --size_;
  ++popped_;
  return hosted;
}

void DirtyQueue::committed(Sequence sequence) {
  const Position marked = marks_.empty() ? popped_ : marks_.back().position;
  if (pushed_ > marked) {
    marks_.push_back({sequence, pushed_});
  }
  committed_ = sequence;
}

std::optional<Sequence> DirtyQueue::mark() {
  while (!marks_.empty() && marks_.front().position <= popped_) {
    marks_.pop_front();
  }
  if (popped_ < hold_until_) {
    return std::nullopt;
  }
  if (marks_.empty()) {
    return committed_;
  }
  // A tenant that was only refused has an older mark, which may even be from before all commits.
  return Sequence{std::max<std::uint64_t>(marks_.front().sequence.raw(), 1) - 1};
}

}  // namespace sluice
