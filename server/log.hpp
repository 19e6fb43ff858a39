// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>

#include "server/config/config.hpp"

namespace spdlog {
class logger;
}  // namespace spdlog

namespace sluice {

/// A value of a log line: a text, an integer or a truth. Texts are borrowed until the line is
/// written.
class LogValue {
public:
  template <std::convertible_to<std::string_view> Text>
  LogValue(const Text& text)  // NOLINT(google-explicit-constructor)
      : held_(std::string_view{text}) {}
  template <std::integral Integer>
  LogValue(Integer value)  // NOLINT(google-explicit-constructor)
      : held_(widened(value)) {}

  using Held = std::variant<std::string_view, std::int64_t, std::uint64_t, bool>;
  [[nodiscard]] const Held& held() const noexcept { return held_; }

private:
  template <std::integral Integer>
  static Held widened(Integer value) {
    if constexpr (std::same_as<Integer, bool>) {
      return value;
    } else if constexpr (std::signed_integral<Integer>) {
      return std::int64_t{value};
    } else {
      return std::uint64_t{value};
    }
  }

  Held held_;
};

struct LogField {
  std::string_view key;  ///< snake_case, with its unit last.
  LogValue value;
};

/// Tells whoever runs the server what happens, one line for each event:
///
///   2026-01-31T12:00:00.000123Z level=info event=tenant_created tenant=0194... name="A \"B\" C"
///
/// Role       Writes to stderr. A value that has anything but plain letters in it is quoted, with
///            control characters, quotes and backslashes escaped: no value can forge a field or a
///            line. A value of more than `log_value_bytes_max` is cut and ends in "...".
/// Threading  May be used from any thread; lines are written whole.
/// Ownership  Owns its sink. Made in `main` and passed by reference.
/// Units      Times are UTC, in microseconds.
/// Errors     None: a line that cannot be written is lost.
/// Cost       One write for each line; a level that is not logged costs one comparison.
class Log {
public:
  explicit Log(LogLevel least);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::info, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::error, event, fields);
  }

private:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const;

  LogLevel least_;
  std::unique_ptr<spdlog::logger> logger_;
};

inline constexpr std::size_t log_value_bytes_max = 1024;

}  // namespace sluice
