// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.hpp"
#include "server/rpc/rpc_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <future>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "server/http/routes.hpp"
#include "tests/actors/runtime/engine_fixture.hpp"
#include "tests/support/http_peer.hpp"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using sluice::testing::founded;
using sluice::testing::record;
using sluice::testing::tenant;
using test::HttpPeer;
using test::HttpReply;

class DeafObserver final : public RpcObserver {
public:
  void client_entered(std::string_view /*peer*/, std::string_view /*client*/) override {}
  void connection_refused(std::string_view /*peer*/, std::string_view /*reason*/) override {}
  void access_denied(std::string_view /*peer*/, std::string_view /*credential*/,
                     std::string_view /*method*/) override {}
  void accept_failed(std::string_view /*reason*/) override {}
};

/// Refuses what it is told to refuse, and remembers what it was asked.
class StrictGate final : public Authorize {
public:
  Result<Done> permit(const Request& /*request*/, const Wanted& wanted,
                      std::optional<TenantId> about) override {
    if (wanted.area == refused_area || (about && about == refused_tenant)) {
      return Fault{FaultCode::conflict, "not you"};
    }
    return Done{};
  }
  Result<Access> access_of(const Request& request) override { return Access{request.peer}; }
  Author author_of(const Request& request) override { return anonymous_author(request.peer); }
  std::optional<Area> refused_area;
  std::optional<TenantId> refused_tenant;
};

/// A real server on a real engine, in this process, on a database in memory.
class HttpServerSpec : public sluice::testing::EngineFixture {
protected:
  ~HttpServerSpec() override {
    database.let_go_of_load();
    if (server) {
      server->close();
      native->close();
      EXPECT_TRUE(stop().ok());
      server.reset();
      native.reset();
      scraper.reset();
    }
  }

  void serve(std::uint16_t reactors = 1, Bounds bounds = {}) {
    start(reactors);
    server.emplace(Options{.server = "sluiced/test", .bounds = bounds}, foundations());
    const auto listening = server->listen();
    ASSERT_TRUE(listening.ok()) << listening.fault().context;
    server->serve();
  }

  [[nodiscard]] Foundations foundations() {
    latency.emplace(engine->reactor_count());
    scraper.emplace(*engine, machine, counts, *latency, lines_kept_back, "test");
    if (!native) {
      RpcOptions anywhere;
      anywhere.port = 0;
      native.emplace(anywhere, *engine, clock, nullptr, observer);
      EXPECT_TRUE(native->listen().ok());
      native->serve();
    }
    return {*engine, clock, machine, nullptr, observer, gate, *latency, counts, *scraper, *native};
  }

  [[nodiscard]] std::uint16_t port() const {
    const std::string endpoint = server->endpoint();
    return static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  }

  static std::string one_of(const std::string& who) {
    return R"({"tenant":")" + who + R"(","meter":"api_requests"})";
  }

  DeafObserver observer;
  StrictGate gate;
  CountingObserver counts{listener};
  std::atomic<std::uint64_t> lines_kept_back{0};
  std::optional<DecisionLatency> latency;
  std::optional<Scraper> scraper;
  std::optional<RpcServer> native;
  std::optional<Server> server;
};

TEST_F(HttpServerSpec, DecidesAndTellsTheNumbersOfTheLimit) {
  database.put(record(tenant(1), 2));
  serve();
  HttpPeer peer(port());
  const HttpReply allowed = peer.post("/v1/check", one_of(to_string(tenant(1))));
  EXPECT_EQ(allowed.status, 200);
  const json data = json::parse(allowed.body)["data"];
  EXPECT_EQ(data["outcome"], "allowed");
  EXPECT_EQ(data["limit"], "total");
  EXPECT_EQ(data["used"], 1);
  EXPECT_EQ(data["remaining"], 1);
  EXPECT_EQ(allowed.header("ratelimit-policy"), R"("total";q=2)");
  EXPECT_EQ(allowed.header("ratelimit"), R"("total";r=1)");
}

