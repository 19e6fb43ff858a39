// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/file_journal.hpp"

#include <algorithm>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {

constexpr std::size_t first_buffer_bytes = 256 << 10;

}  // namespace

FileJournal::FileJournal(Disk& disk, std::unique_ptr<Background> background,
                         const SegmentPlan& plan, std::function<void()> on_durable)
    : background_(std::move(background)),
      supply_(disk, *background_, plan),
      segment_bytes_(plan.segment_bytes),
      buffer_(first_buffer_bytes) {
  if (plan.durability == Durability::disk) {
    sync_.emplace(*background_, std::move(on_durable));
  }
}

Result<std::unique_ptr<Journal>> FileJournal::open(Disk& disk,
                                                   std::unique_ptr<Background> background,
                                                   const SegmentPlan& plan,
                                                   std::function<void()> on_durable) {
  auto journal =
      std::make_unique<FileJournal>(disk, std::move(background), plan, std::move(on_durable));
  Result<std::shared_ptr<OpenSegment>> first = journal->supply_.make_now(plan.segment_bytes);
  if (!first.ok()) {
    return first.fault();
  }
  journal->current_ = std::move(first).value();
  journal->position_ = segment_header_bytes;
  return std::unique_ptr<Journal>{std::move(journal)};
}

std::size_t FileJournal::left_in_current() const noexcept {
  return current_ ? static_cast<std::size_t>(current_->file->size() - position_) : 0;
}

std::size_t FileJournal::room() const noexcept {
  if (sync_ && sync_->failed()) {
    return 0;
  }
  const auto ready = static_cast<std::size_t>(supply_.ready_bytes());
  const std::size_t left =
      std::max(left_in_current(), ready == 0 ? 0 : ready - segment_header_bytes);
  // What is added may still have to be filled up to the alignment.
  const std::size_t taken = filled_ + frame_alignment - 1;
  return left > taken ? left - taken : 0;
}

void FileJournal::add(const TenantChange& change) {
  // What a change takes is asked only when there might be no place for it: most are small.
  if (buffer_.size() - filled_ < change_bytes_max + frame_alignment) [[unlikely]] {
    const std::size_t filled = filled_ + encoded_bytes(change) + frame_alignment;
    SLUICE_INVARIANT(filled <= frame_bytes_max);
    if (buffer_.size() < filled) {
      buffer_.resize(std::max(2 * buffer_.size(), filled));
    }
  }
  const std::byte* const end = encode(change, buffer_.data() + filled_);
  filled_ = static_cast<std::size_t>(end - buffer_.data());
  ++changes_;
}

FileJournal::Sealed FileJournal::seal_frame() {
  const std::span<std::byte> frame{buffer_.data(), aligned(filled_)};
  std::fill(frame.begin() + static_cast<std::ptrdiff_t>(filled_), frame.end(), std::byte{0});
  const std::uint32_t checksum =
      seal(frame, {.sequence = Sequence{committed_.raw() + 1},
                   .synced_through = sync_ ? sync_->durable() : Sequence{0},
                   .follows = committed_checksum_,
                   .changes = changes_});
  return {frame, checksum};
}

Result<Sequence> FileJournal::commit() {
  if (sync_ && sync_->failed()) {
    return Fault{FaultCode::unavailable,
                 "the journal could not be synced to the disk; it takes no more until a restart"};
  }
  if (changes_ == 0) {
    return committed_;
  }
  const auto [frame, checksum] = seal_frame();
  if (left_in_current() < frame.size()) {
    if (Result<Done> moved = move_on(frame.size()); !moved.ok()) {
      return moved.fault();
    }
  }
  if (Result<Done> written = current_->file->write(position_, frame); !written.ok()) {
    ++figures_.failures;
    close_current();
    return written.fault();
  }
  position_ += frame.size();
  committed_ = Sequence{committed_.raw() + 1};
  committed_checksum_ = checksum;
  filled_ = frame_header_bytes;
  changes_ = 0;
  ++figures_.commits;
  figures_.bytes_written += frame.size();
  if (sync_) {
    sync_->committed(current_, committed_);
  }
  return committed_;
}

Result<Done> FileJournal::move_on(std::size_t frame_bytes) {
  const std::size_t wanted = segment_header_bytes + frame_bytes;
  std::shared_ptr<OpenSegment> next = wanted <= supply_.ready_bytes() ? supply_.take() : nullptr;
  if (!next) {
    Result<std::shared_ptr<OpenSegment>> made = supply_.make_now(std::max(wanted, segment_bytes_));
    if (!made.ok()) {
      return made.fault();
    }
    next = std::move(made).value();
  }
  close_current();
  current_ = std::move(next);
  position_ = segment_header_bytes;
  return Done{};
}

void FileJournal::close_current() {
  if (!current_) {
    return;
  }
  if (position_ == segment_header_bytes) {
    // Nothing is in it, but perhaps a part of what could not be written.
    supply_.give_back(std::move(current_));
  } else {
    closed_.push_back({current_, committed_});
  }
  current_ = nullptr;
}

Sequence FileJournal::durable() const noexcept {
  return sync_ ? sync_->durable() : committed_;
}

void FileJournal::release(Sequence through) {
  while (!closed_.empty() && closed_.front().last <= through) {
    supply_.give_back(std::move(closed_.front().segment));
    closed_.pop_front();
  }
  // The current one goes as well if there is no place in it: it may be a large one.
  if (current_ && closed_.empty() && committed_ <= through && position_ > segment_header_bytes &&
      left_in_current() < change_bytes_max) {
    supply_.give_back(std::exchange(current_, nullptr));
  }
}

JournalFigures FileJournal::figures() const {
  JournalFigures figures = figures_;
  figures.bytes = supply_.bytes();
  figures.failures += supply_.failures();
  if (sync_) {
    figures.syncs = sync_->syncs();
    figures.last_sync = sync_->last_sync();
    figures.failures += sync_->failed() ? 1U : 0U;
  }
  return figures;
}

}  // namespace sluice
