// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/hosting.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <vector>

#include "storage/journal/file_journal.hpp"
#include "tests/actors/runtime/asked_batch.hpp"
#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

/// As when the disk is full.
class FullJournal final : public Journal {
public:
  [[nodiscard]] std::size_t room() const noexcept override { return 0; }
  void add(const TenantChange& /*change*/) override { ADD_FAILURE() << "there is no room"; }
  [[nodiscard]] Result<Sequence> commit() override { return Sequence{0}; }
  [[nodiscard]] Sequence durable() const noexcept override { return Sequence{0}; }
  void release(Sequence /*through*/) override {}
  void tick() override {}
  [[nodiscard]] JournalFigures figures() const override { return {}; }
};

/// A host without threads, actors or a store: the test is all of them.
class HostingSpec : public ::testing::Test {
protected:
  HostingSpec() { meters.publish(default_meters()); }

  std::uint32_t decide(AskedBatch& batch, std::chrono::seconds when = 0s) {
    batch.ready();
    return hosting.decide(batch, BatchItems::all_of(batch), at(when)).waiting;
  }

  /// Answers a load; returns the batches whose checks were decided by that.
  std::vector<CheckBatch*> load(std::vector<LoadedTenant> tenants, std::chrono::seconds when = 0s) {
    EXPECT_FALSE(hosting.activations().begin_load().empty());
    std::vector<CheckBatch*> finished;
    hosting.loaded(tenants, at(when), finished);
    return finished;
  }
  static LoadedTenant found(std::uint64_t number, std::uint64_t size, std::uint64_t used = 0,
                            Version version = Version{1}) {
    return {
        tenant(number),
        std::optional{StoredTenant{
            version, plan(size),
            TenantState{{Counter{first_limit, Amount{used}, wall_time_never, {}}}, {}, {}, {}}}}};
  }
  static LoadedTenant missing(std::uint64_t number) {
    return {tenant(number), std::optional<StoredTenant>{}};
  }

  Hosting hosting_on(Journal& onto) {
    return Hosting{
        {.resident_tenants_max = 4,
         .idle_after = 60s,
         .unknown_tenants_max = 16,
         .unknown_for = 5s,
         .write_behind = {.flush_tenants_max = 16, .history_rows_max = 100},
         .activations = {.waiting_max = 100,
                         .waiting_per_tenant_max = 100,
                         .loads_max = 1,
                         .tenants_per_load_max = 100},
         .tenants_with_names_max = 1},
        HashSeed{7},
        meters,
        nobody,
        {.journal = &onto, .epoch = Epoch{1}, .shards = ShardCount{64}, .recovered = Recovered{}}};
  }

  PublishedMeters meters;
  NoJournal journal;
  Observer nobody;
  Hosting hosting = hosting_on(journal);
};

TEST_F(HostingSpec, DecidesWhatIsAtHandAndLetsTheRestWait) {
  AskedBatch first;
  EXPECT_EQ(decide(first.ask(tenant(1))), 1U);
  EXPECT_EQ(load({found(1, 10)}), std::vector<CheckBatch*>{&first});
  AskedBatch second;
  EXPECT_EQ(decide(second.ask(tenant(2)).ask(tenant(1)).ask(tenant(2))), 2U);
  EXPECT_EQ(second.outcome(1), Outcome::allowed);
  EXPECT_EQ(load({found(2, 10)}).size(), 2U) << "once for each check that waited";
}

TEST_F(HostingSpec, DecidesTheSamePickedItemsOnly) {
  AskedBatch batch;
  EXPECT_EQ(decide(batch.ask(tenant(1))), 1U);
  load({found(1, 10)});
  AskedBatch picked;
  picked.ask(tenant(1)).ask(tenant(1)).ask(tenant(1)).ready();
  const std::vector<std::uint32_t> items{2, 0};
  EXPECT_EQ(hosting.decide(picked, BatchItems::only(items), at(0s)).waiting, 0U);
  EXPECT_EQ(picked.outcome(0), Outcome::allowed);
  EXPECT_EQ(picked.outcome(1), Outcome::unavailable) << "as it was";
  EXPECT_EQ(picked.outcome(2), Outcome::allowed);
}

