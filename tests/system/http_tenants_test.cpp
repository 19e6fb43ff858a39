// SPDX-License-Identifier: Apache-2.0
// Tenants over HTTP, with everything that they have.
#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/text/tenant_export.hpp"
#include "tests/system/http_system.hpp"

namespace sluice::test {
namespace {

TEST_F(HttpSystem, ATenantIsMadeWithAllThatItHasAndToldWithIt) {
  const json wish{{"slug", "acme"},
                  {"tier", "professional"},
                  {"region", "eu-west"},
                  {"currency", "CHF"},
                  {"billingAnchorDay", 15},
                  {"trialDays", 14},
                  {"compliance", {"iso27001", "gdpr"}},
                  {"settings", {{"theme", {{"dark", true}}}}},
                  {"billing", {{"company", "Acme AG"}, {"email", "bills@acme.example"}}},
                  {"quotas",
                   {{{"type", "pace"},
                     {"meter", "api_requests"},
                     {"kind", "rate"},
                     {"limit", 50},
                     {"per", "1s"}}}},
                  {"owner", {{"userId", "ann"}, {"email", "ann@acme.example"}}}};
  const HttpReply reply = post("/api/v1/tenants", wish);
  ASSERT_EQ(reply.status, 201) << reply.body;
  const json made = data(reply);
  for (const char* same :
       {"slug", "tier", "region", "currency", "billingAnchorDay", "trialDays", "settings"}) {
    EXPECT_EQ(made[same], wish[same]) << same;
  }
  EXPECT_EQ(made["status"], "trial");
  EXPECT_EQ(made["trialEndsAt"], "2025-06-24T12:00:00Z");
  EXPECT_EQ(made["suspendedAt"], nullptr);
  EXPECT_EQ(made["compliance"], json({"gdpr", "iso27001"}));
  EXPECT_EQ(made["billing"]["email"], "bills@acme.example");
  EXPECT_EQ(made["billing"]["taxId"], "");
  EXPECT_EQ(made["features"]["custom_domain"], true);
  EXPECT_EQ(made["quotas"][0]["type"], "pace");
  EXPECT_EQ(data(peer().get("/api/v1/tenants/acme")), made);
  EXPECT_EQ(data(peer().get("/api/v1/tenants/acme/members"))["members"][0]["role"], "owner");
}

TEST_F(HttpSystem, ATenantIsChangedInEveryPartAndNamesTheOneThatIsWrong) {
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "acme"}, {"region", "eu"}}).status, 201);
  const std::string path = "/api/v1/tenants/acme";
  const json changed = data(put(path, {{"region", ""},
                                       {"currency", "SEK"},
                                       {"billing", {{"taxId", "SE-1"}}},
                                       {"compliance", {"gdpr"}},
                                       {"settings", {{"a", 1}}}}));
  EXPECT_EQ(changed["region"], "");
  EXPECT_EQ(changed["currency"], "SEK");
  EXPECT_EQ(changed["billing"]["taxId"], "SE-1");
  EXPECT_EQ(changed["compliance"], json({"gdpr"}));
  EXPECT_EQ(changed["settings"], json({{"a", 1}}));
  for (const auto& [field, wrong] : std::vector<std::pair<std::string, json>>{
           {"currency", {{"currency", "kr"}}},
           {"billing", {{"billing", "Acme"}}},
           {"billing", {{"billing", {{"vat", "1"}}}}},
           {"billing.email", {{"billing", {{"email", "nobody"}}}}},
           {"compliance", {{"compliance", "gdpr"}}},
           {"settings", {{"settings", {1}}}},
           {"settings", {{"settings", {{"a", std::string(2'048, 'x')}}}}},
           {"trialDays", {{"trialDays", 7}}},
           {"owner", {{"owner", {{"userId", "ann"}}}}}}) {
    const HttpReply refused = put(path, wrong);
    EXPECT_EQ(refused.status, 422) << wrong;
    EXPECT_EQ(error(refused)["details"]["field"], field) << wrong;
  }
  for (const auto& [field, wrong] : std::vector<std::pair<std::string, json>>{
           {"trialDays", {{"slug", "beta"}, {"trialDays", 366}}},
           {"quotas", {{"slug", "beta"}, {"quotas", {{{"limit", 1}}}}}},
           {"quotas", {{"slug", "beta"}, {"quotas", {{{"type", "x"}, {"limit", 1}}}}}},
           {"owner", {{"slug", "beta"}, {"owner", {{"email", "ann@acme.example"}}}}}}) {
    const HttpReply refused = post("/api/v1/tenants", wrong);
    EXPECT_EQ(refused.status, 422) << wrong;
    EXPECT_EQ(error(refused)["details"]["field"], field) << wrong;
  }
  EXPECT_EQ(data(peer().get(path)), changed) << "what is refused changes nothing";
  EXPECT_EQ(peer().get("/api/v1/tenants/beta").status, 404);
}

TEST_F(HttpSystem, WhatBecomesOfATenantHoldsForOneVersionAndIsTold) {
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "acme"}, {"tier", "free"}}).status, 201);
  const std::string path = "/api/v1/tenants/acme";
  const json stale_suspension{{"reason", "unpaid"}, {"version", 7}};
  EXPECT_EQ(post(path + "/suspend", stale_suspension).status, 409);
  EXPECT_EQ(post(path + "/upgrade", {{"tier", "starter"}, {"version", 7}}).status, 409);
  EXPECT_EQ(post(path + "/move", {{"to", "dedicated_schema"}, {"version", 7}}).status, 409);
  EXPECT_EQ(post(path + "/reactivate?version=7", json::object()).status, 409);
  EXPECT_EQ(peer().ask("DELETE", path + "?version=7").status, 409);
  EXPECT_EQ(error(peer().ask("DELETE", path + "?version=x"))["details"]["field"], "version");
  EXPECT_EQ(data(peer().get(path))["version"], 1);

  const json suspended = data(post(path + "/suspend", {{"reason", "unpaid"}, {"version", 1}}));
  EXPECT_EQ(suspended["suspendedAt"], "2025-06-10T12:00:00Z");
  EXPECT_EQ(suspended["suspendReason"], "unpaid");
  EXPECT_EQ(data(post(path + "/reactivate?version=2", json::object()))["suspendReason"], nullptr);
  EXPECT_EQ(data(post(path + "/upgrade", {{"tier", "starter"}, {"version", 3}}))["tenant"]["tier"],
            "starter");
  const json deactivated = data(peer().ask("DELETE", path + "?version=4"));
  EXPECT_EQ(deactivated["deactivatedAt"], "2025-06-10T12:00:00Z");
  EXPECT_EQ(deactivated["purgeAt"], "2025-09-08T12:00:00Z");
}

TEST_F(HttpSystem, TenantsAreListedByStatusRegionAndTier) {
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "one"}, {"region", "eu"}}).status, 201);
  ASSERT_EQ(post("/api/v1/tenants", {{"slug", "two"}, {"trialDays", 7}}).status, 201);
  const auto slugs = [&](const std::string& filter) {
    std::string found;
    const json page = data(peer().get("/api/v1/tenants?" + filter));
    for (const json& tenant : page["tenants"]) {
      found += tenant["slug"].get<std::string>() + ' ';
    }
    return found;
  };
  EXPECT_EQ(slugs("status=trial"), "two ");
  EXPECT_EQ(slugs("status=active&region=eu"), "one ");
  EXPECT_EQ(slugs("region=us"), "");
  EXPECT_EQ(slugs("tier=none&status=active"), "one ");
  EXPECT_EQ(error(peer().get("/api/v1/tenants?status=gone"))["details"]["field"], "status");
}

