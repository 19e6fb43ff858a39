// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/server/rpc/rpc_access_fixture.hpp"

namespace sluice::testing {

class RpcKeys : public RpcAccessFixture {
protected:
  using Made = Asked<wire::Operator::CreateKeyResults>;

  [[nodiscard]] static ApiKey gateway_draft() {
    ApiKey draft;
    draft.name = "edge";
    draft.permissions = PermissionSet{Permission::checks_write};
    return draft;
  }
  static std::unique_ptr<Made> create(RpcPeer& peer, wire::Operator::Client& administration,
                                      const ApiKey& draft) {
    auto request = administration.createKeyRequest();
    encode_key(draft, request.initDraft());
    return peer.ask(kj::mv(request));
  }
  static std::string fault_of(Made& made) {
    return made.answer().getAnswer().isFault()
               ? made.answer().getAnswer().getFault().getMessage().cStr()
               : "";
  }
};

TEST_F(RpcKeys, AKeyThatWasMadeOpensTheDoorUntilItIsRevoked) {
  const std::string maker = make_key(CallerKind::operator_, PermissionSet::all());
  std::string text;
  std::string id;
  {
    RpcPeer peer(port());
    const auto entered = peer.enter(maker);
    auto administration = entered->answer().getWelcome().getOperator();
    const auto made = create(peer, administration, gateway_draft());
    ASSERT_EQ(fault_of(*made), "");
    text = made->answer().getAnswer().getValue().getText().cStr();
    id = made->answer().getAnswer().getValue().getKey().getId().cStr();
  }
  EXPECT_FALSE(RpcPeer(port()).enter(text)->refused());
  {
    RpcPeer peer(port());
    const auto entered = peer.enter(maker);
    auto request = entered->answer().getWelcome().getOperator().revokeKeyRequest();
    request.setId(id);
    EXPECT_TRUE(peer.ask(kj::mv(request))->answer().getAnswer().isValue());
  }
  EXPECT_TRUE(RpcPeer(port()).enter(text)->refused());
}

TEST_F(RpcKeys, NobodyGivesWhatHeHasNot) {
  const PermissionSet few{Permission::keys_write, Permission::tenant_read};
  RpcPeer peer(port());
  const auto entered = peer.enter(make_key(CallerKind::operator_, few));
  auto administration = entered->answer().getWelcome().getOperator();
  EXPECT_NE(fault_of(*create(peer, administration, gateway_draft())).find("draft.scopes"),
            std::string::npos);
  ApiKey draft = gateway_draft();
  draft.kind = CallerKind::operator_;
  draft.permissions = {Permission::tenant_read};
  EXPECT_EQ(fault_of(*create(peer, administration, draft)), "");
}

TEST_F(RpcKeys, NoneOutlivesTheOneThatMadeIt) {
  const WallTime end = clock.now().wall + std::chrono::hours{1};
  RpcPeer peer(port());
  const auto entered = peer.enter(make_key(CallerKind::operator_, PermissionSet::all(), {}, end));
  auto administration = entered->answer().getWelcome().getOperator();
  ApiKey draft = gateway_draft();
  for (const WallTime later : {WallTime::max(), end + std::chrono::nanoseconds{1}}) {
    draft.expires_at = later;
    EXPECT_NE(fault_of(*create(peer, administration, draft)).find("draft.expiresAt"),
              std::string::npos);
  }
  draft.expires_at = end;
  EXPECT_EQ(fault_of(*create(peer, administration, draft)), "");
}

TEST_F(RpcKeys, AWrongDraftIsToldByField) {
  RpcPeer peer(port());
  const auto entered = peer.enter(make_key(CallerKind::operator_, PermissionSet::all()));
  auto administration = entered->answer().getWelcome().getOperator();
  const auto objection = [&](auto change) {
    auto request = administration.createKeyRequest();
    encode_key(gateway_draft(), request.initDraft());
    change(request.getDraft());
    return fault_of(*peer.ask(kj::mv(request)));
  };
  EXPECT_NE(objection([](auto draft) { draft.setName(""); }).find("name"), std::string::npos);
  EXPECT_NE(objection([](auto draft) { draft.setScopes("tenant:fly"); }).find("draft.scopes"),
            std::string::npos);
  EXPECT_NE(objection([](auto draft) { draft.setKind(wire::CallerKind::MEMBER); }).find("kind"),
            std::string::npos);
  EXPECT_NE(objection([](auto draft) { draft.setAllTenants(false); }).find("tenants"),
            std::string::npos);
  EXPECT_NE(objection([](auto draft) { draft.setExpiresAtNs(1); }).find("expires_at"),
            std::string::npos);
  EXPECT_NE(objection([](auto draft) { draft.initTenants(1); }).find("draft.tenants"),
            std::string::npos);
}

TEST_F(RpcKeys, AreListedPageByPageWithoutAnythingSecret) {
  RpcPeer peer(port());
  const std::string text = make_key(CallerKind::operator_, PermissionSet::all());
  for (int i = 0; i < 4; ++i) {
    make_key(CallerKind::gateway, PermissionSet{Permission::checks_write});
  }
  const auto entered = peer.enter(text);
  auto administration = entered->answer().getWelcome().getOperator();
  std::vector<std::string> ids;
  for (bool more = true; more;) {
    auto request = administration.listKeysRequest();
    request.setAfter(ids.empty() ? "" : ids.back());
    request.setPageSize(2);
    const auto asked = peer.ask(kj::mv(request));
    const auto page = asked->answer().getAnswer().getValue();
    for (const auto key : page.getKeys()) {
      ids.emplace_back(key.getId().cStr());
    }
    more = page.getMore();
  }
  EXPECT_EQ(ids.size(), 5U);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
}

TEST_F(RpcKeys, AnIdThatIsNoneIsRefused) {
  RpcPeer peer(port());
  const auto entered = peer.enter(make_key(CallerKind::operator_, PermissionSet::all()));
  auto administration = entered->answer().getWelcome().getOperator();
  for (const auto& [id, words] :
       {std::pair{"", "id is empty"}, std::pair{"slk_0000", "id is not 16 hexadecimal digits"},
        std::pair{"00000000000000aa", "there is no key"}}) {
    auto request = administration.revokeKeyRequest();
    request.setId(id);
    const auto asked = peer.ask(kj::mv(request));
    const std::string message = asked->answer().getAnswer().getFault().getMessage().cStr();
    EXPECT_NE(message.find(words), std::string::npos) << message;
  }
}

}  // namespace sluice::testing
