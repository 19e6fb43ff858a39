// SPDX-License-Identifier: Apache-2.0
#include "server/config/field.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/server/config/config_reader.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using testing::HasSubstr;

namespace {

/// What a text means for a duration, or nothing.
std::optional<std::chrono::microseconds> span(std::string_view text) {
  const Span parsed = parse_duration(text);
  return parsed.problem ? std::nullopt : std::optional{parsed.value};
}

Start listening(const std::string& address) {
  return Start{{"--listen", address}, {}};
}

Start simulated(const std::string& instant) {
  return Start{{"--simulated-time", instant}, {}};
}

}  // namespace

TEST(DurationSpec, HasANumberAndAUnit) {
  EXPECT_EQ(span("50us"), 50us);
  EXPECT_EQ(span("250ms"), 250ms);
  EXPECT_EQ(span("10s"), 10s);
  EXPECT_EQ(span("5m"), 5min);
  EXPECT_EQ(span("2h"), 2h);
  EXPECT_EQ(span("0s"), 0s);
}

TEST(DurationSpec, IsNothingElse) {
  for (const char* text :
       {"", "5", "s", "-5s", "+5s", "1.5s", "5 s", " 5s", "5S", "5ns", "5d", "5s5", "5sms", "0x5s",
        "99999999999999999999s", "9223372036854775807h"}) {
    EXPECT_EQ(span(text), std::nullopt) << text;
  }
}

TEST(DurationSpec, IsPrintedInTheLargestUnitWithoutAFraction) {
  EXPECT_EQ(to_text(0us), "0s");
  EXPECT_EQ(to_text(90s), "90s");
  EXPECT_EQ(to_text(120s), "2m");
  EXPECT_EQ(to_text(1500ms), "1500ms");
  EXPECT_EQ(to_text(50us), "50us");
}

TEST(DurationSpec, IsNotFinerThanItsOption) {
  EXPECT_THAT((Start{{"--idle-after", "1500ms"}, {}}.refusal()), HasSubstr("finer than 1s"));
  EXPECT_EQ((Start{{"--idle-after", "2000ms"}, {}}.config().idle_after), 2s);
}

TEST(CountSpec, IsDigitsAlone) {
  for (const char* text : {"", "x", "-1", "+1", "1.0", "1e3", " 1", "1 ", "0x1"}) {
    EXPECT_EQ(parse_count(text).problem, "is not a whole number") << text;
  }
  EXPECT_EQ(parse_count("18446744073709551616").problem, "is out of range");
  EXPECT_EQ(parse_count("18446744073709551615").value, 18446744073709551615U);
}

