// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/time_text.hpp"

#include <date/date.h>
#include <date/tz.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "protocol/text/decimal.hpp"

namespace sluice::text {
namespace {

using SysNanoseconds = date::sys_time<std::chrono::nanoseconds>;

struct TimeUnit {
  std::string_view name;
  Duration length;
};

constexpr std::array<TimeUnit, 8> units{{
    {"ns", std::chrono::nanoseconds{1}},
    {"us", std::chrono::microseconds{1}},
    {"ms", std::chrono::milliseconds{1}},
    {"s", std::chrono::seconds{1}},
    {"m", std::chrono::minutes{1}},
    {"h", std::chrono::hours{1}},
    {"d", std::chrono::hours{24}},
    {"w", std::chrono::hours{24 * 7}},
}};

std::optional<Duration> length_of(std::string_view name) {
  for (const TimeUnit& unit : units) {
    if (unit.name == name) {
      return unit.length;
    }
  }
  return std::nullopt;
}

Fault wrong(std::string_view text, std::string_view why, std::string_view examples) {
  return Fault{FaultCode::invalid_argument,
               fmt::format("'{}' {}; write for example {}", text, why, examples)};
}

constexpr std::string_view duration_examples = "250ms, 1s, 90m, 1h30m, 7d";
constexpr std::string_view instant_examples = "2025-03-09T07:00:00Z or 2025-03-09T08:00:00+01:00";

/// `12.5s` from 12'500'000 us: the whole and up to two digits of the fraction.
std::string with_fraction(std::int64_t thousandths, std::string_view unit) {
  const std::int64_t whole = thousandths / 1'000;
  const std::int64_t hundredths = thousandths % 1'000 / 10;
  if (hundredths == 0 || whole >= 100) {
    return fmt::format("{}{}", whole, unit);
  }
  std::string text = fmt::format("{}.{:02}", whole, hundredths);
  text.erase(text.find_last_not_of('0') + 1);
  return text.append(unit);
}

std::string two_units(std::int64_t count, std::int64_t small_in_large, std::string_view large,
                      std::string_view small) {
  const std::int64_t rest = count % small_in_large;
  return rest == 0 ? fmt::format("{}{}", count / small_in_large, large)
                   : fmt::format("{}{}{}{}", count / small_in_large, large, rest, small);
}

std::optional<SysNanoseconds> parse_as(const std::string& text, const char* format) {
  std::istringstream in{text};
  SysNanoseconds instant;
  in >> date::parse(format, instant);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) {
    return std::nullopt;
  }
  return instant;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  std::uint64_t sum = 0;
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  do {
    const auto number = take_decimal(rest);
    if (!number) {
      return wrong(text, "is not a duration", duration_examples);
    }
    const std::string_view unit = take_letters(rest);
    const auto length = length_of(unit);
    if (!length) {
      return wrong(text,
                   unit.empty() ? "has no unit" : fmt::format("has the unknown unit '{}'", unit),
                   duration_examples);
    }
    const auto part = times(*number, static_cast<std::uint64_t>(length->count()));
    if (!part) {
      return wrong(text, "is not a whole number of nanoseconds", duration_examples);
    }
    if (*part > most || *part > most - sum) {
      return wrong(text, "is longer than 292 years", duration_examples);
    }
    sum += *part;
  } while (!rest.empty());
  if (sum == 0) {
    return wrong(text, "is not longer than nothing", duration_examples);
  }
  return Duration{static_cast<std::int64_t>(sum)};
}

std::string format_duration(Duration duration) {
  using std::chrono::duration_cast;
  const std::int64_t ns = duration.count();
  if (ns < 1'000) {
    return fmt::format("{}ns", ns);
  }
  if (ns < 1'000'000) {
    return with_fraction(ns, "us");
  }
  if (ns < 1'000'000'000) {
    return with_fraction(ns / 1'000, "ms");
  }
  if (duration < std::chrono::minutes{1}) {
    return with_fraction(ns / 1'000'000, "s");
  }
  if (duration < std::chrono::hours{1}) {
    return two_units(duration_cast<std::chrono::seconds>(duration).count(), 60, "m", "s");
  }
  if (duration < std::chrono::hours{24}) {
    return two_units(duration_cast<std::chrono::minutes>(duration).count(), 60, "h", "m");
  }
  return two_units(duration_cast<std::chrono::hours>(duration).count(), 24, "d", "h");
}

Result<WallTime> parse_instant(std::string_view text) {
  // Looked at first: outside of these years the nanoseconds would overflow.
  constexpr std::array<std::string_view, 2> years{"1970", "2261"};
  const std::string_view year = text.substr(0, 4);
  if (text.size() > 4 && text[4] == '-' && (year < years[0] || year > years[1])) {
    return wrong(text, "is not between 1970 and 2261", instant_examples);
  }
  std::string full{text};
  if (full.ends_with('Z')) {
    full.replace(full.size() - 1, 1, "+00:00");
  }
  auto instant = parse_as(full, "%4Y-%m-%dT%H:%M:%S%Ez");
  if (!instant) {
    instant = parse_as(full, "%4Y-%m-%d");
  }
  if (!instant) {
    return wrong(text, "is not an instant", instant_examples);
  }
  return WallTime{instant->time_since_epoch()};
}

std::string format_instant(WallTime instant) {
  const SysNanoseconds exact{instant.time_since_epoch()};
  const auto seconds = date::floor<std::chrono::seconds>(exact);
  const auto midnight = date::floor<date::days>(seconds);
  const date::year_month_day day{midnight};
  const date::hh_mm_ss time{seconds - midnight};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                  time.hours().count(), time.minutes().count(), time.seconds().count());
  if (exact != seconds) {
    text += fmt::format(".{:09}", (exact - seconds).count());
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

std::string format_instant_in(WallTime instant, const std::string& timezone) {
  if (instant == wall_time_never) {
    return "never";
  }
  const auto seconds =
      date::floor<std::chrono::seconds>(SysNanoseconds{instant.time_since_epoch()});
  try {
    return date::format("%Y-%m-%d %H:%M:%S %Z", date::make_zoned(timezone, seconds));
  } catch (const std::runtime_error&) {
    return date::format("%Y-%m-%d %H:%M:%S UTC", seconds);
  }
}

}  // namespace sluice::text
