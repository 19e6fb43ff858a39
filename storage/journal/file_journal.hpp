// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "actors/tenant/journal.hpp"
#include "storage/journal/background.hpp"
#include "storage/journal/frame.hpp"
#include "storage/journal/group_sync.hpp"
#include "storage/journal/segment_supply.hpp"

namespace sluice {

/// A journal in segments on a disk.
///
/// Role       Gathers changes in one frame and writes it behind the last one, or into the next
///            segment if it does not fit. After a write that failed the place is left alone for
///            ever: the same changes go, with the same sequence, to a new segment.
/// Threading  Confined to its reactor; slow work is in its background. `on_durable` is called there
///            when `durable` grew, and also when it will never grow again (see `GroupSync`).
/// Ownership  Owns its background and its files. The disk must outlive both.
/// Units      Bytes.
/// Errors     As `Journal`. After a failed sync every commit is `unavailable`, for good.
/// Cost       `add` encodes into a buffer that stays, without a lock, and allocates only when it
///            grows. `commit` is a checksum and one write; it makes a segment itself, which takes
///            milliseconds, only if `room` was not heeded.
class FileJournal final : public Journal {
public:
  /// Makes the first segment here and now.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> open(Disk& disk,
                                                             std::unique_ptr<Background> background,
                                                             const SegmentPlan& plan,
                                                             std::function<void()> on_durable);

  FileJournal(Disk& disk, std::unique_ptr<Background> background, const SegmentPlan& plan,
              std::function<void()> on_durable);

  [[nodiscard]] std::size_t room() const noexcept override;
  void add(const TenantChange& change) override;
  [[nodiscard]] Result<Sequence> commit() override;
  [[nodiscard]] Sequence durable() const noexcept override;
  void release(Sequence through) override;
  void tick() override { supply_.tick(); }
  [[nodiscard]] JournalFigures figures() const override;

private:
  /// A segment that will not be written any more.
  struct Closed {
    std::shared_ptr<OpenSegment> segment;
    Sequence last;  ///< Of the frames in it and before it.
  };

  [[nodiscard]] std::size_t left_in_current() const noexcept;
  struct Sealed {
    std::span<const std::byte> bytes;
    std::uint32_t checksum;
  };
  [[nodiscard]] Sealed seal_frame();
  [[nodiscard]] Result<Done> move_on(std::size_t frame_bytes);
  void close_current();

  std::unique_ptr<Background> background_;  ///< First: it must outlive what posts to it.
  SegmentSupply supply_;
  std::optional<GroupSync> sync_;  ///< With `Durability::disk`.
  const std::size_t segment_bytes_;

  std::vector<std::byte> buffer_;  ///< A frame in the making.
  std::size_t filled_ = frame_header_bytes;
  std::uint32_t changes_ = 0;

  std::shared_ptr<OpenSegment> current_;  ///< Null after a failed write, and once it was released.
  std::uint64_t position_ = 0;            ///< Where the next frame goes.
  std::deque<Closed> closed_;
  Sequence committed_{0};
  std::uint32_t committed_checksum_ = 0;  ///< Of its frame.
  JournalFigures figures_;
};

/// Keeps nothing, for `Durability::memory`: every commit is at once as durable as it gets.
class NoJournal final : public Journal {
public:
  [[nodiscard]] std::size_t room() const noexcept override {
    return std::numeric_limits<std::size_t>::max();
  }
  void add(const TenantChange&) override { added_ = true; }
  [[nodiscard]] Result<Sequence> commit() override {
    if (added_) {
      committed_ = Sequence{committed_.raw() + 1};
      ++figures_.commits;
      added_ = false;
    }
    return committed_;
  }
  [[nodiscard]] Sequence durable() const noexcept override { return committed_; }
  void release(Sequence) override {}
  void tick() override {}
  [[nodiscard]] JournalFigures figures() const override { return figures_; }

private:
  bool added_ = false;
  Sequence committed_{0};
  JournalFigures figures_;
};

}  // namespace sluice
