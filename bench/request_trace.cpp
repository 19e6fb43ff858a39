// SPDX-License-Identifier: Apache-2.0
#include "bench/request_trace.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
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

std::optional<WallTime> parse_timestamp(std::string_view text) {
  std::istringstream in{std::string{text}};
  date::sys_time<Duration> at;
  in >> date::parse("%F %T", at);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) {
    return std::nullopt;
  }
  return WallTime{at.time_since_epoch()};
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
  return Row{*at, Amount{*context} + Amount{*generated}};
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
    requests.push_back({at, row.value().tokens});
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