TEST_F(HttpSystem, ATenantIsExportedAsOneDocumentHoweverManyPagesItHas) {
  constexpr std::uint64_t entries = 1'100;  // Of which a page has 500.
  constexpr std::uint64_t changes = 600;    // Of which a page has 500, too.
  const TenantId acme = served.create("acme", {window_limit("all", 1ULL << 40U, Period::never)});
  static_cast<void>(must(
      served.administrator().change_member(acme, AddMember{"ann", "ann@acme.example", "owner"})));
  for (std::uint64_t i = 1; i <= entries; ++i) {
    const Charge charge{api_requests, Amount{1}};
    Check check{acme, {&charge, 1}};
    check.id = EntryId{1, i};
    ASSERT_EQ(served.gateway().check(check).decision.outcome, Outcome::allowed);
  }
  for (std::uint64_t i = 1; i <= changes; ++i) {
    ASSERT_TRUE(served.administrator().edit(acme, {}, {.name = "acme " + std::to_string(i)}).ok());
  }
  served.restart();  // Then the store has all of it.
  const HttpReply reply = peer().get("/api/v1/tenants/acme/export");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("transfer-encoding"), "chunked");
  const json document = data(reply);
  EXPECT_EQ(document["tenant"]["name"], "acme " + std::to_string(changes));
  EXPECT_EQ(document["members"].size(), 1U);
  EXPECT_EQ(document["counters"].size(), 1U);
  ASSERT_EQ(document["entries"].size(), entries);
  std::set<json> different(document["entries"].begin(), document["entries"].end());
  EXPECT_EQ(different.size(), entries);
  const json& audit = document["audit"];
  ASSERT_EQ(audit.size(), changes + 2) << "with the creation and the member";
  for (std::size_t i = 0; i < audit.size(); ++i) {
    ASSERT_EQ(audit[i]["number"], std::to_string(i + 1));
  }
  for (const char* part : {"apiKeys", "policies", "listings", "ratingsGiven", "deliveries",
                           "sharedHoursAsOwner", "payouts"}) {
    EXPECT_EQ(document[part], json::array()) << part;
  }
  EXPECT_EQ(peer().get("/api/v1/tenants/nobody/export").status, 404);
}

TEST_F(HttpSystem, TheNativeInterfaceTellsTheSameExport) {
  const TenantId acme = served.create("acme", {window_limit("all", 100, Period::never)});
  ASSERT_EQ(served.spend(acme, 7).decision.outcome, Outcome::allowed);
  served.restart();
  client::OperatorClient& administrator = served.administrator();
  const TenantDefinition tenant = must(administrator.show(acme));
  text::TenantExport document{acme, tenant.created_at, must(administrator.usage(acme)).now};
  std::string told;
  while (const auto question = document.next()) {
    told += must(document.take(administrator.ask_in_json(question->method, question->params)));
  }
  EXPECT_EQ(json::parse(told), data(peer().get("/api/v1/tenants/acme/export")));
}

}  // namespace
}  // namespace sluice::test
