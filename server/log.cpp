// SPDX-License-Identifier: Apache-2.0
#include "server/log.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace sluice {

namespace {

using Line = fmt::memory_buffer;

bool is_control(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return code < 0x20 || code == 0x7f;
}

/// Letters that cannot be taken for the end of a value, or for something around it.
bool is_plain(char letter) {
  return !is_control(letter) && letter != ' ' && letter != '"' && letter != '=' && letter != '\\';
}

void append_escaped(Line& line, char letter) {
  switch (letter) {
    case '"':
    case '\\':
      line.push_back('\\');
      line.push_back(letter);
      return;
    case '\n':
      line.append(std::string_view{"\\n"});
      return;
    case '\t':
      line.append(std::string_view{"\\t"});
      return;
    case '\r':
      line.append(std::string_view{"\\r"});
      return;
    default:
      if (is_control(letter)) {
        fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(letter));
      } else {
        line.push_back(letter);
      }
  }
}

void append_text(Line& line, std::string_view text) {
  const bool cut = text.size() > log_value_bytes_max;
  text = text.substr(0, log_value_bytes_max);
  if (!text.empty() && !cut && std::ranges::all_of(text, is_plain)) {
    line.append(text);
    return;
  }
  line.push_back('"');
  for (const char letter : text) {
    append_escaped(line, letter);
  }
  line.append(std::string_view{cut ? "...\"" : "\""});
}

void append_value(Line& line, const LogValue& value) {
  const auto append = [&](const auto& held) {
    if constexpr (std::same_as<std::remove_cvref_t<decltype(held)>, std::string_view>) {
      append_text(line, held);
    } else {
      fmt::format_to(std::back_inserter(line), "{}", held);
    }
  };
  std::visit(append, value.held());
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  SLUICE_INVARIANT(!"a level outside of its enum");
}

}  // namespace

Log::Log(LogLevel least)
    : least_(least),
      logger_(std::make_unique<spdlog::logger>("sluice",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_level(to_spdlog(least));
  logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S.%fZ level=%l event=%v", spdlog::pattern_time_type::utc));
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event,
                std::initializer_list<LogField> fields) const {
  if (level < least_) {
    return;
  }
  Line line;
  append_text(line, event);
  for (const LogField& field : fields) {
    line.push_back(' ');
    line.append(field.key);
    line.push_back('=');
    append_value(line, field.value);
  }
  logger_->log(to_spdlog(level), spdlog::string_view_t{line.data(), line.size()});
}

}  // namespace sluice
