// SPDX-License-Identifier: Apache-2.0
#include "server/auth/authenticator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "server/auth/api_key_text.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/token_smith.hpp"

namespace sluice::auth {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

struct HandClock final : Clock {
  [[nodiscard]] Now now() const noexcept override { return reading; }
  Now reading{Instant{1000s}, WallTime{1000s}};
};

struct Heard final : AuthObserver {
  void credential_refused(std::string_view address, std::string_view reason) override {
    refused.push_back(std::string{address} + ": " + std::string{reason});
  }
  void keys_changed(std::size_t keys) override { changed.push_back(keys); }
  void keys_refused(const Fault& fault) override { broken.push_back(fault.context); }
  std::vector<std::string> refused;
  std::vector<std::size_t> changed;
  std::vector<std::string> broken;
};

}  // namespace

class AuthenticatorSpec : public testing::Test {
protected:
  /// A key that is known from now on; what its holder has of it.
  std::string know(ApiKey key) {
    const MintedKey minted = mint_api_key();
    key.id = minted.id;
    key.hash = minted.hash;
    revocations[key.id] = std::make_shared<std::atomic<bool>>(false);
    known[key.id] = {key, revocations[key.id], purged};
    return minted.text;
  }
  [[nodiscard]] std::string objection_to(const std::string& credential,
                                         const std::string& address = "192.0.2.1") {
    const auto result = authenticator.authenticate(credential, address);
    return result.ok() ? "" : result.fault().context;
  }
  [[nodiscard]] static ApiKey reader() {
    ApiKey key;
    key.name = "dashboard";
    key.kind = CallerKind::operator_;
    key.permissions = PermissionSet::reads();
    key.expires_at = WallTime{2000s};
    return key;
  }
  [[nodiscard]] KeyLookup lookup() const {
    return [this](KeyId id) {
      const auto found = known.find(id);
      return found == known.end() ? std::nullopt : std::optional(found->second);
    };
  }

  HandClock clock;
  Heard heard;
  std::map<KeyId, StandingKey> known;
  std::map<KeyId, std::shared_ptr<std::atomic<bool>>> revocations;
  std::shared_ptr<PurgedTenants> purged = std::make_shared<PurgedTenants>();
  Authenticator authenticator{lookup(), std::nullopt, {&clock, &clock, &heard}};
};

TEST_F(AuthenticatorSpec, AKeyIsWhatWasSaidWhenItWasMade) {
  const auto principal = authenticator.authenticate(know(reader()), "192.0.2.1");
  ASSERT_TRUE(principal.ok()) << principal.fault().context;
  EXPECT_EQ(principal.value().kind, CallerKind::operator_);
  EXPECT_EQ(principal.value().permissions, PermissionSet::reads());
  EXPECT_EQ(principal.value().name, "dashboard");
  EXPECT_EQ(principal.value().credential, "key:" + to_string(known.begin()->first));
}

TEST_F(AuthenticatorSpec, AKeyThatIsRevokedIsOverForWhoeverUsesItAlready) {
  const std::string text = know(reader());
  const Principal principal = authenticator.authenticate(text, "192.0.2.1").value();
  EXPECT_TRUE(principal.stands(clock.reading.wall));
  revocations.begin()->second->store(true);
  EXPECT_FALSE(principal.stands(clock.reading.wall));
  EXPECT_EQ(objection_to(text), "the API key is not known");
}

TEST_F(AuthenticatorSpec, AKeyIsOverOnceItExpires) {
  const std::string text = know(reader());
  const Principal principal = authenticator.authenticate(text, "192.0.2.1").value();
  clock.reading.wall = WallTime{2000s};
  EXPECT_FALSE(principal.stands(clock.reading.wall));
  EXPECT_EQ(objection_to(text), "the API key has expired");
}

