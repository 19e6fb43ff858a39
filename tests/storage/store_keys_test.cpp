// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

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

}  // namespace sluice::test
