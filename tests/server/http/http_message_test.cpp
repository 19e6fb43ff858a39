// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_message.hpp"

#include <gtest/gtest.h>

#include "server/http/answers.hpp"
#include "server/http/json.hpp"
#include "server/http/routes.hpp"

namespace sluice::http {
namespace {

TEST(TargetSpec, IsAPathAndItsQueryWithEscapesUndone) {
  const auto target = parse_target("/api/v1/tenants/acme%2Dco?text=a%20b+c&tier=free&empty");
  ASSERT_TRUE(target.ok()) << target.fault().context;
  EXPECT_EQ(target.value().path, "/api/v1/tenants/acme-co");
  EXPECT_EQ(target.value().query,
            (std::vector<NamedText>{{"text", "a b c"}, {"tier", "free"}, {"empty", ""}}));
}

TEST(TargetSpec, RefusesWhatCannotBeRead) {
  std::string many = "/?";
  for (int i = 0; i < 33; ++i) {
    many += "p" + std::to_string(i) + "=1&";
  }
  for (const std::string& target :
       {std::string{""}, std::string{"*"}, std::string{"http://x/"}, std::string{"/%"},
        std::string{"/%4"}, std::string{"/%zz"}, std::string{"/%00"}, std::string{"/%ff"},
        std::string{"/?a=%0a"}, std::string{"/?a=1&a=2"}, many}) {
    EXPECT_FALSE(parse_target(target).ok()) << target;
  }
}

TEST(RouteShapeSpec, MatchesPartByPart) {
  EXPECT_EQ(match("/api/v1/tenants/{tenant}/usage", "/api/v1/tenants/acme/usage"),
            std::vector<std::string>{"acme"});
  EXPECT_TRUE(match("/v1/check", "/v1/check"));
  EXPECT_FALSE(match("/v1/check", "/v1/checks"));
  EXPECT_FALSE(match("/v1/check", "/v1"));
  EXPECT_FALSE(match("/v1/check", "/v1/check/more"));
  EXPECT_FALSE(match("/api/v1/tenants/{tenant}", "/api/v1/tenants/"));
}

TEST(JsonBodySpec, IsOneObjectWithEachKeyOnce) {
  EXPECT_TRUE(parse_object(R"({"a":{"b":1},"c":{"b":2}})").ok());
  std::string deep = R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}";
  for (const std::string& body :
       {std::string{""}, std::string{"[]"}, std::string{"3"}, std::string{"{"},
        std::string{R"({"a":1,"a":2})"}, std::string{R"([{"a":{"x":1,"x":1}}])"},
        std::string{R"({"a":"\xff"})"}, std::string{"{\"a\":\"\xff\"}"},
        std::string{R"({"a":1} x)"}, deep}) {
    EXPECT_FALSE(parse_object(body).ok()) << body;
  }
}

TEST(JsonBodySpec, StandsAnyDepth) {
  EXPECT_FALSE(parse_object(std::string(1 << 20, '[')).ok());
  EXPECT_FALSE(parse_object(std::string(1 << 19, '[') + std::string(1 << 19, ']')).ok());
}

TEST(FailureSpec, NamesTheFieldOfABadArgument) {
  const Response response =
      failure(Fault{FaultCode::invalid_argument, "limit.size: is not an amount"});
  EXPECT_EQ(response.status, 422U);
  const Json body = Json::parse(response.body);
  EXPECT_EQ(body["success"], false);
  EXPECT_EQ(body["error"]["code"], "invalid_argument");
  EXPECT_EQ(body["error"]["details"]["field"], "limit.size");
}

TEST(FailureSpec, TellsBytesThatAreNoTextAsText) {
  const Response response = failure(400, "malformed", "\xff is no path");
  EXPECT_TRUE(Json::accept(response.body));
}

}  // namespace
}  // namespace sluice::http
