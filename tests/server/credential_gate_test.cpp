// SPDX-License-Identifier: Apache-2.0
// Goal    HTTP is no way around the credentials, and no route is forgotten.
// Method  The routes come from the table that serves them. Each is asked for by everybody there is,
//         about his own tenant and about another one, as a server asks its gate; `expected` says
//         who is let through. A route that is not there fails the test.
#include "server/credential_gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "server/auth/api_key_text.hpp"
#include "server/http/routes.hpp"
#include "tests/support/http_access_rules.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/token_smith.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;
using http::Area;

constexpr TenantId own{1, 1};
constexpr TenantId foreign{1, 2};

struct HandClock final : Clock {
  [[nodiscard]] Now now() const noexcept override { return reading; }
  Now reading{Instant{1000s}, WallTime{1000s}};
};

struct Heard final : auth::AuthObserver, RpcObserver {
  void credential_refused(std::string_view /*address*/, std::string_view /*reason*/) override {
    ++refused;
  }
  void keys_changed(std::size_t /*keys*/) override {}
  void keys_refused(const Fault& /*fault*/) override {}
  void client_entered(std::string_view /*peer*/, std::string_view /*client*/) override {}
  void connection_refused(std::string_view /*peer*/, std::string_view /*reason*/) override {}
  void access_denied(std::string_view /*peer*/, std::string_view credential,
                     std::string_view /*method*/) override {
    denied = credential;
  }
  void accept_failed(std::string_view /*reason*/) override {}
  int refused = 0;
  std::string denied;
};

class CredentialGateSpec : public testing::Test {
protected:
  CredentialGateSpec() {
    trust(issuer_);
    authenticator_.emplace(
        [this](KeyId id) {
          const auto found = known_.find(id);
          return found == known_.end() ? std::nullopt : std::optional{found->second};
        },
        auth::TokenSource{{{auth::TokenAlgorithm::es256}, "i", "a"},
                          auth::KeyFile::open(path_, Instant{}).value()},
        auth::Authenticator::Surroundings{&clock, &clock, &heard});
    gate.emplace(*authenticator_, claimed_, clock, heard);
  }

  /// From when the file is looked at next.
  void trust(const test::TokenSmith& issuer) const {
    std::ofstream{path_ + ".new"} << nlohmann::json{{"keys", {issuer.jwk("k")}}}.dump();
    std::filesystem::rename(path_ + ".new", path_);
  }
  std::string key(CallerKind kind, PermissionSet permissions, CoveredTenants tenants = {}) {
    const auth::MintedKey minted = auth::mint_api_key();
    revoked = std::make_shared<std::atomic<bool>>(false);
    known_[minted.id] = {ApiKey{minted.id,
                                "a key",
                                kind,
                                permissions,
                                std::move(tenants),
                                minted.hash,
                                {},
                                WallTime{2000s}},
                         revoked};
    return minted.text;
  }
  [[nodiscard]] std::string member(Role role) const {
    return issuer_.sign({{"iss", "i"},
                         {"aud", "a"},
                         {"exp", 5000},
                         {"sub", "u"},
                         {"sluice",
                          {{"kind", "member"},
                           {"tenants", {to_string(own)}},
                           {"role", std::string{to_string(role)}}}}});
  }
  /// Of whom a tenant knows the role.
  [[nodiscard]] std::string user(const std::string& id) const {
    return issuer_.sign({{"iss", "i"},
                         {"aud", "a"},
                         {"exp", 5000},
                         {"sub", id},
                         {"sluice", {{"kind", "member"}, {"tenants", {to_string(own)}}}}});
  }
  void ask_roles_of(const auth::MemberRoles& roles_told) {
    gate.emplace(*authenticator_, roles_told, clock, heard);
  }
  std::string credential_of(char who) {
    const std::vector mine{own};
    switch (who) {
      case 'G':
        return key(CallerKind::gateway, {Permission::checks_write});
      case 'g':
        return key(CallerKind::gateway, {Permission::checks_write}, mine);
      case 'A':
        return key(CallerKind::operator_, PermissionSet::all());
      case 'R':
        return key(CallerKind::operator_, PermissionSet::reads());
      case 'T':
        return key(CallerKind::operator_, PermissionSet::all(), mine);
      case 'o':
        return member(Role::owner);
      case 'a':
        return member(Role::admin);
      case 'm':
        return member(Role::member);
      default:
        return member(Role::viewer);
    }
  }

