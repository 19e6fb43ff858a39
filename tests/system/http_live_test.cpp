// SPDX-License-Identifier: Apache-2.0
// Counters by label and open reservations, as the real server tells them over HTTP.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/system/http_system.hpp"

namespace sluice::test {
namespace {

class HttpLive : public HttpSystem {
protected:
  HttpLive() {
    Limit each = window_limit("each", 100, Period::day);
    each.per = {"user"};
    static_cast<void>(served.create("acme", {each, window_limit("all", 1000, Period::day)}));
  }

  void spend(const std::string& user, int amount) {
    EXPECT_EQ(post("/v1/check", {{"tenant", "acme"},
                                 {"meter", "api_requests"},
                                 {"amount", amount},
                                 {"labels", {{"user", user}}}})
                  .status,
              200);
  }
  json counters(const std::string& query = "") {
    return data(peer().get("/api/v1/tenants/acme/counters" + query));
  }
  json reservations(const std::string& query = "") {
    return data(peer().get("/api/v1/tenants/acme/reservations" + query));
  }
  std::string field_refused(const std::string& path) {
    const HttpReply reply = peer().get("/api/v1/tenants/acme/" + path);
    EXPECT_EQ(reply.status, 422) << path;
    return error(reply)["details"].value("field", "");
  }
};

TEST_F(HttpLive, ACounterIsToldWithItsNumbers) {
  spend("ann", 80);
  spend("bob", 1);
  const json told = counters("?type=each&labels=user=ann");
  EXPECT_EQ(told["at"], "2025-06-10T12:00:00Z");
  EXPECT_EQ(told["next"], nullptr);
  ASSERT_EQ(told["counters"].size(), 1U);
  json ann = told["counters"][0];
  EXPECT_TRUE(ann["id"].is_string());
  ann.erase("id");
  EXPECT_EQ(ann, (json{{"type", "each"},
                       {"meter", "api_requests"},
                       {"labels", {{"user", "ann"}}},
                       {"limit", 100},
                       {"usage", 80},
                       {"held", 0},
                       {"remaining", 20},
                       {"resetAt", "2025-06-11T00:00:00Z"},
                       {"idle", false}}));
}

TEST_F(HttpLive, PagesTellEachCounterOnce) {
  for (int user = 0; user < 7; ++user) {
    spend(std::to_string(user), 1);
  }
  std::set<std::string> told;
  std::string after;
  do {
    const json page = counters("?limit=3" + after);
    for (const json& counter : page["counters"]) {
      EXPECT_TRUE(told.insert(counter["labels"]["user"]).second);
    }
    after = page["next"].is_null() ? "" : "&after=" + page["next"].get<std::string>();
  } while (!after.empty());
  EXPECT_EQ(told.size(), 7U);
}

TEST_F(HttpLive, AReservationIsToldByTheKeyThatItWasMadeUnder) {
  const std::string id = "6f9619ff-8b86-4d01-b42d-00cf4fc964f1";
  ASSERT_EQ(post("/v1/reserve",
                 {{"tenant", "acme"},
                  {"meter", "api_requests"},
                  {"amount", 5},
                  {"ttl", "1m"},
                  {"labels", {{"user", "ann"}}}},
                 {{"Idempotency-Key", id}})
                .status,
            200);
  const json told = reservations();
  ASSERT_EQ(told["reservations"].size(), 1U);
  EXPECT_EQ(told["reservations"][0]["id"], id);
  EXPECT_EQ(told["reservations"][0]["kind"], "reservation");
  EXPECT_EQ(told["reservations"][0]["labels"]["user"], "ann");
  EXPECT_EQ(told["reservations"][0]["charges"],
            (json{{{"meter", "api_requests"}, {"held", 5}, {"usage", 0}}}));
  EXPECT_EQ(told["reservations"][0]["expiresAt"], "2025-06-10T12:01:00Z");
  EXPECT_TRUE(reservations("?labels=user=bob")["reservations"].empty());
  ASSERT_EQ(post("/v1/cancel", {{"tenant", "acme"}, {"id", id}}).status, 200);
  EXPECT_TRUE(reservations()["reservations"].empty());
}

TEST_F(HttpLive, WhatIsOpenSurvivesARestart) {
  ASSERT_EQ(post("/v1/reserve", {{"tenant", "acme"},
                                 {"meter", "api_requests"},
                                 {"amount", 5},
                                 {"ttl", "1h"},
                                 {"labels", {{"user", "ann"}}}})
                .status,
            200);
  served.restart();
  EXPECT_EQ(reservations()["reservations"].size(), 1U);
  EXPECT_EQ(counters("?labels=user=ann")["counters"][0]["held"], 5);
}

TEST_F(HttpLive, AParameterThatIsWrongIsNamed) {
  EXPECT_EQ(field_refused("counters?limit=501"), "limit");
  EXPECT_EQ(field_refused("counters?after=7"), "after");
  EXPECT_EQ(field_refused("counters?labels=User=ann"), "labels");
  EXPECT_EQ(field_refused("reservations?labels=user"), "labels");
  EXPECT_EQ(field_refused("counters?type=all"), "type") << "it counts by no label";
  EXPECT_EQ(peer().get("/api/v1/tenants/acme/counters?type=none").status, 404);
  EXPECT_EQ(peer().get("/api/v1/tenants/nobody/reservations").status, 404);
}

}  // namespace
}  // namespace sluice::test
