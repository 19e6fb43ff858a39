// SPDX-License-Identifier: Apache-2.0
// Goal    Nobody comes by what is another's over HTTP: each attempt is refused, says which field
//         was wrong where it was one, and is in the audit of whom it concerns.
// Method  The real server without credentials, where every tenant may be named, and a clock that
//         stands still: whatever happens does so in one millisecond.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/http_peer.hpp"
#include "tests/support/patience.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;

constexpr const char* use_id = "0190c0de-0000-7000-8000-000000000001";

class SharingHttp : public testing::Test {
protected:
  SharingHttp() {
    acme = served.create("acme", {});
    beta = served.create("beta", {});
  }
  HttpReply post(const std::string& target, const json& body = json::object()) {
    return HttpPeer(served.server().http_port()).post(target, body.dump());
  }
  static json data(const HttpReply& reply) { return json::parse(reply.body).at("data"); }
  static std::string field(const HttpReply& reply) {
    return json::parse(reply.body).at("error").at("details").value("field", "");
  }
  [[nodiscard]] static json policy(const std::string& visibility = "marketplace") {
    return {{"resourceType", "model"},
            {"resourceId", "gpt-x"},
            {"visibility", visibility},
            {"permissions", {"read", "execute"}}};
  }
  HttpReply share(const json& wish, const std::string& as = "acme") {
    return post("/api/v1/sharing/policies?tenant=" + as, wish);
  }
  HttpReply ask(const std::string& id, const std::string& as = "beta") {
    return post("/api/v1/sharing/policies/" + id + "/request-access?tenant=" + as);
  }
  HttpReply decide(const std::string& request, const std::string& how,
                   const std::string& as = "acme") {
    return post("/api/v1/sharing/requests/" + request + "/" + how + "?tenant=" + as);
  }
  HttpReply use(const std::string& id = "") {
    json check{{"tenant", "beta"}, {"resource", "model:gpt-x"}};
    if (!id.empty()) {
      check["id"] = id;
    }
    return post("/v1/check", check);
  }
  /// The policy, and beta's grant of it.
  void grant() {
    policy_id = data(share(policy()))["id"];
    request_id = data(ask(policy_id))["id"];
    ASSERT_EQ(decide(request_id, "approve").status, 200);
  }
  HttpReply put(const json& wish) {
    return HttpPeer(served.server().http_port())
        .ask("PUT", "/api/v1/sharing/policies/" + policy_id + "?tenant=acme", wish.dump());
  }
  std::vector<AuditEvent> audited(TenantId tenant, AuditAction action) {
    AuditQuery query;
    query.action = action;
    return must(served.administrator().audit(tenant, query)).events;
  }
  /// The refusals in acme's audit once there are as many: they are written behind the answers.
  std::vector<AuditEvent> denied(std::size_t count) {
    std::vector<AuditEvent> events;
    EXPECT_TRUE(wait_until([&] {
      events = audited(acme, AuditAction::access_denied);
      return events.size() >= count;
    }));
    EXPECT_EQ(events.size(), count);
    return events;
  }
  /// Why uses were refused, in their order, as the audit has it beside other refusals.
  std::vector<std::string> denied_uses(std::size_t denials) {
    std::vector<std::string> reasons;
    for (const AuditEvent& event : denied(denials)) {
      const json after = event.what.after.empty() ? json{} : json::parse(event.what.after);
      if (event.what.subject == "use.execute") {
        EXPECT_EQ(after["consumer"], to_string(beta));
        reasons.push_back(after["sharing"]);
      }
    }
    return reasons;
  }

  Served served{{"--http-listen", "127.0.0.1:0", "--simulated-time", "2025-06-10T12:00:00Z"}};
  TenantId acme;
  TenantId beta;
  std::string policy_id;
  std::string request_id;
};

