// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/server/rpc/rpc_access_fixture.hpp"

namespace sluice::testing {

class RpcCustomisation : public RpcAccessFixture {
protected:
  void SetUp() override {
    RpcAccessFixture::SetUp();
    const auto given =
        amend(Amendment{tenant(1), {}, Change{SetFeature{Feature{"custom_domain", true}}}});
    ASSERT_TRUE(given.ok()) << given.fault().context;
  }
  /// Sends the request about tenant 1; all that it has then, or what is wrong.
  template <class Request>
  static Result<Customised> answer(RpcPeer& peer, Request request) {
    encode_ref(tenant(1), request.initTenant());
    const auto asked = peer.ask(kj::mv(request));
    const auto told = asked->answer().getAnswer();
    return told.isFault() ? Result<Customised>{decode_fault(told.getFault())}
                          : decode_customised(told.getValue());
  }
  static Result<Customised> add(RpcPeer& peer, wire::Operator::Client& admin, const char* host) {
    auto request = admin.addDomainRequest();
    request.setHost(host);
    return answer(peer, kj::mv(request));
  }
  static Result<Customised> verify(RpcPeer& peer, wire::Operator::Client& admin, const char* host,
                                   const std::string& found) {
    auto request = admin.verifyDomainRequest();
    request.setHost(host);
    request.setFound(found);
    return answer(peer, kj::mv(request));
  }
  static Result<Customised> put(RpcPeer& peer, wire::Operator::Client& admin,
                                const PutCustomisation& parts) {
    auto request = admin.putCustomisationRequest();
    encode_put_customisation(parts, request);
    return answer(peer, kj::mv(request));
  }
  /// Whose host it is, as this gateway is told.
  static std::string tenant_at(RpcPeer& peer, wire::Gateway::Client gateway, const char* host) {
    auto request = gateway.resolveHostRequest();
    request.setHost(host);
    const auto asked = peer.ask(kj::mv(request));
    const auto told = asked->answer().getAnswer();
    return told.isFault() ? std::string{to_string(decode_fault(told.getFault()).code)}
                          : to_string(decode_id(told.getValue()));
  }
};

TEST_F(RpcCustomisation, AnOwnerAddsADomainAndThePlatformVerifiesIt) {
  RpcPeer peer(port());
  const auto entered = peer.enter(member_token(Role::owner));
  auto owner = entered->answer().getWelcome().getOperator();
  const auto added = add(peer, owner, "shop.example.com");
  ASSERT_TRUE(added.ok()) << added.fault().context;
  const std::string token = added.value().domains.at(0).token;
  EXPECT_TRUE(token.starts_with("sluice-verify=")) << token;
  EXPECT_EQ(verify(peer, owner, "shop.example.com", token).fault().code,
            FaultCode::permission_denied);

  const auto key = peer.enter(make_key(CallerKind::operator_, PermissionSet::all()));
  auto platform = key->answer().getWelcome().getOperator();
  auto gateway = key->answer().getWelcome().getGateway();
  EXPECT_EQ(tenant_at(peer, gateway, "shop.example.com"), "not_found");
  EXPECT_EQ(verify(peer, platform, "shop.example.com", "something").fault().code,
            FaultCode::invalid_argument);
  const auto verified = verify(peer, platform, "shop.example.com", token);
  ASSERT_TRUE(verified.ok()) << verified.fault().context;
  EXPECT_TRUE(verified.value().domains.at(0).verified_at);
  EXPECT_EQ(tenant_at(peer, gateway, "SHOP.example.com:443"), to_string(tenant(1)));
}

TEST_F(RpcCustomisation, AGatewayLearnsNothingOfHostsOfOthers) {
  RpcPeer peer(port());
  const auto key = peer.enter(make_key(CallerKind::operator_, PermissionSet::all()));
  auto platform = key->answer().getWelcome().getOperator();
  const auto added = add(peer, platform, "a.example");
  ASSERT_TRUE(verify(peer, platform, "a.example", added.value().domains.at(0).token).ok());
  for (const std::uint64_t number : {1U, 2U}) {
    const auto entered = peer.enter(
        make_key(CallerKind::gateway, {Permission::checks_write}, std::vector{tenant(number)}));
    EXPECT_EQ(tenant_at(peer, entered->answer().getWelcome().getGateway(), "a.example"),
              number == 1 ? to_string(tenant(1)) : "not_found");
  }
}

TEST_F(RpcCustomisation, PartsThatTheTenantHasNoFeatureForAreRefused) {
  RpcPeer peer(port());
  const auto entered = peer.enter(member_token(Role::owner));
  auto owner = entered->answer().getWelcome().getOperator();
  const auto refused = put(peer, owner, PutCustomisation{.theme = Theme::dark});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::permission_denied);
  EXPECT_NE(refused.fault().context.find("custom_branding"), std::string::npos);
}

TEST_F(RpcCustomisation, SecretsAreNotShown) {
  ASSERT_TRUE(amend(Amendment{tenant(1), {}, Change{SetFeature{Feature{"webhooks", true}}}}).ok());
  RpcPeer peer(port());
  const auto entered = peer.enter(member_token(Role::owner));
  auto owner = entered->answer().getWelcome().getOperator();
  const PutCustomisation wish{
      .webhooks = std::vector<Webhook>{{"https://h.example", {"*"}, "0123456789abcdef", true}}};
  ASSERT_TRUE(put(peer, owner, wish).ok());
  const auto shown = answer(peer, owner.showCustomisationRequest());
  ASSERT_TRUE(shown.ok()) << shown.fault().context;
  EXPECT_EQ(shown.value().custom.webhooks.at(0).url, "https://h.example");
  EXPECT_EQ(shown.value().custom.webhooks.at(0).secret, "");
}

}  // namespace sluice::testing
