// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class OwnedStore : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 2))));
  }
  /// How far the shards are stored, told by acquiring them once more.
  [[nodiscard]] std::vector<Watermark> stored_marks() {
    Result<Ownership> acquired = store->acquire(claim(1));
    EXPECT_TRUE(done(acquired));
    epoch = acquired.value().epoch;
    return acquired.value().stored;
  }
  [[nodiscard]] Result<Done> save_through(std::uint64_t sequence, std::vector<ShardId> of) {
    SaveBatch batch = counters_batch(epoch, {});
    batch.through = Sequence{sequence};
    batch.shards = std::move(of);
    return store->save(batch);
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, OwnedStore, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(OwnedStore, IsOwnedFirstInEpochOne) {
  EXPECT_EQ(epoch, Epoch{1});
}

TEST_P(OwnedStore, OfANewDatabaseHasNothingStoredOfAnyShard) {
  EXPECT_EQ(stored_marks(), std::vector<Watermark>(shards.raw()));
}

TEST_P(OwnedStore, GetsTheNextEpochEachTimeItIsAcquired) {
  EXPECT_EQ(store->acquire(claim(1)).value().epoch, Epoch{2});
  EXPECT_EQ(other->acquire(claim(1)).value().epoch, Epoch{3});
  restart();
  EXPECT_EQ(epoch, Epoch{4});
}

TEST_P(OwnedStore, IsRefusedToAnotherServerAndTheContextSaysWhoHasIt) {
  const auto refusal = other->acquire(claim(2));
  EXPECT_TRUE(refused(refusal, FaultCode::conflict, claim(1).server.raw()));
  EXPECT_TRUE(refused(refusal, FaultCode::conflict, "host-1"));
  EXPECT_TRUE(refused(refusal, FaultCode::conflict, "--take-over=expired"));
}

TEST_P(OwnedStore, IsRefusedToWhoeverHasTheOtherKindOfClock) {
  Claim dreamer = claim(1);
  dreamer.clock = ClockKind::simulated;
  EXPECT_TRUE(refused(store->acquire(dreamer), FaultCode::invalid_argument, "simulated-time: "));
  EXPECT_TRUE(done(store->renew(epoch))) << "and stays whose it was";
  ASSERT_TRUE(done(store->release(epoch)));
  dreamer.server = claim(2).server;
  EXPECT_TRUE(refused(store->acquire(dreamer), FaultCode::invalid_argument, "real clock"));
}

TEST_P(OwnedStore, TakesABatchWhoseMonthsItWasToldOfBefore) {
  const WallTime now{std::chrono::hours{24} * 366 * 70};
  for (int parts = 0; store->prepare_months(epoch, now).value() == Rest::some; ++parts) {
    ASSERT_LT(parts, 100);
  }
  EXPECT_TRUE(done(store->save(batch({counter(1, 1, 5)}))));
}

TEST_P(OwnedStore, StaysWithItsOwnerWhenAnotherIsRefused) {
  EXPECT_FALSE(other->acquire(claim(2)).ok());
  EXPECT_TRUE(done(store->save(batch({counter(1, 1, 5)}))));
  EXPECT_TRUE(done(store->renew(epoch)));
}

TEST_P(OwnedStore, StaysRefusedToAnotherAcrossARestart) {
  restart();
  EXPECT_TRUE(refused(other->acquire(claim(2)), FaultCode::conflict, "host-1"));
}

TEST_P(OwnedStore, IsAnybodysOnceItWasGivenBack) {
  ASSERT_TRUE(done(store->release(epoch)));
  EXPECT_EQ(other->acquire(claim(2)).value().epoch, Epoch{2});
  EXPECT_TRUE(refused(store->acquire(claim(1)), FaultCode::conflict, "host-2"));
}

TEST_P(OwnedStore, MayBeGivenBackTwice) {
  ASSERT_TRUE(done(store->release(epoch)));
  EXPECT_TRUE(done(store->release(epoch)));
}

TEST_P(OwnedStore, IsNotGivenBackByWhoeverHadItBefore) {
  const Epoch old = epoch;
  ASSERT_TRUE(done(other->acquire(claim(1))));
  EXPECT_TRUE(refused(store->release(old), FaultCode::fenced, "epoch 1"));
  EXPECT_TRUE(refused(store->acquire(claim(2)), FaultCode::conflict, "host-1"));
}

TEST_P(OwnedStore, TakesNothingMoreInAnEpochThatWasGivenBack) {
  ASSERT_TRUE(done(store->release(epoch)));
  EXPECT_TRUE(refused(store->save(batch({counter(1, 1, 5)})), FaultCode::fenced, "given back"));
  EXPECT_TRUE(refused(store->renew(epoch), FaultCode::fenced, "given back"));
}

TEST_P(OwnedStore, IsNobodysInEpochNull) {
  const auto fresh = GetParam().make();
  const auto opened = fresh->open(shards);
  const auto connection = opened.value()();
  EXPECT_TRUE(
      refused(connection.value()->create(deed(Epoch{0}), tenant(1)), FaultCode::fenced, ""));
}

TEST_P(OwnedStore, IsRenewedByItsOwnerAlone) {
  EXPECT_TRUE(done(other->renew(epoch)));
  ASSERT_TRUE(done(other->acquire(claim(1))));
  EXPECT_TRUE(refused(store->renew(epoch), FaultCode::fenced, "epoch 1 is over"));
  EXPECT_TRUE(refused(store->renew(Epoch{3}), FaultCode::fenced, "epoch 3"));
}

struct Write {
  const char* name;
  std::function<Fault(Store&, Epoch)> fault;
};

TEST_P(OwnedStore, RefusesEveryWriteOfAnOldEpochAndChangesNothing) {
  SaveBatch kept = batch({counter(1, 1, 5)});
  kept.entries = {entry(1, EntryId{0, 1}), entry(1, EntryId{0, 2})};
  ASSERT_TRUE(done(store->save(kept)));
  const TenantRecord before = stored(tenant_id(1));
  const Epoch old = epoch;
  ASSERT_TRUE(done(other->acquire(claim(1))));
  SaveBatch late = counters_batch(old, {counter(1, 1, 9), counter(1, 2, 9)});
  late.closed_usage = {{tenant_id(1), {MeterId{1}, Minute{7}, Amount{1}, 1, 0, 0}}};
  late.open_usage = late.closed_usage;
  late.closed_windows = {{tenant_id(1), {LimitId{1}, MeterId{1}, WallTime{}, Amount{1}}}};
  late.entries = {entry(1, EntryId{0, 1}), entry(1, EntryId{0, 3})};
  late.entries.front().entry.state = EntryState::cancelled;
  late.forgotten = {{tenant_id(1), EntryId{0, 2}}};
  late.through = Sequence{9};
  late.shards = {ShardId{0}};
  const std::vector<Write> writes{
      {"save", [&](Store& of, Epoch) { return of.save(late).fault(); }},
      {"create", [](Store& of, Epoch in) { return of.create(deed(in), tenant(2)).fault(); }},
      {"replace",
       [](Store& of, Epoch in) {
         return of.replace(deed(in), next(tenant_with_limits(1, 1))).fault();
       }},
      {"change_members",
       [](Store& of, Epoch in) { return of.change_members(deed(in), {tenant(2)}).fault(); }},
      {"remove", [](Store& of, Epoch in) { return of.remove(deed(in), tenant_id(1)).fault(); }},
      {"define_meter",
       [](Store& of, Epoch in) { return of.define_meter(deed(in), "pages", "page").fault(); }},
      {"add_api_key",
       [](Store& of, Epoch in) { return of.add_api_key(deed(in), api_key(2)).fault(); }},
      {"remove_api_key",
       [](Store& of, Epoch in) { return of.remove_api_key(deed(in), KeyId{1}).fault(); }}};
  for (const Write& write : writes) {
    EXPECT_EQ(write.fault(*store, old).code, FaultCode::fenced) << write.name;
  }
  EXPECT_EQ(stored(tenant_id(1)), before);
  EXPECT_FALSE(is_stored(tenant_id(2)));
  EXPECT_EQ(store->meters().value(), default_meters());
  EXPECT_TRUE(store->usage({.tenant = tenant_id(1)}).value().empty());
  EXPECT_TRUE(store->closed_windows(tenant_id(1)).value().empty());
  EXPECT_EQ(stored_marks(), std::vector<Watermark>(shards.raw()));
}

TEST_P(OwnedStore, RemembersHowFarItsShardsAreStored) {
  ASSERT_TRUE(done(save_through(7, {ShardId{0}, ShardId{63}})));
  std::vector<Watermark> expected(shards.raw());
  expected[0] = expected[63] = Watermark{Epoch{1}, Sequence{7}};
  EXPECT_EQ(stored_marks(), expected);
  restart();
  EXPECT_EQ(stored_marks(), expected);
}

TEST_P(OwnedStore, NeverTakesAWatermarkBack) {
  ASSERT_TRUE(done(save_through(7, {ShardId{3}})));
  ASSERT_TRUE(done(save_through(6, {ShardId{3}})));
  EXPECT_EQ(stored_marks()[3], (Watermark{Epoch{1}, Sequence{7}}));
  ASSERT_TRUE(done(save_through(1, {ShardId{3}})));
  EXPECT_EQ(stored_marks()[3], (Watermark{Epoch{2}, Sequence{1}})) << "a new epoch starts again";
}

TEST_P(OwnedStore, LeavesWatermarksAloneWhenABatchDoesNotKnowItsOwn) {
  ASSERT_TRUE(done(save_through(7, {ShardId{3}})));
  SaveBatch unknown = batch({counter(1, 1, 5)});
  unknown.shards = {ShardId{3}};
  ASSERT_TRUE(done(store->save(unknown)));
  EXPECT_EQ(stored_marks()[3], (Watermark{Epoch{1}, Sequence{7}}));
}

TEST_P(OwnedStore, GoesToOneOfManyThatWantItAtOnce) {
  ASSERT_TRUE(done(store->release(epoch)));
  constexpr std::uint64_t servers = 6;
  std::atomic<int> granted = 0;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t server = 2; server < 2 + servers; ++server) {
      threads.emplace_back([&, server] {
        const auto connection = connect();
        const auto acquired = connection->acquire(claim(server));
        granted += acquired.ok() ? 1 : 0;
        EXPECT_TRUE(acquired.ok() || refused(acquired, FaultCode::conflict, "host-"));
      });
    }
  }
  EXPECT_EQ(granted, 1);
}

// One connection saves all along while another acquires: whatever was saved under the old epoch was
// committed before the new one was handed out, so nothing changes after that.
TEST_P(OwnedStore, TakesNothingOfTheOldOwnerOnceTheNewOneHasIt) {
  for (int round = 0; round < 20; ++round) {
    const Epoch old = epoch;
    std::jthread writer{[&](const std::stop_token& stop) {
      for (std::uint64_t value = 1; !stop.stop_requested(); ++value) {
        const auto saved = other->save(counters_batch(old, {counter(1, 1, value)}));
        if (!saved.ok()) {
          EXPECT_TRUE(refused(saved, FaultCode::fenced, "is over"));
          return;
        }
      }
    }};
    Result<Ownership> acquired = store->acquire(claim(1));
    while (!acquired.ok() && acquired.fault().code == FaultCode::unavailable) {
      acquired = store->acquire(claim(1));  // The writer may keep the file to itself for long.
    }
    ASSERT_TRUE(done(acquired));
    const std::vector<Counter> then = stored(tenant_id(1)).counters;
    writer.join();
    EXPECT_EQ(stored(tenant_id(1)).counters, then);
    epoch = acquired.value().epoch;
  }
}

}  // namespace sluice::test
