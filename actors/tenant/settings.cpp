// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <system_error>

namespace sluice {
namespace {

constexpr std::string_view json_digits = "0123456789";

/// Takes a JSON text off from the left; each step says whether what it is for was there.
class SettingsReader {
public:
  explicit SettingsReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] Objection objection() {
    skip_space();
    if (!rest_.starts_with('{')) {
      return "must be a JSON object";
    }
    if (!take_value(0)) {
      return wrong_;
    }
    skip_space();
    return rest_.empty() ? Objection{} : "must end where its object ends";
  }

private:
  bool take_value(std::size_t depth) {
    if (rest_.starts_with('{') || rest_.starts_with('[')) {
      if (depth == settings_depth_max) {
        wrong_ = "must not be nested deeper than 8";
        return false;
      }
      return rest_.front() == '{' ? take_object(depth + 1) : take_array(depth + 1);
    }
    return rest_.starts_with('"')
               ? take_string()
               : take_word("true") || take_word("false") || take_word("null") || take_number();
  }

  bool take_object(std::size_t depth) {
    std::set<std::string_view> names;
    return take_list('}', [&] {
      const std::string_view from = rest_;
      if (!take_string()) {
        return false;
      }
      const std::string_view name = from.substr(0, from.size() - rest_.size());
      if (name.find('\\') != std::string_view::npos) {
        wrong_ = "must not have names with escapes";
        return false;
      }
      if (!names.insert(name).second) {
        wrong_ = "must not have a name twice";
        return false;
      }
      skip_space();
      if (!take_word(":")) {
        return false;
      }
      skip_space();
      return take_value(depth);
    });
  }

  bool take_array(std::size_t depth) {
    return take_list(']', [&] { return take_value(depth); });
  }

  /// Elements between the bracket that is there and `end`, with commas.
  template <class Take>
  bool take_list(char end, const Take& take_element) {
    rest_.remove_prefix(1);
    skip_space();
    if (take_word({&end, 1})) {
      return true;
    }
    while (take_element()) {
      skip_space();
      if (take_word({&end, 1})) {
        return true;
      }
      if (!take_word(",")) {
        return false;
      }
      skip_space();
    }
    return false;
  }

  bool take_string() {
    if (!take_word("\"")) {
      return false;
    }
    while (!rest_.empty()) {
      const char next = rest_.front();
      if (next == '\n' || next == '\t') {
        return false;
      }
      if (next == '\\') {
        if (!take_escape()) {
          return false;
        }
        continue;
      }
      rest_.remove_prefix(1);
      if (next == '"') {
        return true;
      }
    }
    return false;
  }

  bool take_escape() {
    constexpr std::uint32_t high_from = 0xD800;
    constexpr std::uint32_t low_from = 0xDC00;
    constexpr std::uint32_t low_to = 0xDFFF;
    if (!rest_.starts_with("\\u")) {
      const bool known = rest_.size() > 1 &&
                         std::string_view{"\"\\/bfnrt"}.find(rest_[1]) != std::string_view::npos;
      rest_.remove_prefix(known ? 2 : 0);
      return known;
    }
    std::uint32_t unit = 0;
    if (!take_unit(unit) || (unit >= low_from && unit <= low_to)) {
      return false;
    }
    if (unit < high_from || unit >= low_from) {
      return true;
    }
    // The second half of a pair.
    return take_unit(unit) && unit >= low_from && unit <= low_to;
  }

  bool take_unit(std::uint32_t& unit) {
    constexpr std::size_t length = 4;
    if (!take_word("\\u") || rest_.size() < length) {
      return false;
    }
    const char* const end = rest_.data() + length;
    const auto [stopped, fault] = std::from_chars(rest_.data(), end, unit, 16);
    rest_.remove_prefix(length);
    return fault == std::errc{} && stopped == end;
  }

  bool take_number() {
    const std::string_view from = rest_;
    take_word("-");
    if (!take_word("0") && !take_digits()) {
      return false;
    }
    if (take_word(".") && !take_digits()) {
      return false;
    }
    if (take_word("e") || take_word("E")) {
      if (!take_word("+")) {
        take_word("-");
      }
      if (!take_digits()) {
        return false;
      }
    }
    double value = 0;
    const auto [stopped, fault] = std::from_chars(
        from.data(), from.data() + (from.size() - rest_.size()), value, std::chars_format::general);
    if (fault != std::errc{}) {
      wrong_ = "must not have a number that is out of range";
    }
    return fault == std::errc{};
  }

  bool take_digits() {
    const std::size_t count = std::min(rest_.find_first_not_of(json_digits), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }

  bool take_word(std::string_view word) {
    const bool is_there = rest_.starts_with(word);
    rest_.remove_prefix(is_there ? word.size() : 0);
    return is_there;
  }

  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
  }

  std::string_view rest_;
  std::string_view wrong_ = "must be a JSON object";
};

}  // namespace

Objection object_to_settings(std::string_view text) {
  if (text.size() > settings_bytes_max) {
    return "is too long (up to 2048 bytes)";
  }
  if (const Objection wrong = object_to_lines(text, settings_bytes_max)) {
    return wrong;
  }
  return SettingsReader{text}.objection();
}

}  // namespace sluice
