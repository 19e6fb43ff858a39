// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "actors/tenant/meter.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class StoredMeters : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Contract, StoredMeters, testing::ValuesIn(all_stores()), name_of_kind);

class StoredShards : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Contract, StoredShards, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredShards, AreAsManyAsTheDatabaseWasMadeWith) {
  EXPECT_EQ(store->shards().value(), shards);
}

TEST_P(StoredShards, StayAsManyWhenItIsOpenedWithAnotherNumber) {
  const auto opened = database->open(ShardCount{7});
  ASSERT_TRUE(done(opened));
  EXPECT_EQ(opened.value()().value()->shards().value(), shards);
}

TEST_P(StoredMeters, StartWithTheDefaultOnes) {
  EXPECT_EQ(store->meters().value(), default_meters());
}

TEST_P(StoredMeters, GetTheNextId) {
  const std::uint16_t last = default_meters().back().id.raw();
  const auto first = store->define_meter(deed(epoch), "pages", "page");
  const auto second = other->define_meter(deed(epoch), "images", "image");
  ASSERT_TRUE(done(first));
  ASSERT_TRUE(done(second));
  EXPECT_EQ(first.value(), (Meter{MeterId{static_cast<std::uint16_t>(last + 1)}, "pages", "page"}));
  EXPECT_EQ(second.value().id, MeterId{static_cast<std::uint16_t>(last + 2)});
}

TEST_P(StoredMeters, AreSeenByEveryConnection) {
  ASSERT_TRUE(done(store->define_meter(deed(epoch), "pages", "page")));
  EXPECT_EQ(other->meters().value().back().name, "pages");
}

TEST_P(StoredMeters, OutliveARestart) {
  ASSERT_TRUE(done(store->define_meter(deed(epoch), "pages", "page")));
  restart();
  EXPECT_EQ(store->meters().value().size(), default_meters().size() + 1);
  EXPECT_EQ(store->meters().value().back().unit, "page");
}

TEST_P(StoredMeters, KeepTheirNamesToThemselves) {
  ASSERT_TRUE(done(store->define_meter(deed(epoch), "pages", "page")));
  EXPECT_TRUE(refused(other->define_meter(deed(epoch), "pages", "sheet"), FaultCode::already_exists,
                      "name"));
  EXPECT_EQ(store->meters().value().size(), default_meters().size() + 1);
}

TEST_P(StoredMeters, AreNoMoreThanTheTableHolds) {
  for (std::size_t count = default_meters().size(); count < meters_max; ++count) {
    ASSERT_TRUE(done(store->define_meter(deed(epoch), "meter_" + std::to_string(count), "piece")));
  }
  EXPECT_TRUE(refused(store->define_meter(deed(epoch), "one_more", "piece"),
                      FaultCode::limit_exceeded, "meters_max"));
  EXPECT_EQ(store->meters().value().size(), meters_max);
}

}  // namespace sluice::test
