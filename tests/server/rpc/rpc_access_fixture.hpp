// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/auth/api_key_text.hpp"
#include "server/auth/authenticator.hpp"
#include "server/stored_roles.hpp"
#include "tests/server/rpc/rpc_server_fixture.hpp"
#include "tests/support/token_smith.hpp"

namespace sluice::testing {

class DeafDoor final : public auth::AuthObserver {
public:
  void credential_refused(std::string_view /*address*/, std::string_view /*reason*/) override {}
  void keys_changed(std::size_t /*keys*/) override {}
  void keys_refused(const Fault& /*fault*/) override {}
};

/// The roles of an engine that starts later.
class LateRoles final : public auth::MemberRoles {
public:
  explicit LateRoles(std::optional<Engine>& engine) : engine_(engine) {}
  void find(const auth::Principal& member, TenantId tenant, std::uint16_t reactor,
            Answer answer) const override {
    StoredRoles{*engine_}.find(member, tenant, reactor, std::move(answer));
  }

private:
  std::optional<Engine>& engine_;
};

/// What must outlive the server.
struct Door {
  DeafDoor door_observer;
  std::optional<auth::Authenticator> authenticator;
  test::TokenSmith issuer{test::Signing::rs256};
};

/// Somebody at work, with one connection.
///
/// Threading  One of these in a thread at a time: it has the event loop.
struct RpcAtWork {
  RpcAtWork(std::uint16_t port, const std::string& credential)
      : peer(port),
        entered(peer.enter(credential)),
        admin(entered->answer().getWelcome().getTenantAdmin()),
        platform(admin.castAs<wire::Operator>()) {}
  ~RpcAtWork() noexcept = default;
  RpcAtWork(const RpcAtWork&) = delete;
  RpcAtWork& operator=(const RpcAtWork&) = delete;

  /// Sends the request; its value as `decode` has it, or what is wrong.
  template <class T, class Request, class Decode>
  Result<T> answer(Request request, Decode decode) {
    const auto asked = peer.ask(kj::mv(request));
    if (asked->refusal().find("permission denied: ") != std::string::npos) {
      return Fault{FaultCode::permission_denied, asked->refusal()};
    }
    const auto told = asked->answer().getAnswer();
    return told.isFault() ? Result<T>{decode_fault(told.getFault())} : decode(told.getValue());
  }

  RpcPeer peer;
  std::unique_ptr<Asked<wire::Front::EnterResults>> entered;
  wire::TenantAdmin::Client admin;
  wire::Operator::Client platform;  ///< The same, taken for an operator's.
};

/// A server that requires credentials, and everybody's credentials. The caller's own tenant is 1,
/// and 2 somebody else's.
class RpcAccessFixture : protected Door, public RpcServerFixture {
protected:
  void SetUp() override {
    database.put(record(tenant(1), 1'000'000));
    database.put(record(tenant(2), 1'000'000));
    const std::string keys = directory.path() / "keys.pem";
    std::ofstream{keys} << issuer.public_pem();
    auth::TokenRules rules{{auth::TokenAlgorithm::rs256, auth::TokenAlgorithm::hs256}, "i", "a"};
    authenticator.emplace(
        [this](KeyId id) { return engine->find_key(id); },
        auth::TokenSource{std::move(rules), auth::KeyFile::open(keys, Instant{}).value()},
        auth::Authenticator::Surroundings{&clock, &clock, &door_observer});
    doorkeepers = {&*authenticator, &member_roles};
    serve();
  }

  /// The text of a key that is made now.
  std::string make_key(CallerKind kind, PermissionSet permissions, CoveredTenants tenants = {},
                       WallTime expires_at = WallTime::max()) {
    const auth::MintedKey minted = auth::mint_api_key();
    const ApiKey key{minted.id,          "a key",     kind, permissions,
                     std::move(tenants), minted.hash, {},   expires_at};
    const auto added = reply_of<ApiKey>(
        [&](auto reply) { engine->add_key(here, operator_author(), key, std::move(reply)); });
    EXPECT_TRUE(added.ok()) << added.fault().context;
    return minted.text;
  }
  void revoke(const std::string& text) {
    const KeyId id = auth::read_api_key(text)->id;
    ASSERT_TRUE(reply_of<ApiKey>([&](auto reply) {
                  engine->remove_key(here, operator_author(), id, reply);
                }).ok());
  }

  [[nodiscard]] nlohmann::json claims() const {
    return {{"iss", "i"}, {"aud", "a"}, {"exp", seconds(clock.now().wall) + 3600}, {"sub", "u"}};
  }
  [[nodiscard]] static std::int64_t seconds(WallTime time) {
    return time.time_since_epoch() / std::chrono::seconds{1};
  }
  /// Of somebody whose role in tenant 1 the tenant knows.
  [[nodiscard]] std::string user_token(const std::string& user) const {
    nlohmann::json of = claims();
    of["sub"] = user;
    of["sluice"] = {{"kind", "member"}, {"tenants", {to_string(tenant(1))}}};
    return issuer.sign(of);
  }
  /// Of a member of tenant 1.
  [[nodiscard]] std::string member_token(Role role) const {
    nlohmann::json of = claims();
    of["sluice"] = {{"kind", "member"},
                    {"tenants", {to_string(tenant(1))}},
                    {"role", std::string{to_string(role)}}};
    return issuer.sign(of);
  }

  LateRoles member_roles{engine};
};

}  // namespace sluice::testing
