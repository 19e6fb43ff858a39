// SPDX-License-Identifier: Apache-2.0
#include "server/config/field.hpp"

#include <arpa/inet.h>
#include <date/date.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <vector>

namespace sluice {

namespace {

struct TimeUnit {
  std::string_view suffix;
  std::chrono::microseconds length;
};
// Largest first, so that the first one that divides a duration is the one to print it in.
constexpr std::array<TimeUnit, 5> time_units{{{"h", std::chrono::hours{1}},
                                              {"m", std::chrono::minutes{1}},
                                              {"s", std::chrono::seconds{1}},
                                              {"ms", std::chrono::milliseconds{1}},
                                              {"us", std::chrono::microseconds{1}}}};

/// One of a few words.
template <class Enum>
Field choice(std::string kind, Enum ServerConfig::*member,
             std::vector<std::pair<std::string_view, Enum>> words) {
  const auto standard =
      std::ranges::find(words, ServerConfig{}.*member, &std::pair<std::string_view, Enum>::second);
  std::string names;
  for (const auto& [name, value] : words) {
    names += (names.empty() ? "" : ", ") + std::string{name};
  }
  return Field{
      std::move(kind), std::string{standard->first}, names,
      [=, words = std::move(words)](ServerConfig& config, std::string_view text) -> Problem {
        for (const auto& [name, value] : words) {
          if (name == text) {
            config.*member = value;
            return std::nullopt;
          }
        }
        return "is none of these words";
      }};
}

bool is_address(const std::string& host) {
  in_addr four{};
  in6_addr six{};
  return host == "localhost" || ::inet_pton(AF_INET, host.c_str(), &four) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &six) == 1;
}

constexpr const char* addresses =
    "an IPv4 address, an IPv6 address in brackets, or localhost, with a port from 0 to 65535";

Problem set_address(std::string& to_host, std::uint16_t& to_port, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return "is not HOST:PORT";
  }
  std::string_view host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return "is not HOST:PORT; an IPv6 address stands in brackets";
  }
  const Number port = parse_count(text.substr(colon + 1));
  if (port.problem || port.value > 65'535) {
    return "has no port from 0 to 65535 behind the last colon";
  }
  if (!is_address(std::string{host})) {
    return "has a host that is neither an IP address nor localhost";
  }
  to_host = host;
  to_port = static_cast<std::uint16_t>(port.value);
  return std::nullopt;
}

Problem set_instant(std::optional<WallTime>& member, std::string_view text) {
  const std::string not_an_instant = "is not an RFC 3339 instant such as 2026-01-31T12:00:00Z";
  // The years that nanoseconds in 64 bits can count, looked at before anything is multiplied.
  if (text.size() < 5 || text[4] != '-') {
    return not_an_instant;
  }
  const Number year = parse_count(text.substr(0, 4));
  if (year.problem) {
    return not_an_instant;
  }
  if (year.value < 1970 || year.value > 2261) {
    return "is out of range";
  }
  std::istringstream in{std::string{text}};
  date::sys_time<std::chrono::nanoseconds> parsed;
  in >> date::parse(text.back() == 'Z' ? "%FT%TZ" : "%FT%T%Ez", parsed);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) {
    return not_an_instant;
  }
  member = WallTime{parsed.time_since_epoch()};
  return std::nullopt;
}

}  // namespace

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  SLUICE_INVARIANT(!"a level outside of its enum");
}

Number parse_count(std::string_view text) {
  Number number;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number.value);
  if (text.empty() || stopped != end || error == std::errc::invalid_argument) {
    number.problem = "is not a whole number";
  } else if (error == std::errc::result_out_of_range) {
    number.problem = "is out of range";
  }
  return number;
}

Span parse_duration(std::string_view text) {
  const auto digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  const auto suffix_at = std::ranges::find_if_not(text, digit);
  const std::string_view suffix{suffix_at, text.end()};
  const Number number = parse_count({text.begin(), suffix_at});
  const auto unit = std::ranges::find(time_units, suffix, &TimeUnit::suffix);
  if (text.empty() || suffix_at == text.begin()) {
    return {{}, "is not a duration"};
  }
  if (unit == time_units.end()) {
    return {{}, suffix.empty() ? "has no unit (us, ms, s, m or h)" : "is not a duration"};
  }
  const auto most = std::chrono::microseconds::max() / unit->length;
  if (number.problem || number.value > static_cast<std::uint64_t>(most)) {
    return {{}, "is out of range"};
  }
  return {static_cast<std::int64_t>(number.value) * unit->length, std::nullopt};
}

