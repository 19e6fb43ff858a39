// SPDX-License-Identifier: Apache-2.0
// The HTTP interface of the real server.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/system/http_system.hpp"

namespace sluice::test {
namespace {

TEST_F(HttpSystem, AReservationIsHeldExtendedAndSettled) {
  static_cast<void>(served.create("acme", {window_limit("monthly", 100, Period::month)}));
  const json reserved =
      data(post("/v1/reserve",
                {{"tenant", "acme"}, {"meter", "api_requests"}, {"amount", 60}, {"ttl", "30s"}}));
  EXPECT_EQ(reserved["held"], 60);
  EXPECT_EQ(post("/v1/reserve",
                 {{"tenant", "acme"}, {"meter", "api_requests"}, {"amount", 60}, {"ttl", "30s"}})
                .status,
            429);
  const json named{{"tenant", "acme"}, {"id", reserved["id"]}};
  json longer = named;
  longer["ttl"] = "1h";
  EXPECT_EQ(post("/v1/extend", longer).status, 200);
  json used = named;
  used["meter"] = "api_requests";
  used["amount"] = 12;
  EXPECT_EQ(data(post("/v1/commit", used))["used"], 12);
  EXPECT_EQ(post("/v1/cancel", named).status, 409) << "it was settled otherwise";
  EXPECT_EQ(post("/v1/cancel", {{"tenant", "acme"}, {"id", "00000000-0000-4000-8000-000000000001"}})
                .status,
            404);
}

TEST_F(HttpSystem, EveryMethodOfTheNativeInterfaceIsAskedInJson) {
  const TenantId tenant = served.create("acme", {window_limit("monthly", 100, Period::month)});
  const json shown = data(post("/api/v1/operator/showTenant", {{"tenant", {{"slug", "acme"}}}}));
  EXPECT_EQ(shown["id"], to_string(tenant));
  EXPECT_EQ(shown["limits"][0]["name"], "monthly");
  const json edited =
      data(post("/api/v1/operator/editTenant", {{"tenant", {{"id", to_string(tenant)}}},
                                                {"version", shown["version"]},
                                                {"edit", {{"name", "Acme Ltd"}}}}));
  EXPECT_EQ(edited["name"], "Acme Ltd");
  const json described = json::parse(peer().get("/openapi.json").body);
  std::size_t methods = 0;
  for (const auto& [path, operations] : described["paths"].items()) {
    if (path.starts_with("/api/v1/operator/") && path.find('{') == std::string::npos) {
      const HttpReply reply = post(path, json::object());
      EXPECT_TRUE(reply.status == 200 || (reply.status >= 400 && reply.status < 500))
          << path << " " << reply.status << " " << reply.body;
      ++methods;
    }
  }
  EXPECT_GT(methods, 50U);
}

TEST_F(HttpSystem, ACallThatIsNotTheMethodsIsRefusedAndChangesNothing) {
  static_cast<void>(served.create("acme", {}));
  EXPECT_EQ(post("/api/v1/operator/noSuchMethod", json::object()).status, 404);
  const json renamed{{"tenant", {{"slug", "acme"}}}, {"edit", {{"nmae", "Acme Ltd"}}}};
  const HttpReply unknown = post("/api/v1/operator/editTenant", renamed);
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find("nmae"), std::string::npos) << unknown.body;
  EXPECT_EQ(post("/api/v1/operator/editTenant", {{"tenant", {{"id", "acme"}}}}).status, 422);
  EXPECT_EQ(post("/api/v1/operator/showTenant", {{"tenant", {{"slug", "nobody"}}}}).status, 404);
  EXPECT_EQ(data(post("/api/v1/operator/showTenant", {{"tenant", {{"slug", "acme"}}}}))["version"],
            "1");
}

TEST_F(HttpSystem, ALeaseTakesASliceOut) {
  static_cast<void>(served.create("acme", {window_limit("monthly", 800, Period::month)}));
  const json lease = data(post(
      "/v1/lease", {{"tenant", "acme"}, {"meter", "api_requests"}, {"want", 50}, {"ttl", "30s"}}));
  EXPECT_EQ(lease["granted"], 50);
  EXPECT_EQ(lease["held"], 50);
}

TEST_F(HttpSystem, AGaugeIsReleasedAndWhatHappenedIsRecorded) {
  static_cast<void>(served.create("acme", {window_limit("seats", 2, Period::never)}));
  const json seats{{"tenant", "acme"}, {"meter", "api_requests"}, {"amount", 3}};
  EXPECT_EQ(data(post("/v1/record", seats))["used"], 3);
  EXPECT_EQ(data(post("/v1/release", seats))["granted"], 3);
  EXPECT_EQ(data(post("/v1/peek", {{"tenant", "acme"}, {"meter", "api_requests"}}))["used"], 0);
}

TEST_F(HttpSystem, TheSameKeyIsAnsweredOnceAndForAll) {
  const TenantId tenant = served.create("acme", {window_limit("monthly", 10, Period::month)});
  const json one{{"tenant", "acme"}, {"meter", "api_requests"}, {"amount", 1}};
  EXPECT_EQ(data(post("/v1/check", one, {{"Idempotency-Key", "order-17"}}))["repeated"], false);
  EXPECT_EQ(data(post("/v1/check", one, {{"Idempotency-Key", "order-17"}}))["repeated"], true);
  EXPECT_EQ(served.used(tenant), Amount{1});
  json other = one;
  other["amount"] = 2;
  EXPECT_EQ(post("/v1/check", other, {{"Idempotency-Key", "order-17"}}).status, 409);
}

TEST_F(HttpSystem, AReleaseUnderTheKeyOfACheckGivesBackWhatItTookOnce) {
  const TenantId tenant = served.create("acme", {window_limit("monthly", 10, Period::month)});
  const json four{{"tenant", "acme"}, {"meter", "api_requests"}, {"amount", 4}};
  const HttpHeaders key{{"Idempotency-Key", "order-17"}};
  ASSERT_EQ(post("/v1/check", four, key).status, 200);
  served.crash();
  served.start();
  const json given = data(post("/v1/release", {{"tenant", "acme"}}, key));
  EXPECT_EQ(given["granted"], 4);
  EXPECT_EQ(given["used"], 0);
  EXPECT_EQ(given["repeated"], false);
  EXPECT_EQ(data(post("/v1/release", four, key))["repeated"], true);
  EXPECT_EQ(served.used(tenant), Amount{0});
  json more = four;
  more["amount"] = 5;
  EXPECT_EQ(post("/v1/release", more, key).status, 409);
  EXPECT_EQ(post("/v1/release", {{"tenant", "acme"}}, {{"Idempotency-Key", "other"}}).status, 404);
  EXPECT_EQ(post("/v1/release", {{"tenant", "acme"}}).status, 422) << "of nothing";
}

TEST_F(HttpSystem, WhatWasAnsweredIsThereAfterACrash) {
  const TenantId tenant = served.create("acme", {window_limit("monthly", 1000, Period::month)});
  HttpPeer one = peer();
  const json check{{"tenant", "acme"}, {"meter", "api_requests"}};
  std::uint64_t allowed = 0;
  for (int i = 0; i < 200; ++i) {
    allowed += one.post("/v1/check", check.dump()).status == 200 ? 1U : 0U;
  }
  served.crash();
  served.start();
  EXPECT_EQ(allowed, 200U);
  EXPECT_EQ(served.used(tenant), Amount{200});
}

TEST_F(HttpSystem, AProxyIsAnsweredByTheStatus) {
  static_cast<void>(served.create("acme", {rate_limit("burst", 1, std::chrono::seconds{10}, 1)}));
  const HttpHeaders acme{{"X-Sluice-Tenant", "acme"}};
  const HttpReply allowed = peer().ask("GET", "/v1/auth", "", acme);
  EXPECT_EQ(allowed.status, 200);
  EXPECT_EQ(allowed.body, "");
  EXPECT_EQ(allowed.header("ratelimit"), R"("burst";r=0;t=10)");
  EXPECT_EQ(allowed.header("ratelimit-policy"), R"("burst";q=1;w=10)");
  const HttpReply limited = peer().ask("HEAD", "/v1/auth", "", acme);
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.header("retry-after"), "10");
  EXPECT_EQ(limited.header("x-sluice-outcome"), "denied");
  EXPECT_EQ(peer().ask("GET", "/v1/auth?refused=403", "", acme).status, 403);
  EXPECT_EQ(peer().ask("POST", "/v1/auth?mode=peek&amount=0", "", acme).status, 200);
  EXPECT_EQ(peer().ask("GET", "/v1/auth?tenant=nobody", "", acme).status, 403)
      << "what stands in the query wins";
  EXPECT_EQ(peer().get("/v1/auth").status, 403);
}

