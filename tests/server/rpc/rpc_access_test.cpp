// SPDX-License-Identifier: Apache-2.0
// Goal    Nobody reaches what is not his, by any method, and no method is forgotten.
// Method  The methods come from the schema. Each is called by everybody there is, about his own
//         tenant and about another one; `expected` says who is let through. A method that is not
//         there fails the test. What is an operator's is also called on what members hold, which
//         has no such method.
#include <capnp/dynamic.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "server/rpc/method_rules.hpp"
#include "tests/server/rpc/rpc_access_fixture.hpp"

namespace sluice::testing {
namespace {

using capnp::DynamicStruct;
using capnp::DynamicValue;
using Method = capnp::InterfaceSchema::Method;

/// Who is let through, of these: an operator who may do everything (A), or read everything (R), or
/// do everything in tenant 1 (T); members of tenant 1, by role: owner, admin, member, viewer.
const std::map<std::string, std::string> expected_of_tenants{
    {"createTenant", "A"},
    {"showTenant", "ARToamv"},
    {"listTenants", "AR"},
    {"editTenant", "AToa"},
    {"purgeTenant", "AT"},
    {"putLimit", "AT"},
    {"removeLimit", "AT"},
    {"usage", "ARToamv"},
    {"defineMeter", "A"},
    {"status", "AR"},
    {"advanceClock", "A"},
    {"setWallClock", "A"},
    {"history", "ARToamv"},
    {"closedWindows", "ARToamv"},
    {"resets", "ARToamv"},
    {"putOverride", "AT"},
    {"removeOverride", "AT"},
    {"giveCredit", "AT"},
    {"voidCredit", "AT"},
    {"resetCredit", "AT"},
    {"explain", "ARToamv"},
    {"whatIf", "ARToamv"},
    {"changeLife", "AT"},
    {"stored", "ARToamv"},
    {"meters", "ARToamv"},
    {"createKey", "A"},
    {"revokeKey", "A"},
    {"listKeys", "AR"},
    {"addMember", "AToa"},
    {"acceptInvitation", "AToa"},
    {"changeMember", "AToa"},
    {"removeMember", "AToa"},
    {"transferOwnership", "ATo"},
    {"listMembers", "ARToam"},
    {"putRole", "AToa"},
    {"removeRole", "AToa"},
    {"listRoles", "ARToam"},
    {"tenantsOf", "ARoamv"},
    {"auditTrail", "ARToa"},
    {"verifyAudit", "ARToa"},
    {"listTiers", "AR"},
    {"putTier", "A"},
    {"removeTier", "A"},
    {"changeTier", "AT"},
    {"applyTier", "A"},
    {"setFeature", "AT"},
    {"clearFeature", "AT"},
    {"features", "ARToamv"},
    {"showCustomisation", "ARToam"},
    {"putCustomisation", "AToa"},
    {"addDomain", "AToa"},
    {"verifyDomain", "AT"},
    {"removeDomain", "AToa"},
    {"moveTenant", "AT"},
    {"listAlerts", "ARToamv"},
    {"alertDeliveries", "ARToam"},
    {"sendAlertAgain", "AToa"},
    {"testWebhook", "AToa"},
    {"reportPayment", "AT"},
    {"forecast", "ARToamv"},
    {"topTenants", "AR"},
    {"unusualUsage", "ARToamv"},
    {"usageStatistics", "ARToamv"},
    {"platformStatistics", "AR"},
    {"listCounters", "ARToamv"},
    {"listHolds", "ARToamv"},
};
/// The same of sharing and the marketplace.
const std::map<std::string, std::string> expected_of_sharing{
    {"putListing", "AToa"},     {"changeListing", "AToa"},       {"featureListing", "A"},
    {"removeListing", "AToa"},  {"showListing", "ARToam"},       {"searchListings", "ARToam"},
    {"rateListing", "AToa"},    {"removeRating", "AToa"},        {"listRatings", "ARToam"},
    {"putPolicy", "AToa"},      {"removePolicy", "AToa"},        {"showPolicy", "ARToam"},
    {"listPolicies", "ARToam"}, {"requestAccess", "AToa"},       {"approveAccess", "AToa"},
    {"rejectAccess", "AToa"},   {"withdrawAccess", "AToa"},      {"revokeAccess", "AToa"},
    {"listAccess", "ARToam"},   {"sharingStatements", "ARTo"},   {"sharingPayouts", "ARTo"},
    {"markPayoutPaid", "AT"},   {"sharingStatistics", "ARToam"},
};
const std::map<std::string, std::string> expected = [] {
  std::map<std::string, std::string> all = expected_of_tenants;
  all.insert(expected_of_sharing.begin(), expected_of_sharing.end());
  return all;
}();

/// What a call takes beside its tenant, to be worth a look at.
void fill(const std::string& method, DynamicStruct::Builder params) {
  const Limit limit = total(5);
  if (params.getSchema().findFieldByName("listing") != nullptr) {
    params.set("listing", "01940000-0000-7000-8000-000000000001");
  }
  if (method == "putLimit") {
    encode_limit(limit, params.as<wire::Operator::PutLimitParams>().initLimit());
  } else if (method == "whatIf") {
    encode_limit(limit, params.as<wire::TenantAdmin::WhatIfParams>().initLimit());
  } else if (method == "removeLimit") {
    params.set("name", "total");
  } else if (method == "putOverride") {
    params.set("limit", "total");
    encode_override(Override{limit.rule, {}, wall_time_never, "a", "r"},
                    params.as<wire::Operator::PutOverrideParams>().initOverride());
  } else if (method == "giveCredit") {
    encode_give(EntryId{1, 1}, GiveCredit{"total", GrantTerms{.amount = Amount{1}}},
                params.as<wire::Operator::GiveCreditParams>());
  } else if (method == "voidCredit") {
    encode_void(EntryId{1, 1}, params.as<wire::Operator::VoidCreditParams>());
  } else if (method == "sendAlertAgain") {
    params.set("alert", to_string(AlertId{1, 1}).c_str());
  } else if (method == "addMember") {
    params.set("userId", "someone");
    params.set("role", "viewer");
  } else if (method == "tenantsOf") {
    params.set("userId", "u");
    params.set("pageSize", 10);
  } else if (method == "rateListing") {
    params.set("stars", 5);
  } else if (method == "resetCredit" || method == "removeOverride" || method == "resets") {
    params.set("limit", "total");
  }
}

enum class Verdict { let_through, denied, not_there, unauthenticated };
std::ostream& operator<<(std::ostream& out, Verdict verdict) {
  constexpr std::array names{"let through", "denied", "not there", "unauthenticated"};
  return out << names.at(static_cast<std::size_t>(verdict));
}

}  // namespace

class RpcAccess : public RpcAccessFixture {
protected:
  /// Of a tenant's administration, then those that only operators have.
  static std::vector<Method> methods() {
    std::vector<Method> all;
    for (const auto method : capnp::Schema::from<wire::TenantAdmin>().getMethods()) {
      all.push_back(method);
    }
    for (const auto method : capnp::Schema::from<wire::Operator>().getMethods()) {
      all.push_back(method);
    }
    return all;
  }
  static bool is_operators(Method method) {
    return method.getContainingInterface() == capnp::Schema::from<wire::Operator>();
  }
  static const MethodRule& rule_of(Method method) {
    return is_operators(method) ? operator_rules.at(method.getOrdinal())
                                : tenant_admin_rules.at(method.getOrdinal());
  }
  static bool names_a_tenant(Method method) {
    return method.getParamType().findFieldByName("tenant") != nullptr;
  }