  static http::Request showing(const std::string& credential) {
    http::Request request;
    request.peer = "192.0.2.1:40000";
    if (!credential.empty()) {
      request.headers = {{"authorization", "Bearer " + credential}};
    }
    return request;
  }
  /// As a server asks: as the request arrives, and once its tenant is known.
  Result<Done> ask(const http::Request& request, const http::Wanted& wanted, TenantId about) {
    auto permitted = gate->permit(request, wanted, std::nullopt);
    const bool has_tenant = wanted.area == Area::spending || wanted.area == Area::tenant;
    return permitted.ok() && has_tenant ? gate->permit(request, wanted, about) : permitted;
  }
  std::string objection(const http::Request& request) {
    const auto permitted = ask(request, spending, own);
    return permitted.ok() ? "" : permitted.fault().context;
  }

  static constexpr http::Wanted spending{Area::spending, Permission::checks_write};
  HandClock clock;
  Heard heard;
  std::shared_ptr<std::atomic<bool>> revoked;  ///< Of the key that was made last.
  std::optional<CredentialGate> gate;
  auth::ClaimedRoles claimed_;

private:
  test::TemporaryDirectory directory_;
  std::string path_ = directory_.path() / "keys.json";
  test::TokenSmith issuer_{test::Signing::es256};
  std::map<KeyId, StandingKey> known_;
  std::optional<auth::Authenticator> authenticator_;
};

TEST_F(CredentialGateSpec, EverybodyIsLetThroughToWhatIsHisAndNothingElse) {
  const std::map<std::string, std::string> expected = test::http_access_rules();
  ASSERT_EQ(http::routes().size(), expected.size());
  for (const char who : test::http_callers) {
    const http::Request request = showing(credential_of(who));
    for (const http::Route& route : http::routes()) {
      const std::string name = std::string{to_string(route.method)} + " " + std::string{route.path};
      ASSERT_TRUE(expected.contains(name)) << name;
      const std::string& let_through = expected.at(name);
      const bool is_open = let_through == "*";
      const bool allowed = is_open || let_through.find(who) != std::string::npos;
      const http::Wanted wanted{route.area, route.permission};
      EXPECT_EQ(ask(request, wanted, own).ok(), allowed) << who << " " << name;
      const bool is_for_all = who == 'G' || who == 'A' || who == 'R';
      // By the rules of its methods, or whether the user is himself.
      const bool asks_again = route.area == Area::native || route.area == Area::user;
      EXPECT_EQ(ask(request, wanted, foreign).ok(),
                allowed && (is_open || asks_again || is_for_all))
          << who << " " << name;
      EXPECT_EQ(ask(showing(""), wanted, own).ok(), is_open) << name;
    }
  }
}

TEST_F(CredentialGateSpec, AMemberWhoseTenantKnowsHisRoleMayDoWhatThatAllows) {
  const struct : auth::MemberRoles {
    void find(const auth::Principal& member, TenantId /*tenant*/, std::uint16_t /*reactor*/,
              Answer answer) const override {
      answer(member.user == "known" ? PermissionSet{Permission::usage_read} : PermissionSet{});
    }
  } told;
  ask_roles_of(told);
  const auto objection_to = [&](const std::string& user_id, TenantId about, Permission permission) {
    const http::Request request = showing(user(user_id));
    const http::Wanted wanted{Area::tenant, permission};
    EXPECT_TRUE(gate->permit(request, wanted, std::nullopt).ok());
    std::optional<Refusal> refused;
    gate->permit_in(about, request, wanted, 0,
                    [&](const Result<PermissionSet>& permitted, Refusal why) {
                      refused = permitted.ok() ? std::nullopt : std::optional{why};
                    });
    return refused;
  };
  EXPECT_EQ(objection_to("known", own, Permission::usage_read), std::nullopt);
  EXPECT_EQ(objection_to("known", own, Permission::members_write), Refusal::right_missing);
  EXPECT_EQ(objection_to("other", own, Permission::usage_read), Refusal::foreign_tenant);
}