TEST_F(HostingSpec, KeepsTheOrderOfATenantOverManyBlocks) {
  AskedBatch warm;
  decide(warm.ask(tenant(1), 0));
  load({found(1, 100)});
  AskedBatch batch;
  for (int i = 0; i < 200; ++i) {
    batch.ask(tenant(1));
  }
  EXPECT_EQ(decide(batch), 0U);
  EXPECT_EQ(batch.outcome(99), Outcome::allowed);
  EXPECT_EQ(batch.outcome(100), Outcome::denied);
}

TEST_F(HostingSpec, AnswersAFloodOfUnknownTenantsWithoutTheStore) {
  AskedBatch first;
  EXPECT_EQ(decide(first.ask(tenant(1))), 1U);
  load({missing(1)});
  EXPECT_EQ(first.outcome(), Outcome::unknown_tenant);
  AskedBatch flood;
  for (int i = 0; i < 1000; ++i) {
    flood.ask(tenant(1));
  }
  EXPECT_EQ(decide(flood), 0U);
  EXPECT_TRUE(hosting.activations().begin_load().empty());
  EXPECT_EQ(hosting.status().decided[Outcome::unknown_tenant], 1001U);
}

TEST_F(HostingSpec, ForgetsThatATenantIsUnknownWhenItIsCreated) {
  AskedBatch first;
  decide(first.ask(tenant(1)));
  load({missing(1)});
  hosting.amended(tenant(1), Version{1}, plan(10), {}, at(0s));
  AskedBatch second;
  EXPECT_EQ(decide(second.ask(tenant(1))), 1U) << "it is looked for";
}

TEST_F(HostingSpec, LetsTheLongestUntouchedTenantGoForANewOne) {
  for (std::uint64_t number = 1; number <= 5; ++number) {
    AskedBatch batch;
    decide(batch.ask(tenant(number), 0), std::chrono::seconds{number});
    load({found(number, 10, 10)}, std::chrono::seconds{number});
    EXPECT_EQ(batch.outcome(), Outcome::allowed);
  }
  EXPECT_EQ(hosting.status().resident_tenants, 4U);
  AskedBatch first;
  EXPECT_EQ(decide(first.ask(tenant(1)), 6s), 1U);
}

TEST_F(HostingSpec, SaysThatItIsCrowdedWhenAllResidentsAreDirty) {
  for (std::uint64_t number = 1; number <= 5; ++number) {
    AskedBatch batch;
    decide(batch.ask(tenant(number)));
    EXPECT_FALSE(hosting.crowded());
    load({found(number, 10)});
    EXPECT_EQ(batch.outcome(), number <= 4 ? Outcome::allowed : Outcome::unavailable);
  }
  EXPECT_TRUE(hosting.crowded());
}

TEST_F(HostingSpec, KeepsWhatWasUsedWhenTheRulesChange) {
  AskedBatch batch;
  decide(batch.ask(tenant(1), 3));
  load({found(1, 3)});
  hosting.amended(tenant(1), Version{2}, plan(5), {}, at(0s));
  AskedBatch more;
  decide(more.ask(tenant(1), 3).ask(tenant(1), 2));
  EXPECT_EQ(more.outcomes(), (std::vector{Outcome::denied, Outcome::allowed}));
}

TEST_F(HostingSpec, LooksForARemovedTenantAgain) {
  AskedBatch batch;
  decide(batch.ask(tenant(1)));
  load({found(1, 3)});
  hosting.removed(tenant(1));
  AskedBatch after;
  EXPECT_EQ(decide(after.ask(tenant(1))), 1U);
  EXPECT_EQ(hosting.status().resident_tenants, 0U);
}

TEST_F(HostingSpec, AnswersEverythingThatWaitsWhenItGivesUp) {
  AskedBatch batch;
  EXPECT_EQ(decide(batch.ask(tenant(1)).ask(tenant(2))), 2U);
  std::vector<CheckBatch*> finished;
  hosting.give_up_waiting(finished);
  EXPECT_EQ(finished.size(), 2U);
  EXPECT_EQ(batch.outcomes(), (std::vector{Outcome::unavailable, Outcome::unavailable}));
}