TEST_F(HttpSystem, ASimulatedClockIsMoved) {
  EXPECT_EQ(data(post("/v1/clock", {{"advance", "90m"}}))["now"], "2025-06-10T13:30:00Z");
  EXPECT_EQ(data(post("/v1/clock", {{"set", "2025-07-01"}}))["now"], "2025-07-01T00:00:00Z");
  EXPECT_EQ(error(post("/v1/clock", {{"advance", "soon"}}))["details"]["field"], "advance");
}

TEST_F(HttpSystem, TenantsAreMadeChangedListedAndDeleted) {
  const HttpReply made = post("/api/v1/tenants", {{"slug", "acme"}, {"timezone", "Europe/Berlin"}});
  EXPECT_EQ(made.status, 201) << made.body;
  const std::string path = "/api/v1/tenants/" + data(made)["id"].get<std::string>();
  EXPECT_EQ(data(peer().get("/api/v1/tenants/acme"))["timezone"], "Europe/Berlin");
  EXPECT_EQ(post("/api/v1/tenants", {{"slug", "acme"}}).status, 409);
  EXPECT_EQ(error(post("/api/v1/tenants", {{"slug", "A"}}))["details"]["field"], "slug");
  EXPECT_EQ(error(post("/api/v1/tenants", {{"slug", "beta"}, {"colour", 1}}))["details"]["field"],
            "colour");
  EXPECT_EQ(data(put(path, {{"name", "Acme Corp"}, {"version", 1}}))["name"], "Acme Corp");
  EXPECT_EQ(put(path, {{"name", "Late"}, {"version", 1}}).status, 409);
  EXPECT_EQ(post("/api/v1/tenants", {{"slug", "beta"}}).status, 201);
  const json page = data(peer().get("/api/v1/tenants?limit=1"));
  EXPECT_EQ(page["tenants"].size(), 1U);
  const std::string next = page["next"];
  EXPECT_EQ(data(peer().get("/api/v1/tenants?after=" + next))["tenants"].size(), 1U);
  EXPECT_EQ(data(post(path + "/suspend", {{"reason", "unpaid"}}))["status"], "suspended");
  EXPECT_EQ(error(post(path + "/suspend", json::object()))["details"]["field"], "reason");
  EXPECT_EQ(data(post(path + "/reactivate", json::object()))["status"], "active");
  EXPECT_EQ(peer().ask("DELETE", "/api/v1/tenants/acme").status, 200);
  EXPECT_EQ(data(peer().get(path))["status"], "deactivated");
}

