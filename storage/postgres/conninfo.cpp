// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/conninfo.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "actors/tenant/text.hpp"

namespace sluice::postgres {

namespace {

constexpr std::size_t schema_bytes_max = 63;  // PostgreSQL cuts longer names off.

using Settings = std::map<std::string, std::string>;

Fault wrong(std::string context) {
  return Fault{FaultCode::invalid_argument, std::move(context)};
}

Result<Settings> parse(const std::string& conninfo) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
      PQconninfoParse(conninfo.c_str(), &complaint), &PQconninfoFree};
  const std::unique_ptr<char, decltype(&PQfreemem)> held{complaint, &PQfreemem};
  if (options == nullptr) {
    std::string text = complaint == nullptr ? "out of memory" : complaint;
    text.erase(std::ranges::find(text, '\n'), text.end());
    return wrong("conninfo: " + text);
  }
  Settings settings;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) {
      settings.emplace(option->keyword, option->val);
    }
  }
  return settings;
}

std::string written_out(const Settings& settings) {
  std::string text;
  for (const auto& [keyword, value] : settings) {
    text += (text.empty() ? "" : " ") + keyword + "='";
    for (const char character : value) {
      if (character == '\'' || character == '\\') {
        text += '\\';
      }
      text += character;
    }
    text += '\'';
  }
  return text;
}

std::string in_seconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

bool names_several_hosts(const Settings& settings) {
  return std::ranges::any_of(std::array{"host", "hostaddr"}, [&](const char* keyword) {
    const auto found = settings.find(keyword);
    return found != settings.end() && found->second.find(',') != std::string::npos;
  });
}

Result<Done> check(const PostgresOptions& options) {
  const std::string& schema = options.schema;
  if (schema.empty() || schema.size() > schema_bytes_max || !is_spelt_in(schema, {.extra = "_"}) ||
      (schema[0] >= '0' && schema[0] <= '9')) {
    return wrong("schema: must match [a-z_][a-z0-9_]{0,62}");
  }
  const std::pair<std::string_view, std::chrono::milliseconds> times[]{
      {"connect_timeout", options.connect_timeout},
      {"statement_timeout", options.statement_timeout},
      {"call_timeout", options.call_timeout},
      {"migration_timeout", options.migration_timeout},
      {"reconnect_delay_min", options.reconnect_delay_min},
      {"reconnect_delay_max", options.reconnect_delay_max}};
  for (const auto& [name, time] : times) {
    if (time <= std::chrono::milliseconds{0} || time > std::chrono::hours{24}) {
      return wrong(std::string{name} + ": must be above 0 and at most a day");
    }
  }
  return Done{};
}

}  // namespace

Result<std::string> complete_conninfo(const PostgresOptions& options) {
  if (const Result<Done> checked = check(options); !checked.ok()) {
    return checked.fault();
  }
  Result<Settings> parsed = parse(options.conninfo);
  if (!parsed.ok()) {
    return parsed.fault();
  }
  Settings& settings = parsed.value();
  settings["client_encoding"] = "UTF8";
  settings.emplace("fallback_application_name", "sluiced");
  settings.emplace("connect_timeout", in_seconds(options.connect_timeout));
  // A peer whose machine is gone is noticed by the kernel, too.
  settings.emplace("tcp_user_timeout", std::to_string(options.call_timeout.count()));
  // Of several servers one is the primary: others would be found to be standbys by the first write.
  if (names_several_hosts(settings)) {
    settings.emplace("target_session_attrs", "read-write");
  }
  return written_out(settings);
}

}  // namespace sluice::postgres