TEST_F(HostingSpec, WithoutRoomInTheJournalDecidesOnlyWhatChangesNothing) {
  FullJournal full;
  Hosting cramped = hosting_on(full);
  AskedBatch batch;
  for (const Mode mode :
       {Mode::peek, Mode::normal, Mode::best_effort, Mode::record, Mode::release}) {
    batch.ask(tenant(1), 1, requests, mode);
  }
  batch.ready();
  ASSERT_EQ(cramped.decide(batch, BatchItems::all_of(batch), at(0s)).waiting, 5U);
  EXPECT_FALSE(cramped.activations().begin_load().empty());
  std::vector<LoadedTenant> tenants{found(1, 10)};
  std::vector<CheckBatch*> finished;
  cramped.loaded(tenants, at(0s), finished);
  EXPECT_EQ(batch.outcomes(),
            (std::vector{Outcome::allowed, Outcome::unavailable, Outcome::unavailable,
                         Outcome::unavailable, Outcome::unavailable}));
}

TEST_F(HostingSpec, CountsWhatItAnswered) {
  AskedBatch batch;
  decide(batch.ask(tenant(1), 2).ask(tenant(1), 2).ask(tenant(1), 1, MeterId{0}));
  load({found(1, 3)});
  const ReactorStatus status = hosting.status();
  EXPECT_EQ(status.decided[Outcome::allowed], 1U);
  EXPECT_EQ(status.decided[Outcome::denied], 1U);
  EXPECT_EQ(status.decided[Outcome::no_such_meter], 1U);
  EXPECT_EQ(status.activations, 1U);
  EXPECT_EQ(status.dirty_tenants, 1U);
}

TEST_F(HostingSpec, CountsEachCheckOfATenantOnceWhateverItCharges) {
  AskedBatch batch;
  decide(batch.ask(tenant(1), 0));
  load({{tenant(1), std::optional{StoredTenant{Version{1}, plan_of_meters(3, 2), {}}}}});
  const std::array<Charge, 3> charges{Charge{MeterId{1}, Amount{1}}, Charge{MeterId{2}, Amount{1}},
                                      Charge{MeterId{3}, Amount{1}}};
  std::array<Check, 4> checks;
  checks.fill(Check{tenant(1), charges, Mode::normal, {}, {}});
  checks[3].mode = Mode::peek;
  AskedBatch several;
  std::array<Decision, 4> decisions;
  several.checks = checks;
  several.decisions = decisions;
  EXPECT_EQ(hosting.decide(several, BatchItems::all_of(several), at(0s)).waiting, 0U);
  EXPECT_EQ(decisions[2].outcome, Outcome::denied);
  EXPECT_EQ(hosting.status().tenants,
            (std::vector<TenantChecks>{{tenant(1), 4, 1}, {std::nullopt, 0, 0}}))
      << "and the first one; but not one that only looks";
}

TEST_F(HostingSpec, CountsATenantByTheSameNameWhenItComesBack) {
  AskedBatch batch;
  decide(batch.ask(tenant(1), 0));
  load({found(1, 10)});
  hosting.tick(at(120s));
  ASSERT_EQ(hosting.status().resident_tenants, 0U);
  AskedBatch again;
  decide(again.ask(tenant(1), 0).ask(tenant(2), 0), 120s);
  load({found(1, 10), found(2, 10)}, 120s);
  EXPECT_EQ(hosting.status().tenants,
            (std::vector<TenantChecks>{{tenant(1), 2, 0}, {std::nullopt, 1, 0}}));
}

TEST_F(HostingSpec, TakesTheNameOfATenantThatIsGone) {
  AskedBatch batch;
  decide(batch.ask(tenant(1), 0));
  load({found(1, 10)});
  hosting.removed(tenant(1));
  EXPECT_EQ(hosting.status().tenants, (std::vector<TenantChecks>{{std::nullopt, 1, 0}}));
}

}  // namespace
}  // namespace sluice::testing