TEST_F(HttpSystem, MembersAreAddedListedAndRemoved) {
  Limit seats = window_limit("seats", 2, Period::never);
  seats.meter = MeterId{7};
  static_cast<void>(served.create("acme", {seats}));
  const std::string members = "/api/v1/tenants/acme/members";
  const HttpReply owner = post(members, {{"userId", "ann"}, {"role", "owner"}});
  EXPECT_EQ(owner.status, 201) << owner.body;
  EXPECT_EQ(data(owner)["joinedAt"], "2025-06-10T12:00:00Z");
  const json guest{
      {"userId", "bob@idp"}, {"email", "b@acme.example"}, {"role", "viewer"}, {"invite", true}};
  EXPECT_EQ(data(post(members, guest))["status"], "invited");
  EXPECT_EQ(post(members, guest).status, 429) << "there is no place for one more";
  EXPECT_EQ(data(peer().get("/api/v1/tenants/acme/quotas"))[0]["usage"], 2);
  EXPECT_EQ(data(peer().get(members + "?status=invited"))["members"].size(), 1U);
  EXPECT_EQ(data(peer().get(members + "?limit=1"))["next"], "ann");
  EXPECT_EQ(data(peer().ask("DELETE", members + "/bob%40idp"))["role"], "viewer");
  EXPECT_EQ(peer().ask("DELETE", members + "/ann").status, 409) << "the last owner";
  EXPECT_EQ(data(peer().get("/api/v1/users/ann/tenants"))["tenants"][0]["slug"], "acme");
  EXPECT_EQ(post(members, {{"userId", "dan"}}).status, 422);
}

