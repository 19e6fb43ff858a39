// SPDX-License-Identifier: Apache-2.0
// What the HTTP interface of the real server says beyond yes and no.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/system/http_system.hpp"

namespace sluice::test {
namespace {

class HttpDetails : public HttpSystem {
protected:
  HttpReply check(const json& further = json::object()) {
    json body{{"tenant", "acme"}, {"meter", "api_requests"}};
    body.update(further);
    return post("/v1/check", body);
  }
};

TEST_F(HttpDetails, ACheckOfBestEffortSaysHowMuchItTook) {
  static_cast<void>(served.create("acme", {window_limit("monthly", 10, Period::month)}));
  EXPECT_EQ(data(check({{"mode", "best_effort"}, {"amount", 7}}))["granted"], 7);
  const json rest = data(check({{"mode", "best_effort"}, {"amount", 7}}));
  EXPECT_EQ(rest["granted"], 3);
  EXPECT_EQ(rest["remaining"], 0);
  EXPECT_EQ(check({{"mode", "best_effort"}, {"amount", 7}}).status, 429) << "there is nothing left";
}

TEST_F(HttpDetails, ACheckIsExplainedLimitByLimit) {
  static_cast<void>(served.create("acme", {window_limit("monthly", 10, Period::month),
                                           window_limit("seats", 2, Period::never)}));
  const HttpReply denied = check({{"amount", 5}, {"explain", true}});
  EXPECT_EQ(denied.status, 429);
  const json explained = error(denied)["details"]["explanation"];
  ASSERT_EQ(explained["limits"].size(), 2U) << denied.body;
  EXPECT_EQ(explained["at"], "2025-06-10T12:00:00Z");
  EXPECT_EQ(explained["limits"][0]["verdict"], "fits");
  EXPECT_EQ(explained["limits"][0]["size"], 10);
  EXPECT_EQ(explained["limits"][1]["verdict"], "full");
  EXPECT_EQ(explained["limits"][1]["amount"], 5);
  EXPECT_TRUE(explained["limits"][1]["wait_ms"].is_null()) << "it can never fit";
  EXPECT_FALSE(data(check({{"amount", 1}})).contains("explanation")) << "nobody asked for one";
  const json later = data(post("/api/v1/operator/explain", {{"tenant", {{"slug", "acme"}}},
                                                            {"decision", explained["decision"]}}));
  EXPECT_EQ(later["explanations"][0]["limits"].size(), 2U) << later;
}

TEST_F(HttpDetails, WhoMayNotSpendIsForbiddenTo) {
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "acme"}}).status, 201);
  EXPECT_EQ(check().status, 200);
  ASSERT_EQ(post("/api/v1/tenants/acme/suspend", {{"reason", "unpaid"}}).status, 200);
  const HttpReply suspended = check();
  EXPECT_EQ(suspended.status, 403);
  EXPECT_EQ(error(suspended)["code"], "suspended");
  EXPECT_EQ(suspended.header("retry-after"), "");
  ASSERT_EQ(peer().ask("DELETE", "/api/v1/tenants/acme").status, 200);
  const HttpReply deactivated = check();
  EXPECT_EQ(deactivated.status, 403);
  EXPECT_EQ(error(deactivated)["code"], "deactivated");
}

TEST_F(HttpDetails, AFullQuotaIs429AndABoundIsAConflictByEitherWay) {
  Limit seats = window_limit("seats", 1, Period::never);
  seats.meter = MeterId{7};
  static_cast<void>(served.create("acme", {seats}));
  const std::string members = "/api/v1/tenants/acme/members";
  ASSERT_EQ(post(members, {{"userId", "ann"}, {"email", "a@x.example"}, {"role", "owner"}}).status,
            201);
  const HttpReply full =
      post(members, {{"userId", "bob"}, {"email", "b@x.example"}, {"role", "viewer"}});
  EXPECT_EQ(full.status, 429);
  EXPECT_EQ(error(full)["code"], "quota_exceeded");
  const HttpReply by_method = post("/api/v1/operator/addMember", {{"tenant", {{"slug", "acme"}}},
                                                                  {"userId", "bob"},
                                                                  {"email", "b@x.example"},
                                                                  {"role", "viewer"}});
  EXPECT_EQ(by_method.status, 429) << by_method.body;
  for (int i = 1; i < 64; ++i) {
    ASSERT_EQ(put("/api/v1/tenants/acme/quotas/limit-" + std::to_string(i),
                  {{"meter", "api_requests"}, {"limit", 10}})
                  .status,
              200);
  }
  const HttpReply bound =
      put("/api/v1/tenants/acme/quotas/more", {{"meter", "api_requests"}, {"limit", 10}});
  EXPECT_EQ(bound.status, 409) << bound.body;
  EXPECT_EQ(error(bound)["code"], "limit_exceeded");
}

