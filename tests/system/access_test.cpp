// SPDX-License-Identifier: Apache-2.0
// Goal    Who may come in, comes in, and nobody else, by the real programs.
// Method  The real server that requires credentials, the real client library and sluicectl; tokens
//         and certificates made here.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/http_peer.hpp"
#include "tests/support/process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/token_smith.hpp"

namespace sluice::test {
namespace {

class Access : public testing::Test {
protected:
  void start(std::vector<std::string> flags = {}) {
    flags.insert(flags.begin(), {"--auth", "required"});
    server_ = std::make_unique<ServerProcess>(directory_.path() / "data", std::move(flags));
  }
  /// The key that the server printed; empty if it printed none.
  [[nodiscard]] std::string printed_key() const {
    const std::string output = server_->process().output();
    const std::size_t begin = output.find("slk_");
    return begin == std::string::npos ? "" : output.substr(begin, output.find('\n', begin) - begin);
  }
  [[nodiscard]] std::string file_with(const std::string& text) const {
    std::string path = directory_.path() / "credential";
    std::ofstream{path} << text << '\n';
    return path;
  }
  /// Runs sluicectl with this credential in the environment.
  [[nodiscard]] Finished ctl(std::vector<std::string> words, const std::string& credential) const {
    words.insert(words.begin(), program("sluicectl"));
    return run(std::move(words), {"SLUICE_SERVER=127.0.0.1:" + std::to_string(server_->port()),
                                  "SLUICE_CREDENTIAL=" + credential});
  }
  [[nodiscard]] client::OperatorOptions operator_options(const std::string& credential) const {
    client::OperatorOptions options;
    options.port = server_->port();
    options.credential.text = credential;
    return options;
  }
  [[nodiscard]] client::ClientOptions gateway_options(const std::string& credential) const {
    client::ClientOptions options;
    options.port = server_->port();
    options.credential.text = credential;
    return options;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<ServerProcess> server_;
};

// The key is committed before it is printed; here the second fails, as it does when the server dies
// in between.
TEST_F(Access, AFirstKeyThatWasMadeAndNotPrintedIsPrintedByTheNextStart) {
  const std::string data = directory_.path() / "data";
  const Finished mute =
      run({"/bin/sh", "-c", "exec \"$@\" > /dev/full", "sh", program("sluiced"), "--listen",
           "127.0.0.1:0", "--data-directory", data, "--auth", "required"});
  EXPECT_EQ(mute.exit_code, 1);
  EXPECT_NE(mute.output.find("cannot be printed"), std::string::npos) << mute.output;
  EXPECT_TRUE(std::filesystem::exists(data + "/UNTOLD"));
  start();
  const std::string key = printed_key();
  ASSERT_NE(key, "");
  EXPECT_FALSE(std::filesystem::exists(data + "/UNTOLD"));
  const auto keys = nlohmann::json::parse(ctl({"--json", "key", "list"}, key).output);
  EXPECT_EQ(keys["keys"].size(), 1U) << "the one of the first start: " << keys.dump();
  server_->stop();
  start();
  EXPECT_EQ(printed_key(), "");
}

TEST_F(Access, AnUntoldKeyThatWasNeverMadeIsForgotten) {
  start();
  const std::string key = printed_key();
  const std::string untold = directory_.path() / "data/UNTOLD";
  server_->stop();
  std::ofstream{untold} << "slk_of-nobody\n";
  start();
  EXPECT_EQ(printed_key(), "");
  EXPECT_FALSE(std::filesystem::exists(untold));
  EXPECT_EQ(ctl({"key", "list"}, key).exit_code, 0);
}

TEST_F(Access, TheFirstKeyIsPrintedOnceAndOpensTheDoor) {
  start();
  const std::string key = printed_key();
  ASSERT_NE(key, "");
  EXPECT_EQ(ctl({"tenant", "create", "acme"}, key).exit_code, 0);
  server_->stop();
  start();
  EXPECT_EQ(printed_key(), "");
  EXPECT_EQ(ctl({"tenant", "show", "acme"}, key).exit_code, 0);
}

TEST_F(Access, WithoutACredentialNobodyComesInAndIsToldWhatToDo) {
  start();
  const Finished refused = ctl({"tenant", "list"}, "");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.output.find("--credential-file"), std::string::npos) << refused.output;
  const auto opened = client::Client::open(gateway_options(""));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.fault().code, FaultCode::unauthenticated);
}

TEST_F(Access, AnOperatorWhoseKeyIsRevokedComesBackWithTheOneThatIsInTheFileThen) {
  start();
  const std::string first = printed_key();
  client::OperatorOptions options = operator_options("");
  options.credential.file = file_with(first);
  const auto opened = client::OperatorClient::open(options);
  ASSERT_TRUE(opened.ok()) << opened.fault().context;
  client::OperatorClient& admin = *opened.value();
  const auto first_keys = admin.keys();
  ASSERT_TRUE(first_keys.ok());
  const auto next = admin.create_key(
      {KeyId{0}, "next", CallerKind::operator_, PermissionSet::all(), {}, {}, {}, WallTime::max()});
  ASSERT_TRUE(next.ok()) << next.fault().context;
  (void)file_with(next.value().text);
  const auto other = client::OperatorClient::open(operator_options(next.value().text));
  ASSERT_TRUE(other.ok()) << other.fault().context;
  ASSERT_TRUE(other.value()->revoke_key(first_keys.value().at(0).id).ok());
  const auto refused = admin.list({});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::unauthenticated);
  EXPECT_TRUE(admin.list({}).ok()) << "the next call reads the file again";
}

