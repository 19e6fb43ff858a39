// SPDX-License-Identifier: Apache-2.0
// Goal    Nobody gets anything by HTTP that is not his, whatever a route's handler does.
// Method  The real server that requires credentials. Its routes come from the description that it
//         serves, so one without a rule fails. Each is asked for by every kind of caller, about his
//         own tenant and another one, and by those who have no credential, or none that is good.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/client/operator_client.hpp"
#include "tests/support/http_access_rules.hpp"
#include "tests/support/http_peer.hpp"
#include "tests/support/process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/token_smith.hpp"

namespace sluice::test {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t noon = 1'749'556'800;  // 2025-06-10, where the server's clock stands.
constexpr auto some_id = "0197a000-0000-7000-8000-0000000000ff";

/// What is sent to routes that look at the body before they know the tenant; others get none.
/// `{tenant}` is the tenant that is asked about.
const std::map<std::string, std::string> bodies{
    {"POST /v1/check", R"({"tenant":"{tenant}","meter":"api_requests","amount":1})"},
    {"POST /v1/checks", R"({"checks":[{"tenant":"{tenant}","meter":"api_requests","amount":1}]})"},
    {"POST /v1/peek", R"({"tenant":"{tenant}","meter":"api_requests","amount":1})"},
    {"POST /v1/record", R"({"tenant":"{tenant}","meter":"api_requests","amount":1})"},
    {"POST /v1/release", R"({"tenant":"{tenant}","meter":"users","amount":1})"},
    {"POST /v1/reserve", R"({"tenant":"{tenant}","meter":"api_requests","amount":1,"ttl":"30s"})"},
    {"POST /v1/extend", R"({"tenant":"{tenant}","id":"0197a000-0000-7000-8000-0000000000ff"})"},
    {"POST /v1/commit", R"({"tenant":"{tenant}","id":"0197a000-0000-7000-8000-0000000000ff"})"},
    {"POST /v1/cancel", R"({"tenant":"{tenant}","id":"0197a000-0000-7000-8000-0000000000ff"})"},
    {"POST /v1/lease", R"({"tenant":"{tenant}","meter":"api_requests","want":1,"ttl":"30s",)"
                       R"("id":"0197a000-0000-7000-8000-0000000000fe"})"},
    {"POST /v1/clock", R"({"advance":"1s"})"},
    {"PUT /api/v1/tenants/{tenant}", R"({"version":99})"},
    {"POST /api/v1/tenants/{tenant}/suspend", R"({"reason":"x"})"},
    {"POST /api/v1/tenants/{tenant}/upgrade", R"({"tier":"none"})"},
    {"POST /api/v1/tenants/{tenant}/move", R"({"to":"shared"})"},
    {"PUT /api/v1/tenants/{tenant}/quotas/{type}", R"({"meter":"api_requests","limit":1000})"},
    {"POST /api/v1/tenants/{tenant}/members", R"({"userId":"u","email":"u@x.example",)"
                                              R"("role":"viewer"})"},
    {"PUT /api/v1/tenants/{tenant}/customization", R"({"version":99})"},
    {"POST /api/v1/tenants/{tenant}/payments", R"({"status":"failed","reference":"x"})"},
    {"POST /api/v1/tenants/{tenant}/webhooks/test", R"({"url":"https://x.example/y"})"},
    {"POST /api/v1/sharing/policies", R"({"resourceType":"model","resourceId":"r","title":"r",)"
                                      R"("visibility":"private","permissions":["read"]})"},
    {"PUT /api/v1/sharing/policies/{policy}", R"({"resourceType":"model","resourceId":"r",)"
                                              R"("title":"r","visibility":"private",)"
                                              R"("permissions":["read"]})"},
    {"POST /api/v1/sharing/policies/{policy}/request-access", R"({"permissions":["read"]})"},
    {"POST /api/v1/sharing/requests/{request}/approve", "{}"},
    {"POST /api/v1/sharing/requests/{request}/reject", R"({"reason":"x"})"},
    {"POST /api/v1/sharing/requests/{request}/revoke", R"({"reason":"x"})"},
    {"POST /api/v1/marketplace/listings",
     R"({"policy":"0197a000-0000-7000-8000-0000000000ff","title":"t","category":"c"})"},
    {"PUT /api/v1/marketplace/listings/{listing}", R"({"title":"t","category":"c"})"},
    {"PUT /api/v1/marketplace/listings/{listing}/rating", R"({"stars":5})"},
    {"PUT /api/v1/marketplace/listings/{listing}/featured", R"({"featured":true})"},
    {"POST /api/v1/operator/{method}", R"({"tenant":{"id":"{tenant}"}})"},
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// A method and a path, and what is sent there about a tenant.
struct Asked {
  std::string method;
  std::string target;
  std::string body;
  bool names_tenant = false;
};

Asked asked_of(const std::string& route, const std::string& tenant) {
  const std::size_t blank = route.find(' ');
  Asked asked{route.substr(0, blank), route.substr(blank + 1), {}, false};
  if (const auto body = bodies.find(route); body != bodies.end()) {
    asked.body = body->second;
  }
  const bool by_query = asked.target.find("/sharing/") != std::string::npos ||
                        asked.target.find("/marketplace/") != std::string::npos ||
                        asked.target == "/v1/auth";
  if (by_query) {
    asked.target.append("?tenant={tenant}");
  }
  asked.names_tenant = (asked.target + asked.body).find("{tenant}") != std::string::npos;
  for (std::string* const text : {&asked.target, &asked.body}) {
    replace_all(*text, "{tenant}", tenant);
  }
  const std::map<std::string, std::string> rest{
      {"{type}", "monthly"},  {"{userId}", "somebody"}, {"{host}", "h.example"},
      {"{currency}", "USD"},  {"{number}", "1"},        {"{method}", "showTenant"},
      {"{policy}", some_id},  {"{id}", some_id},        {"{request}", some_id},
      {"{listing}", some_id}, {"{resource}", "r"},
  };
  for (const auto& [name, value] : rest) {
    replace_all(asked.target, name, value);
  }
  return asked;
}

class HttpAccess : public testing::Test {
protected:
  HttpAccess() {
    const std::string keys = directory_.path() / "keys.json";
    std::ofstream{keys} << nlohmann::json{{"keys", {issuer_.jwk("k")}}};
    server_ = std::make_unique<ServerProcess>(
        directory_.path() / "data",
        std::vector<std::string>{"--auth", "required", "--http-listen", "127.0.0.1:0",
                                 "--token-keys", keys, "--token-issuer", "i", "--token-audience",
                                 "a", "--simulated-time", "2025-06-10T12:00:00Z"});
    const std::string output = server_->process().output();
    const std::size_t begin = output.find("slk_");
    first_ = output.substr(begin, output.find('\n', begin) - begin);
    own_ = ctl({"tenant", "create", "own", "--tier", "enterprise"})["id"];
    foreign_ = ctl({"tenant", "create", "foreign", "--tier", "enterprise"})["id"];
  }

  [[nodiscard]] Json ctl(std::vector<std::string> words) const {
    words.insert(words.begin(), {program("sluicectl"), "--json"});
    const Finished done =
        run(std::move(words), {"SLUICE_SERVER=127.0.0.1:" + std::to_string(server_->port()),
                               "SLUICE_CREDENTIAL=" + first_});
    EXPECT_EQ(done.exit_code, 0) << done.output;
    return Json::parse(done.output);
  }
  [[nodiscard]] std::string key(std::vector<std::string> words) const {
    words.insert(words.begin(), {"key", "create", "k"});
    return ctl(std::move(words))["key"];
  }
  [[nodiscard]] std::string revoked_key() const {
    const Json made = ctl({"key", "create", "k", "--kind", "operator", "--scopes", "*"});
    (void)ctl({"key", "revoke", made["id"]});
    return made["key"];
  }
  [[nodiscard]] std::string member(const std::string& role, const TokenSmith& issuer,
                                   std::int64_t expires_at = noon + 3'600) const {
    return issuer.sign({{"alg", issuer.algorithm()}, {"kid", "k"}},
                       {{"iss", "i"},
                        {"aud", "a"},
                        {"exp", expires_at},
                        {"sub", "somebody"},
                        {"sluice", {{"kind", "member"}, {"tenants", {own_}}, {"role", role}}}});
  }
  /// As `http_access_rules` calls them.
  [[nodiscard]] std::map<char, std::string> callers() const {
    return {{'A', first_},
            {'R', key({"--kind", "operator", "--scopes", "*:read"})},
            {'T', key({"--kind", "operator", "--scopes", "*", "--tenant", "own"})},
            {'G', key({"--kind", "gateway"})},
            {'g', key({"--kind", "gateway", "--tenant", "own"})},
            {'o', member("owner", issuer_)},
            {'a', member("admin", issuer_)},
            {'m', member("member", issuer_)},
            {'v', member("viewer", issuer_)}};
  }

  /// The kinds of those who were refused something of the tenant, once there are so many.
  [[nodiscard]] std::string denials_of(const std::string& tenant, std::size_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (true) {
      const Json found = ctl({"audit", "list", tenant, "--action", "access.denied"})["events"];
      if (found.size() >= count || std::chrono::steady_clock::now() > deadline) {
        std::string kinds;
        for (const Json& event : found) {
          kinds += event["kind"].get<std::string>() + ' ';
        }
        return kinds;
      }
    }
  }
  [[nodiscard]] std::size_t alerts_of(const std::string& tenant) const {
    return ctl({"alert", "list", tenant, "--kind", "access.violation"})["alerts"].size();
  }
  HttpReply ask(const Asked& what, const std::string& credential) {
    const HttpHeaders shown{{"Authorization", "Bearer " + credential}};
    return peer().ask(what.method, what.target, what.body,
                      credential.empty() ? HttpHeaders{} : shown);
  }
  /// All that are served. What ends a tenant comes last, and what spends in its name first.
  std::vector<std::string> routes() {
    std::vector<std::string> found;
    const Json described = Json::parse(peer().get("/openapi.json").body);
    for (const auto& [path, operations] : described["paths"].items()) {
      const bool is_native = path.starts_with("/api/v1/operator/");
      for (const auto& [method, operation] : operations.items()) {
        std::string name = method;
        std::ranges::transform(name, name.begin(), [](char c) {
          return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        });
        name.append(" ").append(is_native ? "/api/v1/operator/{method}" : path);
        if (std::ranges::find(found, name) == found.end()) {
          found.push_back(std::move(name));
        }
      }
    }
    std::ranges::stable_sort(found, {}, [](const std::string& name) {
      return name.starts_with("DELETE") ? 2 : name.find(" /v1/") != name.npos ? 0 : 1;
    });
    return found;
  }
  HttpPeer& peer() {
    if (!peer_) {
      peer_.emplace(server_->http_port());
    }
    return *peer_;
  }
  [[nodiscard]] const TokenSmith& issuer() const { return issuer_; }
  [[nodiscard]] const std::string& first() const { return first_; }

  std::string own_;
  std::string foreign_;

private:
  TemporaryDirectory directory_;
  TokenSmith issuer_{Signing::es256};
  std::unique_ptr<ServerProcess> server_;
  std::string first_;
  std::optional<HttpPeer> peer_;
};

/// A list is answered as a whole, and says of each check what became of it.
bool is_denied(const std::string& route, const HttpReply& reply) {
  return reply.status == 403 ||
         (route == "POST /v1/checks" && reply.body.find("access_denied") != std::string::npos);
}

TEST_F(HttpAccess, EverybodyGetsThroughToWhatIsHisAndToNothingElse) {
  const auto rules = http_access_rules();
  const std::vector<std::string> served = routes();
  EXPECT_EQ(served.size(), rules.size());
  const auto everybody = callers();
  for (const std::string& route : served) {
    ASSERT_TRUE(rules.contains(route)) << route << " has no rule";
    const std::string& let_through = rules.at(route);
    const bool is_open = let_through == "*";
    for (const auto& [who, credential] : everybody) {
      const bool has_right = is_open || let_through.find(who) != std::string::npos;
      for (const bool is_own : {true, false}) {
        const Asked asked = asked_of(route, is_own ? own_ : foreign_);
        const bool is_for_all = who == 'G' || who == 'A' || who == 'R';
        const bool allowed = has_right && (is_own || is_for_all || !asked.names_tenant);
        const HttpReply reply = ask(asked, credential);
        EXPECT_NE(reply.status, 401) << who << " " << route;
        EXPECT_EQ(is_denied(route, reply), !allowed)
            << who << " " << route << (is_own ? " of his own: " : " of another: ") << reply.status
            << " " << reply.body;
      }
    }
  }
}

TEST_F(HttpAccess, OnlyWhoAsksAboutAForeignTenantRaisesAnAlertAndAllAreInItsAudit) {
  const auto everybody = callers();
  const Asked lacking{"PUT", "/api/v1/tenants/foreign", R"({"name":"Mine"})"};
  for (const auto& [who, about] : {std::pair{'R', "foreign"}, {'v', "own"}, {'o', "foreign"}}) {
    Asked asked = lacking;
    asked.target = std::string{"/api/v1/tenants/"}.append(about);
    EXPECT_EQ(ask(asked, everybody.at(who)).status, 403) << who;
  }
  EXPECT_EQ(denials_of("foreign", 2), "operator member ");
  EXPECT_EQ(denials_of("own", 1), "member ");
  EXPECT_EQ(alerts_of("foreign"), 1U) << "by the owner of another one";
  EXPECT_EQ(alerts_of("own"), 0U);
}

TEST_F(HttpAccess, AMemberHasNoMethodOfOperatorsAndWhoAsksForOneIsInTheAudit) {
  const Asked asked{"POST", "/api/v1/operator/removeLimit",
                    R"({"tenant":{"slug":"own"},"name":"monthly"})"};
  EXPECT_EQ(ask(asked, callers().at('o')).status, 403);
  EXPECT_EQ(denials_of("own", 1), "member ");
}

TEST_F(HttpAccess, AMemberIsToldOfHisOwnTenantsAlone) {
  const std::string token = callers().at('v');
  EXPECT_EQ(ask({"GET", "/api/v1/users/somebody/tenants", ""}, token).status, 200);
  EXPECT_EQ(ask({"GET", "/api/v1/users/somebody-else/tenants", ""}, token).status, 403);
}

TEST_F(HttpAccess, NobodyGetsThroughWithoutACredentialThatIsGood) {
  const auto rules = http_access_rules();
  const TokenSmith stranger{Signing::es256};
  const std::string forged = first().substr(0, first().size() - 4) + "aaaa";
  const std::map<std::string, std::string> nobodies{
      {"no credential", ""},
      {"a key with a secret that is guessed", forged},
      {"a key that was revoked", revoked_key()},
      {"a token that has expired", member("owner", issuer(), noon - 3'600)},
      {"a token of another issuer's key", member("owner", stranger)},
      {"no token at all", "x.y.z"}};
  for (const auto& [what, credential] : nobodies) {
    for (const std::string& route : routes()) {
      const HttpReply reply = ask(asked_of(route, own_), credential);
      const bool is_open = rules.at(route) == "*";
      EXPECT_EQ(reply.status == 401, !is_open) << what << " " << route << " " << reply.status;
      if (!is_open) {
        EXPECT_EQ(reply.header("www-authenticate").substr(0, 6), "Bearer") << what << " " << route;
      }
    }
  }
}

}  // namespace
}  // namespace sluice::test