TEST_F(HttpDetails, AnIdMayHoldAnySign) {
  static_cast<void>(served.create("acme", {}));
  const std::string members = "/api/v1/tenants/acme/members";
  ASSERT_EQ(post(members, {{"userId", "ann"}, {"email", "a@x.example"}, {"role", "owner"}}).status,
            201);
  ASSERT_EQ(
      post(members, {{"userId", "idp/b b"}, {"email", "b@x.example"}, {"role", "viewer"}}).status,
      201);
  EXPECT_EQ(data(peer().get("/api/v1/users/idp%2Fb%20b/tenants"))["tenants"][0]["slug"], "acme");
  EXPECT_EQ(peer().get("/api/v1/users/idp/b%20b/tenants").status, 404) << "another path";
  EXPECT_EQ(data(peer().ask("DELETE", members + "/idp%2Fb%20b"))["userId"], "idp/b b");
}

TEST_F(HttpDetails, AGatewayAsksForMetersAndResources) {
  static_cast<void>(served.create("acme", {}));
  EXPECT_EQ(data(peer().get("/v1/meters"))[0]["name"], "api_requests");
  const HttpReply nobodys = peer().get("/v1/resources/model/acme%2Fgpt-x");
  EXPECT_EQ(nobodys.status, 404);
  EXPECT_EQ(error(nobodys)["message"], "resource: nobody shares model/acme/gpt-x");
  const json policy =
      data(post("/api/v1/sharing/policies?tenant=acme", {{"resourceType", "model"},
                                                         {"resourceId", "acme/gpt-x"},
                                                         {"title", "GPT X"},
                                                         {"visibility", "public"},
                                                         {"permissions", {"execute"}}}));
  EXPECT_EQ(data(peer().get("/v1/resources/model/acme%2Fgpt-x"))["policy"], policy["id"]);
  EXPECT_EQ(error(peer().get("/v1/resources/star/x"))["details"]["field"], "type");
}

TEST_F(HttpDetails, HistoryIsToldInRowsToo) {
  static_cast<void>(served.create("acme", {window_limit("hourly", 100, Period::hour)}));
  EXPECT_EQ(check({{"amount", 40}}).status, 200);
  EXPECT_EQ(post("/v1/clock", {{"advance", "1h"}}).status, 200);
  EXPECT_EQ(check({{"amount", 1}}).status, 200);
  served.restart();  // What was spent is in the store then.
  const std::string of = "/api/v1/tenants/acme/";
  const json windows = data(peer().get(of + "windows"));
  ASSERT_EQ(windows["windows"].size(), 1U) << windows;
  EXPECT_EQ(windows["windows"][0]["type"], "hourly");
  EXPECT_EQ(windows["windows"][0]["endedAt"], "2025-06-10T13:00:00Z");
  EXPECT_EQ(windows["windows"][0]["usage"], 40);
  EXPECT_EQ(peer().get(of + "windows?format=csv").body,
            "ended_at,limit,limit_id,meter,used,overage,price_micros,paid_by\r\n"
            "2025-06-10T13:00:00Z,hourly,1,api_requests,40,0,0,\r\n");
  const HttpReply usage =
      peer().ask("GET", of + "usage?granularity=hour&startDate=2025-06-10&endDate=2025-06-11", "",
                 {{"Accept", "text/csv"}});
  EXPECT_EQ(usage.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(usage.body,
            "start,meter,used,allowed,denied,throttled,overage,price_micros\r\n"
            "2025-06-10T12:00:00Z,api_requests,40,1,0,0,0,0\r\n"
            "2025-06-10T13:00:00Z,api_requests,1,1,0,0,0,0\r\n");
  EXPECT_EQ(usage.header("sluice-next"), "") << "that is all";
  EXPECT_TRUE(peer().get(of + "statistics?format=csv").body.starts_with("meter,buckets,used"));
  EXPECT_TRUE(peer().get(of + "forecast?format=csv").body.starts_with("limit,meter,used,size"));
  EXPECT_TRUE(peer().get(of + "unusual?format=csv").body.starts_with("start,meter,used,expected"));
  for (const std::string what : {"usage", "windows", "statistics", "forecast", "unusual"}) {
    const HttpReply refused = peer().get(of + what + "?format=xml");
    EXPECT_EQ(refused.status, 422) << what;
    EXPECT_EQ(error(refused)["details"]["field"], "format") << what;
  }
}

TEST_F(HttpDetails, TheAuditIsAskedForATime) {
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "acme"}}).status, 201);
  EXPECT_EQ(post("/v1/clock", {{"advance", "1h"}}).status, 200);
  EXPECT_EQ(put("/api/v1/tenants/acme", {{"name", "Acme Ltd"}}).status, 200);
  const std::string audit = "/api/v1/tenants/acme/audit";
  const json later = data(peer().get(audit + "?from=2025-06-10T12:30:00Z"))["events"];
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0]["action"], "tenant.edited");
  const json earlier = data(peer().get(audit + "?to=2025-06-10T12:30:00Z"))["events"];
  ASSERT_EQ(earlier.size(), 1U);
  EXPECT_EQ(earlier[0]["action"], "tenant.created");
  EXPECT_EQ(error(peer().get(audit + "?from=yesterday"))["details"]["field"], "from");
}

TEST_F(HttpDetails, SaysWhatWasBuilt) {
  const json version = data(peer().get("/version"));
  const std::string server = version["server"];
  EXPECT_TRUE(server.starts_with("sluiced/" + version["version"].get<std::string>())) << server;
  EXPECT_TRUE(server.ends_with(version["build"].get<std::string>())) << server;
}

}  // namespace
}  // namespace sluice::test