TEST_F(AuthenticatorSpec, WhoCameInWithAKeyDoesNotComeToATenantThatIsPurged) {
  ApiKey key = reader();
  key.tenants = std::vector{TenantId{1, 1}, TenantId{1, 2}};
  const Principal principal = authenticator.authenticate(know(key), "192.0.2.1").value();
  EXPECT_TRUE(principal.covers(TenantId{1, 1}) && principal.covers(TenantId{1, 2}));
  purged->add(TenantId{1, 1});
  EXPECT_FALSE(principal.covers(TenantId{1, 1}));
  EXPECT_TRUE(principal.covers(TenantId{1, 2}));
}

TEST_F(AuthenticatorSpec, ASecretThatIsNotTheKeysIsLikeAKeyThatThereIsNot) {
  const std::string wrong = know(reader());
  known.begin()->second.key.hash[31] ^= std::byte{1};
  EXPECT_EQ(objection_to(wrong), "the API key is not known");
  EXPECT_EQ(objection_to(mint_api_key().text), "the API key is not known");
  EXPECT_THAT(heard.refused, ElementsAre("192.0.2.1: the API key is not known",
                                         "192.0.2.1: the API key is not known"));
}

TEST_F(AuthenticatorSpec, NoCredentialIsNoAttempt) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(objection_to(""), "a credential is required");
  }
  EXPECT_EQ(objection_to(know(reader())), "");
}

TEST_F(AuthenticatorSpec, WhoKeepsFailingWaitsAndNobodyElse) {
  const std::string good = know(reader());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(objection_to("slk_guess"), "the API key is not whole: a part is missing or mistyped");
  }
  EXPECT_EQ(objection_to(good), "too many attempts from this address failed; try again in 3 s");
  EXPECT_EQ(objection_to(good, "192.0.2.2"), "");
  clock.reading.steady += 3s;
  EXPECT_EQ(objection_to(good), "");
}

TEST_F(AuthenticatorSpec, TokensNeedAKeyFile) {
  EXPECT_THAT(objection_to("a.b.c"), HasSubstr("takes no tokens"));
}

class TokenSourceSpec : public AuthenticatorSpec {
protected:
  void write(const test::TokenSmith& issuer) {
    std::ofstream{path + ".new", std::ios::binary}
        << nlohmann::json{{"keys", {issuer.jwk("k")}}}.dump();
    std::filesystem::rename(path + ".new", path);
  }
  [[nodiscard]] static std::string token_of(const test::TokenSmith& issuer) {
    return issuer.sign({{"iss", "i"},
                        {"aud", "a"},
                        {"exp", 5000},
                        {"sluice", {{"kind", "gateway"}, {"tenants", "*"}}}});
  }
  [[nodiscard]] Authenticator with_tokens() {
    return {lookup(),
            TokenSource{{{TokenAlgorithm::es256}, "i", "a"},
                        KeyFile::open(path, clock.reading.steady).value()},
            {&clock, &clock, &heard}};
  }
  test::TemporaryDirectory directory;
  std::string path = directory.path() / "keys.json";
  test::TokenSmith old{test::Signing::es256};
};

TEST_F(TokenSourceSpec, AnIssuerThatChangesItsKeyIsFollowed) {
  write(old);
  Authenticator door = with_tokens();
  EXPECT_TRUE(door.authenticate(token_of(old), "192.0.2.1").ok());
  const test::TokenSmith fresh{test::Signing::es256};
  write(fresh);
  clock.reading.steady += KeyFile::look_interval;
  EXPECT_TRUE(door.authenticate(token_of(fresh), "192.0.2.1").ok());
  EXPECT_FALSE(door.authenticate(token_of(old), "192.0.2.1").ok());
  EXPECT_THAT(heard.changed, ElementsAre(1));
}

TEST_F(TokenSourceSpec, AKeyFileThatBreaksIsToldOfAndChangesNothing) {
  write(old);
  Authenticator door = with_tokens();
  std::ofstream{path} << "broken";
  clock.reading.steady += KeyFile::look_interval;
  EXPECT_TRUE(door.authenticate(token_of(old), "192.0.2.1").ok());
  EXPECT_THAT(heard.broken, ElementsAre(HasSubstr(path)));
}

}  // namespace sluice::auth
