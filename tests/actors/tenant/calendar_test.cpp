// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/calendar.hpp"

#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Window at(const char* zone, int anchor, Period period, const char* instant) {
  const AnchorDay day{static_cast<std::uint8_t>(anchor)};
  return Calendar::of(zone, day).value().window_at(period, utc(instant));
}
Window span(const char* start, const char* end) {
  return Window{utc(start), utc(end)};
}

TEST(CalendarSpec, WindowsEndWhereGregorianIntervalsEnd) {
  // Facts that another rate limiter's tests state.
  const auto last_millisecond = [](Period period, const char* instant) {
    const WallTime end = at("UTC", 1, period, instant).end;
    return (end - 1ms).time_since_epoch() / 1ms;
  };
  EXPECT_EQ(last_millisecond(Period::minute, "2019-11-11T00:00:30.0000001Z"), 1573430459999);
  EXPECT_EQ(last_millisecond(Period::hour, "2019-11-11T00:20:01.000002134Z"), 1573433999999);
  EXPECT_EQ(last_millisecond(Period::day, "2019-11-11T12:10:09.000002345Z"), 1573516799999);
  EXPECT_EQ(last_millisecond(Period::month, "2019-11-11T22:02:23Z"), 1575158399999);
  EXPECT_EQ(last_millisecond(Period::month, "2019-01-01T00:00:00Z"), 1548979199999);
  EXPECT_EQ(last_millisecond(Period::year, "2019-03-01T20:50:31Z"), 1577836799999);
}

TEST(CalendarSpec, ABoundaryBelongsToTheWindowThatItStarts) {
  EXPECT_EQ(at("UTC", 1, Period::day, "2024-05-15T00:00:00Z"),
            span("2024-05-15T00:00:00Z", "2024-05-16T00:00:00Z"));
  EXPECT_EQ(at("UTC", 1, Period::day, "2024-05-14T23:59:59.999999999Z"),
            span("2024-05-14T00:00:00Z", "2024-05-15T00:00:00Z"));
}

TEST(CalendarSpec, WeeksStartOnMondayWhateverTheAnchor) {
  for (const char* day : {"2024-05-13T00:00:00Z", "2024-05-15T12:00:00Z", "2024-05-19T23:59:59Z"}) {
    EXPECT_EQ(at("UTC", 17, Period::week, day),
              span("2024-05-13T00:00:00Z", "2024-05-20T00:00:00Z"));
  }
}

TEST(CalendarSpec, WeeksRunOverTheTurnOfTheYear) {
  EXPECT_EQ(at("UTC", 1, Period::week, "2025-01-01T00:00:00Z"),
            span("2024-12-30T00:00:00Z", "2025-01-06T00:00:00Z"));
}

TEST(CalendarSpec, MonthsStartOnTheAnchorDay) {
  EXPECT_EQ(at("UTC", 15, Period::month, "2024-05-15T00:00:00Z"),
            span("2024-05-15T00:00:00Z", "2024-06-15T00:00:00Z"));
  EXPECT_EQ(at("UTC", 15, Period::month, "2024-05-14T23:00:00Z"),
            span("2024-04-15T00:00:00Z", "2024-05-15T00:00:00Z"));
  EXPECT_EQ(at("UTC", 15, Period::month, "2025-01-03T00:00:00Z"),
            span("2024-12-15T00:00:00Z", "2025-01-15T00:00:00Z"));
}

TEST(CalendarSpec, Anchor31IsClampedToEachMonthsEndAndNotCarriedOn) {
  EXPECT_EQ(at("UTC", 31, Period::month, "2023-02-01T00:00:00Z"),
            span("2023-01-31T00:00:00Z", "2023-02-28T00:00:00Z"));
  EXPECT_EQ(at("UTC", 31, Period::month, "2023-02-28T00:00:00Z"),
            span("2023-02-28T00:00:00Z", "2023-03-31T00:00:00Z"));
  EXPECT_EQ(at("UTC", 31, Period::month, "2023-04-30T00:00:00Z"),
            span("2023-04-30T00:00:00Z", "2023-05-31T00:00:00Z"));
}

TEST(CalendarSpec, Anchors29And30AreClampedInFebruaryOnly) {
  EXPECT_EQ(at("UTC", 29, Period::month, "2023-03-01T00:00:00Z"),
            span("2023-02-28T00:00:00Z", "2023-03-29T00:00:00Z"));
  EXPECT_EQ(at("UTC", 30, Period::month, "2023-03-01T00:00:00Z"),
            span("2023-02-28T00:00:00Z", "2023-03-30T00:00:00Z"));
  EXPECT_EQ(at("UTC", 30, Period::month, "2023-04-30T00:00:00Z"),
            span("2023-04-30T00:00:00Z", "2023-05-30T00:00:00Z"));
}