TEST_F(Access, AKeyIsMadeUsedAndRevoked) {
  start();
  const std::string first = printed_key();
  ASSERT_EQ(ctl({"tenant", "create", "acme"}, first).exit_code, 0);
  const Finished made =
      ctl({"--json", "key", "create", "edge", "--kind", "gateway", "--tenant", "acme"}, first);
  ASSERT_EQ(made.exit_code, 0) << made.output;
  const auto key = nlohmann::json::parse(made.output);
  const std::string text = key["key"];
  client::ClientOptions options;
  options.port = server_->port();
  options.credential.file = file_with(text);
  const auto gateway = client::Client::open(options);
  ASSERT_TRUE(gateway.ok()) << gateway.fault().context;

  const std::string id = key["id"];
  EXPECT_NE(ctl({"key", "list"}, first).output.find(id), std::string::npos);
  EXPECT_EQ(ctl({"key", "list"}, first).output.find(text), std::string::npos);
  EXPECT_EQ(ctl({"key", "revoke", id}, first).exit_code, 0);
  const Charge one{MeterId{1}, Amount{1}};
  const client::Answer answer = gateway.value()->check(
      Check{parse_tenant_id(std::string{key["tenants"][0]}).value(), std::span(&one, 1)});
  EXPECT_EQ(answer.decision.outcome, Outcome::unavailable);
  EXPECT_EQ(client::Client::open(options).fault().code, FaultCode::unauthenticated);
}

TEST_F(Access, TheNativeInterfaceInJsonAsksWhatTheNativeOneAsks) {
  start({"--http-listen", "127.0.0.1:0"});
  const std::string first = printed_key();
  ASSERT_EQ(ctl({"tenant", "create", "acme"}, first).exit_code, 0);
  ASSERT_EQ(ctl({"tenant", "create", "other"}, first).exit_code, 0);
  const auto key_of = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"--json", "key", "create", "a"});
    return nlohmann::json::parse(ctl(words, first).output)["key"].get<std::string>();
  };
  HttpPeer peer(server_->http_port());
  const auto status = [&](const std::string& method, const std::string& tenant,
                          const std::string& credential) {
    const HttpHeaders shown{{"Authorization", "Bearer " + credential}};
    return peer
        .post("/api/v1/operator/" + method, nlohmann::json{{"tenant", {{"slug", tenant}}}}.dump(),
              credential.empty() ? HttpHeaders{} : shown)
        .status;
  };
  const std::string acmes = key_of({"--kind", "operator", "--scopes", "*", "--tenant", "acme"});
  const std::string reader = key_of({"--kind", "operator", "--scopes", "*:read"});
  EXPECT_EQ(status("showTenant", "acme", acmes), 200);
  EXPECT_EQ(status("showTenant", "other", acmes), status("showTenant", "nobody", acmes))
      << "whether there is such a tenant is not told";
  EXPECT_NE(status("showTenant", "other", acmes), 200);
  EXPECT_EQ(status("showTenant", "other", reader), 200);
  EXPECT_EQ(status("purgeTenant", "other", reader), 403);
  EXPECT_EQ(status("showTenant", "acme", key_of({"--kind", "gateway"})), 403);
  EXPECT_EQ(status("showTenant", "acme", ""), 401);
  EXPECT_EQ(status("showTenant", "acme", "slk_forged"), 401);
}