std::string to_text(std::chrono::microseconds duration) {
  for (const TimeUnit& unit : time_units) {
    if (duration.count() != 0 && duration % unit.length == std::chrono::microseconds{0}) {
      return std::to_string(duration / unit.length) + std::string{unit.suffix};
    }
  }
  return "0s";
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") {
    return true;
  }
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) {
    return ntohl(four.s_addr) >> 24 == 127;
  }
  in6_addr six{};
  return ::inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

Field listen_address() {
  const ServerConfig defaults;
  return Field{"HOST:PORT", defaults.listen_host + ':' + std::to_string(defaults.listen_port),
               addresses, [](ServerConfig& config, std::string_view text) {
                 return set_address(config.listen_host, config.listen_port, text);
               }};
}

Field http_address() {
  return Field{"HOST:PORT", "", addresses, [](ServerConfig& config, std::string_view text) {
                 return set_address(config.http_host, config.http_port, text);
               }};
}

Field path(std::string ServerConfig::*member) {
  return Field{"PATH", ServerConfig{}.*member, "1 to 4000 bytes",
               [=](ServerConfig& config, std::string_view text) -> Problem {
                 if (text.empty() || text.size() > 4000) {
                   return "is not a path of 1 to 4000 bytes";
                 }
                 config.*member = text;
                 return std::nullopt;
               }};
}

Field addresses_of_pages(std::string ServerConfig::*member) {
  return Field{"URLS", ServerConfig{}.*member, "1 to 4000 bytes",
               [=](ServerConfig& config, std::string_view text) -> Problem {
                 if (text.empty() || text.size() > 4000) {
                   return "is not a list of 1 to 4000 bytes";
                 }
                 config.*member = text;
                 return std::nullopt;
               }};
}

Field name(std::string ServerConfig::*member) {
  return Field{"TEXT", ServerConfig{}.*member, "1 to 255 bytes",
               [=](ServerConfig& config, std::string_view text) -> Problem {
                 if (text.empty() || text.size() > 255) {
                   return "is not a text of 1 to 255 bytes";
                 }
                 config.*member = text;
                 return std::nullopt;
               }};
}

Field truth(bool ServerConfig::*member) {
  return choice<bool>("BOOL", member, {{"false", false}, {"true", true}});
}

Field auth_mode() {
  return choice<AuthMode>("KIND", &ServerConfig::auth,
                          {{"none", AuthMode::none}, {"required", AuthMode::required}});
}

Field token_algorithms() {
  constexpr std::string_view allowed = "RS256, ES256, EdDSA, HS256, with commas between";
  return Field{"LIST", ServerConfig{}.token_algorithms, std::string{allowed},
               [](ServerConfig& config, std::string_view text) -> Problem {
                 constexpr std::array known{"RS256", "ES256", "EdDSA", "HS256"};
                 std::istringstream names{std::string{text}};
                 std::size_t count = 0;
                 for (std::string name; std::getline(names, name, ','); ++count) {
                   if (std::ranges::find(known, name) == known.end()) {
                     return "names an algorithm that is none of these";
                   }
                 }
                 if (count == 0 || text.ends_with(',')) {
                   return "is no list of algorithms";
                 }
                 config.token_algorithms = text;
                 return std::nullopt;
               }};
}

Field connection_string(std::string ServerConfig::*member) {
  return Field{"CONNINFO", ServerConfig{}.*member,
               "key=value pairs or a URI postgresql://..., up to 4000 bytes",
               [=](ServerConfig& config, std::string_view text) -> Problem {
                 if (text.size() > 4000) {
                   return "is longer than 4000 bytes";
                 }
                 if (!text.empty() && text.find('=') == std::string_view::npos &&
                     !text.starts_with("postgresql://") && !text.starts_with("postgres://")) {
                   return "is no connection string";
                 }
                 config.*member = text;
                 return std::nullopt;
               }};
}

Field log_level() {
  return choice<LogLevel>("LEVEL", &ServerConfig::log_level,
                          {{to_string(LogLevel::debug), LogLevel::debug},
                           {to_string(LogLevel::info), LogLevel::info},
                           {to_string(LogLevel::warning), LogLevel::warning},
                           {to_string(LogLevel::error), LogLevel::error}});
}

Field durability() {
  return choice<Durability>("KIND", &ServerConfig::durability,
                            {{"memory", Durability::memory},
                             {"process", Durability::process},
                             {"disk", Durability::disk}});
}

Field take_over() {
  return choice<TakeOver>("WHEN", &ServerConfig::take_over,
                          {{"never", TakeOver::never}, {"expired", TakeOver::expired}});
}

Field instant(std::optional<WallTime> ServerConfig::*member) {
  return Field{"INSTANT", "", "1970-01-01T00:00:00Z to 2261-12-31T23:59:59Z",
               [=](ServerConfig& config, std::string_view text) {
                 return set_instant(config.*member, text);
               }};
}

}  // namespace sluice