TEST(CalendarSpec, LeapYearsMoveTheClamp) {
  EXPECT_EQ(at("UTC", 31, Period::month, "2024-02-29T00:00:00Z"),
            span("2024-02-29T00:00:00Z", "2024-03-31T00:00:00Z"));
  EXPECT_EQ(at("UTC", 29, Period::month, "2024-02-28T00:00:00Z"),
            span("2024-01-29T00:00:00Z", "2024-02-29T00:00:00Z"));
  EXPECT_EQ(at("UTC", 29, Period::month, "2100-02-28T00:00:00Z").start,
            utc("2100-02-28T00:00:00Z"));
}

TEST(CalendarSpec, YearsStartOnTheAnchorDayOfJanuary) {
  EXPECT_EQ(at("UTC", 1, Period::year, "2024-12-31T23:59:59Z"),
            span("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"));
  EXPECT_EQ(at("UTC", 31, Period::year, "2024-01-30T00:00:00Z"),
            span("2023-01-31T00:00:00Z", "2024-01-31T00:00:00Z"));
  EXPECT_EQ(at("UTC", 31, Period::year, "2024-01-31T00:00:00Z"),
            span("2024-01-31T00:00:00Z", "2025-01-31T00:00:00Z"));
}

TEST(CalendarSpec, AGaugesWindowIsAllTime) {
  EXPECT_EQ(at("Europe/Berlin", 31, Period::never, "2024-01-30T00:00:00Z"),
            (Window{WallTime::min(), wall_time_never}));
}

TEST(CalendarSpec, BoundariesAreThoseOfTheZone) {
  EXPECT_EQ(at("Asia/Tokyo", 1, Period::month, "2024-04-30T15:00:00Z"),
            span("2024-04-30T15:00:00Z", "2024-05-31T15:00:00Z"));
  EXPECT_EQ(at("Asia/Kathmandu", 1, Period::hour, "2024-05-15T12:10:00Z"),
            span("2024-05-15T11:15:00Z", "2024-05-15T12:15:00Z"));
  EXPECT_EQ(at("America/New_York", 1, Period::year, "2024-01-01T04:59:59Z"),
            span("2023-01-01T05:00:00Z", "2024-01-01T05:00:00Z"));
}

TEST(DaylightSavingSpec, TheDayThatLosesAnHourHas23) {
  EXPECT_EQ(at("Europe/Berlin", 1, Period::day, "2024-03-31T12:00:00Z"),
            span("2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"));
  EXPECT_EQ(at("America/New_York", 1, Period::day, "2024-03-10T12:00:00Z"),
            span("2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z"));
}

TEST(DaylightSavingSpec, TheDayThatGainsAnHourHas25) {
  EXPECT_EQ(at("Europe/Berlin", 1, Period::day, "2024-10-27T12:00:00Z"),
            span("2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"));
  EXPECT_EQ(at("America/New_York", 1, Period::day, "2024-11-03T12:00:00Z"),
            span("2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"));
}

TEST(DaylightSavingSpec, TheRepeatedHourIsTwoWindows) {
  EXPECT_EQ(at("Europe/Berlin", 1, Period::hour, "2024-10-27T00:30:00Z"),
            span("2024-10-27T00:00:00Z", "2024-10-27T01:00:00Z"));
  EXPECT_EQ(at("Europe/Berlin", 1, Period::hour, "2024-10-27T01:30:00Z"),
            span("2024-10-27T01:00:00Z", "2024-10-27T02:00:00Z"));
}

TEST(DaylightSavingSpec, AHalfHourShiftMakesDaysOf23AndAHalfAnd24AndAHalfHours) {
  EXPECT_EQ(at("Australia/Lord_Howe", 1, Period::day, "2024-04-07T00:00:00Z"),
            span("2024-04-06T13:00:00Z", "2024-04-07T13:30:00Z"));
  EXPECT_EQ(at("Australia/Lord_Howe", 1, Period::day, "2024-10-06T00:00:00Z"),
            span("2024-10-05T13:30:00Z", "2024-10-06T13:00:00Z"));
}

TEST(DaylightSavingSpec, AHalfHourShiftCutsTheHour) {
  EXPECT_EQ(at("Australia/Lord_Howe", 1, Period::hour, "2024-04-06T14:59:59Z"),
            span("2024-04-06T14:00:00Z", "2024-04-06T15:00:00Z"));
  EXPECT_EQ(at("Australia/Lord_Howe", 1, Period::hour, "2024-04-06T15:00:00Z"),
            span("2024-04-06T15:00:00Z", "2024-04-06T15:30:00Z"));
  EXPECT_EQ(at("Australia/Lord_Howe", 1, Period::hour, "2024-10-05T15:30:00Z"),
            span("2024-10-05T15:30:00Z", "2024-10-05T16:00:00Z"));
}

TEST(DaylightSavingSpec, WhereMidnightDoesNotExistTheDayStartsAfterIt) {
  EXPECT_EQ(at("America/Sao_Paulo", 1, Period::day, "2018-11-04T02:59:59Z"),
            span("2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"));
  EXPECT_EQ(at("America/Sao_Paulo", 4, Period::month, "2018-11-04T03:00:00Z"),
            span("2018-11-04T03:00:00Z", "2018-12-04T02:00:00Z"));
  EXPECT_EQ(at("America/Sao_Paulo", 1, Period::day, "2018-11-04T03:00:00Z"),
            span("2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"));
}

