// SPDX-License-Identifier: Apache-2.0
// Goal    A flush that is cut in parts, and ended between any two of them, leaves a tenant that its
//         journal makes whole; and without the journal one that was never charged twice.
// Method  A tenant that spends under ids over two minutes, and has a reservation open and another
//         one committed since it was stored before. Its flush is cut small; the store gets each
//         number of parts in turn, and a start makes the tenant of what it has then.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "actors/runtime/recovered.hpp"
#include "actors/runtime/save_parts.hpp"
#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t answer_count = 120;
constexpr EntryId open_id{2, 1};
constexpr EntryId committed_id{2, 2};

/// What a store has of the tenant.
struct StoredRows {
  TenantState state;
  std::vector<UsageBucket> minutes;

  void save(const SaveBatch& part) {
    TenantState newer;
    for (const CounterRow& row : part.counters) {
      newer.counters.push_back(row.counter);
    }
    for (const UsageRow& row : part.open_usage) {
      newer.open_usage.push_back(row.bucket);
    }
    for (const EntryRow& row : part.entries) {
      newer.entries.push_back(row.entry);
    }
    put_over(state, newer);
    for (const ForgottenRow& row : part.forgotten) {
      std::erase_if(state.entries, [&](const Entry& entry) { return entry.id == row.id; });
    }
    for (const UsageRow& row : part.closed_usage) {
      minutes.push_back(row.bucket);
    }
  }
  [[nodiscard]] Amount in_closed_minutes() const {
    Amount sum;
    for (const UsageBucket& minute : minutes) {
      sum = sum + minute.used;
    }
    return sum;
  }
};

class CutFlushSpec : public ::testing::Test {
protected:
  CutFlushSpec() {
    ask(live_, open_id, Mode::reserve, 5);
    ask(live_, committed_id, Mode::reserve, 7);
    take_flush();
    before_.save(flush_);
    flush_ = {};
    ask(live_, committed_id, Mode::commit, 6);
    for (std::uint64_t i = 1; i <= answer_count; ++i) {
      time_ = 1s * i;  // Into the third minute.
      ask(live_, EntryId{1, i}, Mode::normal, 1);
    }
    take_flush();
    parts_ = cut_by_rows(flush_, 2, Sequence{});
  }

  [[nodiscard]] static Check check(EntryId id, Mode mode, const Charge& charge) {
    return {tenant(1), {&charge, 1}, mode, id, std::chrono::hours{1}};
  }
  /// What it changes goes to the journal, if it is the one that lives.
  Decision ask(Tenant& of, EntryId id, Mode mode, std::uint64_t amount) {
    const Charge charge{requests, Amount{amount}};
    Decision decision;
    Happenings happenings;
    of.decide(check(id, mode, charge), at(time_), decision, happenings);
    if (&of == &live_) {
      journal(happenings);
    }
    return decision;
  }
  void journal(const Happenings& happenings) {
    TenantState state;
    live_.take_unjournalled(at(time_), state);
    for (const Entry* entry : happenings.entries) {
      state.entries.push_back(*entry);
    }
    std::vector<UsageBucket> minutes;
    for (const UsageRow& row : happenings.closed_usage) {
      minutes.push_back(row.bucket);
      flush_.closed_usage.push_back(row);
    }
    journal_.apply({.tenant = tenant(1),
                    .shard = ShardId{0},
                    .counters = state.counters,
                    .open_usage = state.open_usage,
                    .closed_usage = minutes,
                    .entries = state.entries});
  }
  void take_flush() {
    TenantState state;
    live_.take_unsaved(at(time_), state);
    for (const Counter& counter : state.counters) {
      flush_.counters.push_back({tenant(1), counter});
    }
    for (const UsageBucket& bucket : state.open_usage) {
      flush_.open_usage.push_back({tenant(1), bucket});
    }
    for (const Entry& entry : state.entries) {
      flush_.entries.push_back({tenant(1), entry});
    }
    for (const EntryId id : state.forgotten) {
      flush_.forgotten.push_back({tenant(1), id});
    }
  }

  [[nodiscard]] StoredRows stored_after(std::size_t parts) const {
    StoredRows rows = before_;
    for (std::size_t i = 0; i < parts; ++i) {
      rows.save(parts_[i]);
    }
    return rows;
  }
  [[nodiscard]] Tenant started_with(const TenantState& state) const {
    return {tenant(1), rules_, state.counters, state.open_usage, state.entries, at(time_)};
  }
  [[nodiscard]] LimitReading reading(const Tenant& of) const {
    return of.usage(at(time_)).at(0).reading;
  }
  void ask_all_again(Tenant& of) {
    for (std::uint64_t i = 1; i <= answer_count; ++i) {
      EXPECT_EQ(ask(of, EntryId{1, i}, Mode::normal, 1).outcome, Outcome::allowed) << i;
    }
  }

  std::shared_ptr<const Plan> rules_ = plan(1000);
  std::chrono::seconds time_{0};
  Tenant live_{tenant(1), rules_, {}, {}, {}, at(0s)};
  Recovered journal_;
  SaveBatch flush_;
  StoredRows before_;
  std::deque<SaveBatch> parts_;
};

TEST_F(CutFlushSpec, IsMadeWholeByTheJournalWhereverItEnded) {
  ASSERT_GT(parts_.size(), 3U);
  for (std::size_t saved = 0; saved <= parts_.size(); ++saved) {
    TenantState state = stored_after(saved).state;
    put_over(state, *journal_.find(tenant(1)));
    Tenant started = started_with(state);
    EXPECT_EQ(reading(started), reading(live_)) << saved << " parts";
    ask_all_again(started);
    ask(started, committed_id, Mode::commit, 6);
    EXPECT_EQ(reading(started), reading(live_)) << "all of it was known, after " << saved;
  }
}

TEST_F(CutFlushSpec, WithoutItsJournalIsChargedNothingTwice) {
  bool history_was_ahead = false;
  for (std::size_t saved = 0; saved <= parts_.size(); ++saved) {
    const StoredRows rows = stored_after(saved);
    Tenant started = started_with(rows.state);
    EXPECT_LE(reading(started).used, reading(live_).used) << saved << " parts";
    history_was_ahead = history_was_ahead || rows.in_closed_minutes() > reading(started).used;
    ask_all_again(started);
    ask(started, committed_id, Mode::commit, 6);
    EXPECT_LE(reading(started).used, reading(live_).used) << "asked again after " << saved;
  }
  EXPECT_TRUE(history_was_ahead) << "it may tell of what is not counted any more";
}

TEST_F(CutFlushSpec, WithoutItsJournalKeepsWhatIsHeldUntilItIsSettled) {
  for (std::size_t saved = 0; saved <= parts_.size(); ++saved) {
    Tenant started = started_with(stored_after(saved).state);
    EXPECT_EQ(ask(started, open_id, Mode::cancel, 0).outcome, Outcome::allowed);
    EXPECT_LE(reading(started).held, Amount{7}) << "of the one that is not known to be committed";
  }
}

}  // namespace
}  // namespace sluice::testing