TEST_F(HttpServerSpec, RefusesBeyondTheLimitWith429) {
  database.put(record(tenant(1), 2, 2));
  serve();
  HttpPeer peer(port());
  const HttpReply denied = peer.post("/v1/check", one_of("tenant-1"));
  EXPECT_EQ(denied.status, 429);
  const json body = json::parse(denied.body);
  EXPECT_EQ(body["success"], false);
  EXPECT_EQ(body["error"]["code"], "denied");
  EXPECT_EQ(body["error"]["details"]["remaining"], 0);
}

TEST_F(HttpServerSpec, AnswersEachCheckOfAListByItself) {
  database.put(record(tenant(1), 2, 1));
  serve();
  HttpPeer peer(port());
  const std::string list = R"({"checks":[)" + one_of("tenant-1") + "," + one_of("tenant-1") +
                           R"(,{"tenant":"tenant-1","meter":"nothing"},)" + one_of("nobody") + "]}";
  const HttpReply reply = peer.post("/v1/checks", list);
  EXPECT_EQ(reply.status, 200);
  const json data = json::parse(reply.body)["data"];
  ASSERT_EQ(data.size(), 4U);
  EXPECT_EQ(data[0]["outcome"], "allowed");
  EXPECT_EQ(data[1]["outcome"], "denied");
  EXPECT_EQ(data[2]["outcome"], "no_such_meter");
  EXPECT_EQ(data[2]["field"], "checks[2].meter");
  EXPECT_EQ(data[3]["outcome"], "unknown_tenant");
}

TEST_F(HttpServerSpec, KeepsAConnectionForTheNextRequest) {
  serve();
  HttpPeer peer(port());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(peer.post("/v1/check", one_of("nobody")).status, 404);
  }
}

TEST_F(HttpServerSpec, AnswersRequestsThatAreSentAheadInTheirOrder) {
  database.put(record(tenant(1), 1));
  serve();
  HttpPeer peer(port());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += HttpPeer::request("POST", "/v1/check", one_of(i == 0 ? "tenant-1" : "nobody"));
  }
  peer.send(all);
  EXPECT_EQ(peer.read().status, 200);
  for (int i = 1; i < 50; ++i) {
    EXPECT_EQ(peer.read().status, 404);
  }
}

TEST_F(HttpServerSpec, ClosesWhereThePeerAsksForIt) {
  serve();
  HttpPeer peer(port());
  EXPECT_EQ(peer.ask("POST", "/v1/check", one_of("nobody"), {{"Connection", "close"}}).status, 404);
  EXPECT_TRUE(peer.closed_within(10s));
}

TEST_F(HttpServerSpec, SaysWhichMethodsAPathHas) {
  serve();
  HttpPeer peer(port());
  const HttpReply wrong = peer.get("/v1/check");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("allow"), "POST");
  EXPECT_EQ(peer.get("/v2/check").status, 404);
  EXPECT_EQ(peer.get("/v1/clock").status, 404) << "time is real";
}

TEST_F(HttpServerSpec, TakesBodiesOfJsonOnly) {
  serve();
  HttpPeer peer(port());
  peer.send(
      "POST /v1/check HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
      "Content-Length: 2\r\n\r\n{}");
  EXPECT_EQ(peer.read().status, 415);
  EXPECT_EQ(peer.post("/v1/check", "{").status, 400);
  EXPECT_EQ(peer.post("/v1/check", "{}").status, 422);
}