TEST(ListenSpec, TakesLoopbackAddressesWithAPort) {
  EXPECT_EQ(listening("127.0.0.1:80").config().listen_host, "127.0.0.1");
  EXPECT_EQ(listening("127.8.9.10:65535").config().listen_port, 65'535);
  EXPECT_EQ(listening("localhost:0").config().listen_port, 0);
  EXPECT_EQ(listening("[::1]:80").config().listen_host, "::1");
}

constexpr const char* reachable[] = {"0.0.0.0:80",       "192.168.1.1:80", "[::]:80",
                                     "[2001:db8::1]:80", "128.0.0.1:80",   "[::ffff:10.0.0.1]:80"};

TEST(ListenSpec, AddressesThatOthersCanReachNeedCredentials) {
  for (const char* address : reachable) {
    EXPECT_THAT(listening(address).refusal(), HasSubstr("--auth required")) << address;
  }
}

TEST(ListenSpec, CredentialsDoNotPassInTheClearUnlessThatIsSaidInAsManyWords) {
  for (const char* address : reachable) {
    EXPECT_THAT((Start{{"--auth", "required", "--listen", address}, {}}.refusal()),
                HasSubstr("--insecure-listen-without-tls"));
    EXPECT_EQ(
        (Start{{"--auth", "required", "--listen", address, "--insecure-listen-without-tls", "true"},
               {}}
             .config()
             .listen_port),
        80);
    EXPECT_EQ((Start{{"--auth", "required", "--listen", address, "--tls-certificate", "c",
                      "--tls-key", "k"},
                     {}}
                   .config()
                   .listen_port),
              80);
  }
}

TEST(ListenSpec, TheSameHoldsForHttp) {
  const auto http = [](const char* address, std::vector<std::string> more) {
    more.insert(more.end(), {"--http-listen", address});
    return Start{std::move(more), {}};
  };
  for (const char* address : reachable) {
    EXPECT_THAT(http(address, {}).refusal(), HasSubstr("--http-listen")) << address;
    EXPECT_THAT(http(address, {"--auth", "required"}).refusal(), HasSubstr("--tls-certificate"));
    EXPECT_EQ(http(address, {"--auth", "required", "--tls-certificate", "c", "--tls-key", "k"})
                  .config()
                  .http_port,
              80);
    EXPECT_EQ(http(address, {"--auth", "required", "--insecure-listen-without-tls", "true"})
                  .config()
                  .http_port,
              80);
  }
}

TEST(ListenSpec, RefusesNamesThatMayComeToMeanAnything) {
  EXPECT_THAT(listening("example.org:80").refusal(), HasSubstr("neither an IP address"));
}

TEST(AccessSpec, OptionsThatNeedOthersSaySo) {
  const auto refusal = [](std::vector<std::string> flags) {
    return Start{std::move(flags), {}}.refusal();
  };
  EXPECT_THAT(refusal({"--tls-certificate", "c"}), HasSubstr("--tls-key"));
  EXPECT_THAT(refusal({"--tls-key", "k"}), HasSubstr("--tls-certificate"));
  EXPECT_THAT(refusal({"--tls-client-ca", "a"}), HasSubstr("--tls-certificate"));
  EXPECT_THAT(refusal({"--token-keys", "k"}), HasSubstr("--auth required"));
  EXPECT_THAT(refusal({"--token-keys", "k", "--auth", "required"}), HasSubstr("--token-issuer"));
}

TEST(AccessSpec, OnlyAlgorithmsThatThereAreCanBeAllowed) {
  for (const char* list : {"", "none", "ES256,none", "ES256,", "es256", ",ES256"}) {
    EXPECT_THAT((Start{{"--token-algorithms", list}, {}}.refusal()),
                HasSubstr("option --token-algorithms"))
        << list;
  }
  EXPECT_EQ((Start{{"--token-algorithms", "HS256,EdDSA"}, {}}.config().token_algorithms),
            "HS256,EdDSA");
}

TEST(ListenSpec, RefusesWhatIsNoAddress) {
  for (const char* address : {"127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                              "127.0.0.1:-1", "::1:80", "[]:80", "[:80", "127.0.0.1 :80"}) {
    EXPECT_THAT(listening(address).refusal(), HasSubstr("option --listen")) << address;
  }
}

TEST(SimulatedTimeSpec, IsAnInstantInAnyZone) {
  const auto at = [](const std::string& text) {
    return simulated(text).config().simulated_time->time_since_epoch();
  };
  EXPECT_EQ(at("1970-01-01T00:00:00Z"), 0ns);
  EXPECT_EQ(at("1970-01-02T00:00:00Z"), 24h);
  EXPECT_EQ(at("1970-01-01T02:30:00+02:00"), 30min);
  EXPECT_EQ(at("1970-01-01T00:00:00.000000001Z"), 1ns);
}

TEST(SimulatedTimeSpec, IsNothingElse) {
  for (const char* text :
       {"", "Z", "now", "2026-01-31", "2026-01-31T12:00:00", "2026-02-31T12:00:00Z",
        "2026-01-31T25:00:00Z", "2026-01-31T12:00:00Zulu", "2026-01-31T12:00:00Z ", "1700000000",
        "1969-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "9999-01-01T00:00:00Z"}) {
    EXPECT_THAT(simulated(text).refusal(), HasSubstr("option --simulated-time")) << text;
  }
}

TEST(DataDirectorySpec, IsAPath) {
  EXPECT_EQ((Start{{"--data-directory", "/var/lib/sluice"}, {}}.config().data_directory),
            "/var/lib/sluice");
  EXPECT_THAT((Start{{"--data-directory", ""}, {}}.refusal()), HasSubstr("not a path"));
  EXPECT_THAT((Start{{"--data-directory", std::string(4001, 'x')}, {}}.refusal()),
              HasSubstr("4000"));
}

TEST(LogLevelSpec, IsOneOfFour) {
  EXPECT_EQ((Start{{"--log-level", "warning"}, {}}.config().log_level), LogLevel::warning);
  EXPECT_THAT((Start{{"--log-level", "loud"}, {}}.refusal()),
              HasSubstr("debug, info, warning, error"));
}

}  // namespace sluice::test