TEST_F(SharingHttp, OnlyTheOwnerDecides) {
  policy_id = data(share(policy()))["id"];
  request_id = data(ask(policy_id))["id"];
  for (const char* const how : {"approve", "reject", "revoke"}) {
    EXPECT_EQ(decide(request_id, how, "beta").status, 404) << how << ", as if it were not there";
  }
  EXPECT_EQ(use().status, 403) << "nothing was granted";
  EXPECT_EQ(decide(request_id, "approve").status, 200);
  EXPECT_EQ(denied(4).size(), 4U) << "three decisions and a use";
  EXPECT_EQ(audited(acme, AuditAction::access_approved).size(), 1U);
  EXPECT_EQ(audited(beta, AuditAction::access_approved).size(), 1U) << "both hear of it";
  EXPECT_EQ(use().status, 200);
}

TEST_F(SharingHttp, NobodyRegistersOrTakesOverWhatIsAnothers) {
  policy_id = data(share(policy()))["id"];
  EXPECT_EQ(share(policy(), "beta").status, 409) << "the resource is somebody's";
  json stolen = policy();
  stolen["resourceId"] = "other";
  stolen["owner"] = to_string(acme);
  const HttpReply named = share(stolen, "beta");
  EXPECT_EQ(named.status, 422);
  EXPECT_EQ(field(named), "policy.owner");
  const HttpReply put = HttpPeer(served.server().http_port())
                            .ask("PUT", "/api/v1/sharing/policies/" + policy_id + "?tenant=beta",
                                 policy("public").dump());
  EXPECT_EQ(put.status, 404);
  EXPECT_EQ(denied(3).size(), 3U) << "the owner hears of each";
  EXPECT_EQ(audited(acme, AuditAction::policy_put).size(), 1U);
  EXPECT_EQ(audited(beta, AuditAction::policy_put).size(), 0U);
}

TEST_F(SharingHttp, WhatIsPrivateOrBlockedIsNotThere) {
  const std::string hidden = data(share(policy("private")))["id"];
  EXPECT_EQ(ask(hidden).status, 404);
  EXPECT_EQ(use().status, 403);
  EXPECT_EQ(denied_uses(2), (std::vector<std::string>{"no_grant"}));
  json blocking = policy("public");
  blocking["resourceId"] = "open";
  blocking["block"] = {to_string(beta)};
  EXPECT_EQ(ask(data(share(blocking))["id"]).status, 404);
  EXPECT_EQ(post("/v1/check", {{"tenant", "beta"}, {"resource", "model:open"}}).status, 403);
  EXPECT_EQ(denied_uses(4), (std::vector<std::string>{"no_grant", "blocked"}))
      << "beside two requests";
  EXPECT_EQ(audited(beta, AuditAction::access_requested).size(), 0U);
}

TEST_F(SharingHttp, WhatWasRevokedOrMadePrivateIsOfNoUseAndTheAttemptIsAudited) {
  ASSERT_NO_FATAL_FAILURE(grant());
  ASSERT_EQ(put(policy("private")).status, 200);
  EXPECT_EQ(use().status, 403);
  EXPECT_EQ(denied_uses(1), (std::vector<std::string>{"made_private"}));
  ASSERT_EQ(put(policy("marketplace")).status, 200);
  EXPECT_EQ(use().status, 200) << "the grant stood all the time";
  ASSERT_EQ(decide(request_id, "revoke").status, 200);
  EXPECT_EQ(use().status, 403);
  EXPECT_EQ(denied_uses(2), (std::vector<std::string>{"made_private", "no_grant"}));
}