TEST_F(HttpSystem, TenantsAreCustomisedAsTheirTierAllows) {
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "acme"}, {"tier", "professional"}}).status, 201);
  const std::string path = "/api/v1/tenants/acme/customization";
  EXPECT_EQ(data(peer().get(path))["version"], 0);
  const json set =
      data(put(path, {{"branding", {{"primaryColour", "#336699"}}}, {"theme", "dark"}}));
  EXPECT_EQ(set["branding"]["primaryColour"], "#336699");
  EXPECT_EQ(data(peer().get(path)), set);
  EXPECT_EQ(put(path, {{"whiteLabel", true}}).status, 403) << "only enterprise has it";
  EXPECT_EQ(put(path, {{"css", "a { position: fixed }"}}).status, 422);
  EXPECT_EQ(put(path, {{"colour", "red"}}).status, 422);
  EXPECT_EQ(put(path, {{"theme", "light"}, {"version", 9}}).status, 409);
  EXPECT_EQ(peer().get("/v1/hosts/shop.example.com").status, 404) << "nobody has added it";
}

TEST_F(HttpSystem, TenantsAreUpgradedNowOrAtPeriodEnd) {
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "acme"}, {"tier", "free"}}).status, 201);
  const std::string path = "/api/v1/tenants/acme/upgrade";
  const json now = data(post(path, {{"tier", "starter"}}));
  EXPECT_EQ(now["tenant"]["tier"], "starter");
  EXPECT_TRUE(now["exceeded"].empty());
  const json later = data(post(path, {{"tier", "enterprise"}, {"when", "period_end"}}));
  EXPECT_EQ(later["tenant"]["tier"], "starter");
  EXPECT_EQ(later["tenant"]["pendingTier"]["tier"], "enterprise");
  EXPECT_EQ(later["tenant"]["pendingTier"]["startsAt"], "2025-07-01T00:00:00Z");
  EXPECT_EQ(post(path, {{"tier", "free"}}).status, 409) << "that would be down";
  EXPECT_EQ(error(post(path, {{"tier", "free"}, {"when", "soon"}}))["details"]["field"], "when");
  EXPECT_EQ(post(path, {{"tier", "gold"}}).status, 404);
}

