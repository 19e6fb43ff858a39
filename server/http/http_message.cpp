// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_message.hpp"

#include <algorithm>

#include "actors/tenant/text.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t parameters_max = 32;
constexpr std::size_t part_characters_max = 4096;

std::optional<std::string_view> value_of(const std::vector<NamedText>& texts,
                                         std::string_view name) {
  const auto found = std::ranges::find(texts, name, &NamedText::first);
  return found == texts.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

std::optional<unsigned> digit_of(char letter) {
  if (letter >= '0' && letter <= '9') {
    return static_cast<unsigned>(letter - '0');
  }
  const char lower = static_cast<char>(letter | 0x20);
  if (lower >= 'a' && lower <= 'f') {
    return static_cast<unsigned>(lower - 'a' + 10);
  }
  return std::nullopt;
}

/// Undoes `%2F` and, in a query, `+`. Nothing if an escape is broken, or if what comes out is not
/// text.
std::optional<std::string> unescape(std::string_view escaped, bool plus_is_space) {
  std::string plain;
  plain.reserve(escaped.size());
  for (std::size_t at = 0; at < escaped.size(); ++at) {
    if (escaped[at] == '+' && plus_is_space) {
      plain += ' ';
    } else if (escaped[at] != '%') {
      plain += escaped[at];
    } else {
      const auto high = at + 2 < escaped.size() ? digit_of(escaped[at + 1]) : std::nullopt;
      const auto low = at + 2 < escaped.size() ? digit_of(escaped[at + 2]) : std::nullopt;
      if (!high || !low) {
        return std::nullopt;
      }
      plain += static_cast<char>(*high * 16 + *low);
      at += 2;
    }
  }
  if (!plain.empty() && object_to_prose(plain, part_characters_max)) {
    return std::nullopt;
  }
  return plain;
}

/// Split first: a slash that was escaped is no slash between parts. One at the end begins none.
std::optional<std::vector<std::string>> parts_of(std::string_view path) {
  if (!path.starts_with('/')) {
    return std::nullopt;
  }
  path.remove_prefix(1);
  std::vector<std::string> parts;
  parts.reserve(static_cast<std::size_t>(std::ranges::count(path, '/')) + 1);
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    auto plain = unescape(part, false);
    if (!plain) {
      return std::nullopt;
    }
    parts.push_back(*std::move(plain));
  }
  return parts;
}

char lower_letter(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

bool are_one_name(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower_letter, lower_letter);
}

Fault bad_target(std::string_view what) {
  return Fault{FaultCode::invalid_argument, "target: " + std::string{what}};
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::remove:
      return "DELETE";
    case Method::other:
      return "OTHER";
  }
  return "OTHER";
}

Fields::Fields(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  for (const auto& [name, value] : fields) {
    add(name, value);
  }
}

void Fields::add(std::string_view name, std::string_view value) {
  places_.push_back({text_.size(), name.size(), value.size()});
  text_.append(name).append(value);
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
  const std::string_view text = text_;
  for (const Place& place : places_) {
    if (are_one_name(text.substr(place.begin, place.name_size), name)) {
      return text.substr(place.begin + place.name_size, place.value_size);
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  return value_of(target.query, name);
}

Result<Target> parse_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  Target parsed{std::string{target.substr(0, mark)}, {}, {}};
  auto parts = parts_of(parsed.path);
  if (!parts) {
    return bad_target("is not a path");
  }
  parsed.parts = *std::move(parts);
  std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    const auto name = unescape(pair.substr(0, equals), true);
    const auto value =
        unescape(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
    if (!name || !value) {
      return bad_target("an escape in its query is broken");
    }
    if (value_of(parsed.query, *name)) {
      return bad_target("\"" + *name + "\" is there twice");
    }
    if (parsed.query.size() == parameters_max) {
      return bad_target("has more than 32 parameters");
    }
    parsed.query.emplace_back(*name, *value);
  }
  return parsed;
}

}  // namespace sluice::http