TEST_F(Access, AnOperatorWhoOnlyReadsChangesNothing) {
  start();
  const std::string first = printed_key();
  ASSERT_EQ(ctl({"tenant", "create", "acme"}, first).exit_code, 0);
  const Finished made =
      ctl({"--json", "key", "create", "reader", "--kind", "operator", "--scopes", "*:read"}, first);
  const std::string reader = nlohmann::json::parse(made.output)["key"];
  EXPECT_EQ(ctl({"tenant", "show", "acme"}, reader).exit_code, 0);
  const Finished refused = ctl({"tenant", "create", "other"}, reader);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.output.find("platform:write"), std::string::npos) << refused.output;
  EXPECT_EQ(client::Client::open(gateway_options(reader)).fault().code,
            FaultCode::permission_denied);
}

TEST_F(Access, TokensAreTakenAsTheConfigurationSays) {
  const TokenSmith issuer{Signing::eddsa};
  const std::string keys = directory_.path() / "keys.json";
  std::ofstream{keys} << nlohmann::json{{"keys", {issuer.jwk("k1")}}};
  start(
      {"--token-keys", keys, "--token-issuer", "https://id.example", "--token-audience", "sluice"});
  const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::seconds{1};
  nlohmann::json claims{{"iss", "https://id.example"},
                        {"aud", "sluice"},
                        {"exp", now + 600},
                        {"sluice", {{"kind", "operator"}, {"tenants", "*"}, {"scopes", "*"}}}};
  EXPECT_EQ(ctl({"tenant", "create", "acme"}, issuer.sign(claims)).exit_code, 0);
  claims["exp"] = now - 600;
  EXPECT_EQ(ctl({"tenant", "list"}, issuer.sign(claims)).exit_code, 1);
}

TEST_F(Access, AMemberMayDoWhatHisTenantSaysUntilItSaysOtherwise) {
  const TokenSmith issuer{Signing::eddsa};
  const std::string keys = directory_.path() / "keys.json";
  std::ofstream{keys} << nlohmann::json{{"keys", {issuer.jwk("k1")}}};
  start(
      {"--token-keys", keys, "--token-issuer", "https://id.example", "--token-audience", "sluice"});
  const std::string first = printed_key();
  const std::string id = "0197a1b2-0000-7000-8000-000000000001";
  ASSERT_EQ(ctl({"tenant", "create", "acme", "--id", id, "--owner", "ann"}, first).exit_code, 0);
  const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::seconds{1};
  const auto token_of = [&](const std::string& user) {
    return issuer.sign({{"iss", "https://id.example"},
                        {"aud", "sluice"},
                        {"exp", now + 600},
                        {"sub", user},
                        {"sluice", {{"kind", "member"}, {"tenants", {id}}}}});
  };
  EXPECT_EQ(ctl({"member", "invite", "acme", "bob"}, token_of("ann")).exit_code, 0);
  EXPECT_EQ(ctl({"usage", "acme"}, token_of("bob")).exit_code, 1);
  EXPECT_EQ(ctl({"member", "accept", "acme", "bob"}, token_of("bob")).exit_code, 0);
  EXPECT_EQ(ctl({"usage", "acme"}, token_of("bob")).exit_code, 0);
  const Finished refused = ctl({"limit", "remove", "acme", "monthly"}, token_of("ann"));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.output.find("only operators"), std::string::npos) << refused.output;
  EXPECT_EQ(ctl({"member", "remove", "acme", "bob"}, token_of("ann")).exit_code, 0);
  EXPECT_EQ(ctl({"usage", "acme"}, token_of("bob")).exit_code, 1);
}

