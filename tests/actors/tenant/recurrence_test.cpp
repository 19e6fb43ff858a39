// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/recurrence.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/actors/tenant/desk.hpp"

namespace sluice {
namespace {

Calendar calendar_of(const std::string& timezone) {
  return Calendar::of(timezone, AnchorDay{1}).value();
}

/// The next few instants after one.
std::vector<WallTime> after(WallTime instant, const Recurrence& recurrence, std::size_t count,
                            const std::string& timezone = "UTC") {
  const Calendar calendar = calendar_of(timezone);
  std::vector<WallTime> instants;
  while (instants.size() < count) {
    instant = recurring_at(recurrence, calendar, instant).next;
    instants.push_back(instant);
  }
  return instants;
}

TEST(RecurrenceSpec, CountsFromItsAnchorAndIncludesIt) {
  const Recurrence weekly{Period::week, 1, noon};
  const Calendar calendar = calendar_of("UTC");
  EXPECT_EQ(recurring_at(weekly, calendar, noon - 1ns).next, noon);
  EXPECT_EQ(recurring_at(weekly, calendar, noon).last, noon);
  EXPECT_EQ(recurring_at(weekly, calendar, noon).next, noon + 24h * 7);
  EXPECT_EQ(recurring_at(weekly, calendar, noon + 24h * 7 - 1ns).last, noon);
}

TEST(RecurrenceSpec, HasInstantsBeforeItsAnchor) {
  const Recurrence daily{Period::day, 3, noon};
  const Calendar calendar = calendar_of("UTC");
  EXPECT_EQ(recurring_at(daily, calendar, noon - 24h).last, noon - 24h * 3);
  EXPECT_EQ(recurring_at(daily, calendar, noon - 24h).next, noon);
}

TEST(RecurrenceSpec, OfAMonthThatIsTooShortIsItsLastDayAndTheNextOneIsNot) {
  EXPECT_EQ(after(utc("2024-01-31T08:00:00Z"), {Period::month, 1, utc("2024-01-31T08:00:00Z")}, 4),
            (std::vector{utc("2024-02-29T08:00:00Z"), utc("2024-03-31T08:00:00Z"),
                         utc("2024-04-30T08:00:00Z"), utc("2024-05-31T08:00:00Z")}));
}

TEST(RecurrenceSpec, OfALeapDayIsTheDayBeforeMarchInOtherYears) {
  EXPECT_EQ(after(utc("2024-02-29T00:00:00Z"), {Period::year, 1, utc("2024-02-29T00:00:00Z")}, 4),
            (std::vector{utc("2025-02-28T00:00:00Z"), utc("2026-02-28T00:00:00Z"),
                         utc("2027-02-28T00:00:00Z"), utc("2028-02-29T00:00:00Z")}));
}

TEST(RecurrenceSpec, KeepsTheTimeOfDayWhenClocksChange) {
  EXPECT_EQ(after(utc("2024-03-30T11:00:00Z"), {Period::day, 1, utc("2024-03-29T11:00:00Z")}, 2,
                  "Europe/Berlin"),
            (std::vector{utc("2024-03-31T10:00:00Z"), utc("2024-04-01T10:00:00Z")}));
  EXPECT_EQ(after(utc("2024-11-02T16:00:00Z"), {Period::day, 1, utc("2024-11-01T16:00:00Z")}, 2,
                  "America/New_York"),
            (std::vector{utc("2024-11-03T17:00:00Z"), utc("2024-11-04T17:00:00Z")}));
}

TEST(RecurrenceSpec, OfATimeThatClocksSkipIsTheFirstAfterIt) {
  // 02:30 in Berlin, which is not on the clocks of 2024-03-31.
  EXPECT_EQ(after(utc("2024-03-30T12:00:00Z"), {Period::day, 1, utc("2024-03-30T01:30:00Z")}, 2,
                  "Europe/Berlin"),
            (std::vector{utc("2024-03-31T01:00:00Z"), utc("2024-04-01T00:30:00Z")}));
}

TEST(RecurrenceSpec, OfHoursGoesByTheirLength) {
  EXPECT_EQ(after(utc("2024-03-31T00:30:00Z"), {Period::hour, 2, utc("2024-03-30T00:30:00Z")}, 2,
                  "Europe/Berlin"),
            (std::vector{utc("2024-03-31T02:30:00Z"), utc("2024-03-31T04:30:00Z")}));
}

TEST(RecurrenceSpec, MayBeFarAwayFromItsAnchor) {
  const WallTime anchor = utc("1970-01-01T00:00:00Z");
  EXPECT_EQ(after(utc("2200-06-15T00:00:00Z"), {Period::month, 5, anchor}, 1),
            (std::vector{utc("2200-11-01T00:00:00Z")}));
  EXPECT_EQ(after(utc("1969-06-15T12:00:00Z"), {Period::year, 1000, anchor}, 1),
            (std::vector{anchor}));
}

TEST(RecurrenceSpec, HasNoGapsAndNoOverlaps) {
  for (const Period period :
       {Period::hour, Period::day, Period::week, Period::month, Period::year}) {
    const Recurrence recurrence{period, 1, utc("2023-10-29T00:30:00Z") + 5ns};
    const Calendar calendar = calendar_of("Europe/Berlin");
    WallTime at = utc("2023-01-01T00:00:00Z");
    for (int i = 0; i < 100; ++i) {
      const Recurring now = recurring_at(recurrence, calendar, at);
      ASSERT_LE(now.last, at);
      ASSERT_GT(now.next, at);
      ASSERT_EQ(recurring_at(recurrence, calendar, now.next - 1ns).last, now.last);
      ASSERT_EQ(recurring_at(recurrence, calendar, now.next).last, now.next);
      at = now.next + 7min;
    }
  }
}

}  // namespace
}  // namespace sluice
