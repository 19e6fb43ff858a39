// SPDX-License-Identifier: Apache-2.0
#include "server/http/console_routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "server/http/console_files.hpp"
#include "server/http/routes.hpp"

namespace sluice::http {
namespace {

Request asking_console(std::string path, Fields headers = {}, Method method = Method::get) {
  Request request;
  request.method = method;
  request.target.path = std::move(path);
  request.headers = std::move(headers);
  return request;
}

std::optional<std::string> field_of_answer(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) {
      return value;
    }
  }
  return std::nullopt;
}

/// One whose name changes with what is in it.
const ConsoleFile& script() {
  return *std::find_if(console_files().begin(), console_files().end(),
                       [](const ConsoleFile& file) { return file.path.ends_with(".js"); });
}

TEST(ConsoleRoutes, ServeThePageAndWhatItNames) {
  const Response page = answer_console(asking_console("/console/"));
  EXPECT_EQ(page.status, 200U);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(field_of_answer(page, "Cache-Control"), "no-cache");
  for (const ConsoleFile& file : console_files()) {
    const std::string name{file.path.substr(file.path.rfind('/') + 1)};
    EXPECT_NE(page.body.find(name), std::string::npos) << name;
    const Response part = answer_console(asking_console(std::string{file.path}));
    EXPECT_EQ(part.body, file.plain) << name;
    EXPECT_EQ(part.content_type, file.type) << name;
  }
}

TEST(ConsoleRoutes, LetNothingInThatIsNotOfThisServer) {
  for (const ConsoleFile& file : console_files()) {
    const Response part = answer_console(asking_console(std::string{file.path}));
    const std::string policy = field_of_answer(part, "Content-Security-Policy").value_or("");
    EXPECT_EQ(policy.rfind("default-src 'self';", 0), 0U);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(field_of_answer(part, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(field_of_answer(part, "Referrer-Policy"), "no-referrer");
  }
}

TEST(ConsoleRoutes, CompressForWhoeverTakesThat) {
  const std::string path{script().path};
  for (const char* takes : {"gzip", "br, gzip", "deflate, gzip;q=0.5"}) {
    const Response zipped = answer_console(asking_console(path, {{"accept-encoding", takes}}));
    EXPECT_EQ(zipped.body, script().gzip) << takes;
    EXPECT_EQ(field_of_answer(zipped, "Content-Encoding"), "gzip") << takes;
  }
  for (const char* takes : {"", "br", "gzip;q=0", "gzip;q=0.0, br", "xgzip"}) {
    const Response plain = answer_console(asking_console(path, {{"accept-encoding", takes}}));
    EXPECT_EQ(plain.body, script().plain) << takes;
    EXPECT_EQ(field_of_answer(plain, "Content-Encoding"), std::nullopt) << takes;
  }
}

TEST(ConsoleRoutes, SayThatNothingChangedToWhoeverHasIt) {
  const std::string path{script().path};
  const Response first = answer_console(asking_console(path));
  EXPECT_EQ(field_of_answer(first, "Cache-Control"), "public, max-age=31536000, immutable");
  const std::string tag = field_of_answer(first, "ETag").value_or("");
  for (const std::string& known : {tag, "W/" + tag, "\"another\", " + tag, std::string{"*"}}) {
    EXPECT_EQ(answer_console(asking_console(path, {{"if-none-match", known}})).status, 304U)
        << known;
  }
  EXPECT_EQ(answer_console(asking_console(path, {{"if-none-match", "\"another\""}})).status, 200U);
  EXPECT_EQ(
      answer_console(asking_console(path, {{"if-none-match", tag}, {"accept-encoding", "gzip"}}))
          .status,
      200U);
}

TEST(ConsoleRoutes, ServeNothingElse) {
  for (const char* path : {"/console/nothing", "/console/../healthz", "/console//", "/console/.",
                           "/console/../../../../etc/passwd", "/console/src/main.tsx"}) {
    EXPECT_EQ(answer_console(asking_console(path)).status, 404U) << path;
  }
  const Response moved = answer_console(asking_console("/console"));
  EXPECT_EQ(moved.status, 308U);
  EXPECT_EQ(field_of_answer(moved, "Location"), "console/");
  EXPECT_EQ(answer_console(asking_console("/console/", {}, Method::head)).status, 200U);
  const Response posted = answer_console(asking_console("/console/", {}, Method::post));
  EXPECT_EQ(posted.status, 405U);
  EXPECT_EQ(field_of_answer(posted, "Allow"), "GET, HEAD");
}

TEST(ConsoleRoutes, StandBesideTheTableAndHideNothingOfIt) {
  EXPECT_TRUE(is_of_console("/console"));
  EXPECT_TRUE(is_of_console("/console/"));
  EXPECT_FALSE(is_of_console("/consoles"));
  for (const Route& route : routes()) {
    EXPECT_FALSE(is_of_console(route.path)) << route.path;
  }
}

}  // namespace
}  // namespace sluice::http