TEST_F(HttpSystem, QuotasAreSetAndTold) {
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "acme"}}).status, 201);
  const std::string quotas = "/api/v1/tenants/acme/quotas";
  EXPECT_EQ(error(put(quotas + "/monthly", {{"limit", 10}}))["details"]["field"], "meter");
  EXPECT_EQ(put(quotas + "/users", {{"limit", 10}}).status, 200) << "it is called like a meter";
  EXPECT_EQ(peer().ask("DELETE", quotas + "/users").status, 200);
  EXPECT_EQ(
      put(quotas + "/monthly", {{"meter", "api_requests"}, {"limit", "10k"}, {"softLimit", "8k"}})
          .status,
      200);
  EXPECT_EQ(put(quotas + "/burst", {{"meter", "api_requests"},
                                    {"kind", "rate"},
                                    {"limit", 50},
                                    {"per", "1s"},
                                    {"burst", 100},
                                    {"refill", "interval"}})
                .status,
            200);
  EXPECT_EQ(data(peer().get(quotas))[1]["refill"], "interval");
  EXPECT_EQ(error(put(quotas + "/burst", {{"refill", "lazily"}}))["details"]["field"], "refill");
  EXPECT_EQ(error(put(quotas + "/monthly", {{"refill", "greedy"}}))["details"]["field"], "refill");
  ASSERT_EQ(
      post("/v1/check", {{"tenant", "acme"}, {"meter", "api_requests"}, {"amount", 25}}).status,
      200);
  const json monthly = data(peer().get(quotas))[0];
  EXPECT_EQ(monthly["type"], "monthly");
  EXPECT_EQ(monthly["limit"], 10'000);
  EXPECT_EQ(monthly["usage"], 25);
  EXPECT_EQ(monthly["percentage"], 0.25);
  EXPECT_EQ(monthly["remaining"], 9'975);
  EXPECT_EQ(monthly["resetAt"], "2025-07-01T00:00:00Z");
  EXPECT_EQ(put(quotas + "/monthly", {{"limit", 20}, {"softLimit", nullptr}}).status, 200);
  EXPECT_EQ(data(peer().get(quotas))[0]["usage"], 25) << "usage stays";
  EXPECT_EQ(put(quotas + "/monthly", {{"limit", "much"}}).status, 422);
  EXPECT_EQ(put(quotas + "/monthly", {{"kind", "rate"}}).status, 422);
  EXPECT_EQ(peer().ask("DELETE", quotas + "/burst").status, 200);
  EXPECT_EQ(peer().ask("DELETE", quotas + "/burst").status, 404);
}

TEST_F(HttpSystem, AQuotaSaysByWhichLabelsHistoryIsKept) {
  const std::string quotas = "/api/v1/tenants/acme/quotas";
  const json fresh{{"slug", "acme"},
                   {"quotas",
                    {{{"type", "monthly"},
                      {"meter", "llm_tokens"},
                      {"limit", 1000},
                      {"historyBy", {"user", "model"}}}}}};
  EXPECT_EQ(data(post("/api/v1/tenants", fresh))["quotas"][0]["historyBy"],
            json({"user", "model"}));
  EXPECT_EQ(data(put(quotas + "/monthly", {{"limit", 2000}}))["quotas"][0]["historyBy"],
            json({"user", "model"}))
      << "what is not said stays";
  const json spending{{"tenant", "acme"},
                      {"meter", "llm_tokens"},
                      {"amount", 40},
                      {"labels", {{"user", "ann"}, {"model", "small"}}}};
  ASSERT_EQ(post("/v1/check", spending).status, 200);
  served.restart();  // What was spent is in the store then.
  const json totals = data(peer().get("/api/v1/tenants/acme/statistics?label=user"));
  ASSERT_EQ(totals["meters"].size(), 1U) << totals;
  EXPECT_EQ(totals["meters"][0]["value"], "ann");
  EXPECT_EQ(totals["meters"][0]["used"], 40);
  ASSERT_EQ(put(quotas + "/monthly", {{"historyBy", json::array()}}).status, 200);
  EXPECT_EQ(data(peer().get(quotas))[0]["historyBy"], json::array());
}

TEST_F(HttpSystem, WhatIsNoListOfLabelsToKeepHistoryByIsToldByItsField) {
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "acme"}}).status, 201);
  const std::string users = "/api/v1/tenants/acme/quotas/users";
  for (const json& wrong : {json("user"), json({1}), json({"User"}), json({"user", "user"}),
                            json({"a", "b", "c", "d", "e"}), json(nullptr)}) {
    const HttpReply refused = put(users, {{"limit", 10}, {"historyBy", wrong}});
    EXPECT_EQ(refused.status, 422) << wrong;
    EXPECT_EQ(error(refused)["details"]["field"], "historyBy") << wrong;
  }
  ASSERT_EQ(put(users, {{"limit", 10}, {"historyBy", {"a", "b"}}}).status, 200);
  const json three{{"meter", "storage_bytes"}, {"limit", 10}, {"historyBy", {"a", "b", "c"}}};
  EXPECT_EQ(put("/api/v1/tenants/acme/quotas/space", three).status, 409)
      << "a tenant has four in all";
}

