// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_message.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "server/http/answer_text.hpp"
#include "server/http/answers.hpp"
#include "server/http/json.hpp"
#include "server/http/json_writer.hpp"
#include "server/http/routes.hpp"

namespace sluice::http {
namespace {

TEST(TargetSpec, IsAPathAndItsQueryWithEscapesUndone) {
  const auto target = parse_target("/api/v1/tenants/acme%2Dco?text=a%20b+c&tier=free&empty");
  ASSERT_TRUE(target.ok()) << target.fault().context;
  EXPECT_EQ(target.value().parts, (std::vector<std::string>{"api", "v1", "tenants", "acme-co"}));
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

TEST(TargetSpec, ASlashThatIsEscapedIsOfAPart) {
  EXPECT_EQ(parse_target("/users/a%2Fb/tenants").value().parts,
            (std::vector<std::string>{"users", "a/b", "tenants"}));
  EXPECT_EQ(parse_target("/users/").value().parts, std::vector<std::string>{"users"});
  EXPECT_EQ(parse_target("/a//b").value().parts, (std::vector<std::string>{"a", "", "b"}));
}

TEST(RouteShapeSpec, MatchesPartByPart) {
  EXPECT_EQ(match({"tenants", "{tenant}", "usage"}, {"tenants", "acme", "usage"}),
            std::vector<std::string>{"acme"});
  EXPECT_TRUE(match({"v1", "check"}, {"v1", "check"}));
  EXPECT_FALSE(match({"v1", "check"}, {"v1", "checks"}));
  EXPECT_FALSE(match({"v1", "check"}, {"v1"}));
  EXPECT_FALSE(match({"v1", "check"}, {"v1", "check", "more"}));
  EXPECT_FALSE(match({"tenants", "{tenant}"}, {"tenants", ""}));
}

TEST(FieldsSpec, AreFoundByTheirNamesInLettersOfEitherCase) {
  const Fields fields{{"X-Sluice-Tenant", "acme"}, {"Accept", ""}, {"accept", "text/csv"}};
  EXPECT_EQ(fields.find("x-sluice-tenant"), "acme");
  EXPECT_EQ(fields.find("ACCEPT"), "") << "the first of them";
  EXPECT_EQ(fields.find("x-sluice"), std::nullopt);
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

TEST(JsonBodySpec, SaysWhatIsWrongWithIt) {
  EXPECT_EQ(parse_object(R"({"a":{"b":1,"b":2}})").fault().context, "body: \"b\" is there twice");
  EXPECT_EQ(parse_object(R"({"a":1e999})").fault().context,
            "body: holds a number that is beyond all numbers");
  EXPECT_EQ(parse_object(R"(["a"])").fault().context, "body: is not a JSON object");
  EXPECT_EQ(parse_object("{").fault().context, "body: is not JSON, at byte 2");
}

TEST(JsonBodySpec, KeepsWhatItHoldsAsItStands) {
  const std::string body =
      R"({"z":null,"a":[true,-1,18446744073709551615,1.5,"\u00e4"],"m":{"k":{}},"e":[]})";
  EXPECT_EQ(parse_object(body).value(), Json::parse(body));
}

TEST(JsonBodySpec, IsOnlySoWide) {
  std::string body = R"({"m0":0)";
  for (int i = 1; i < 256; ++i) {
    body += ",\"m" + std::to_string(i) + "\":0";
  }
  EXPECT_TRUE(parse_object(body + "}").ok());
  EXPECT_FALSE(parse_object(body + ",\"more\":0}").ok());
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

TEST(JsonWriterSpec, WritesWhatALibraryWould) {
  JsonWriter out;
  out.open_object();
  out.put("text", "a \"quoted\" \\ line\nand \xc3\xa4, \xff");
  out.put("truth", true);
  out.put("least", std::numeric_limits<std::int64_t>::min());
  out.put("most", std::numeric_limits<std::uint64_t>::max());
  out.put("nothing", std::optional<std::string>{});
  out.name("list");
  out.open_array();
  out.value(nullptr);
  out.open_object();
  out.close_object();
  out.value(1);
  out.close_array();
  out.put("written", JsonText{"{}"});
  out.close_object();
  const Json same{{"text", "a \"quoted\" \\ line\nand \xc3\xa4, \xff"},
                  {"truth", true},
                  {"least", std::numeric_limits<std::int64_t>::min()},
                  {"most", std::numeric_limits<std::uint64_t>::max()},
                  {"nothing", nullptr},
                  {"list", {nullptr, Json::object(), 1}},
                  {"written", Json::object()}};
  EXPECT_EQ(out.take().raw(), written_out(same));
}

TEST(AnswerTextSpec, IsWhatGoesOverTheWire) {
  const Response response{.status = 429, .headers = {{"Retry-After", "3"}}, .body = "{}"};
  std::string text;
  write_answer(response, {.date = "today"}, text);
  EXPECT_EQ(text,
            "HTTP/1.1 429 Too Many Requests\r\nServer: sluiced\r\nDate: today\r\n"
            "Content-Type: application/json\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}");
  write_answer(response, {.keeps_alive = false, .is_to_head = true, .date = "today"}, text);
  EXPECT_TRUE(text.ends_with("Connection: close\r\nContent-Length: 2\r\n\r\n")) << text;
  write_answer({.status = 200}, {.framing = Framing::in_chunks, .date = "today"}, text);
  EXPECT_TRUE(text.ends_with("Transfer-Encoding: chunked\r\n\r\n")) << text;
  EXPECT_EQ(chunk_of("0123456789abcdef"), "10\r\n0123456789abcdef\r\n");
  EXPECT_EQ(chunk_of(""), "0\r\n\r\n");
  write_answer(response, {.version = 10, .date = "today"}, text);
  EXPECT_TRUE(text.starts_with("HTTP/1.0 429 ")) << text;
  EXPECT_NE(text.find("\r\nConnection: keep-alive\r\n"), std::string::npos) << text;
}

TEST(AnswerTextSpec, HasADateOfTheSecond) {
  DateText dates;
  EXPECT_EQ(dates.of(WallTime{std::chrono::seconds{784111777}}), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(dates.of(WallTime{std::chrono::milliseconds{784111777999}}),
            "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(dates.of(WallTime{std::chrono::seconds{784111778}}), "Sun, 06 Nov 1994 08:49:38 GMT");
}

TEST(StatusSpec, TellsWhatWaitingHelpsFromWhatItDoesNot) {
  EXPECT_EQ(status_of(FaultCode::quota_exceeded), 429U);
  EXPECT_EQ(status_of(FaultCode::limit_exceeded), 409U);
  EXPECT_EQ(status_of(FaultCode::unavailable), 503U);
  EXPECT_EQ(status_of(Outcome::throttled), 429U);
  EXPECT_EQ(status_of(Outcome::suspended), 403U);
}

TEST(FailureSpec, TellsBytesThatAreNoTextAsText) {
  const Response response = failure(400, "malformed", "\xff is no path");
  EXPECT_TRUE(Json::accept(response.body));
}

}  // namespace
}  // namespace sluice::http
