// SPDX-License-Identifier: Apache-2.0
// Uses of what is shared, as every store keeps them.
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class StoredUses : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (const std::uint64_t number : {1U, 2U, 3U}) {
      ASSERT_TRUE(done(store->create(deed(epoch), tenant(number))));
    }
  }
  /// Of tenant 1 at tenant 2's.
  static SharedHourRow row(std::uint64_t grant, std::uint32_t hour, std::uint64_t uses,
                           std::uint64_t units, std::uint64_t denied = 0) {
    return {.consumer = tenant_id(1),
            .owner = tenant_id(2),
            .hour = {.grant = {7, grant},
                     .policy = {8, 1},
                     .hour = Hour{hour},
                     .uses = uses,
                     .units = Amount{units},
                     .denied = denied}};
  }
  void close(std::vector<SharedHourRow> rows) {
    SaveBatch batch{.epoch = epoch};
    batch.closed_shared = std::move(rows);
    ASSERT_TRUE(done(store->save(batch)));
  }
  void keep_open(const SharedHourRow& row) {
    SaveBatch batch{.epoch = epoch};
    batch.entries.push_back(
        {row.consumer, Entry{.id = entry_id_of(row.hour.grant),
                             .state = EntryState::shared,
                             .use = SharedCount{.open = row.hour, .owner = row.owner}}});
    ASSERT_TRUE(done(store->save(batch)));
  }
  SharedUsePage told(SharingSide side, SharedStretch stretch = SharedStretch::hour,
                     SharedUseQuery query = {}) {
    query.tenant = side == SharingSide::owner ? tenant_id(2) : tenant_id(1);
    query.side = side;
    query.stretch = stretch;
    return other->shared_uses(query).value();
  }

  // 2024-02-29T23:00:00Z, a Thursday.
  static constexpr std::uint32_t last_hour = 474'791;
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredUses, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredUses, AreToldToBothSidesAndToNobodyElse) {
  const SharedHourRow one = row(1, last_hour, 3, 30, 1);
  close({one});
  EXPECT_EQ(told(SharingSide::owner).rows, std::vector{one});
  EXPECT_EQ(told(SharingSide::consumer).rows, std::vector{one});
  EXPECT_TRUE(other->shared_uses({.tenant = tenant_id(3)}).value().rows.empty());
  EXPECT_TRUE(other->shared_uses({.tenant = tenant_id(1)}).value().rows.empty())
      << "it is not the owner";
}

TEST_P(StoredUses, OfAnHourAreCountedOnceHoweverOftenTheyAreSaved) {
  const SharedHourRow one = row(1, last_hour, 3, 30);
  close({one});
  close({one});
  keep_open(row(1, last_hour, 2, 20)) /* Of before. */;
  EXPECT_EQ(told(SharingSide::owner).rows, std::vector{one});
}

TEST_P(StoredUses, OfAnOpenHourAreToldAsFarAsTheyAreSaved) {
  keep_open(row(1, last_hour, 1, 10));
  EXPECT_EQ(told(SharingSide::owner).rows, (std::vector{row(1, last_hour, 1, 10)}));
  keep_open(row(1, last_hour, 2, 20, 1));
  EXPECT_EQ(told(SharingSide::owner).rows, (std::vector{row(1, last_hour, 2, 20, 1)}));
  EXPECT_EQ(store->load(std::vector{tenant_id(1)}).value().front().entries.size(), 1U);
}

TEST_P(StoredUses, AreAddedUpByDayWeekAndMonth) {
  close({row(1, last_hour, 1, 10), row(1, last_hour + 1, 2, 20), row(1, last_hour + 96, 4, 40)});
  const auto days = told(SharingSide::owner, SharedStretch::day).rows;
  ASSERT_EQ(days.size(), 3U);
  EXPECT_EQ(days[0], row(1, last_hour - 23, 1, 10));
  const auto weeks = told(SharingSide::owner, SharedStretch::week).rows;
  EXPECT_EQ(weeks, (std::vector{row(1, last_hour - 95, 3, 30), row(1, last_hour + 73, 4, 40)}));
  const auto months = told(SharingSide::owner, SharedStretch::month).rows;
  EXPECT_EQ(months,
            (std::vector{row(1, last_hour - 28 * 24 - 23, 1, 10), row(1, last_hour + 1, 6, 60)}));
}

TEST_P(StoredUses, AddedUpPassNoBound) {
  close({row(1, last_hour, 1, Amount::max_raw), row(1, last_hour - 1, 1, Amount::max_raw)});
  const auto days = told(SharingSide::owner, SharedStretch::day).rows;
  ASSERT_EQ(days.size(), 1U);
  EXPECT_EQ(days[0].hour.units, Amount::max());
}

TEST_P(StoredUses, AreToldInPages) {
  close({row(1, last_hour, 1, 1), row(2, last_hour, 2, 2), row(1, last_hour + 1, 3, 3)});
  const SharedUsePage first = told(SharingSide::owner, SharedStretch::hour, {.page_size = 2});
  EXPECT_EQ(first.rows, (std::vector{row(1, last_hour, 1, 1), row(2, last_hour, 2, 2)}));
  EXPECT_TRUE(first.more);
  const SharedUsePage rest =
      told(SharingSide::owner, SharedStretch::hour,
           {.after = SharedUseCursor{Hour{last_hour}, SharingId{7, 2}}, .page_size = 2});
  EXPECT_EQ(rest.rows, (std::vector{row(1, last_hour + 1, 3, 3)}));
  EXPECT_FALSE(rest.more);
  EXPECT_EQ(other->shared_uses({.tenant = tenant_id(2), .page_size = 0}).fault().code,
            FaultCode::invalid_argument);
}

TEST_P(StoredUses, AreToldOfSomeGrantPolicyOrTime) {
  close({row(1, last_hour, 1, 1), row(2, last_hour, 2, 2), row(1, last_hour + 1, 3, 3)});
  const auto of = [&](const SharedUseQuery& query) {
    return told(SharingSide::consumer, SharedStretch::hour, query).rows.size();
  };
  EXPECT_EQ(of({.grant = SharingId{7, 1}}), 2U);
  EXPECT_EQ(of({.policy = PolicyId{8, 1}}), 3U);
  EXPECT_EQ(of({.policy = PolicyId{8, 2}}), 0U);
  EXPECT_EQ(of({.from = start_of(Hour{last_hour + 1})}), 1U);
  EXPECT_EQ(of({.to = start_of(Hour{last_hour + 1})}), 2U);
  EXPECT_EQ(of({.from = start_of(Hour{last_hour}) + Duration{1}}), 1U);
}

TEST_P(StoredUses, OutliveARestartAndTheirTenants) {
  close({row(1, last_hour, 3, 30)});
  restart();
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_EQ(told(SharingSide::owner).rows, (std::vector{row(1, last_hour, 3, 30)}));
}

}  // namespace sluice::test