  static Verdict of_refusal(const kj::Exception& thrown) {
    const bool is_there = thrown.getType() != kj::Exception::Type::UNIMPLEMENTED;
    return is_there ? of_refusal(std::string{thrown.getDescription().cStr()}) : Verdict::not_there;
  }
  static Verdict of_refusal(const std::string& refusal) {
    return refusal.find("unauthenticated: ") != std::string::npos     ? Verdict::unauthenticated
           : refusal.find("permission denied: ") != std::string::npos ? Verdict::denied
                                                                      : Verdict::let_through;
  }
  static Verdict of_answer(DynamicStruct::Reader results) {
    if (results.getSchema().findFieldByName("answer") == nullptr) {
      return Verdict::let_through;
    }
    const auto answer = results.get("answer").as<DynamicStruct>();
    if (!answer.has("fault")) {
      return Verdict::let_through;
    }
    const auto code = answer.get("fault").as<DynamicStruct>().get("code").as<wire::FaultCode>();
    return code == wire::FaultCode::PERMISSION_DENIED ? Verdict::denied
           : code == wire::FaultCode::UNAUTHENTICATED ? Verdict::unauthenticated
                                                      : Verdict::let_through;
  }

  /// Calls the method about that tenant; by its slug if there is one.
  static Verdict call(RpcPeer& peer, wire::Operator::Client administration, Method method,
                      TenantId about, const std::string& slug = "") {
    // It takes what it is made from.
    capnp::DynamicCapability::Client dynamic{kj::mv(administration)};
    auto request = dynamic.newRequest(method);
    if (names_a_tenant(method)) {
      const auto ref = request.init("tenant").as<DynamicStruct>().as<wire::TenantRef>();
      slug.empty() ? encode_ref(about, ref) : encode_ref(slug, ref);
    }
    fill(method.getProto().getName().cStr(), request);
    Verdict verdict{};
    bool ended = false;
    auto promise =
        request.send()
            .then([&](capnp::Response<DynamicStruct>&& results) { verdict = of_answer(results); })
            .catch_([&](kj::Exception&& thrown) { verdict = of_refusal(thrown); })
            .then([&] { ended = true; })
            .eagerlyEvaluate(nullptr);
    EXPECT_TRUE(becomes([&] {
      peer.turn();
      return ended;
    }));
    return verdict;
  }

