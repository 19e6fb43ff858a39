// SPDX-License-Identifier: Apache-2.0
#include "bench/request_trace.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <optional>
#include <string_view>

namespace sluice::bench {

namespace {

constexpr std::string_view header = "TIMESTAMP,ContextTokens,GeneratedTokens";
// The sum of two such counts is still an amount.
constexpr std::uint64_t tokens_max = Amount::max_raw / 2;

Fault bad(std::size_t line, std::string_view what) {
  return Fault{FaultCode::invalid_argument, fmt::format("trace line {}: {}", line, what)};
}

std::string_view next_field(std::string_view& rest) {
  const std::size_t comma = rest.find(',');
  const std::string_view field = rest.substr(0, comma);
  rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  return field;
}

/// Takes so many digits off the front of the text.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  int number = 0;
  const std::string_view field = text.substr(0, digits);
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
  if (field.size() != digits || error != std::errc{} || end != field.data() + digits ||
      number < 0) {
    return std::nullopt;
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

/// Nothing, or a point and up to nine digits.
std::optional<Duration> parse_fraction(std::string_view text) {
  if (text.empty()) {
    return Duration::zero();
  }
  if (!take(text, '.') || text.empty() || text.size() > 9) {
    return std::nullopt;
  }
  const std::size_t digits = text.size();
  const auto number = take_number(text, digits);
  std::int64_t nanoseconds = number.value_or(0);
  for (std::size_t i = digits; i < 9; ++i) {
    nanoseconds *= 10;
  }
  return number ? std::optional{Duration{nanoseconds}} : std::nullopt;
}

std::optional<date::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  const auto month = take(text, '-') ? take_number(text, 2) : std::nullopt;
  const auto day = take(text, '-') ? take_number(text, 2) : std::nullopt;
  if (!year || !month || !day) {
    return std::nullopt;
  }
  const date::year_month_day date{date::year{*year}, date::month{static_cast<unsigned>(*month)},
                                  date::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional{date::sys_days{date}} : std::nullopt;
}

std::optional<WallTime> parse_timestamp(std::string_view text) {
  const auto date = take_date(text);
  const auto hour = date && take(text, ' ') ? take_number(text, 2) : std::nullopt;
  const auto minute = hour && take(text, ':') ? take_number(text, 2) : std::nullopt;
  const auto second = minute && take(text, ':') ? take_number(text, 2) : std::nullopt;
  const auto fraction = second ? parse_fraction(text) : std::nullopt;
  if (!fraction || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return WallTime{date->time_since_epoch() + std::chrono::hours{*hour} +
                  std::chrono::minutes{*minute} + std::chrono::seconds{*second} + *fraction};
}

std::optional<std::uint64_t> parse_tokens(std::string_view text) {
  std::uint64_t tokens = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tokens);
  if (error != std::errc{} || end != text.data() + text.size() || tokens > tokens_max) {
    return std::nullopt;
  }
  return tokens;
}

struct Row {
  WallTime at;
  Amount tokens;
  Amount generated;
};

Result<Row> parse_row(std::string_view rest, std::size_t line) {
  const auto at = parse_timestamp(next_field(rest));
  if (!at) {
    return bad(line, "TIMESTAMP must look like 2023-11-16 18:15:46.6805900");
  }
  const auto context = parse_tokens(next_field(rest));
  if (!context) {
    return bad(line, "ContextTokens must be a whole number");
  }
  const auto generated = parse_tokens(rest);
  if (!generated) {
    return bad(line, "GeneratedTokens must be a whole number, and the last column");
  }
  return Row{*at, Amount{*context} + Amount{*generated}, Amount{*generated}};
}

bool read_line(std::istream& in, std::string& text) {
  if (!std::getline(in, text)) {
    return false;
  }
  if (!text.empty() && text.back() == '\r') {
    text.pop_back();
  }
  return true;
}

}  // namespace

Result<std::vector<TraceRequest>> read_trace(std::istream& in) {
  std::string text;
  if (!read_line(in, text) || text != header) {
    return bad(1, fmt::format("the header must be {}", header));
  }
  std::vector<TraceRequest> requests;
  WallTime first;
  for (std::size_t line = 2; read_line(in, text); ++line) {
    const Result<Row> row = parse_row(text, line);
    if (!row.ok()) {
      return row.fault();
    }
    if (requests.size() == trace_requests_max) {
      return Fault{FaultCode::limit_exceeded,
                   fmt::format("trace: more than {} requests", trace_requests_max)};
    }
    if (requests.empty()) {
      first = row.value().at;
    }
    const Duration at = row.value().at - first;
    if (at < (requests.empty() ? Duration::zero() : requests.back().at)) {
      return bad(line, "TIMESTAMP is before the one of the line above");
    }
    requests.push_back({at, row.value().tokens, row.value().generated});
  }
  if (requests.empty()) {
    return bad(2, "there are no requests");
  }
  return requests;
}

Result<std::vector<TraceRequest>> read_trace_file(const std::string& path) {
  std::ifstream in{path};
  if (!in) {
    return Fault{FaultCode::invalid_argument, fmt::format("trace: cannot read {}", path)};
  }
  return read_trace(in);
}

}  // namespace sluice::bench
