// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/segment.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "actors/tenant/invariant.hpp"
#include "storage/journal/bytes.hpp"
#include "storage/journal/frame.hpp"

namespace sluice {

namespace {

constexpr std::string_view magic = "SLUICEJ1";
constexpr std::string_view suffix = ".journal";
constexpr std::size_t crc_at = 8;
constexpr std::size_t version_at = 12;
constexpr std::size_t boot_at = 36;

template <class T>
std::optional<T> parse(std::string_view digits, int base) {
  T number{};
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, number, base);
  if (error != std::errc{} || stopped != end) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::string to_string(const SegmentName& name) {
  std::array<char, 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%016llx-%03u-%08llx",
                    static_cast<unsigned long long>(name.journal.epoch.raw()), name.journal.reactor,
                    static_cast<unsigned long long>(name.number.raw()));
  return std::string{text.data(), static_cast<std::size_t>(length)}.append(suffix);
}

std::optional<SegmentName> parse_segment_name(std::string_view file) {
  const std::size_t first = file.find('-');
  const std::size_t second = file.find('-', first + 1);
  if (!file.ends_with(suffix) || first == file.npos || second == file.npos) {
    return std::nullopt;
  }
  file.remove_suffix(suffix.size());
  const auto epoch = parse<std::uint64_t>(file.substr(0, first), 16);
  const auto reactor = parse<std::uint16_t>(file.substr(first + 1, second - first - 1), 10);
  const auto number = parse<std::uint64_t>(file.substr(second + 1), 16);
  if (!epoch || !reactor || !number) {
    return std::nullopt;
  }
  const SegmentName name{{Epoch{*epoch}, *reactor}, SegmentNumber{*number}};
  // One spelling only: two names of one segment would be replayed twice.
  const std::string spelt = to_string(name);
  if (std::string_view{spelt}.substr(0, spelt.size() - suffix.size()) != file) {
    return std::nullopt;
  }
  return name;
}

std::array<std::byte, segment_header_bytes> encode(const SegmentHeader& header) {
  const std::string& boot = header.boot.raw();
  SLUICE_INVARIANT(boot.size() <= boot_id_characters_max);
  std::array<std::byte, segment_header_bytes> bytes{};
  std::memcpy(bytes.data(), magic.data(), magic.size());
  std::byte* at = put(bytes.data() + version_at, segment_version);
  at = put(at, header.name.journal.epoch.raw());
  at = put(at, header.name.number.raw());
  at = put(at, header.name.journal.reactor);
  at = put(at, static_cast<std::uint8_t>(header.durability));
  at = put(at, static_cast<std::uint8_t>(boot.size()));
  std::memcpy(at, boot.data(), boot.size());
  (void)put(bytes.data() + crc_at, crc32c(std::span{bytes}.subspan(version_at)));
  return bytes;
}

Result<std::optional<SegmentHeader>> decode_header(std::span<const std::byte> bytes) {
  using Nothing = std::optional<SegmentHeader>;
  if (bytes.size() < segment_header_bytes ||
      std::memcmp(bytes.data(), magic.data(), magic.size()) != 0) {
    return Nothing{};
  }
  bytes = bytes.first(segment_header_bytes);
  if (get<std::uint32_t>(bytes.data() + crc_at) != crc32c(bytes.subspan(version_at))) {
    return Nothing{};
  }
  const auto version = get<std::uint32_t>(bytes.data() + version_at);
  if (version > segment_version) {
    return Fault{FaultCode::invalid_argument,
                 "it was written by a newer sluiced (format " + std::to_string(version) +
                     "; this one reads up to " + std::to_string(segment_version) + ')'};
  }
  const auto durability = get<std::uint8_t>(bytes.data() + 34);
  const auto boot_characters = get<std::uint8_t>(bytes.data() + 35);
  if (version == 0 || durability > static_cast<std::uint8_t>(Durability::disk) ||
      boot_characters > boot_id_characters_max) {
    return Nothing{};
  }
  const SegmentName name{
      {Epoch{get<std::uint64_t>(bytes.data() + 16)}, get<std::uint16_t>(bytes.data() + 32)},
      SegmentNumber{get<std::uint64_t>(bytes.data() + 24)}};
  std::string boot(boot_characters, '\0');
  std::memcpy(boot.data(), bytes.data() + boot_at, boot_characters);
  return std::optional{SegmentHeader{name, Durability{durability}, BootId{std::move(boot)}}};
}

}  // namespace sluice
