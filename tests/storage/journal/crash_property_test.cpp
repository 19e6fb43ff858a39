// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>

#include <algorithm>

#include "storage/journal/frame.hpp"
#include "tests/storage/journal/journal_fixture.hpp"

// Goal    Whatever happens to a journal, what is replayed is a prefix of what was added, with all
//         that was acknowledged in it.
// Method  Random commits, background jobs, failed writes, full disks and releases; then the process
//         is killed, or the power fails and any sectors that were not synced are lost.
// Replay  RapidCheck prints the failing steps and a seed for RC_PARAMS.

namespace sluice::test {

namespace {

/// Some have entries, so that frames are of many sizes.
OwnedChange change_of(std::uint64_t amount) {
  return amount % 5 == 0 ? reserved(1, amount) : spent(1, amount);
}

/// One life of a journal that is given the amounts 1, 2, 3 and so on.
class Life {
public:
  explicit Life(Durability durability)
      : journals_(open_journals({durability, segment_bytes_min, this_boot}, disk, jobs_.factory())
                      .value()),
        journal_(journals_->open(Epoch{1}, 0, nullptr).value()) {}

  void step() {
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        disk.writes_to_fail = 1;
        disk.failed_write_keeps = *rc::gen::inRange<std::size_t>(0, 40'000);
        break;
      case 1:
        disk.bytes_max = disk.bytes_used() + *rc::gen::inRange<std::uint64_t>(0, 100'000);
        break;
      case 2:
        journal_->tick();
        break;
      case 3:
        released_ = std::max(released_, acknowledged() / 2);
        journal_->release(Sequence{released_});
        break;
      case 4:
      case 5:
        for (int jobs = *rc::gen::inRange(0, 4); jobs > 0 && jobs_.waiting() > 0; --jobs) {
          jobs_.run_one();
        }
        break;
      default:
        commit(*rc::gen::element<std::uint64_t>(1, 1, 2, 3, 5, 100, 300));
    }
  }

  /// The sequence up to which everything must be there.
  [[nodiscard]] std::uint64_t acknowledged() const { return journal_->durable().raw(); }

  /// All amounts from one on, those of acknowledged commits included. What was released may lack,
  /// and the amounts of a commit that failed may come twice.
  void expect_prefix(const BootId& boot) {
    Replayed found;
    const auto next =
        open_journals({Durability::process, segment_bytes_min, boot}, disk, jobs_.factory())
            .value();
    RC_ASSERT(done(next->replay(found)));
    std::vector<std::uint64_t> amounts = found.amounts();
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      RC_ASSERT(found.changes[i].second == change_of(amounts[i]));
    }
    std::sort(amounts.begin(), amounts.end());
    amounts.erase(std::unique(amounts.begin(), amounts.end()), amounts.end());
    const std::uint64_t must = last_amount_[acknowledged()];
    const std::uint64_t may_lack = last_amount_[released_];
    if (amounts.empty()) {
      RC_ASSERT(must <= may_lack);
      return;
    }
    RC_ASSERT(amounts.front() <= may_lack + 1);
    RC_ASSERT(amounts.back() >= std::max(must, may_lack));
    RC_ASSERT(amounts.back() - amounts.front() + 1 == amounts.size());
  }

  MemoryDisk disk;

private:
  void commit(std::uint64_t changes) {
    for (; changes > 0; --changes) {
      const OwnedChange change = change_of(amount_ + 1);
      if (journal_->room() < encoded_bytes(change.view())) {
        break;
      }
      journal_->add(change.view());
      ++amount_;
    }
    if (const Result<Sequence> committed = journal_->commit(); committed.ok()) {
      last_amount_.resize(committed.value().raw() + 1, amount_);
    }
  }

  Jobs jobs_;
  std::unique_ptr<Journals> journals_;
  std::unique_ptr<Journal> journal_;
  std::uint64_t amount_ = 0;
  std::uint64_t released_ = 0;
  std::vector<std::uint64_t> last_amount_{0};  ///< For each sequence.
};

bool most_sectors() {
  return *rc::gen::inRange(0, 8) != 0;
}

void live(Life& life) {
  for (int steps = *rc::gen::inRange(0, 60); steps > 0; --steps) {
    life.step();
  }
}

}  // namespace

TEST(CrashProperty, AKilledProcessLosesNothingThatItCommitted) {
  const bool held = rc::check([] {
    Life life{Durability::process};
    live(life);
    life.expect_prefix(this_boot);
  });
  EXPECT_TRUE(held);
}

TEST(CrashProperty, APowerCutLosesNothingThatWasDurable) {
  const bool held = rc::check([] {
    Life life{Durability::disk};
    live(life);
    life.disk.lose_power(most_sectors);
    life.expect_prefix(next_boot);
  });
  EXPECT_TRUE(held);
}

TEST(CrashProperty, APowerCutNeverStopsTheNextStart) {
  const bool held = rc::check([] {
    Life life{Durability::process};
    live(life);
    life.disk.lose_power(most_sectors);
    Replayed found;
    Jobs jobs;
    RC_ASSERT(done(open_journals({Durability::process, segment_bytes_min, next_boot}, life.disk,
                                 jobs.factory())
                       .value()
                       ->replay(found)));
  });
  EXPECT_TRUE(held);
}

}  // namespace sluice::test
