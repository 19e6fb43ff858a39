// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/tenant_export.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace sluice::text {
namespace {

using Json = TenantExport::Json;
using Answer = std::function<Result<std::string>(const std::string& method, const Json& params)>;

const TenantId exported_tenant{0x0197'a000'0000'7000, 0x8000'0000'0000'0001};
const WallTime exported_at{std::chrono::hours{24 * 365 * 55}};
const Fault hidden{FaultCode::permission_denied, "audit:read is missing"};

class TenantExportSpec : public ::testing::Test {
protected:
  /// The text of the document, every question of which is answered so.
  Result<std::string> told_by(const Answer& answer) {
    TenantExport document{exported_tenant, exported_at - std::chrono::hours{48}, exported_at};
    std::string told;
    while (const auto question = document.next()) {
      asked.push_back(question->method);
      const Json params = Json::parse(question->params);
      if (question->method != "listKeys") {
        EXPECT_EQ(params["tenant"]["id"], to_string(exported_tenant)) << question->method;
      }
      const auto more = document.take(answer(question->method, params));
      if (!more.ok()) {
        return more.fault();
      }
      told += more.value();
    }
    return told;
  }
  /// The same, where what the test says nothing of is empty.
  Json document_by(const Answer& answer) { return Json::parse(told_by(answer).value()); }

  [[nodiscard]] std::size_t times_asked(const std::string& method) const {
    return static_cast<std::size_t>(std::ranges::count(asked, method));
  }

  std::vector<std::string> asked;
};

std::string nothing() {
  return "{}";
}

TEST_F(TenantExportSpec, WhereThereIsNothingEveryListIsEmpty) {
  const Json document = document_by([](const std::string&, const Json&) { return nothing(); });
  for (const char* list : {"members", "roles", "apiKeys", "entries", "minutes", "listings",
                           "ratingsReceived", "ratingsGiven", "payouts", "audit"}) {
    EXPECT_EQ(document.at(list), Json::array()) << list;
  }
  EXPECT_EQ(document.at("tenant"), Json::object());
}

TEST_F(TenantExportSpec, PagesBecomeOneListThatGoesOnBehindTheLastOne) {
  const Json document = document_by([](const std::string& method, const Json& params) {
    if (method != "auditTrail") {
      return nothing();
    }
    return params.contains("after")
               ? Json{{"events", {{{"number", "3"}}}}, {"more", false}}.dump()
               : Json{{"events", {{{"number", "1"}}, {{"number", "2"}}}}, {"more", true}}.dump();
  });
  EXPECT_EQ(document["audit"], (Json{{{"number", "1"}}, {{"number", "2"}}, {{"number", "3"}}}));
  EXPECT_EQ(times_asked("auditTrail"), 2U);
}

TEST_F(TenantExportSpec, WhatTheCallerMayNotSeeIsNull) {
  const Json document = document_by([](const std::string& method, const Json&) {
    return method == "listKeys" || method == "searchListings" ? Result<std::string>{hidden}
                                                              : nothing();
  });
  EXPECT_EQ(document["apiKeys"], nullptr);
  EXPECT_EQ(document["listings"], nullptr);
  EXPECT_EQ(document["ratingsReceived"], nullptr) << "nobody knows of what";
  EXPECT_EQ(document["audit"], Json::array());
}

TEST_F(TenantExportSpec, AnotherFaultEndsItAndSoDoesARightThatIsLostWithinAList) {
  const Fault away{FaultCode::unavailable, "the store is away"};
  EXPECT_EQ(told_by([&](const std::string& method, const Json&) {
              return method == "listMembers" ? Result<std::string>{away} : nothing();
            }).fault(),
            away);
  EXPECT_EQ(told_by([](const std::string& method, const Json& params) {
              if (method != "auditTrail") {
                return Result<std::string>{nothing()};
              }
              return params.contains("after")
                         ? Result<std::string>{hidden}
                         : Json{{"events", {{{"number", "1"}}}}, {"more", true}}.dump();
            }).fault(),
            hidden);
}

TEST_F(TenantExportSpec, TheRatingsOfEveryListingAreOneList) {
  const Json document = document_by([](const std::string& method, const Json& params) {
    if (method == "searchListings") {
      return Json{{"listings", {{{"id", "a"}}, {{"id", "b"}}}}}.dump();
    }
    if (method == "listRatings" && params.contains("listing")) {
      return Json{{"ratings", {{{"id", "1"}, {"listing", params["listing"]}}}}}.dump();
    }
    return nothing();
  });
  EXPECT_EQ(document["listings"].size(), 2U);
  ASSERT_EQ(document["ratingsReceived"].size(), 2U);
  EXPECT_NE(document["ratingsReceived"][0]["listing"], document["ratingsReceived"][1]["listing"]);
  EXPECT_EQ(document["ratingsGiven"], Json::array());
}

TEST_F(TenantExportSpec, KeysThatAreNotForTheTenantAloneAreNotItsOwn) {
  const Json document = document_by([](const std::string& method, const Json&) {
    if (method != "listKeys") {
      return nothing();
    }
    const std::string its = to_string(exported_tenant);
    return Json{{"keys",
                 {{{"id", "1"}, {"tenants", {its}}},
                  {{"id", "2"}},
                  {{"id", "3"}, {"tenants", {its, "another"}}}}}}
        .dump();
  });
  ASSERT_EQ(document["apiKeys"].size(), 1U);
  EXPECT_EQ(document["apiKeys"][0]["id"], "1");
}

}  // namespace
}  // namespace sluice::text
