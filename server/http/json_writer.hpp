// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::http {

/// A JSON value as it is written, that nothing more is asked of.
class JsonText {
public:
  explicit JsonText(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& raw() const noexcept { return text_; }

private:
  std::string text_;
};

/// Writes a JSON value from its beginning to its end, where a `Json` would be built only to be
/// written out.
///
/// Role       For answers that are given often. Commas and quotes are its care; that what is opened
///            is closed, and that a name stands before each value of an object, the caller's.
/// Threading  Confined.
/// Ownership  Owns what it has written.
/// Errors     None: bytes that are no UTF-8 are replaced, as everywhere.
/// Cost       One text that grows.
class JsonWriter {
public:
  void open_object() { open('{'); }
  void close_object() { close('}'); }
  void open_array() { open('['); }
  void close_array() { close(']'); }
  void name(std::string_view name);

  void value(std::nullptr_t /*null*/) { append("null"); }
  void value(std::integral auto number) {
    if constexpr (std::same_as<decltype(number), bool>) {
      append(number ? "true" : "false");
    } else {
      std::array<char, 24> digits;
      append({digits.data(), std::to_chars(digits.begin(), digits.end(), number).ptr});
    }
  }
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view{text}); }
  void value(const std::string& text) { value(std::string_view{text}); }
  void value(const JsonText& written) { append(written.raw()); }
  /// Null for nothing.
  template <class T>
  void value(const std::optional<T>& held) {
    held ? value(*held) : value(nullptr);
  }

  /// A member of an object.
  template <class T>
  void put(std::string_view name_of_it, const T& held) {
    name(name_of_it);
    value(held);
  }

  [[nodiscard]] JsonText take() { return JsonText{std::move(text_)}; }

private:
  void separate();
  void append(std::string_view written);
  void quote(std::string_view text);
  void open(char bracket);
  void close(char bracket);

  std::string text_;
  bool is_behind_value_ = false;
};

}  // namespace sluice::http