TEST(DaylightSavingSpec, WhereTheLastHalfHourDoesNotExistEitherTheDayStartsEarly) {
  // At 23:30 on the 30th the clocks went forward to 00:30 on the 31st.
  EXPECT_EQ(at("America/Toronto", 1, Period::day, "1919-03-31T04:30:00Z"),
            span("1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"));
  EXPECT_EQ(at("America/Toronto", 1, Period::day, "1919-03-31T04:29:59Z").end,
            utc("1919-03-31T04:30:00Z"));
}

TEST(DaylightSavingSpec, WhereMidnightIsPutOffTheDayBeforeIsLonger) {
  EXPECT_EQ(at("America/Sao_Paulo", 1, Period::day, "2018-02-18T02:30:00Z"),
            span("2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"));
}

TEST(DaylightSavingSpec, WhereMidnightComesTwiceTheDayStartsAtTheFirst) {
  // At 00:01 on the 7th the clocks went back to 23:01 on the 6th.
  EXPECT_EQ(at("America/St_Johns", 1, Period::day, "2010-11-07T02:29:59Z"),
            span("2010-11-06T02:30:00Z", "2010-11-07T02:30:00Z"));
  for (const char* instant :
       {"2010-11-07T02:30:00Z", "2010-11-07T02:31:00Z", "2010-11-07T03:29:00Z"}) {
    EXPECT_EQ(at("America/St_Johns", 1, Period::day, instant),
              span("2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"));
  }
}

TEST(DaylightSavingSpec, ADayThatTheZoneSkipsHasNoWindow) {
  EXPECT_EQ(at("Pacific/Apia", 1, Period::day, "2011-12-30T09:59:59Z"),
            span("2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"));
  EXPECT_EQ(at("Pacific/Apia", 1, Period::day, "2011-12-30T10:00:00Z"),
            span("2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"));
}

TEST(DaylightSavingSpec, ASkippedDayShortensItsWeekAndAnchorsOnItStartWithTheNext) {
  EXPECT_EQ(at("Pacific/Apia", 1, Period::week, "2011-12-30T10:00:00Z"),
            span("2011-12-26T10:00:00Z", "2012-01-01T10:00:00Z"));
  for (const int anchor : {30, 31}) {
    EXPECT_EQ(at("Pacific/Apia", anchor, Period::month, "2011-12-30T10:00:00Z").start,
              utc("2011-12-30T10:00:00Z"));
  }
  EXPECT_EQ(at("Pacific/Apia", 30, Period::month, "2011-12-30T09:59:59Z").end,
            utc("2011-12-30T10:00:00Z"));
}

TEST(CalendarSpec, HoldsBefore1970) {
  EXPECT_EQ(at("UTC", 31, Period::month, "1969-02-28T23:59:59Z"),
            span("1969-02-28T00:00:00Z", "1969-03-31T00:00:00Z"));
  EXPECT_EQ(at("UTC", 1, Period::minute, "1969-12-31T23:59:59.5Z"),
            span("1969-12-31T23:59:00Z", "1970-01-01T00:00:00Z"));
  EXPECT_EQ(at("UTC", 1, Period::week, "1969-12-31T00:00:00Z").start, utc("1969-12-29T00:00:00Z"));
}

TEST(CalendarSpec, WhatLiesBeyondTheLastInstantIsNever) {
  const Calendar calendar = Calendar::of("America/New_York", AnchorDay{1}).value();
  for (const Period period :
       {Period::minute, Period::hour, Period::day, Period::week, Period::month, Period::year}) {
    const Window last = calendar.window_at(period, WallTime::max());
    EXPECT_EQ(last.end, wall_time_never);
    EXPECT_LT(last.start, WallTime::max());
    const Window first = calendar.window_at(period, WallTime::min());
    EXPECT_EQ(first.start, WallTime::min());
    EXPECT_GT(first.end, WallTime::min());
  }
}

TEST(CalendarSpec, AnUnknownZoneAndADayThatNoMonthHasAreFaults) {
  EXPECT_EQ(
      Calendar::of("Mars/Base", AnchorDay{1}).fault(),
      (Fault{FaultCode::invalid_argument, "timezone: must be the name of an IANA time zone"}));
  EXPECT_FALSE(Calendar::of("UTC", AnchorDay{0}).ok());
  EXPECT_FALSE(Calendar::of("UTC", AnchorDay{32}).ok());
}

TEST(CalendarSpec, IsEqualWhenZoneAndAnchorAre) {
  const auto calendar = [](const char* zone, int anchor) {
    return Calendar::of(zone, AnchorDay{static_cast<std::uint8_t>(anchor)}).value();
  };
  EXPECT_EQ(calendar("UTC", 1), calendar("UTC", 1));
  EXPECT_NE(calendar("UTC", 1), calendar("UTC", 2));
  EXPECT_NE(calendar("UTC", 1), calendar("Europe/London", 1));
}

}  // namespace
}  // namespace sluice
