// SPDX-License-Identifier: Apache-2.0
#include "server/auth/token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/token_smith.hpp"

namespace sluice::auth {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using test::Signing;
using test::TokenSmith;
using testing::HasSubstr;

namespace {

constexpr const char* acme = "01940000-0000-7000-8000-000000000001";
constexpr TenantId acme_id{0x0194'0000'0000'7000, 0x8000'0000'0000'0001};

const TokenSmith& smith(Signing signing) {
  static const TokenSmith rs256{Signing::rs256};
  static const TokenSmith es256{Signing::es256};
  static const TokenSmith eddsa{Signing::eddsa};
  static const TokenSmith hs256{Signing::hs256};
  switch (signing) {
    case Signing::rs256:
      return rs256;
    case Signing::es256:
      return es256;
    case Signing::eddsa:
      return eddsa;
    case Signing::hs256:
      return hs256;
  }
  return rs256;
}

}  // namespace

class TokenSpec : public testing::Test {
protected:
  /// What a good token of a gateway says.
  Json claims = {{"iss", "issuer"},
                 {"aud", "sluice"},
                 {"exp", 2000},
                 {"sub", "edge-1"},
                 {"sluice", {{"kind", "gateway"}, {"tenants", "*"}}}};
  TokenRules rules{
      {TokenAlgorithm::rs256, TokenAlgorithm::es256, TokenAlgorithm::eddsa, TokenAlgorithm::hs256},
      "issuer",
      "sluice",
      60s};
  WallTime now{1000s};
  KeySet keys = all_keys();

