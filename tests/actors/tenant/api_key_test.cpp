// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/api_key.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice {

namespace {

ApiKey gateway_key() {
  ApiKey key;
  key.id = KeyId{1};
  key.name = "edge";
  key.permissions = PermissionSet{Permission::checks_write};
  return key;
}

std::string objection_to(const ApiKey& key) {
  const auto valid = validate(key);
  return valid.ok() ? "" : valid.fault().context;
}

}  // namespace

TEST(ApiKeySpec, AGatewayKeySpendsAndDoesNothingElse) {
  ApiKey key = gateway_key();
  EXPECT_EQ(objection_to(key), "");
  key.permissions = PermissionSet::all();
  EXPECT_EQ(objection_to(key), "scopes of a gateway are checks:write and nothing else");
}

TEST(ApiKeySpec, AnOperatorKeyNeedsAScope) {
  ApiKey key = gateway_key();
  key.kind = CallerKind::operator_;
  key.permissions = {};
  EXPECT_EQ(objection_to(key), "scopes are empty: the key could do nothing");
}

TEST(ApiKeySpec, MembersHaveNoKeys) {
  ApiKey key = gateway_key();
  key.kind = CallerKind::member;
  EXPECT_EQ(objection_to(key), "kind member is only for tokens: members are people");
}

TEST(ApiKeySpec, AListOfTenantsIsNeitherEmptyNorLongerThanAThousandAndNamesEachOnce) {
  ApiKey key = gateway_key();
  key.tenants.emplace();
  EXPECT_EQ(objection_to(key), "tenants are to be 1 to 1000, or all");
  for (std::uint64_t low = 1; low <= covered_tenants_max; ++low) {
    key.tenants->push_back(TenantId{1, low});
  }
  EXPECT_EQ(objection_to(key), "");
  key.tenants->back() = key.tenants->front();
  EXPECT_EQ(objection_to(key), "tenants name one twice");
}

TEST(ApiKeySpec, OfAPurgedTenantAKeyIsNoMoreUnlessItNamesOthers) {
  ApiKey key = gateway_key();
  EXPECT_TRUE(uncover(key, TenantId{1, 1})) << "it is for all";
  EXPECT_EQ(key.tenants, std::nullopt);
  key.tenants = std::vector{TenantId{1, 1}, TenantId{1, 2}};
  EXPECT_TRUE(uncover(key, TenantId{1, 3}));
  EXPECT_TRUE(uncover(key, TenantId{1, 1}));
  EXPECT_EQ(key.tenants, std::vector{(TenantId{1, 2})});
  EXPECT_FALSE(uncover(key, TenantId{1, 2}));
}

TEST(ApiKeySpec, TenantsThatWerePurgedAreRememberedEachOfThem) {
  PurgedTenants purged;
  EXPECT_FALSE(purged.contains(TenantId{1, 1}));
  purged.add(TenantId{1, 1});
  purged.add(TenantId{1, 2});
  EXPECT_TRUE(purged.contains(TenantId{1, 1}) && purged.contains(TenantId{1, 2}));
  EXPECT_FALSE(purged.contains(TenantId{1, 3}));
}

TEST(ApiKeySpec, AKeyExpiresLaterThanItIsMade) {
  ApiKey key = gateway_key();
  key.created_at = key.expires_at = WallTime{Duration{5}};
  EXPECT_EQ(objection_to(key), "expires_at is not in the future");
}

TEST(ApiKeySpec, IdsAreSixteenDigits) {
  EXPECT_EQ(to_string(KeyId{0x2a}), "000000000000002a");
  EXPECT_EQ(parse_key_id("000000000000002a"), KeyId{0x2a});
  for (const char* const wrong : {"", "2a", "000000000000002A", "0000000000000000",
                                  "ffffffffffffffff", "-00000000000002a", "000000000000002a0"}) {
    EXPECT_EQ(parse_key_id(wrong), std::nullopt) << wrong;
  }
}

TEST(ApiKeySpec, TenantsAreReadInAnyOrderAndKeptInTheirOwn) {
  const std::vector<TenantId> tenants{{1, 2}, {1, 3}};
  EXPECT_EQ(parse_tenants(to_text(tenants)), tenants);
  EXPECT_EQ(parse_tenants(to_string(TenantId{1, 3}) + " " + to_string(TenantId{1, 2})), tenants);
  EXPECT_EQ(parse_tenants("acme"), std::nullopt);
}

}  // namespace sluice