TEST_F(CredentialGateSpec, ARefusalOfAForeignTenantIsToldFromOneOfAMissingRight) {
  const auto refusal = [&](char who, TenantId about, Permission permission) {
    std::optional<Refusal> refused;
    gate->permit_in(about, showing(credential_of(who)), {Area::tenant, permission}, 0,
                    [&](const Result<PermissionSet>& permitted, Refusal why) {
                      refused = permitted.ok() ? std::nullopt : std::optional{why};
                    });
    return refused;
  };
  for (const char who : {'o', 'T'}) {
    EXPECT_EQ(refusal(who, foreign, Permission::tenant_read), Refusal::foreign_tenant) << who;
    EXPECT_EQ(refusal(who, own, Permission::tenant_read), std::nullopt) << who;
  }
  EXPECT_EQ(refusal('v', own, Permission::audit_read), Refusal::right_missing);
  EXPECT_EQ(refusal('R', own, Permission::tenant_write), Refusal::right_missing);
}

TEST_F(CredentialGateSpec, ATokenWhoseKeyIsGoneIsOfNoUseThoughItIsRemembered) {
  const http::Request request = showing(member(Role::viewer));
  const http::Wanted wanted{Area::tenant, Permission::tenant_read};
  ASSERT_TRUE(ask(request, wanted, own).ok());
  trust(test::TokenSmith{test::Signing::es256});
  EXPECT_TRUE(ask(request, wanted, own).ok()) << "nobody has looked yet";
  clock.reading.steady += auth::KeyFile::look_interval;
  EXPECT_EQ(ask(request, wanted, own).fault().code, FaultCode::unauthenticated);
}

TEST_F(CredentialGateSpec, WhatIsRefusedIsToldToTheObserver) {
  const std::string text = key(CallerKind::gateway, {Permission::checks_write}, std::vector{own});
  const auto refused = ask(showing(text), spending, foreign);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::permission_denied);
  EXPECT_THAT(heard.denied, testing::StartsWith("key:"));
}

TEST_F(CredentialGateSpec, ACredentialThatIsRevokedIsOfNoUseAtOnce) {
  const http::Request request = showing(key(CallerKind::gateway, {Permission::checks_write}));
  ASSERT_EQ(objection(request), "");
  revoked->store(true);
  EXPECT_EQ(objection(request), "the API key is not known");
}

TEST_F(CredentialGateSpec, ACredentialThatExpiresIsOfNoUseFromThatInstantOn) {
  const http::Request request = showing(key(CallerKind::gateway, {Permission::checks_write}));
  clock.reading.wall = WallTime{2000s} - 1ns;
  ASSERT_EQ(objection(request), "");
  clock.reading.wall = WallTime{2000s};
  EXPECT_EQ(objection(request), "the API key has expired");
}

TEST_F(CredentialGateSpec, OnlyACredentialBehindItsSchemeCounts) {
  const std::string text = key(CallerKind::gateway, {Permission::checks_write});
  http::Request request;
  request.peer = "192.0.2.1:40000";
  for (const std::string header : {"", "Bearer", "Bearer ", "Basic ", "Token "}) {
    request.headers = {{"authorization", header + (header == "Bearer " ? "" : text)}};
    EXPECT_NE(objection(request), "") << header;
  }
  request.headers = {{"authorization", "bEARER " + text}};
  EXPECT_EQ(objection(request), "");
}

TEST_F(CredentialGateSpec, RemembersNoMoreThanItsBoundAndNothingThatIsWrong) {
  for (std::size_t i = 0; i <= CredentialGate::remembered_max; ++i) {
    ASSERT_EQ(objection(showing(key(CallerKind::gateway, {Permission::checks_write}))), "");
  }
  const int before = heard.refused;
  const std::string wrong = auth::mint_api_key().text;
  EXPECT_NE(objection(showing(wrong)), "");
  EXPECT_NE(objection(showing(wrong)), "");
  EXPECT_EQ(heard.refused, before + 2);
}

}  // namespace
}  // namespace sluice