  static KeySet all_keys() {
    Json list = Json::array();
    for (const Signing signing : {Signing::rs256, Signing::es256, Signing::eddsa, Signing::hs256}) {
      list.push_back(smith(signing).jwk(smith(signing).algorithm()));
    }
    return read_key_set(Json{{"keys", list}}.dump()).value();
  }
  [[nodiscard]] Result<Principal> verify(const std::string& token) const {
    return verify_token(token, keys, rules, now);
  }
  [[nodiscard]] Result<Principal> verify() const {
    return verify(smith(Signing::es256).sign(claims));
  }
  /// Why it is refused; empty if it is not.
  [[nodiscard]] std::string objection(const Result<Principal>& result) const {
    if (result.ok()) {
      return "";
    }
    EXPECT_EQ(result.fault().code, FaultCode::unauthenticated);
    return result.fault().context.substr(std::string{"the token is refused: "}.size());
  }
  [[nodiscard]] std::string objection() const { return objection(verify()); }
};

TEST_F(TokenSpec, EachAlgorithmIsVerifiedByItsKey) {
  for (const Signing signing : {Signing::rs256, Signing::es256, Signing::eddsa, Signing::hs256}) {
    EXPECT_EQ(objection(verify(smith(signing).sign(claims))), "") << smith(signing).algorithm();
    EXPECT_EQ(objection(verify(
                  TokenSmith{signing == Signing::hs256 ? Signing::rs256 : signing}.sign(claims))),
              "no key verifies its signature");
  }
}

TEST_F(TokenSpec, OnlyAllowedAlgorithmsAreLookedAt) {
  rules.algorithms = {TokenAlgorithm::rs256};
  EXPECT_EQ(objection(), "alg is none of those allowed");
}

TEST_F(TokenSpec, WithoutASignatureItIsRefusedHoweverNoneIsSpelt) {
  for (const char* const none : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string text =
        test::base64url(Json{{"alg", none}}.dump()) + '.' + test::base64url(claims.dump()) + '.';
    EXPECT_EQ(objection(verify(text)), "alg is none of those allowed") << none;
  }
}

TEST_F(TokenSpec, APublicKeyIsNoSecret) {
  const std::string pem = smith(Signing::rs256).public_pem();
  keys = read_key_set(pem).value();
  EXPECT_EQ(objection(verify(test::sign_with_secret({{"alg", "HS256"}}, claims, pem))),
            "no key verifies its signature");
}

TEST_F(TokenSpec, AKeyIsNotUsedUnderTheNameOfAnother) {
  const Json header{{"alg", "ES256"}, {"kid", "RS256"}};
  EXPECT_EQ(objection(verify(smith(Signing::es256).sign(header, claims))),
            "no key verifies its signature");
  const Json right{{"alg", "ES256"}, {"kid", "ES256"}};
  EXPECT_EQ(objection(verify(smith(Signing::es256).sign(right, claims))), "");
}

TEST_F(TokenSpec, WhatWasSignedIsWhatIsRead) {
  const std::string token = smith(Signing::es256).sign(claims);
  Json more = claims;
  more["sluice"]["kind"] = "operator";
  more["sluice"]["scopes"] = "*";
  const std::size_t first = token.find('.');
  const std::string forged =
      token.substr(0, first + 1) + test::base64url(more.dump()) + token.substr(token.rfind('.'));
  EXPECT_EQ(objection(verify(forged)), "no key verifies its signature");
}

TEST_F(TokenSpec, IssuerAudienceAndExpiryAreRequired) {
  for (const auto& [name, why] :
       {std::pair{"iss", "iss is not the issuer"},
        std::pair{"aud", "aud does not name this service"}, std::pair{"exp", "exp is required"}}) {
    Json without = claims;
    without.erase(name);
    EXPECT_EQ(objection(verify(smith(Signing::es256).sign(without))), why);
    without[name] = Json::object();
    EXPECT_EQ(objection(verify(smith(Signing::es256).sign(without))), why);
  }
  claims["iss"] = "another";
  EXPECT_EQ(objection(), "iss is not the issuer");
}

TEST_F(TokenSpec, AnAudienceMayBeOneOfSeveral) {
  claims["aud"] = {"billing", "sluice"};
  EXPECT_EQ(objection(), "");
  claims["aud"] = {"billing"};
  EXPECT_EQ(objection(), "aud does not name this service");
}

TEST_F(TokenSpec, ExpiresAtItsTimeAndTheLeeway) {
  now = WallTime{2060s} - 1ns;
  EXPECT_EQ(verify().value().expires_at, WallTime{2060s});
  now = WallTime{2060s};
  EXPECT_EQ(objection(), "it has expired");
}

TEST_F(TokenSpec, IsNotGoodBeforeItsTimeLessTheLeeway) {
  claims["nbf"] = 1061;
  EXPECT_EQ(objection(), "nbf: it is not good yet");
  claims["nbf"] = 1060;
  EXPECT_EQ(objection(), "");
  claims["nbf"] = "soon";
  EXPECT_EQ(objection(), "nbf: it is not good yet");
}

TEST_F(TokenSpec, TimesBeyondAllTimeAreRefused) {
  for (const Json& far : {Json(1e300), Json(-1e300), Json(18446744073709551615ULL)}) {
    claims["exp"] = far;
    EXPECT_EQ(objection(), "exp is required") << far;
  }
}

TEST_F(TokenSpec, WhatCritAsksForIsNotKnown) {
  const Json header{{"alg", "ES256"}, {"crit", {"exp"}}};
  EXPECT_EQ(objection(verify(smith(Signing::es256).sign(header, claims))),
            "crit asks for what is not known here");
}

TEST_F(TokenSpec, ANameThatStandsTwiceIsRefused) {
  const std::string header = test::base64url(std::string_view{R"({"alg":"none","alg":"ES256"})"});
  EXPECT_EQ(objection(verify(header + ".e30.AAAA")), "it is malformed");
}

TEST_F(TokenSpec, GarbageIsRefused) {
  const std::string good = smith(Signing::es256).sign(claims);
  for (const std::string& garbage :
       {std::string{"."}, std::string{".."}, std::string{"..."}, std::string{"a.b.c"}, "x" + good,
        good + ".", std::string(token_bytes_max + 1, 'A'),
        test::base64url(std::string(20'000, '[')) + ".e30.AAAA"}) {
    EXPECT_NE(objection(verify(garbage)), "") << garbage.substr(0, 40);
  }
  for (std::size_t size = 0; size < good.size(); size += 7) {
    EXPECT_NE(objection(verify(good.substr(0, size))), "");
  }
}

TEST_F(TokenSpec, AGatewaySpendsAndNothingElse) {
  const Principal principal = verify().value();
  EXPECT_EQ(principal.kind, CallerKind::gateway);
  EXPECT_EQ(principal.permissions, PermissionSet{Permission::checks_write});
  EXPECT_TRUE(principal.covers_all());
  EXPECT_EQ(principal.credential, "token:edge-1");
}

TEST_F(TokenSpec, ItsTenantsAreThoseListed) {
  claims["sluice"]["tenants"] = {acme};
  const Principal principal = verify().value();
  EXPECT_TRUE(principal.covers(acme_id));
  EXPECT_FALSE(principal.covers(TenantId{1, 1}));
}

TEST_F(TokenSpec, CoversNobodyUnlessItSaysWhom) {
  for (const Json& tenants :
       {Json(), Json("all"), Json(7), Json{"acme"}, Json(std::vector(1001, acme))}) {
    claims["sluice"]["tenants"] = tenants;
    EXPECT_THAT(objection(), HasSubstr("sluice.tenants"));
  }
  claims["sluice"].erase("tenants");
  EXPECT_THAT(objection(), HasSubstr("sluice.tenants"));
}

TEST_F(TokenSpec, AnOperatorHasTheScopesThatItNames) {
  claims["sluice"] = {{"kind", "operator"}, {"tenants", "*"}, {"scopes", "*:read"}};
  EXPECT_EQ(verify().value().permissions, PermissionSet::reads());
  for (const Json& scopes : {Json(), Json(""), Json("root"), Json(7)}) {
    claims["sluice"]["scopes"] = scopes;
    EXPECT_THAT(objection(), HasSubstr("sluice.scopes")) << scopes;
  }
}

TEST_F(TokenSpec, AMemberIsItsSubjectInListedTenants) {
  claims["sluice"] = {{"kind", "member"}, {"tenants", {acme}}, {"role", "admin"}};
  const Principal principal = verify().value();
  EXPECT_EQ(principal.user, "edge-1");
  EXPECT_EQ(principal.role, Role::admin);
  EXPECT_TRUE(principal.permissions.empty());
  claims["sluice"]["tenants"] = "*";
  EXPECT_EQ(objection(), "sluice.tenants of a member is a list");
}

TEST_F(TokenSpec, AMemberNeedsAUserIdAndARoleThatThereIs) {
  claims["sluice"] = {{"kind", "member"}, {"tenants", {acme}}, {"role", "king"}};
  EXPECT_EQ(objection(), "sluice.role is no role");
  claims["sub"] = std::string(256, 'x');
  EXPECT_THAT(objection(), HasSubstr("sub"));
}

TEST_F(TokenSpec, AMemberIsFoundInItsOwnTenantsWithItsRoleAlone) {
  claims["sluice"] = {{"kind", "member"}, {"tenants", {acme}}, {"role", "viewer"}};
  const Principal viewer = verify().value();
  const ClaimedRoles roles_of_tokens;
  const auto found = [&](TenantId tenant) {
    PermissionSet permissions = PermissionSet::all();
    roles_of_tokens.find(viewer, tenant, 0,
                         [&](const auto& answer) { permissions = answer.value(); });
    return permissions;
  };
  EXPECT_EQ(found(acme_id), permissions_of(Role::viewer));
  EXPECT_EQ(found(TenantId{1, 1}), PermissionSet{});
}

TEST_F(TokenSpec, WithoutTheClaimNobodyIsAnything) {
  claims.erase("sluice");
  EXPECT_EQ(objection(), "it has no claim sluice");
  claims["sluice"] = {{"kind", "root"}, {"tenants", "*"}};
  EXPECT_EQ(objection(), "sluice.kind is to be gateway, operator or member");
}

}  // namespace sluice::auth
