// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/amount_text.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <span>

#include "protocol/text/decimal.hpp"

namespace sluice::text {
namespace {

struct Factor {
  std::string_view suffix;
  std::uint64_t units;
};

constexpr std::uint64_t kilo = 1'000;
constexpr std::uint64_t kibi = 1'024;

constexpr std::array<Factor, 13> powers{{
    {"", 1},
    {"k", kilo},
    {"K", kilo},
    {"M", kilo* kilo},
    {"G", kilo* kilo* kilo},
    {"T", kilo* kilo* kilo* kilo},
    {"P", kilo* kilo* kilo* kilo* kilo},
    {"E", kilo* kilo* kilo* kilo* kilo* kilo},
    {"Ki", kibi},
    {"Mi", kibi* kibi},
    {"Gi", kibi* kibi* kibi},
    {"Ti", kibi* kibi* kibi* kibi},
    {"Pi", kibi* kibi* kibi* kibi* kibi},
}};

constexpr std::array<Factor, 5> spans_of_time{
    {{"s", 1}, {"m", 60}, {"h", 3'600}, {"d", 86'400}, {"w", 604'800}}};

std::optional<std::uint64_t> find(std::span<const Factor> factors, std::string_view suffix) {
  for (const Factor& factor : factors) {
    if (factor.suffix == suffix) {
      return factor.units;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> units_in(std::string_view suffix, AmountUnit unit) {
  if (const auto units = find(powers, suffix)) {
    return units;
  }
  switch (unit) {
    case AmountUnit::count:
      return std::nullopt;
    case AmountUnit::bytes:
      return suffix.ends_with('B') ? find(powers, suffix.substr(0, suffix.size() - 1))
                                   : std::nullopt;
    case AmountUnit::seconds:
      return find(spans_of_time, suffix);
  }
  return std::nullopt;
}

std::string_view examples(AmountUnit unit) {
  switch (unit) {
    case AmountUnit::count:
      return "10, 10k, 1.5M";
    case AmountUnit::bytes:
      return "10, 500MB, 1GB (10^9), 1GiB (2^30)";
    case AmountUnit::seconds:
      return "90s, 30m, 10h, 1h30m";
  }
  return "";
}

Fault not_an_amount(std::string_view text, AmountUnit unit, std::string_view why) {
  return Fault{FaultCode::invalid_argument,
               fmt::format("'{}' {}; write for example {}", text, why, examples(unit))};
}

/// Cut to three digits: 1234567 of 1000000 is `1.23`.
std::string three_digits(std::uint64_t amount, std::uint64_t factor) {
  const std::uint64_t whole = amount / factor;
  if (whole >= 100 || amount % factor == 0) {
    return fmt::format("{}", whole);
  }
  const unsigned digits = whole >= 10 ? 1 : 2;
  const std::uint64_t parts = whole >= 10 ? 10 : 100;
  const std::uint64_t fraction = amount % factor / (factor / parts);
  if (fraction == 0) {
    return fmt::format("{}", whole);
  }
  std::string text = fmt::format("{}.{:0{}}", whole, fraction, digits);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::string format_power(std::uint64_t amount, std::string_view unit) {
  std::string_view prefix;
  std::uint64_t factor = 1;
  for (const std::string_view next : {"k", "M", "G", "T", "P", "E"}) {
    if (amount / factor < kilo) {
      break;
    }
    prefix = next;
    factor *= kilo;
  }
  return fmt::format("{}{}{}",
                     factor == 1 ? fmt::format("{}", amount) : three_digits(amount, factor), prefix,
                     unit);
}

std::string format_seconds(std::uint64_t seconds) {
  if (seconds >= 3'600) {
    const std::uint64_t minutes = seconds % 3'600 / 60;
    // From 100 hours on minutes are noise.
    return minutes == 0 || seconds >= 360'000 ? format_power(seconds / 3'600, "h")
                                              : fmt::format("{}h{}m", seconds / 3'600, minutes);
  }
  if (seconds >= 60) {
    return seconds % 60 == 0 ? fmt::format("{}m", seconds / 60)
                             : fmt::format("{}m{}s", seconds / 60, seconds % 60);
  }
  return fmt::format("{}s", seconds);
}

}  // namespace

AmountUnit amount_unit_of(const Meter& meter) {
  if (meter.unit == "byte" || meter.unit == "bytes") {
    return AmountUnit::bytes;
  }
  if (meter.unit == "second" || meter.unit == "seconds") {
    return AmountUnit::seconds;
  }
  return AmountUnit::count;
}

Result<Amount> parse_amount(std::string_view text, AmountUnit unit) {
  std::string_view rest = text;
  Amount sum;
  do {
    const auto number = take_decimal(rest);
    if (!number) {
      return not_an_amount(text, unit, "is not an amount");
    }
    const std::string_view suffix = take_letters(rest);
    const auto factor = units_in(suffix, unit);
    if (!factor) {
      return not_an_amount(text, unit, fmt::format("has the unknown unit '{}'", suffix));
    }
    // Only spans of time are written in several parts; 1k5 is a slip.
    if (!rest.empty() && (unit != AmountUnit::seconds || !find(spans_of_time, suffix))) {
      return not_an_amount(text, unit, "is not an amount");
    }
    const auto part = times(*number, *factor);
    if (!part) {
      return not_an_amount(text, unit, "is not a whole number of units");
    }
    if (*part > Amount::max_raw || excess(Amount::max(), sum) < Amount{*part}) {
      return not_an_amount(text, unit, "is more than 2^63-1 units");
    }
    sum = sum + Amount{*part};
  } while (!rest.empty());
  return sum;
}

std::string format_amount(Amount amount, AmountUnit unit) {
  switch (unit) {
    case AmountUnit::count:
      return format_power(amount.raw(), "");
    case AmountUnit::bytes:
      return format_power(amount.raw(), "B");
    case AmountUnit::seconds:
      return format_seconds(amount.raw());
  }
  return "";
}

}  // namespace sluice::text
