// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/time_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace sluice::ctl {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

WallTime at(std::string_view text) {
  return parse_instant(text).value();
}

TEST(DurationSpec, ReadsNumbersWithUnitsAndAddsThemUp) {
  EXPECT_EQ(parse_duration("250ms").value(), 250ms);
  EXPECT_EQ(parse_duration("1.5s").value(), 1500ms);
  EXPECT_EQ(parse_duration("1h30m").value(), 90min);
  EXPECT_EQ(parse_duration("2d").value(), 48h);
  EXPECT_EQ(parse_duration("1w").value(), 168h);
  EXPECT_EQ(parse_duration("7ns").value(), 7ns);
}

TEST(DurationSpec, RefusesWhatIsNoDurationAndShowsHowToWriteOne) {
  for (const std::string_view text : {"", "s", "-1s", "1 s", "5 apples", "1y", "1S", "1.5ns"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration.ok()) << text;
    EXPECT_THAT(duration.fault().context, HasSubstr("write for example 250ms, 1s")) << text;
  }
  EXPECT_THAT(parse_duration("10").fault().context, HasSubstr("has no unit"));
  EXPECT_THAT(parse_duration("0s").fault().context, HasSubstr("not longer than nothing"));
}

TEST(DurationSpec, RefusesMoreThanFitsInTheClock) {
  EXPECT_TRUE(parse_duration("106751d").ok());
  EXPECT_THAT(parse_duration("106752d").fault().context, HasSubstr("longer than 292 years"));
  EXPECT_THAT(parse_duration("106751d106751d").fault().context, HasSubstr("longer than 292 years"));
}

TEST(DurationSpec, PrintsTheTwoUnitsThatMatter) {
  EXPECT_EQ(format_duration(0ns), "0ns");
  EXPECT_EQ(format_duration(1'500ns), "1.5us");
  EXPECT_EQ(format_duration(85ms), "85ms");
  EXPECT_EQ(format_duration(12'345ms), "12.34s");
  EXPECT_EQ(format_duration(90s), "1m30s");
  EXPECT_EQ(format_duration(1h), "1h");
  EXPECT_EQ(format_duration(90min + 59s), "1h30m");
  EXPECT_EQ(format_duration(51h), "2d3h");
}

TEST(InstantSpec, ReadsRfc3339InUtcAndWithAnOffset) {
  EXPECT_EQ(at("1970-01-01T00:00:00Z"), WallTime{});
  EXPECT_EQ(at("2025-03-09T08:00:00+01:00"), at("2025-03-09T07:00:00Z"));
  EXPECT_EQ(at("2025-03-09T02:00:00-05:00"), at("2025-03-09T07:00:00Z"));
  EXPECT_EQ(at("2025-03-09T07:00:00.000000001Z") - at("2025-03-09T07:00:00Z"), 1ns);
}

TEST(InstantSpec, TakesADateAsItsMidnight) {
  EXPECT_EQ(at("2025-03-09"), at("2025-03-09T00:00:00Z"));
}

TEST(InstantSpec, RefusesWhatIsNoInstant) {
  for (const std::string_view text :
       {"", "now", "2025", "2025-13-01", "2025-02-30T00:00:00Z", "2025-03-09T07:00:00",
        "2025-03-09T25:00:00Z", "2025-03-09T07:00:00Zulu", "1969-12-31", "2262-01-01",
        "9999-01-01T00:00:00Z", "12025-01-01"}) {
    EXPECT_FALSE(parse_instant(text).ok()) << text;
  }
}

TEST(InstantSpec, PrintsWhatItReads) {
  for (const std::string_view text :
       {"1970-01-01T00:00:00Z", "2025-03-09T07:00:00.5Z", "2024-02-29T23:59:59.999999999Z",
        "2100-01-01T10:20:30.00001Z"}) {
    EXPECT_EQ(format_instant(at(text)), text);
  }
}

TEST(InstantSpec, ShowsTheClockOfTheTenantsZone) {
  EXPECT_EQ(format_instant_in(at("2025-03-09T07:00:00Z"), "America/New_York"),
            "2025-03-09 03:00:00 EDT");
  EXPECT_EQ(format_instant_in(at("2025-03-09T06:59:59.9Z"), "America/New_York"),
            "2025-03-09 01:59:59 EST");
  EXPECT_EQ(format_instant_in(wall_time_never, "UTC"), "never");
}

TEST(InstantSpec, FallsBackToUtcForAZoneThatThisMachineDoesNotKnow) {
  EXPECT_EQ(format_instant_in(at("2025-03-09T07:00:00Z"), "Mars/Olympus"),
            "2025-03-09 07:00:00 UTC");
}

}  // namespace
}  // namespace sluice::ctl