  /// Somebody who manages, by the letters of `expected`.
  std::string credential_of(char who) {
    const std::vector own{tenant(1)};
    switch (who) {
      case 'A':
        return make_key(CallerKind::operator_, PermissionSet::all());
      case 'R':
        return make_key(CallerKind::operator_, PermissionSet::reads());
      case 'T':
        return make_key(CallerKind::operator_, PermissionSet::all(), own);
      case 'o':
        return member_token(Role::owner);
      case 'a':
        return member_token(Role::admin);
      case 'm':
        return member_token(Role::member);
      default:
        return member_token(Role::viewer);
    }
  }
  static constexpr std::string_view everybody = "vmaoRTA";
};

TEST_F(RpcAccess, EveryMethodHasARuleAndAnAnswerThatTheRuleKnowsOf) {
  ASSERT_EQ(methods().size(), tenant_admin_rules.size() + operator_rules.size());
  for (const auto method : methods()) {
    const MethodRule& rule = rule_of(method);
    EXPECT_EQ(rule.name, method.getProto().getName().cStr());
    const auto fields = method.getResultType().getFields();
    const bool answers = fields.size() == 1 && fields[0].getProto().getName() == "answer";
    EXPECT_EQ(rule.answers, answers) << rule.name;
    EXPECT_EQ(rule.reach == Reach::tenant, names_a_tenant(method)) << rule.name;
    EXPECT_TRUE(expected.contains(std::string{rule.name})) << rule.name;
  }
}

TEST_F(RpcAccess, WhatNoRoleOfAMemberMayAllowIsOfTheOperatorsInterface) {
  for (const auto method : methods()) {
    const MethodRule& rule = rule_of(method);
    const bool a_role_may =
        rule.reach == Reach::nothing || rule.reach == Reach::user ||
        (rule.reach == Reach::tenant && permissions_of(Role::owner).has(rule.permission));
    EXPECT_EQ(is_operators(method), !a_role_may) << rule.name;
    EXPECT_EQ(expected.at(std::string{rule.name}).find_first_of("oamv") != std::string::npos,
              a_role_may)
        << rule.name;
  }
}

TEST_F(RpcAccess, EverybodyIsLetThroughToWhatIsHisAndNothingElse) {
  for (const char who : everybody) {
    RpcPeer peer(port());
    const auto entered = peer.enter(credential_of(who));
    // A member takes what he has for an operator's, which makes it none.
    auto administration = entered->answer().getWelcome().getTenantAdmin().castAs<wire::Operator>();
    const bool is_member = who != 'A' && who != 'R' && who != 'T';
    for (const auto method : methods()) {
      const std::string name = method.getProto().getName().cStr();
      const bool allowed = expected.at(name).find(who) != std::string::npos;
      const Verdict barred =
          is_member && is_operators(method) ? Verdict::not_there : Verdict::denied;
      EXPECT_EQ(call(peer, administration, method, tenant(1)),
                allowed ? Verdict::let_through : barred)
          << who << " " << name;
      if (!names_a_tenant(method)) {
        continue;
      }
      const bool is_for_all = who == 'A' || who == 'R';
      const Verdict elsewhere = allowed && is_for_all ? Verdict::let_through : barred;
      EXPECT_EQ(call(peer, administration, method, tenant(2)), elsewhere) << who << " " << name;
      EXPECT_EQ(call(peer, administration, method, {}, "tenant-2"), elsewhere)
          << who << " " << name;
    }
  }
}

TEST_F(RpcAccess, WhoIsNotForAllIsNotToldWhetherATenantExists) {
  RpcPeer peer(port());
  const auto entered = peer.enter(credential_of('o'));
  auto administration = entered->answer().getWelcome().getTenantAdmin();
  const auto message_about = [&](const std::string& slug) {
    auto request = administration.showTenantRequest();
    request.initTenant().setSlug(slug);
    const auto asked = peer.ask(kj::mv(request));
    return std::string{asked->answer().getAnswer().getFault().getMessage().cStr()};
  };
  EXPECT_EQ(message_about("tenant-2"), message_about("no-such-tenant"));
}

TEST_F(RpcAccess, AMemberDoesNotChangeWhatItsTenantPays) {
  for (const char who : {'o', 'T'}) {
    RpcPeer peer(port());
    const auto entered = peer.enter(credential_of(who));
    auto request = entered->answer().getWelcome().getTenantAdmin().editTenantRequest();
    encode_ref(tenant(1), request.initTenant());
    request.initEdit().setTier("enterprise");
    const auto asked = peer.ask(kj::mv(request));
    EXPECT_EQ(asked->answer().getAnswer().isFault(), who == 'o');
  }
}

TEST_F(RpcAccess, OnACredentialThatEndsEveryMethodEnds) {
  for (const bool by_expiry : {false, true}) {
    const std::string text = make_key(CallerKind::operator_, PermissionSet::all(), {},
                                      clock.now().wall + std::chrono::hours{1});
    RpcPeer peer(port());
    const auto entered = peer.enter(text);
    auto administration = entered->answer().getWelcome().getOperator();
    by_expiry ? clock.advance(std::chrono::hours{1}) : revoke(text);
    for (const auto method : methods()) {
      EXPECT_EQ(call(peer, administration, method, tenant(1)), Verdict::unauthenticated)
          << method.getProto().getName().cStr();
    }
  }
}

TEST_F(RpcAccess, NobodyEntersWithoutAGoodCredential) {
  nlohmann::json wish = claims();
  wish["sluice"] = {{"kind", "operator"}, {"tenants", "*"}, {"scopes", "*"}};
  nlohmann::json old = wish;
  old["exp"] = seconds(clock.now().wall) - 3600;
  nlohmann::json for_others = wish;
  for_others["aud"] = "billing";
  const std::string revoked = make_key(CallerKind::operator_, PermissionSet::all());
  revoke(revoked);
  const std::map<std::string, std::string> bad{
      {"none", ""},
      {"nonsense", "let me in"},
      {"a key nobody knows", auth::mint_api_key().text},
      {"a revoked key", revoked},
      {"an expired token", issuer.sign(old)},
      {"a token for others", issuer.sign(for_others)},
      {"without a signature", test::base64url(std::string_view{R"({"alg":"none"})"}) + '.' +
                                  test::base64url(std::string_view{wish.dump()}) + '.'},
      {"another issuer's key", test::TokenSmith{test::Signing::rs256}.sign(wish)},
      {"the public key as a secret",
       test::sign_with_secret({{"alg", "HS256"}}, wish, issuer.public_pem())},
      {"an algorithm not allowed", test::TokenSmith{test::Signing::es256}.sign(wish)}};
  ASSERT_FALSE(RpcPeer(port()).enter(issuer.sign(wish))->refused());
  for (const auto& [what, credential] : bad) {
    RpcPeer peer(port());
    const auto entered = peer.enter(credential);
    EXPECT_TRUE(entered->refused()) << what;
    EXPECT_EQ(of_refusal(entered->refusal()), Verdict::unauthenticated) << what;
  }
}

TEST_F(RpcAccess, ACredentialBringsOnlyTheCapabilitiesThatItHas) {
  const PermissionSet spends{Permission::checks_write};
  const auto brought = [this](const std::string& credential) {
    RpcPeer peer(port());
    const auto entered = peer.enter(credential);
    const auto welcome = entered->answer().getWelcome();
    return std::string{welcome.hasGateway() ? "gateway " : ""} +
           (welcome.hasTenantAdmin() ? "tenant admin " : "") +
           (welcome.hasOperator() ? "operator" : "");
  };
  EXPECT_EQ(brought(make_key(CallerKind::gateway, spends)), "gateway ");
  EXPECT_EQ(brought(credential_of('A')), "gateway tenant admin operator");
  EXPECT_EQ(brought(credential_of('R')), "tenant admin operator");
  EXPECT_EQ(brought(credential_of('T')), "gateway tenant admin operator");
  for (const char member : {'o', 'a', 'm', 'v'}) {
    EXPECT_EQ(brought(credential_of(member)), "tenant admin ");
  }
}

}  // namespace sluice::testing
