// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
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
  struct Caller : RpcAtWork {
    Caller(std::uint16_t port, const std::string& credential)
        : RpcAtWork(port, credential), gateway(entered->answer().getWelcome().getGateway()) {}

    /// Sends the request about tenant 1; all that it has then, or what is wrong.
    template <class Request>
    Result<Customised> customised(Request request) {
      encode_ref(tenant(1), request.initTenant());
      return answer<Customised>(kj::mv(request), decode_customised);
    }
    Result<Customised> add(const char* host) {
      auto request = admin.addDomainRequest();
      request.setHost(host);
      return customised(kj::mv(request));
    }
    Result<Customised> verify(const char* host, const std::string& found) {
      auto request = platform.verifyDomainRequest();
      request.setHost(host);
      request.setFound(found);
      return customised(kj::mv(request));
    }
    Result<Customised> put(const PutCustomisation& parts) {
      auto request = admin.putCustomisationRequest();
      encode_put_customisation(parts, request);
      return customised(kj::mv(request));
    }
    /// Whose host it is, as a gateway is told.
    std::string tenant_at(const char* host) {
      auto request = gateway.resolveHostRequest();
      request.setHost(host);
      const auto asked = peer.ask(kj::mv(request));
      const auto told = asked->answer().getAnswer();
      return told.isFault() ? std::string{to_string(decode_fault(told.getFault()).code)}
                            : to_string(decode_id(told.getValue()));
    }

    wire::Gateway::Client gateway;
  };

  std::string platform_key() { return make_key(CallerKind::operator_, PermissionSet::all()); }
};

TEST_F(RpcCustomisation, AnOwnerAddsADomainAndThePlatformVerifiesIt) {
  std::string token;
  {
    Caller owner{port(), member_token(Role::owner)};
    const auto added = owner.add("shop.example.com");
    ASSERT_TRUE(added.ok()) << added.fault().context;
    token = added.value().domains.at(0).token;
    EXPECT_TRUE(token.starts_with("sluice-verify=")) << token;
    EXPECT_EQ(owner.verify("shop.example.com", token).fault().code, FaultCode::permission_denied);
  }
  Caller platform{port(), platform_key()};
  EXPECT_EQ(platform.tenant_at("shop.example.com"), "not_found");
  EXPECT_EQ(platform.verify("shop.example.com", "something").fault().code,
            FaultCode::invalid_argument);
  const auto verified = platform.verify("shop.example.com", token);
  ASSERT_TRUE(verified.ok()) << verified.fault().context;
  EXPECT_TRUE(verified.value().domains.at(0).verified_at);
  EXPECT_EQ(platform.tenant_at("SHOP.example.com:443"), to_string(tenant(1)));
}

TEST_F(RpcCustomisation, AGatewayLearnsNothingOfHostsOfOthers) {
  {
    Caller platform{port(), platform_key()};
    const auto added = platform.add("a.example");
    ASSERT_TRUE(platform.verify("a.example", added.value().domains.at(0).token).ok());
  }
  for (const std::uint64_t number : {1U, 2U}) {
    Caller gateway{port(), make_key(CallerKind::gateway, {Permission::checks_write},
                                    std::vector{tenant(number)})};
    EXPECT_EQ(gateway.tenant_at("a.example"), number == 1 ? to_string(tenant(1)) : "not_found");
  }
}

TEST_F(RpcCustomisation, PartsThatTheTenantHasNoFeatureForAreRefused) {
  Caller owner{port(), member_token(Role::owner)};
  const auto refused = owner.put(PutCustomisation{.theme = Theme::dark});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::permission_denied);
  EXPECT_NE(refused.fault().context.find("custom_branding"), std::string::npos);
}

TEST_F(RpcCustomisation, SecretsAreNotShown) {
  ASSERT_TRUE(amend(Amendment{tenant(1), {}, Change{SetFeature{Feature{"webhooks", true}}}}).ok());
  Caller owner{port(), member_token(Role::owner)};
  const PutCustomisation wish{
      .webhooks = std::vector<Webhook>{{"https://h.example", {"*"}, "0123456789abcdef", true}}};
  ASSERT_TRUE(owner.put(wish).ok());
  const auto shown = owner.customised(owner.admin.showCustomisationRequest());
  ASSERT_TRUE(shown.ok()) << shown.fault().context;
  EXPECT_EQ(shown.value().custom.webhooks.at(0).url, "https://h.example");
  EXPECT_EQ(shown.value().custom.webhooks.at(0).secret, "");
}

}  // namespace sluice::testing