TEST_F(HttpServerSpec, RefusesAHeaderOrABodyThatIsTooLarge) {
  serve();
  HttpPeer wordy(port());
  wordy.send("GET /v1/check HTTP/1.1\r\nX-Long: " + std::string(17 << 10, 'x') + "\r\n\r\n");
  EXPECT_EQ(wordy.read().status, 431);
  EXPECT_TRUE(wordy.closed_within(10s));
  HttpPeer heavy(port());
  heavy.send(
      "POST /v1/check HTTP/1.1\r\nContent-Type: application/json\r\n"
      "Content-Length: 1048577\r\n\r\n");
  EXPECT_EQ(heavy.read().status, 413);
  HttpPeer largest(port());
  EXPECT_EQ(largest.post("/v1/check", std::string(1 << 20, ' ')).status, 400)
      << "read, and no JSON";
}

TEST_F(HttpServerSpec, TellsAPeerThatSpeaksNoHttp) {
  serve();
  HttpPeer peer(port());
  peer.send("\x16\x03\x01 hello\r\n\r\n");
  EXPECT_EQ(peer.read().status, 400);
  EXPECT_TRUE(peer.closed_within(10s));
}

TEST_F(HttpServerSpec, SaysToGoOnToAPeerThatAsksBeforeItSendsABody) {
  serve();
  HttpPeer peer(port());
  peer.send(
      "POST /v1/check HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(peer.read().status, 100);
  peer.send("{}");
  EXPECT_EQ(peer.read().status, 422);
}

TEST_F(HttpServerSpec, ClosesAConnectionThatAsksNothing) {
  serve(1, {.idle_timeout = 100ms});
  HttpPeer silent(port());
  HttpPeer slow(port());
  slow.send("GET /v1/ch");
  EXPECT_TRUE(silent.closed_within(10s));
  EXPECT_TRUE(slow.closed_within(10s));
}

TEST_F(HttpServerSpec, ClosesAConnectionThatDoesNotFinishItsBody) {
  serve(1, {.body_timeout = 100ms});
  HttpPeer peer(port());
  peer.send("POST /v1/check HTTP/1.1\r\nContent-Length: 10\r\n\r\n{");
  EXPECT_TRUE(peer.closed_within(10s));
}

TEST_F(HttpServerSpec, HoldsSoManyConnectionsAndNoMore) {
  serve(2, {.connections_max = 2});
  HttpPeer first(port());
  HttpPeer second(port());
  EXPECT_EQ(first.post("/v1/check", one_of("nobody")).status, 404);
  EXPECT_EQ(second.post("/v1/check", one_of("nobody")).status, 404);
  EXPECT_TRUE(HttpPeer(port()).closed_within(10s));
}

TEST_F(HttpServerSpec, IsReachedAtOnePortWhicheverReactorOwnsTheTenant) {
  serve(2);
  for (const std::uint16_t reactor : {std::uint16_t{0}, std::uint16_t{1}}) {
    database.put(record(tenant_of(ReactorIndex{reactor}), 100));
  }
  for (int i = 0; i < 8; ++i) {
    HttpPeer peer(port());
    for (const std::uint16_t reactor : {std::uint16_t{0}, std::uint16_t{1}}) {
      EXPECT_EQ(peer.post("/v1/check", one_of(to_string(tenant_of(ReactorIndex{reactor})))).status,
                200);
    }
  }
}

TEST_F(HttpServerSpec, TakesNoPortThatAnotherServerHas) {
  serve();
  Server other(Options{.port = port()}, foundations());
  EXPECT_FALSE(other.listen().ok());
}

TEST_F(HttpServerSpec, AsksTheGateAboutTheAreaAndAboutTheTenant) {
  database.put(record(tenant(1), 10));
  database.put(record(tenant(2), 10));
  serve();
  HttpPeer peer(port());
  gate.refused_tenant = tenant(1);
  EXPECT_EQ(peer.post("/v1/check", one_of("tenant-1")).status, 409);
  EXPECT_EQ(peer.post("/v1/check", one_of("tenant-2")).status, 200);
  EXPECT_EQ(used(tenant(1)), Amount{0}) << "it was not charged";
  gate.refused_area = Area::spending;
  EXPECT_EQ(peer.post("/v1/check", one_of("tenant-2")).status, 409);
  EXPECT_EQ(used(tenant(2)), Amount{1});
}

TEST_F(HttpServerSpec, AnswersWhatIsInFlightBeforeItIsDrained) {
  database.put(record(tenant(1), 10));
  serve();
  HttpPeer idle(port());
  HttpPeer peer(port());
  EXPECT_EQ(idle.post("/v1/check", one_of("nobody")).status, 404);
  database.hold_next_load();
  peer.send(HttpPeer::request("POST", "/v1/check", one_of(to_string(tenant(1)))));
  ASSERT_TRUE(status_becomes([](const ReactorStatus& s) { return s.waiting_checks == 1; }));
  auto drained = std::async(std::launch::async, [this] { return server->drain(10s); });
  EXPECT_TRUE(idle.closed_within(10s));
  database.let_go_of_load();
  EXPECT_EQ(peer.read().status, 200);
  EXPECT_TRUE(peer.closed_within(10s));
  EXPECT_TRUE(drained.get());
}

/// Every name that a description refers to.
void collect_references(const json& part, std::set<std::string>& into) {
  for (const auto& [name, value] : part.items()) {
    if (name == "$ref") {
      into.insert(value.get<std::string>());
    } else if (value.is_structured()) {
      collect_references(value, into);
    }
  }
}

TEST_F(HttpServerSpec, DescribesEveryRouteAndNoOther) {
  serve();
  const json described = json::parse(HttpPeer(port()).get("/openapi.json").body);
  EXPECT_EQ(described["openapi"], "3.1.0");
  std::set<std::pair<std::string, std::string>> served;
  for (const Route& route : routes()) {
    if (!route.simulated_time_only) {
      std::string method{to_string(route.method)};
      std::ranges::transform(method, method.begin(),
                             [](unsigned char c) { return std::tolower(c); });
      served.emplace(route.path, method);
      EXPECT_FALSE(route.summary.empty()) << route.path;
    }
  }
  std::set<std::pair<std::string, std::string>> told;
  for (const auto& [path, operations] : described["paths"].items()) {
    // Those of the native interface are all behind one route.
    const bool is_native = path.starts_with("/api/v1/operator/") && !path.ends_with('}');
    for (const auto& [method, operation] : operations.items()) {
      if (!is_native) {
        told.emplace(path, method);
      }
      EXPECT_FALSE(operation["summary"].get<std::string>().empty());
    }
  }
  EXPECT_EQ(told, served);
  std::set<std::string> references;
  collect_references(described, references);
  for (const std::string& reference : references) {
    EXPECT_TRUE(described.contains(json::json_pointer(reference.substr(1)))) << reference;
  }
}

TEST_F(HttpServerSpec, AnswersEveryRouteThatItDescribes) {
  serve();
  HttpPeer peer(port());
  for (const Route& route : routes()) {
    if (route.simulated_time_only) {
      continue;
    }
    std::string path{route.path};
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
      path.replace(open, path.find('}') - open + 1, "nobody");
    }
    const bool has_body = route.mode || !route.body.empty();
    const HttpReply reply =
        peer.ask(std::string{to_string(route.method)}, path, has_body ? "{}" : "");
    EXPECT_NE(reply.status, 405) << path;
    EXPECT_TRUE(reply.status != 404 || reply.body.find("nothing is served") == std::string::npos)
        << path;
  }
}

TEST_F(HttpServerSpec, AsksTheStoreForASlugOnlyOnce) {
  database.put(record(tenant(1), 10));
  serve();
  HttpPeer peer(port());
  EXPECT_EQ(peer.post("/v1/check", one_of("tenant-1")).status, 200);
  database.fail_reads(sluice::testing::store_away);
  EXPECT_EQ(peer.post("/v1/check", one_of("tenant-1")).status, 200);
  EXPECT_EQ(peer.post("/v1/check", one_of("tenant-2")).status, 503) << "nobody can say";
}

}  // namespace
}  // namespace sluice::http
