// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/segment_supply.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {

struct SegmentSupply::State : std::enable_shared_from_this<State> {
  State(Disk& on, Background& in, SegmentPlan as)
      : disk(on), background(&in), plan(std::move(as)) {}

  Disk& disk;
  Background* background;  ///< Under the lock; null once the supply is gone.
  const SegmentPlan plan;

  std::mutex mutex;
  std::uint64_t next_number = 1;
  std::uint64_t newest_taken = 0;
  std::shared_ptr<OpenSegment> prepared;
  bool preparing = false;
  std::deque<std::shared_ptr<OpenSegment>> leaving;
  bool removing = false;

  std::atomic<std::uint64_t> ready_bytes = 0;
  std::atomic<std::uint64_t> bytes = 0;
  std::atomic<std::uint64_t> failures = 0;

  [[nodiscard]] SegmentNumber draw_number() {
    const std::lock_guard lock{mutex};
    return SegmentNumber{next_number++};
  }

  [[nodiscard]] Result<std::shared_ptr<OpenSegment>> make(SegmentNumber number, std::uint64_t size);
  [[nodiscard]] Result<Done> write_header(OpenSegment& segment) const;
  void ask(std::unique_lock<std::mutex>& lock);
  void prepare();
  void drop(std::unique_lock<std::mutex>& lock, std::shared_ptr<OpenSegment> segment);
  void start_removing(std::unique_lock<std::mutex>& lock);
  void remove_one();
};

Result<Done> SegmentSupply::State::write_header(OpenSegment& segment) const {
  const auto header =
      encode(SegmentHeader{{plan.journal, segment.number}, plan.durability, plan.boot});
  if (Result<Done> written = segment.file->write(0, header); !written.ok()) {
    return written;
  }
  if (Result<Done> synced = segment.file->sync(); !synced.ok()) {
    return synced;
  }
  return disk.sync_directory();
}

Result<std::shared_ptr<OpenSegment>> SegmentSupply::State::make(SegmentNumber number,
                                                                std::uint64_t size) {
  auto segment = std::make_shared<OpenSegment>();
  segment->number = number;
  segment->name = to_string(SegmentName{plan.journal, number});
  Result<std::unique_ptr<DiskFile>> created = disk.create(segment->name, size);
  Result<Done> made = Done{};
  if (created.ok()) {
    segment->file = std::move(created).value();
    made = write_header(*segment);
  } else {
    made = created.fault();
  }
  if (!made.ok()) {
    ++failures;
    // Whatever is left of it holds no frame, and its number is not used again; but its space may
    // be what is wanting.
    (void)disk.remove(segment->name);
    return made.fault();
  }
  bytes += size;
  return segment;
}

void SegmentSupply::State::ask(std::unique_lock<std::mutex>& lock) {
  SLUICE_INVARIANT(lock.owns_lock());
  if (prepared || preparing || background == nullptr) {
    return;
  }
  preparing = true;
  background->post([self = shared_from_this()] { self->prepare(); });
}

void SegmentSupply::State::prepare() {
  Result<std::shared_ptr<OpenSegment>> made = make(draw_number(), plan.segment_bytes);
  std::unique_lock lock{mutex};
  preparing = false;
  if (!made.ok()) {
    return;
  }
  std::shared_ptr<OpenSegment> segment = std::move(made).value();
  if (segment->number.raw() < newest_taken) {
    // Overtaken by one that was made at once.
    drop(lock, std::move(segment));
    ask(lock);
    return;
  }
  ready_bytes = segment->file->size();
  prepared = std::move(segment);
}

void SegmentSupply::State::drop(std::unique_lock<std::mutex>& lock,
                                std::shared_ptr<OpenSegment> segment) {
  leaving.push_back(std::move(segment));
  start_removing(lock);
}

void SegmentSupply::State::start_removing(std::unique_lock<std::mutex>& lock) {
  SLUICE_INVARIANT(lock.owns_lock());
  if (leaving.empty() || removing || background == nullptr) {
    return;
  }
  removing = true;
  background->post([self = shared_from_this()] { self->remove_one(); });
}

void SegmentSupply::State::remove_one() {
  std::shared_ptr<OpenSegment> oldest;  // Outlives the lock: the kernel frees its pages with it.
  std::unique_lock lock{mutex};
  oldest = leaving.front();
  lock.unlock();
  Result<Done> removed = disk.remove(oldest->name);
  if (removed.ok()) {
    removed = disk.sync_directory();
  }
  lock.lock();
  removing = false;
  if (!removed.ok()) {
    ++failures;
    return;
  }
  bytes -= oldest->file->size();
  leaving.pop_front();
  start_removing(lock);
}

SegmentSupply::SegmentSupply(Disk& disk, Background& background, SegmentPlan plan)
    : state_(std::make_shared<State>(disk, background, std::move(plan))) {}

SegmentSupply::~SegmentSupply() {
  const std::lock_guard lock{state_->mutex};
  state_->background = nullptr;
}

std::uint64_t SegmentSupply::ready_bytes() const noexcept {
  return state_->ready_bytes;
}

std::shared_ptr<OpenSegment> SegmentSupply::take() {
  std::unique_lock lock{state_->mutex};
  std::shared_ptr<OpenSegment> taken = std::move(state_->prepared);
  state_->prepared = nullptr;
  state_->ready_bytes = 0;
  if (taken) {
    state_->newest_taken = taken->number.raw();
  }
  state_->ask(lock);
  return taken;
}

Result<std::shared_ptr<OpenSegment>> SegmentSupply::make_now(std::uint64_t bytes) {
  const SegmentNumber number = state_->draw_number();
  Result<std::shared_ptr<OpenSegment>> made = state_->make(number, bytes);
  if (!made.ok()) {
    return made;
  }
  std::unique_lock lock{state_->mutex};
  state_->newest_taken = number.raw();
  if (auto late = std::exchange(state_->prepared, nullptr)) {
    state_->ready_bytes = 0;
    state_->drop(lock, std::move(late));
  }
  state_->ask(lock);
  return made;
}

void SegmentSupply::give_back(std::shared_ptr<OpenSegment> segment) {
  std::unique_lock lock{state_->mutex};
  state_->drop(lock, std::move(segment));
}

void SegmentSupply::tick() {
  std::unique_lock lock{state_->mutex};
  state_->ask(lock);
  state_->start_removing(lock);
}

std::uint64_t SegmentSupply::bytes() const noexcept {
  return state_->bytes;
}

std::uint64_t SegmentSupply::failures() const noexcept {
  return state_->failures;
}

}  // namespace sluice
