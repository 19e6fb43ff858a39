// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice {

/// What is wrong with a text that somebody chose, as the rest of a sentence that begins with the
/// name of the field; nothing if the text is fine.
using Objection = std::optional<std::string_view>;

/// Objects to what is not valid UTF-8 (RFC 3629), contains control characters, or has fewer than
/// one or more than `characters_max` characters (code points).
[[nodiscard]] Objection object_to_prose(std::string_view text, std::size_t characters_max);

/// The same of a text of several lines, which may hold tabs and ends of lines.
[[nodiscard]] Objection object_to_lines(std::string_view text, std::size_t characters_max);

/// How many characters (code points) a text of valid UTF-8 has.
[[nodiscard]] std::size_t characters_in(std::string_view text);

/// What an address for mail has for sure; more of it only the one who sends knows.
[[nodiscard]] bool is_email(std::string_view text);

/// The characters that identifiers are made of, besides `a` to `z`.
struct Alphabet {
  bool digits = true;
  std::string_view extra;  ///< Such as "_-".
};

/// Whether every character is in the alphabet.
[[nodiscard]] bool is_spelt_in(std::string_view text, Alphabet alphabet);

}  // namespace sluice
