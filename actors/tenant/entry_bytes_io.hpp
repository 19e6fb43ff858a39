// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

// How numbers and texts stand in the bytes of an entry: little-endian, a text behind its length. So
// are the numbers of every machine that this is built for, and a number is its bytes.
static_assert(std::endian::native == std::endian::little);

/// Writes numbers and texts behind each other; there must be room. Whoever writes a part takes it
/// by value and returns it: so its place stays in a register, which bytes that are written through
/// a pointer might otherwise change.
class EntryWriter {
public:
  explicit EntryWriter(std::byte* at) : at_(at) {}

  template <std::unsigned_integral Word>
  void put(Word word) {
    std::memcpy(at_, &word, sizeof word);
    at_ += sizeof word;
  }
  void put(Amount amount) { put(amount.raw()); }
  void put(Duration duration) { put(static_cast<std::uint64_t>(duration.count())); }
  void put(const std::string& text) {
    put(static_cast<std::uint8_t>(text.size()));
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void put(WallTime time) { put(time.time_since_epoch()); }
  [[nodiscard]] std::byte* place() const { return at_; }

private:
  std::byte* at_;
};

/// Reads them back. It reads zeros once there is nothing left, and remembers that it did.
class EntryReader {
public:
  explicit EntryReader(std::span<const std::byte> from) : from_(from) {}

  template <std::unsigned_integral Word>
  Word get() {
    if (from_.size() < sizeof(Word)) {
      whole_ = false;
      return 0;
    }
    Word word = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
      word |= static_cast<Word>(static_cast<Word>(from_[i]) << 8 * i);
    }
    from_ = from_.subspan(sizeof(Word));
    return word;
  }
  Amount amount() {
    const auto raw = get<std::uint64_t>();
    whole_ &= raw <= Amount::max_raw;
    return Amount{std::min(raw, Amount::max_raw)};
  }
  Duration duration() { return Duration{static_cast<std::int64_t>(get<std::uint64_t>())}; }
  WallTime time() { return WallTime{duration()}; }
  std::string text(std::size_t bytes_max) {
    std::string text(get<std::uint8_t>(), '\0');
    whole_ &= text.size() <= bytes_max;
    for (char& character : text) {
      character = static_cast<char>(get<std::uint8_t>());
    }
    return text;
  }
  template <class Enum>
  Enum at_most(Enum last) {
    const auto raw = get<std::uint8_t>();
    whole_ &= raw <= static_cast<std::uint8_t>(last);
    return static_cast<Enum>(raw);
  }
  void require(bool holds) { whole_ &= holds; }
  [[nodiscard]] bool ended_well() const { return whole_ && from_.empty(); }

private:
  std::span<const std::byte> from_;
  bool whole_ = true;
};

}  // namespace sluice
