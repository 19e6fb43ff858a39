// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/css_rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace sluice {
namespace {

constexpr std::array properties{
    std::string_view{"background-color"}, std::string_view{"border"},
    std::string_view{"border-bottom"},    std::string_view{"border-color"},
    std::string_view{"border-left"},      std::string_view{"border-radius"},
    std::string_view{"border-right"},     std::string_view{"border-style"},
    std::string_view{"border-top"},       std::string_view{"border-width"},
    std::string_view{"box-shadow"},       std::string_view{"color"},
    std::string_view{"font-family"},      std::string_view{"font-size"},
    std::string_view{"font-style"},       std::string_view{"font-weight"},
    std::string_view{"letter-spacing"},   std::string_view{"line-height"},
    std::string_view{"margin-bottom"},    std::string_view{"margin-top"},
    std::string_view{"outline-color"},    std::string_view{"padding"},
    std::string_view{"padding-bottom"},   std::string_view{"padding-left"},
    std::string_view{"padding-right"},    std::string_view{"padding-top"},
    std::string_view{"text-align"},       std::string_view{"text-decoration"},
    std::string_view{"text-transform"},
};
static_assert(std::ranges::is_sorted(properties));

constexpr std::array functions{std::string_view{"hsl"}, std::string_view{"hsla"},
                               std::string_view{"rgb"}, std::string_view{"rgba"}};
constexpr std::array states{std::string_view{"active"}, std::string_view{"disabled"},
                            std::string_view{"focus"}, std::string_view{"hover"},
                            std::string_view{"visited"}};

template <std::size_t size>
bool holds(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::ranges::binary_search(words, word);
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_of_word(char c) {
  return is_letter(c) || is_digit(c) || c == '-';
}

/// Thrown within this file.
struct Refused {
  std::string what;
};

class Sheet {
public:
  explicit Sheet(std::string_view text) : text_(text) {}

  void read() {
    for (skip_blanks(); !at_end(); skip_blanks()) {
      read_selectors();
      read_declarations();
    }
  }
  [[nodiscard]] std::size_t line() const {
    const auto here = text_.begin() + static_cast<std::ptrdiff_t>(at_);
    return 1 + static_cast<std::size_t>(std::count(text_.begin(), here, '\n'));
  }

private:
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char next() const { return at_end() ? '\0' : text_[at_]; }
  void skip_blanks() {
    while (is_blank(next())) {
      ++at_;
    }
  }
  bool take(char c) {
    const bool is_there = !at_end() && next() == c;
    at_ += is_there ? 1U : 0U;
    return is_there;
  }
  void expect(char c) {
    if (!take(c)) {
      throw Refused{std::string{"'"} + c + "' should stand here"};
    }
  }
  /// Letters, digits and dashes, beginning with a letter.
  std::string_view word() {
    const std::size_t from = at_;
    while (is_of_word(next())) {
      ++at_;
    }
    const std::string_view found = text_.substr(from, at_ - from);
    if (found.empty() || !is_letter(found.front())) {
      at_ = from;
      throw Refused{at_end() ? "it ends too early" : "a name should stand here"};
    }
    return found;
  }

  void read_selectors() {
    read_compound();
    for (skip_blanks(); next() != '{'; skip_blanks()) {
      if (take(',') || take('>')) {
        skip_blanks();
      }
      read_compound();
    }
  }
  /// Such as `a.button:hover`.
  void read_compound() {
    if (next() != '.' && next() != '#' && next() != ':') {
      static_cast<void>(word());
    }
    while (next() == '.' || next() == '#' || next() == ':') {
      const bool is_state = take(':');
      if (!is_state) {
        ++at_;
      }
      const std::string_view name = word();
      if (is_state && !holds(states, name)) {
        throw Refused{"the state \"" + std::string{name} + "\" is not one that may be named"};
      }
    }
  }
  void read_declarations() {
    expect('{');
    for (skip_blanks(); !take('}'); skip_blanks()) {
      const std::string_view property = word();
      if (!holds(properties, property)) {
        throw Refused{"the property \"" + std::string{property} + "\" is not one that may be set"};
      }
      skip_blanks();
      expect(':');
      read_value();
      if (!take(';') && next() != '}') {
        throw Refused{"';' or '}' should stand here"};
      }
    }
  }
  void read_value() {
    skip_blanks();
    bool in_function = false;
    bool is_empty = true;
    for (; in_function || (next() != ';' && next() != '}'); skip_blanks(), is_empty = false) {
      if (in_function && take(')')) {
        in_function = false;
      } else if (is_letter(next())) {
        in_function = read_word_or_function(in_function);
      } else if (is_digit(next()) || next() == '.' || next() == '-' || next() == '#' ||
                 next() == '%' || next() == ',') {
        ++at_;
      } else {
        throw Refused{at_end() ? "it ends too early" : "this may not stand in a value"};
      }
    }
    if (is_empty) {
      throw Refused{"a value should stand here"};
    }
  }
  bool read_word_or_function(bool in_function) {
    const std::string_view name = word();
    if (next() != '(') {
      return in_function;
    }
    if (in_function || !holds(functions, name)) {
      throw Refused{"the function \"" + std::string{name} + "\" may not be used"};
    }
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Done> validate_css(std::string_view css) {
  Sheet sheet{css};
  try {
    sheet.read();
  } catch (const Refused& refused) {
    return Fault{FaultCode::invalid_argument,
                 "css: line " + std::to_string(sheet.line()) + ": " + refused.what};
  }
  return Done{};
}

}  // namespace sluice
