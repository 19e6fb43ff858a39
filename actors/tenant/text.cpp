// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/text.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace sluice {
namespace {

constexpr char32_t not_a_character = 0xFFFFFFFF;

/// Takes the first character off `text`; `not_a_character` if it is not well formed.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  const std::size_t length = lead < 0x80             ? 1
                             : (lead & 0xE0) == 0xC0 ? 2
                             : (lead & 0xF0) == 0xE0 ? 3
                             : (lead & 0xF8) == 0xF0 ? 4
                                                     : 0;
  if (length == 0 || length > text.size()) {
    return not_a_character;
  }
  char32_t character = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<std::uint8_t>(text[i]);
    if ((next & 0xC0) != 0x80) {
      return not_a_character;
    }
    character = (character << 6) | (next & 0x3FU);
  }
  text.remove_prefix(length);
  // Overlong forms and surrogates would give one text several spellings.
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  return character < least[length] || character > 0x10FFFF || surrogate ? not_a_character
                                                                        : character;
}

bool is_control(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

}  // namespace

Objection object_to_prose(std::string_view text, std::size_t characters_max) {
  if (text.empty()) {
    return "must not be empty";
  }
  std::size_t characters = 0;
  while (!text.empty()) {
    const char32_t character = take_character(text);
    if (character == not_a_character) {
      return "is not valid UTF-8";
    }
    if (is_control(character)) {
      return "must not contain control characters";
    }
    if (++characters > characters_max) {
      return "is too long";
    }
  }
  return std::nullopt;
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Objection object_to_lines(std::string_view text, std::size_t characters_max) {
  std::string in_one_line{text};
  std::ranges::replace_if(
      in_one_line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return object_to_prose(in_one_line, characters_max);
}

bool is_email(std::string_view text) {
  constexpr std::size_t bytes_max = 254;
  const std::size_t at = text.find('@');
  return text.size() <= bytes_max && at != std::string_view::npos && at > 0 &&
         at + 1 < text.size() && text.find('@', at + 1) == std::string_view::npos &&
         text.find(' ') == std::string_view::npos && !object_to_prose(text, bytes_max);
}

bool is_spelt_in(std::string_view text, Alphabet alphabet) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (alphabet.digits && c >= '0' && c <= '9') ||
           alphabet.extra.find(c) != std::string_view::npos;
  });
}

}  // namespace sluice