TEST_F(SharingHttp, WhoWasRevokedStaysOutOfWhatIsPublic) {
  policy_id = data(share(policy("public")))["id"];
  EXPECT_EQ(
      post("/v1/check", {{"tenant", "beta"}, {"resource", "model:gpt-x"}, {"mode", "peek"}}).status,
      200);
  EXPECT_EQ(audited(acme, AuditAction::access_approved).size(), 0U) << "a peek changes nothing";
  ASSERT_EQ(use().status, 200);
  request_id = audited(acme, AuditAction::access_approved).front().what.subject;
  ASSERT_EQ(decide(request_id, "revoke").status, 200);
  EXPECT_EQ(use().status, 403);
  const json again = data(ask(policy_id));
  EXPECT_EQ(again["state"], "pending");
  EXPECT_EQ(use().status, 403);
  ASSERT_EQ(decide(again["id"], "approve").status, 200);
  EXPECT_EQ(use().status, 200);
}

TEST_F(SharingHttp, ARequestIsMadeFromAnAddressThatThePolicyAllows) {
  json near = policy();
  near["conditions"] = {
      {{"kind", "ip_allowlist"}, {"operator", "in"}, {"values", {"192.0.2.0/24"}}}};
  const std::string target = "/api/v1/sharing/policies/" + std::string{data(share(near))["id"]} +
                             "/request-access?tenant=beta";
  EXPECT_EQ(post(target).status, 409) << "from here";
  EXPECT_EQ(field(post(target, {{"ip", "nowhere"}})), "ip");
  EXPECT_EQ(post(target, {{"ip", "192.0.2.7"}}).status, 201);
}

TEST_F(SharingHttp, NobodyListsWhatIsAnothers) {
  policy_id = data(share(policy()))["id"];
  const json listing{{"policy", policy_id}, {"title", "Mine"}, {"category", "language"}};
  EXPECT_EQ(post("/api/v1/marketplace/listings?tenant=beta", listing).status, 404);
  const json listed = data(post("/api/v1/marketplace/listings?tenant=acme", listing));
  const std::string path = "/api/v1/marketplace/listings/" + std::string{listed["id"]};
  EXPECT_EQ(post(path + "/publish?tenant=beta").status, 404);
  EXPECT_EQ(post(path + "/publish?tenant=acme&version=7").status, 409) << "it is another version";
  EXPECT_EQ(post(path + "/publish?tenant=acme&version=1").status, 200);
  EXPECT_EQ(denied(2).size(), 2U) << "the owner hears of each";
}

TEST_F(SharingHttp, AReplayedUseIsToldAndNotCounted) {
  ASSERT_NO_FATAL_FAILURE(grant());
  json limited = policy();
  limited["conditions"] = {{{"kind", "usage_limit"}, {"operator", "lte"}, {"values", {"1"}}}};
  ASSERT_EQ(put(limited).status, 200);
  EXPECT_EQ(data(use(use_id))["repeated"], false);
  EXPECT_EQ(data(use(use_id))["repeated"], true) << "and not over the limit, as another one is";
  EXPECT_EQ(use().status, 403);
}

TEST_F(SharingHttp, ARevokedGrantAdmitsNothingInTheSameMillisecond) {
  ASSERT_NO_FATAL_FAILURE(grant());
  EXPECT_EQ(use(use_id).status, 200);
  ASSERT_EQ(decide(request_id, "revoke").status, 200);
  EXPECT_EQ(use().status, 403);
  EXPECT_EQ(use(use_id).status, 200) << "what was admitted before is told again, and is no use";
  EXPECT_EQ(audited(acme, AuditAction::access_revoked).size(), 1U);
  EXPECT_EQ(audited(beta, AuditAction::access_revoked).size(), 1U);
  EXPECT_EQ(decide(request_id, "approve").status, 409) << "it has ended";
}

TEST_F(SharingHttp, ADecisionHasNoFieldThatIsNotDescribed) {
  ASSERT_NO_FATAL_FAILURE(grant());
  const json described =
      json::parse(HttpPeer(served.server().http_port()).get("/openapi.json").body);
  const json& fields = described["components"]["schemas"]["Decision"]["properties"];
  const json decision = data(use());
  for (const auto& [name, value] : decision.items()) {
    EXPECT_TRUE(fields.contains(name)) << name;
  }
}

}  // namespace
}  // namespace sluice::test
