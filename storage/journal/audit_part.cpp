// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/audit_part.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/journal/bytes.hpp"

namespace sluice {

namespace {

using Length = std::uint16_t;
constexpr std::size_t head_bytes = sizeof(Length) + 3 * sizeof(std::uint64_t);

std::string_view cut(std::string_view text) noexcept {
  if (text.size() <= audit_part_text_bytes_max) {
    return text;
  }
  std::size_t end = audit_part_text_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return text.substr(0, end);
}

std::array<std::string_view, audit_part_texts> texts_of(const AuditDraft& what) noexcept {
  return {cut(what.author.kind),    cut(what.author.name),  cut(what.author.credential),
          cut(what.author.address), to_string(what.action), cut(what.subject),
          cut(what.before),         cut(what.after)};
}

/// Takes so many bytes off the front; nothing if there are fewer.
std::optional<std::span<const std::byte>> take_bytes(std::span<const std::byte>& from,
                                                     std::size_t count) {
  if (from.size() < count) {
    return std::nullopt;
  }
  const auto taken = from.first(count);
  from = from.subspan(count);
  return taken;
}

bool take_text(std::span<const std::byte>& from, std::string& text) {
  const auto length = take_bytes(from, sizeof(Length));
  const auto bytes = length ? take_bytes(from, get<Length>(length->data())) : std::nullopt;
  if (!bytes) {
    return false;
  }
  text.assign(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return true;
}

}  // namespace

std::size_t encoded_bytes(const AuditRow& row) noexcept {
  std::size_t bytes = head_bytes;
  for (const std::string_view text : texts_of(row.what)) {
    bytes += sizeof(Length) + text.size();
  }
  return bytes;
}

std::byte* encode(const AuditRow& row, std::byte* at) noexcept {
  at = put(at, static_cast<Length>(encoded_bytes(row) - sizeof(Length)));
  at = put(at, row.change.high);
  at = put(at, row.change.low);
  at = put(at, row.what.at.time_since_epoch().count());
  for (const std::string_view text : texts_of(row.what)) {
    at = put(at, static_cast<Length>(text.size()));
    at = std::transform(text.begin(), text.end(), at,
                        [](char c) { return static_cast<std::byte>(c); });
  }
  return at;
}

bool take(std::span<const std::byte>& from, AuditRow& row) {
  const auto length = take_bytes(from, sizeof(Length));
  auto body = length ? take_bytes(from, get<Length>(length->data())) : std::nullopt;
  const auto head = body ? take_bytes(*body, head_bytes - sizeof(Length)) : std::nullopt;
  if (!head) {
    return false;
  }
  row.change = {get<std::uint64_t>(head->data()), get<std::uint64_t>(head->data() + 8)};
  row.what.at = WallTime{Duration{get<std::int64_t>(head->data() + 16)}};
  AuditDraft& what = row.what;
  Author& author = what.author;
  std::string action;
  for (std::string* const text : {&author.kind, &author.name, &author.credential, &author.address,
                                  &action, &what.subject, &what.before, &what.after}) {
    if (!take_text(*body, *text)) {
      return false;
    }
  }
  const auto known = parse_audit_action(action);
  what.action = known.value_or(what.action);
  return known && body->empty();
}

}  // namespace sluice