TEST_F(Access, ByTlsEverythingGoesOnAsBefore) {
  const Certificates files{directory_.path()};
  start({"--tls-certificate", files.server, "--tls-key", files.server_key, "--tls-client-ca",
         files.authority, "--reactors", "2"});
  const std::string first = printed_key();
  const std::vector<std::string> by_tls{"--tls-ca",   files.authority, "--tls-certificate",
                                        files.client, "--tls-key",     files.client_key};
  auto create = by_tls;
  create.insert(create.end(), {"tenant", "create", "acme"});
  const Finished created = ctl(create, first);
  EXPECT_EQ(created.exit_code, 0) << created.output;

  client::ClientOptions options = gateway_options(first);
  options.tls = {true, {files.authority, files.client, files.client_key}, "localhost"};
  const auto gateway = client::Client::open(options);
  ASSERT_TRUE(gateway.ok()) << gateway.fault().context;
  EXPECT_TRUE(gateway.value()->meter("api_requests").ok());
  EXPECT_EQ(ctl({"tenant", "list"}, first).exit_code, 4);
}

TEST_F(Access, HttpSaysWhichCredentialItWants) {
  start({"--http-listen", "127.0.0.1:0"});
  HttpPeer peer(server_->http_port());
  const HttpReply refused = peer.get("/api/v1/tenants");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.header("www-authenticate"), "Bearer");
  EXPECT_EQ(
      peer.ask("GET", "/api/v1/tenants", "", {{"Authorization", "Bearer " + printed_key()}}).status,
      200);
}

TEST_F(Access, HttpGoesByTheSameTls) {
  const Certificates files{directory_.path()};
  start({"--tls-certificate", files.server, "--tls-key", files.server_key, "--tls-client-ca",
         files.authority, "--http-listen", "127.0.0.1:0", "--reactors", "2"});
  const HttpHeaders by_key{{"Authorization", "Bearer " + printed_key()}};
  const std::uint16_t port = server_->http_port();
  HttpPeer peer(port, {files.authority, files.client, files.client_key});
  EXPECT_EQ(peer.get("/healthz").status, 200);
  EXPECT_EQ(peer.ask("POST", "/api/v1/tenants", R"({"name":"Acme","slug":"acme"})", by_key).status,
            201);
  EXPECT_EQ(peer.ask("GET", "/api/v1/tenants", "", by_key).status, 200) << "the next on it";
  EXPECT_EQ(peer.ask("GET", "/healthz", "", {{"Connection", "close"}}).status, 200);
  EXPECT_TRUE(peer.closed_within(std::chrono::seconds{20}));
}

TEST_F(Access, HttpByTlsLetsNobodyInWhoComesOtherwise) {
  const Certificates files{directory_.path()};
  start({"--tls-certificate", files.server, "--tls-key", files.server_key, "--tls-client-ca",
         files.authority, "--http-listen", "127.0.0.1:0"});
  const std::uint16_t port = server_->http_port();
  EXPECT_THROW(HttpPeer(port).get("/healthz"), std::runtime_error) << "in the clear";
  EXPECT_THROW(HttpPeer(port, {files.authority}).get("/healthz"), std::runtime_error)
      << "without a certificate of its own";
  EXPECT_EQ(
      HttpPeer(port, {files.authority, files.client, files.client_key}).get("/healthz").status,
      200);
}

TEST(AccessRefusal, AFileThatIsOfNoUseStopsTheStart) {
  TemporaryDirectory directory;
  const Finished refused = run({program("sluiced"), "--listen", "127.0.0.1:0", "--data-directory",
                                directory.path() / "data", "--auth", "required", "--token-keys",
                                "/no/such/file", "--token-issuer", "i", "--token-audience", "a"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.output.find("/no/such/file"), std::string::npos) << refused.output;
}

}  // namespace
}  // namespace sluice::test
