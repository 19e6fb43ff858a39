// SPDX-License-Identifier: Apache-2.0
// Goal    A gateway spends for the tenants that its credential covers, for as long as that stands.
#include <capnp/dynamic.h>
#include <capnp/schema.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/rpc/rpc_access_fixture.hpp"

namespace sluice::testing {

class GatewayAccess : public RpcAccessFixture {
protected:
  static constexpr PermissionSet spends{Permission::checks_write};

  /// The outcomes of a check of 1 of each tenant, or why the call threw.
  static std::string outcomes(RpcPeer& peer, wire::Gateway::Client gateway) {
    const auto asked = peer.ask(checks(gateway, {tenant(1), tenant(2), tenant(1), tenant(9)}));
    if (asked->refused()) {
      return asked->refusal();
    }
    std::string told;
    for (const auto decision : asked->answer().getDecisions()) {
      told += to_string(decode_decision(decision).value().outcome) + std::string{" "};
    }
    return told;
  }
  /// Why a call of the method throws.
  static std::string refusal_of(RpcPeer& peer, wire::Gateway::Client gateway,
                                capnp::InterfaceSchema::Method method) {
    capnp::DynamicCapability::Client dynamic{kj::mv(gateway)};
    std::string refusal;
    bool ended = false;
    auto promise =
        dynamic.newRequest(method)
            .send()
            .then([](capnp::Response<capnp::DynamicStruct>&& /*results*/) {})
            .catch_([&](kj::Exception&& thrown) { refusal = thrown.getDescription().cStr(); })
            .then([&] { ended = true; })
            .eagerlyEvaluate(nullptr);
    EXPECT_TRUE(becomes([&] {
      peer.turn();
      return ended;
    }));
    return refusal;
  }
};

TEST_F(GatewayAccess, OneForAllSpendsOfAll) {
  RpcPeer peer(port());
  const auto entered = peer.enter(make_key(CallerKind::gateway, spends));
  EXPECT_EQ(outcomes(peer, entered->answer().getWelcome().getGateway()),
            "allowed allowed allowed unknown_tenant ");
}

TEST_F(GatewayAccess, OneForSomeSpendsOfThoseAndLearnsNothingOfOthers) {
  RpcPeer peer(port());
  const auto entered = peer.enter(make_key(CallerKind::gateway, spends, std::vector{tenant(1)}));
  EXPECT_EQ(outcomes(peer, entered->answer().getWelcome().getGateway()),
            "allowed access_denied allowed access_denied ");
  const auto used = reply_of<TenantUsage>(
      [this](auto reply) { engine->usage(here, tenant(2), std::move(reply)); });
  EXPECT_EQ(used.value().limits.at(0).reading.used, Amount{0});
}

TEST_F(GatewayAccess, ACheckThatIsMalformedIsStillToldSo) {
  RpcPeer peer(port());
  const auto entered = peer.enter(make_key(CallerKind::gateway, spends, std::vector{tenant(1)}));
  auto gateway = entered->answer().getWelcome().getGateway();
  auto request = gateway.checkRequest();
  auto check = request.initChecks(1)[0];
  check.setTenantHigh(tenant(2).high);
  check.setTenantLow(tenant(2).low);
  check.setMode(static_cast<wire::Mode>(99));
  const auto asked = peer.ask(kj::mv(request));
  EXPECT_EQ(asked->answer().getDecisions()[0].getOutcome(), wire::Outcome::INVALID);
}

TEST_F(GatewayAccess, NothingIsSpentOnceTheCredentialWasRevoked) {
  const std::string text = make_key(CallerKind::gateway, spends);
  RpcPeer peer(port());
  const auto entered = peer.enter(text);
  auto gateway = entered->answer().getWelcome().getGateway();
  EXPECT_EQ(outcomes(peer, gateway), "allowed allowed allowed unknown_tenant ");
  revoke(text);
  EXPECT_NE(outcomes(peer, gateway).find("unauthenticated: "), std::string::npos);
  EXPECT_TRUE(peer.ask(gateway.metersRequest())->refused());
}

TEST_F(GatewayAccess, NothingIsSpentOnceTheCredentialHasExpired) {
  const std::string text =
      make_key(CallerKind::gateway, spends, {}, clock.now().wall + std::chrono::hours{1});
  RpcPeer peer(port());
  const auto entered = peer.enter(text);
  auto gateway = entered->answer().getWelcome().getGateway();
  EXPECT_EQ(outcomes(peer, gateway), "allowed allowed allowed unknown_tenant ");
  clock.advance(std::chrono::hours{1});
  EXPECT_NE(outcomes(peer, gateway).find("unauthenticated: "), std::string::npos);
}

TEST_F(GatewayAccess, OnACredentialThatEndsEveryMethodEnds) {
  for (const bool by_expiry : {false, true}) {
    const std::string text =
        make_key(CallerKind::gateway, spends, {}, clock.now().wall + std::chrono::hours{1});
    RpcPeer peer(port());
    const auto entered = peer.enter(text);
    auto gateway = entered->answer().getWelcome().getGateway();
    for (const auto method : capnp::Schema::from<wire::Gateway>().getMethods()) {
      EXPECT_EQ(refusal_of(peer, gateway, method), "") << method.getProto().getName().cStr();
    }
    by_expiry ? clock.advance(std::chrono::hours{1}) : revoke(text);
    for (const auto method : capnp::Schema::from<wire::Gateway>().getMethods()) {
      EXPECT_NE(refusal_of(peer, gateway, method).find("unauthenticated: "), std::string::npos)
          << method.getProto().getName().cStr();
    }
  }
}

}  // namespace sluice::testing
