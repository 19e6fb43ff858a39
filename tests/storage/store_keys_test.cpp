// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "actors/tenant/api_key.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class StoredKeys : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Contract, StoredKeys, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredKeys, AreNoneAtFirst) {
  EXPECT_EQ(store->api_keys().value(), std::vector<ApiKey>{});
}

TEST_P(StoredKeys, OutliveARestartWithEverythingThatTheyHave) {
  ASSERT_TRUE(done(store->add_api_key(deed(epoch), api_key(2))));
  ASSERT_TRUE(done(other->add_api_key(deed(epoch), api_key(1))));
  restart();
  EXPECT_EQ(store->api_keys().value(), (std::vector{api_key(1), api_key(2)}));
}

TEST_P(StoredKeys, MayDoEverythingThatThereIsToDo) {
  ApiKey key = api_key(1);
  key.permissions = PermissionSet::all();
  key.expires_at = WallTime::max();
  ASSERT_TRUE(done(store->add_api_key(deed(epoch), key)));
  EXPECT_EQ(other->api_keys().value(), std::vector{key});
}

TEST_P(StoredKeys, KeepTheirIdsToThemselves) {
  ASSERT_TRUE(done(store->add_api_key(deed(epoch), api_key(1))));
  ApiKey same = api_key(2);
  same.id = KeyId{1};
  EXPECT_TRUE(refused(store->add_api_key(deed(epoch), same), FaultCode::already_exists, "id"));
  EXPECT_EQ(store->api_keys().value(), std::vector{api_key(1)});
}

TEST_P(StoredKeys, AreGoneOnceTheyAreRemoved) {
  ASSERT_TRUE(done(store->add_api_key(deed(epoch), api_key(1))));
  ASSERT_TRUE(done(store->add_api_key(deed(epoch), api_key(2))));
  ASSERT_TRUE(done(store->remove_api_key(deed(epoch), KeyId{1})));
  EXPECT_EQ(other->api_keys().value(), std::vector{api_key(2)});
  EXPECT_TRUE(refused(store->remove_api_key(deed(epoch), KeyId{1}), FaultCode::not_found,
                      "0000000000000001"));
}

TEST_P(StoredKeys, CoverAsManyTenantsAsAKeyMay) {
  ApiKey key = api_key(1);
  key.tenants->clear();
  for (std::uint64_t number = 1; number <= covered_tenants_max; ++number) {
    key.tenants->push_back(tenant_id(number));
  }
  ASSERT_TRUE(done(store->add_api_key(deed(epoch), key)));
  EXPECT_EQ(store->api_keys().value(), std::vector{key});
}

class KeysOfAPurgedTenant : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(2))));
  }
  void add(std::uint64_t id, CoveredTenants tenants) {
    ApiKey key = api_key(id);
    key.tenants = std::move(tenants);
    ASSERT_TRUE(done(store->add_api_key(deed(epoch), key)));
  }
  /// Of a key that is there.
  [[nodiscard]] CoveredTenants covered_by(std::uint64_t id) {
    const auto keys = other->api_keys().value();
    return std::ranges::find(keys, KeyId{id}, &ApiKey::id)->tenants;
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, KeysOfAPurgedTenant, testing::ValuesIn(all_places()),
                         name_of_kind);

TEST_P(KeysOfAPurgedTenant, AreGoneIfTheyNameNoOther) {
  add(1, std::vector{tenant_id(2)});
  add(2, std::vector{tenant_id(2)});
  add(3, std::vector{tenant_id(3)});
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(2))));
  EXPECT_EQ(other->api_keys().value().size(), 1U);
  EXPECT_EQ(covered_by(3), std::vector{tenant_id(3)});
}

TEST_P(KeysOfAPurgedTenant, CoverTheOthersThatTheyNameWhereverItStood) {
  add(1, std::vector{tenant_id(2), tenant_id(3), tenant_id(4)});
  add(2, std::vector{tenant_id(1), tenant_id(2), tenant_id(3)});
  add(3, std::vector{tenant_id(1), tenant_id(2)});
  add(4, std::nullopt);
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(2))));
  EXPECT_EQ(covered_by(1), (std::vector{tenant_id(3), tenant_id(4)}));
  EXPECT_EQ(covered_by(2), (std::vector{tenant_id(1), tenant_id(3)}));
  EXPECT_EQ(covered_by(3), std::vector{tenant_id(1)});
  EXPECT_EQ(covered_by(4), std::nullopt);
}

TEST_P(KeysOfAPurgedTenant, StayAsTheyAreIfItIsNotPurged) {
  add(1, std::vector{tenant_id(2)});
  add(3, std::vector{tenant_id(9)});
  EXPECT_TRUE(refused(store->remove(deed(epoch), tenant_id(9)), FaultCode::not_found, ""));
  EXPECT_FALSE(store->remove(deed(Epoch{epoch.raw() - 1}), tenant_id(2)).ok());
  EXPECT_EQ(covered_by(1), std::vector{tenant_id(2)});
  EXPECT_EQ(covered_by(3), std::vector{tenant_id(9)});
}

}  // namespace sluice::test
