// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/journal/file_journals.hpp"
#include "tests/storage/journal/memory_disk.hpp"

namespace sluice::test {

/// A change that owns its parts.
struct OwnedChange {
  TenantId tenant;
  ShardId shard;
  bool removed = false;
  std::vector<Counter> counters;
  std::vector<UsageBucket> open_usage;
  std::vector<UsageBucket> closed_usage;
  std::vector<ClosedWindow> closed_windows;
  std::vector<Entry> entries;
  std::vector<AuditRow> audit;
  std::vector<ThresholdCrossed> crossed;
  std::vector<SharedHourRow> closed_shared;

  OwnedChange() = default;
  explicit OwnedChange(const TenantChange& change);
  [[nodiscard]] TenantChange view() const;
  friend bool operator==(const OwnedChange&, const OwnedChange&) = default;
  friend void PrintTo(const OwnedChange& change, std::ostream* out);
};

/// Spending of a tenant: two counters and an open bucket.
[[nodiscard]] OwnedChange spent(std::uint64_t tenant, std::uint64_t used);
/// The same, above a size and held up by a pace, and a closed window: the first counter, the bucket
/// and the window have everything that they may have.
[[nodiscard]] OwnedChange overspent(std::uint64_t tenant, std::uint64_t used);
/// A reservation of two meters that is open, with everything that an answer may say.
[[nodiscard]] Entry reservation(std::uint64_t id);
/// A check that was refused, and has nothing but its answer.
[[nodiscard]] Entry bare_answer(std::uint64_t id);
/// A slice that is out, asked for with labels.
[[nodiscard]] Entry lease(std::uint64_t id);
/// The counter of a limit for some labels.
[[nodiscard]] Entry counting(std::uint64_t id);
/// Spending of a tenant that has both of these.
[[nodiscard]] OwnedChange reserved(std::uint64_t tenant, std::uint64_t used);
/// All that can change of a tenant's limits at once, and the longest reservation.
/// A grant of credit, and what one paid.
[[nodiscard]] Entry grant(std::uint64_t id);
[[nodiscard]] ClosedWindow payment(std::uint64_t used);
[[nodiscard]] OwnedChange largest_change();

struct Replayed final : ReplayVisitor {
  std::vector<std::pair<Watermark, OwnedChange>> changes;
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;

  void change(const Watermark& at, const TenantChange& change) override {
    changes.emplace_back(at, OwnedChange{change});
  }
  void progress(std::uint64_t done, std::uint64_t total) override {
    bytes_done = done;
    bytes_total = total;
  }
  /// The amounts that were spent, in their order.
  [[nodiscard]] std::vector<std::uint64_t> amounts() const;
};

template <class T>
[[nodiscard]] testing::AssertionResult done(const Result<T>& result) {
  return result.ok() ? testing::AssertionSuccess()
                     : testing::AssertionFailure() << result.fault().context;
}

template <class T>
[[nodiscard]] testing::AssertionResult refused(const Result<T>& result, FaultCode code,
                                               std::string_view words) {
  if (result.ok()) {
    return testing::AssertionFailure() << "it was not refused";
  }
  if (result.fault().code != code || result.fault().context.find(words) == std::string::npos) {
    return testing::AssertionFailure()
           << to_string(result.fault().code) << ": " << result.fault().context;
  }
  return testing::AssertionSuccess();
}

inline const BootId this_boot{"this boot"};
inline const BootId next_boot{"next boot"};

/// Journals on a disk in memory. A segment of the smallest size holds 511 commits of one
/// `spent` each.
class JournalFixture : public testing::Test {
protected:
  [[nodiscard]] std::unique_ptr<Journals> journals(const BootId& boot = this_boot);
  [[nodiscard]] std::unique_ptr<Journal> open(std::uint64_t epoch = 1, std::uint16_t reactor = 0);
  /// One commit of one change for each amount, on tenant 1.
  static void spend(Journal& journal, const std::vector<std::uint64_t>& amounts);
  /// Commits until there is one segment more, and returns how many commits that took.
  [[nodiscard]] std::uint64_t fill_segment(Journal& journal);
  /// What a server of that run of the machine finds; fails the test if it is refused.
  [[nodiscard]] Replayed replayed(const BootId& boot = this_boot);
  /// What it is refused with.
  [[nodiscard]] Result<Done> replay(const BootId& boot = this_boot);

  MemoryDisk disk;
  Jobs jobs;
  JournalOptions options{Durability::process, segment_bytes_min, this_boot};
  int durable_calls = 0;
};

/// The file of a segment of epoch 1, reactor 0.
[[nodiscard]] std::string segment_file(std::uint64_t number);

/// The size of the frame of one `spent`.
inline constexpr std::size_t spent_frame_bytes = 32 + 28 + 2 * 21 + 26;

}  // namespace sluice::test
