// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

using ::testing::Optional;

std::string nested(std::size_t depth) {
  return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + '}';
}
std::string of_size(std::size_t bytes) {
  constexpr std::string_view around = R"({"a":""})";
  return R"({"a":")" + std::string(bytes - around.size(), 'x') + R"("})";
}

TEST(SettingsSpec, AreAnyJsonObject) {
  for (const std::string& good :
       {std::string{no_settings},
        std::string{R"({"a":1,"b":-0.5e+3,"c":null,"d":[true,false,"x"]})"},
        std::string{" {\n\t\"a\" : { \"a\" : [ ] } } "}, std::string{R"({"":0})"},
        std::string{R"({"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 \u0000 é😀"})"},
        nested(settings_depth_max), of_size(settings_bytes_max)}) {
    EXPECT_EQ(object_to_settings(good), std::nullopt) << good;
  }
}

TEST(SettingsSpec, AreNothingElse) {
  for (const std::string bad : {"null",
                                "[]",
                                "1",
                                "{",
                                "}",
                                R"({"a"})",
                                R"({"a":})",
                                R"({"a":1,})",
                                R"({,"a":1})",
                                R"({"a":1 "b":2})",
                                "{a:1}",
                                "{'a':1}",
                                R"({"a":01})",
                                R"({"a":1.})",
                                R"({"a":.5})",
                                R"({"a":+1})",
                                R"({"a":1e})",
                                R"({"a":-})",
                                R"({"a":NaN})",
                                R"({"a":tru})",
                                R"({"a":[1,]})",
                                R"({"a":[1}})",
                                R"({"a":"x)",
                                R"({"a":"\x"})",
                                R"({"a":"\u12g4"})",
                                R"({"a":"\ud83d"})",
                                R"({"a":"\ude00"})",
                                R"({"a":"\ud83d\u0041"})",
                                "{\"a\":\"x\ny\"}"}) {
    EXPECT_THAT(object_to_settings(bad), Optional(std::string_view{"must be a JSON object"}))
        << bad;
  }
  EXPECT_TRUE(object_to_settings(""));
  EXPECT_TRUE(object_to_settings("{} {}")) << "there is something behind it";
  EXPECT_TRUE(object_to_settings("{\"a\":\"\xff\"}")) << "it is not UTF-8";
}

TEST(SettingsSpec, AreBounded) {
  EXPECT_THAT(object_to_settings(of_size(settings_bytes_max + 1)),
              Optional(std::string_view{"is too long (up to 2048 bytes)"}));
  EXPECT_THAT(object_to_settings(nested(settings_depth_max + 1)),
              Optional(std::string_view{"must not be nested deeper than 8"}));
  EXPECT_THAT(object_to_settings(R"({"a":1e999})"),
              Optional(std::string_view{"must not have a number that is out of range"}));
}

TEST(SettingsSpec, HaveEachNameOnce) {
  EXPECT_THAT(object_to_settings(R"({"a":1,"b":{"a":1},"a":2})"),
              Optional(std::string_view{"must not have a name twice"}));
  EXPECT_THAT(object_to_settings(R"({"\u0061":1,"a":2})"),
              Optional(std::string_view{"must not have names with escapes"}));
}

}  // namespace
}  // namespace sluice
