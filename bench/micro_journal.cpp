// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "storage/journal/file_journals.hpp"
#include "storage/journal/posix_disk.hpp"

// The changes of a turn into a journal: `add` for each, then one `commit`. Each change has two
// counters and a bucket. A commit is released at once, so that the space on the disk stays bounded.

namespace sluice::bench {
namespace {

/// A journal in a directory of its own under `parent`.
class JournalUnder {
public:
  explicit JournalUnder(std::string parent) : path_(std::move(parent) + "/sluice-micro-XXXXXX") {
    if (mkdtemp(path_.data()) != nullptr) {
      disk_ = PosixDisk::in(path_).value();
      journals_ =
          open_journals({Durability::process, 32 << 20, read_boot_id().value()}, *disk_, [] {
            return std::make_unique<ThreadBackground>();
          }).value();
      journal_ = journals_->open(Epoch{1}, 0, nullptr).value();
    }
  }
  ~JournalUnder() {
    journal_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  JournalUnder(const JournalUnder&) = delete;
  JournalUnder& operator=(const JournalUnder&) = delete;

  [[nodiscard]] Journal& journal() { return *journal_; }

private:
  std::string path_;
  std::unique_ptr<Disk> disk_;
  std::unique_ptr<Journals> journals_;
  std::unique_ptr<Journal> journal_;
};

void commit_changes(benchmark::State& state, const char* directory) {
  const auto changes = static_cast<std::uint64_t>(state.range(0));
  JournalUnder under{directory};
  Journal& journal = under.journal();
  const std::array<Counter, 2> counters{
      Counter{LimitId{1}, Amount{17}, WallTime{std::chrono::hours{500'000}}, ThresholdMask{1}},
      Counter{LimitId{2}, Amount{}, WallTime{std::chrono::hours{490'000}}, ThresholdMask{}}};
  const std::array<UsageBucket, 1> buckets{
      UsageBucket{MeterId{1}, Minute{29'000'000}, Amount{17}, 1, 2, 3}};
  TenantChange change{.tenant = TenantId{1, 1},
                      .shard = ShardId{1},
                      .removed = false,
                      .counters = counters,
                      .open_usage = buckets,
                      .closed_usage = {},
                      .closed_windows = {}};
  for (auto _ : state) {
    for (std::uint64_t i = 0; i < changes; ++i) {
      change.tenant.low = i + 1;
      journal.add(change);
    }
    const Result<Sequence> committed = journal.commit();
    if (!committed.ok()) {
      state.SkipWithError(committed.fault().context.c_str());
      break;
    }
    journal.release(committed.value());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(changes));
  state.counters["per_change"] = benchmark::Counter(
      static_cast<double>(changes),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(commit_changes, tmp, "/tmp")
    ->Name("journal/commit, /tmp, changes")
    ->Arg(64)
    ->Arg(256)
    ->Arg(2'700)
    ->UseRealTime();
BENCHMARK_CAPTURE(commit_changes, shm, "/dev/shm")
    ->Name("journal/commit, /dev/shm, changes")
    ->Arg(64)
    ->Arg(256)
    ->Arg(2'700)
    ->UseRealTime();

}  // namespace
}  // namespace sluice::bench