TEST_F(HttpSystem, UsageIsToldByRangeAndAddedUp) {
  static_cast<void>(served.create("acme", {window_limit("monthly", 100, Period::month)}));
  const json some{{"tenant", "acme"}, {"meter", "api_requests"}, {"amount", 40}};
  EXPECT_EQ(post("/v1/check", some).status, 200);
  EXPECT_EQ(post("/v1/clock", {{"advance", "1h"}}).status, 200);
  EXPECT_EQ(post("/v1/check", some).status, 200);
  EXPECT_EQ(post("/v1/check", some).status, 429);
  served.restart();  // What was spent is in the store then.
  const std::string of = "/api/v1/tenants/acme/";
  const std::string june = "?startDate=2025-06-01&endDate=2025-07-01";
  const json hours = data(peer().get(of + "usage" + june + "&granularity=hour"));
  ASSERT_EQ(hours["points"].size(), 2U) << hours;
  EXPECT_EQ(hours["points"][0]["start"], "2025-06-10T12:00:00Z");
  EXPECT_EQ(hours["points"][0]["used"], 40);
  const json totals = data(peer().get(of + "statistics" + june));
  EXPECT_EQ(totals["meters"][0]["used"], 80);
  EXPECT_EQ(totals["meters"][0]["denied"], 1);
  EXPECT_EQ(error(peer().get(of + "usage?startDate=soon"))["details"]["field"], "startDate");
  const HttpReply rows = peer().get(of + "usage" + june + "&format=csv");
  EXPECT_TRUE(
      rows.body.starts_with("start,meter,used,allowed,denied,throttled,overage,price_micros\r\n"));
  EXPECT_EQ(data(peer().get(of + "forecast"))["limits"][0]["basis"], "hours");
  EXPECT_EQ(data(peer().get(of + "unusual"))["meters"][0]["hoursJudged"], 0);
  const json top = data(peer().get("/api/v1/analytics/top?by=denied"));
  EXPECT_EQ(top["tenants"][0]["sum"], 1);
  EXPECT_EQ(error(peer().get("/api/v1/analytics/top"))["details"]["field"], "meter");
  EXPECT_EQ(peer().get("/api/v1/tenants/nobody/usage").status, 404);
}

TEST_F(HttpSystem, SaysThatItIsWell) {
  EXPECT_EQ(peer().get("/healthz").status, 200);
  const HttpReply ready = peer().get("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(data(ready)["store"], "ok");
  EXPECT_TRUE(data(peer().get("/version"))["server"].get<std::string>().starts_with("sluiced/"));
}

TEST_F(HttpSystem, TellsMetricsThatPrometheusFindsInOrder) {
  Limit tokens = window_limit("tokens", 100, Period::month);
  tokens.meter = MeterId{2};
  const TenantId tenant =
      served.create("acme", {window_limit("monthly", 2, Period::month), tokens});
  const json two{
      {"tenant", "acme"},
      {"charges",
       {{{"meter", "api_requests"}, {"amount", 1}}, {{"meter", "llm_tokens"}, {"amount", 1}}}}};
  for (const int status : {200, 200, 429}) {
    EXPECT_EQ(post("/v1/check", two).status, status);
  }
  const std::string text = peer().get("/metrics").body;
  const auto has = [&text](const std::string& line) {
    return text.find("\n" + line + "\n") != std::string::npos;
  };
  EXPECT_TRUE(has(R"(sluice_decisions_total{outcome="allowed"} 2)")) << text;
  EXPECT_TRUE(has("sluice_decision_latency_seconds_count 3"));
  EXPECT_TRUE(has("tenant_api_requests_total{tenant_id=\"" + to_string(tenant) + "\"} 3"));
  EXPECT_TRUE(has("quota_exceeded_events_total{tenant_id=\"" + to_string(tenant) + "\"} 1"));
  EXPECT_TRUE(
      has("tenant_quota_usage{tenant_id=\"" + to_string(tenant) + "\",quota_type=\"monthly\"} 2"));
  const TemporaryDirectory directory;
  const std::string file = directory.path() / "metrics.txt";
  std::ofstream(file) << text;
  // It would leave names that end so to histograms; `tenant_count` has its name all the same.
  const Finished checked =
      run({"/bin/sh", "-c", "grep -v 'tenant_count[ {]' " + file + " | promtool check metrics"});
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
}

}  // namespace
}  // namespace sluice::test
