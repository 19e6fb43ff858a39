// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/config/config.hpp"

namespace sluice {

/// Why a text cannot be a value, as the end of a sentence that begins with the text:
/// "is not a duration".
using Problem = std::optional<std::string>;

/// How the text of an option becomes a member of `ServerConfig`, and back.
struct Field {
  std::string kind;           ///< What stands behind the flag in --help: "DURATION".
  std::string default_value;  ///< As it would be written; empty if there is none.
  std::string allowed;        ///< "10ms to 1m".
  std::function<Problem(ServerConfig& config, std::string_view text)> set;
};

/// An integer written in digits alone.
struct Number {
  std::uint64_t value = 0;
  Problem problem;
};
[[nodiscard]] Number parse_count(std::string_view text);

/// Digits and one of us, ms, s, m, h.
struct Span {
  std::chrono::microseconds value{};
  Problem problem;
};
[[nodiscard]] Span parse_duration(std::string_view text);
/// In the largest unit that needs no fraction.
[[nodiscard]] std::string to_text(std::chrono::microseconds duration);

template <std::unsigned_integral Integer>
[[nodiscard]] Field count(Integer ServerConfig::*member, std::uint64_t lower, Integer upper) {
  return Field{"NUMBER", std::to_string(ServerConfig{}.*member),
               std::to_string(lower) + " to " + std::to_string(upper),
               [=](ServerConfig& config, std::string_view text) -> Problem {
                 const Number number = parse_count(text);
                 if (number.problem) {
                   return number.problem;
                 }
                 if (number.value < lower || number.value > upper) {
                   return "is out of range";
                 }
                 config.*member = static_cast<Integer>(number.value);
                 return std::nullopt;
               }};
}

template <class Unit>
[[nodiscard]] Field duration(Unit ServerConfig::*member, std::chrono::microseconds lower,
                             std::chrono::microseconds upper) {
  return Field{"DURATION", to_text(ServerConfig{}.*member),
               to_text(lower) + " to " + to_text(upper),
               [=](ServerConfig& config, std::string_view text) -> Problem {
                 const Span span = parse_duration(text);
                 if (span.problem) {
                   return span.problem;
                 }
                 if (span.value < lower || span.value > upper) {
                   return "is out of range";
                 }
                 const auto value = std::chrono::duration_cast<Unit>(span.value);
                 if (value != span.value) {
                   return "is finer than " + to_text(Unit{1});
                 }
                 config.*member = value;
                 return std::nullopt;
               }};
}

/// Whether only programs on this machine can reach the address.
[[nodiscard]] bool is_loopback(const std::string& host);
/// HOST:PORT.
[[nodiscard]] Field listen_address();
/// The same, of the HTTP interface; nothing by default.
[[nodiscard]] Field http_address();
/// URLs with commas between; what is wrong with one is said by those who call it.
[[nodiscard]] Field addresses_of_pages(std::string ServerConfig::*member);
[[nodiscard]] Field name(std::string ServerConfig::*member);
[[nodiscard]] Field truth(bool ServerConfig::*member);
[[nodiscard]] Field auth_mode();
[[nodiscard]] Field token_algorithms();
/// What is there is seen later.
[[nodiscard]] Field path(std::string ServerConfig::*member);
/// As libpq reads it; only its form is looked at. Empty is none.
[[nodiscard]] Field connection_string(std::string ServerConfig::*member);
[[nodiscard]] Field log_level();
[[nodiscard]] Field durability();
[[nodiscard]] Field take_over();
/// An RFC 3339 instant.
[[nodiscard]] Field instant(std::optional<WallTime> ServerConfig::*member);

}  // namespace sluice
