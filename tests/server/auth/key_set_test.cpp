// SPDX-License-Identifier: Apache-2.0
#include "server/auth/key_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "server/auth/key_file.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/token_smith.hpp"

namespace sluice::auth {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using test::Signing;
using test::TokenSmith;
using testing::HasSubstr;

namespace {

std::string jwks(const std::vector<Json>& keys) {
  return Json{{"keys", keys}}.dump();
}

std::string objection_to(const std::string& text) {
  const auto keys = read_key_set(text);
  return keys.ok() ? "" : keys.fault().context;
}

}  // namespace

TEST(KeySetSpec, AKeyIsForTheAlgorithmThatItsKindSays) {
  const auto keys = read_key_set(
      jwks({TokenSmith{Signing::rs256}.jwk("a"), TokenSmith{Signing::es256}.jwk("b"),
            TokenSmith{Signing::eddsa}.jwk("c"), TokenSmith{Signing::hs256}.jwk("d")}));
  ASSERT_TRUE(keys.ok()) << keys.fault().context;
  std::string told;
  for (const VerificationKey& key : keys.value()) {
    told += key.id() + '=' + std::string{to_string(key.algorithm())} + ' ';
  }
  EXPECT_EQ(told, "a=RS256 b=ES256 c=EdDSA d=HS256 ");
}

TEST(KeySetSpec, APemFileMayHoldSeveralKeys) {
  const auto keys = read_key_set(TokenSmith{Signing::rs256}.public_pem() +
                                 TokenSmith{Signing::es256}.public_pem() +
                                 TokenSmith{Signing::eddsa}.public_pem());
  ASSERT_TRUE(keys.ok()) << keys.fault().context;
  EXPECT_EQ(keys.value().size(), 3U);
}

TEST(KeySetSpec, APrivateKeyIsRefusedInEitherForm) {
  EXPECT_THAT(objection_to(TokenSmith{Signing::es256}.private_pem()), HasSubstr("private key"));
  Json key = TokenSmith{Signing::es256}.jwk("a");
  key["d"] = "AAAA";
  EXPECT_THAT(objection_to(jwks({key})), HasSubstr("key 1: it is a private key"));
}

TEST(KeySetSpec, AnAlgorithmThatTheKeyIsNotForIsRefused) {
  Json key = TokenSmith{Signing::rs256}.jwk("a");
  key["alg"] = "HS256";
  EXPECT_EQ(objection_to(jwks({key})), "key 1: it is for RS256, not for HS256");
}

TEST(KeySetSpec, KeysOfOtherKindsAndUsesArePassedOver) {
  const TokenSmith smith{Signing::es256};
  Json encrypting = smith.jwk("b");
  encrypting["use"] = "enc";
  const auto keys = read_key_set(
      jwks({smith.jwk("a"), encrypting, Json{{"kty", "EC"}, {"crv", "P-521"}, {"x", ""}}}));
  ASSERT_TRUE(keys.ok()) << keys.fault().context;
  EXPECT_EQ(keys.value().size(), 1U);
}

TEST(KeySetSpec, WhatIsTooWeakOrNoKeyAtAllIsRefused) {
  Json weak = TokenSmith{Signing::hs256}.jwk("a");
  weak["k"] = "c2hvcnQ";
  EXPECT_EQ(objection_to(jwks({weak})), "key 1: a secret has 32 to 1024 bytes, not 5");
  Json off_curve = TokenSmith{Signing::es256}.jwk("a");
  off_curve["y"] = off_curve["x"];
  EXPECT_EQ(objection_to(jwks({off_curve})), "key 1: the numbers are no key");
  Json small = TokenSmith{Signing::rs256}.jwk("a");
  small["n"] = std::string(100, 'Q');
  EXPECT_THAT(objection_to(jwks({small})), HasSubstr("2048"));
}

TEST(KeySetSpec, AFileWithoutAKeyIsRefused) {
  for (const char* const text : {"", "keys", "{}", R"({"keys":{}})", R"({"keys":[]})",
                                 R"({"keys":[7]})", "-----BEGIN PUBLIC KEY-----\nAAAA\n"}) {
    EXPECT_NE(objection_to(text), "") << text;
  }
  EXPECT_THAT(objection_to(std::string(key_set_bytes_max + 1, ' ')), HasSubstr("larger"));
}

class KeyFileSpec : public testing::Test {
protected:
  void write(const std::string& text) {
    // Another file, as who replaces one safely does: so it has another number.
    std::ofstream{path + ".new", std::ios::binary} << text;
    std::filesystem::rename(path + ".new", path);
  }
  test::TemporaryDirectory directory;
  std::string path = directory.path() / "keys.json";
  Instant now{1h};
};

TEST_F(KeyFileSpec, IsReadAgainOnceItHasChanged) {
  write(jwks({TokenSmith{Signing::es256}.jwk("old")}));
  KeyFile file = KeyFile::open(path, now).value();
  EXPECT_FALSE(file.refresh(now + 1h));
  write(jwks({TokenSmith{Signing::es256}.jwk("new"), TokenSmith{Signing::es256}.jwk("newer")}));
  const auto change = file.refresh(now + 2h);
  ASSERT_TRUE(change && change->ok());
  EXPECT_EQ(change->value(), 2U);
  EXPECT_EQ(file.keys()->front().id(), "new");
}

TEST_F(KeyFileSpec, IsLookedAtOnceInAWhile) {
  write(jwks({TokenSmith{Signing::es256}.jwk("old")}));
  KeyFile file = KeyFile::open(path, now).value();
  write(jwks({TokenSmith{Signing::es256}.jwk("new")}));
  EXPECT_FALSE(file.refresh(now + KeyFile::look_interval - 1ns));
  EXPECT_TRUE(file.refresh(now + KeyFile::look_interval));
}

TEST_F(KeyFileSpec, ThatIsBrokenOrAwayLeavesTheKeysAndIsToldOfOnce) {
  write(jwks({TokenSmith{Signing::es256}.jwk("old")}));
  KeyFile file = KeyFile::open(path, now).value();
  write("nothing");
  const auto change = file.refresh(now + 1h);
  ASSERT_TRUE(change && !change->ok());
  EXPECT_THAT(change->fault().context, HasSubstr(path));
  EXPECT_FALSE(file.refresh(now + 2h));
  std::filesystem::remove(path);
  EXPECT_TRUE(file.refresh(now + 3h));
  EXPECT_EQ(file.keys()->front().id(), "old");
}

TEST_F(KeyFileSpec, IsRequiredToBeThereAtTheStart) {
  EXPECT_THAT(KeyFile::open(path, now).fault().context, HasSubstr("cannot be read"));
}

}  // namespace sluice::auth
