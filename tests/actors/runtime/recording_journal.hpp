// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/journal.hpp"

namespace sluice::testing {

using Words = std::vector<std::string>;

inline std::string word_of(EntryState state) {
  constexpr std::array words{"answered", "held",     "committed", "cancelled", "expired",
                             "leased",   "counting", "granted",   "shared"};
  return words.at(static_cast<std::size_t>(state));
}

/// A change as a sentence: what a specification has to say of it.
inline std::string words_of(const TenantChange& change) {
  std::string words = "tenant " + std::to_string(change.tenant.low);
  for (const Counter& counter : change.counters) {
    words += ": used " + std::to_string(counter.used.raw());
  }
  for (const UsageBucket& minute : change.closed_usage) {
    words += ": minute closed with " + std::to_string(minute.used.raw());
  }
  for (const ClosedWindow& window : change.closed_windows) {
    words += ": window closed with " + std::to_string(window.used.raw());
  }
  for (const Entry& entry : change.entries) {
    words += ": entry " + std::to_string(entry.id.low) + " " + word_of(entry.state);
  }
  return words + (change.removed ? ": removed" : "");
}

/// A journal that keeps every promise of `Journal` in memory, and whose disk is the test: it fails,
/// fills and syncs when it is told to. What it is asked to do it notes in `happened`, which it may
/// share with others whose calls have an order with its own.
class RecordingJournal final : public Journal {
public:
  explicit RecordingJournal(Words& happened) : happened_(happened) {}

  [[nodiscard]] std::size_t room() const noexcept override {
    return full_after && committed_ >= *full_after ? 0 : room_left;
  }
  void add(const TenantChange& change) override { added.push_back(words_of(change)); }
  [[nodiscard]] Result<Sequence> commit() override {
    if (broken) {
      happened_.push_back("commit fails");
      return Fault{FaultCode::unavailable, "the disk is broken"};
    }
    if (!added.empty()) {
      committed_ = Sequence{committed_.raw() + 1};
      happened_.push_back("commit " + std::to_string(committed_.raw()));
      record = std::exchange(added, {});
    }
    return committed_;
  }
  [[nodiscard]] Sequence durable() const noexcept override {
    return slow_disk ? synced_ : committed_;
  }
  void release(Sequence through) override {
    happened_.push_back("release " + std::to_string(through.raw()));
  }
  void tick() override {}
  [[nodiscard]] JournalFigures figures() const override { return {.bytes = bytes}; }

  /// The disk has everything up to here.
  void sync(Sequence through) { synced_ = through; }

  bool broken = false;     ///< Commits fail.
  bool slow_disk = false;  ///< What is committed is durable only once it is synced.
  std::size_t room_left = std::numeric_limits<std::size_t>::max();
  std::optional<Sequence> full_after{};  ///< With this commit the disk is full.
  std::uint64_t bytes = 0;
  Words added;   ///< Since the last commit.
  Words record;  ///< The last one that was committed.

private:
  Words& happened_;
  Sequence committed_;
  Sequence synced_;
};

}  // namespace sluice::testing
