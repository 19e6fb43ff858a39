// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice {

// How numbers and texts stand in the bytes of an answer: a number as long as it has to be, or as a
// word of eight bytes, the lowest first; a text behind its length.

static_assert(std::endian::native == std::endian::little);

/// Writes numbers and texts behind each other; there must be room. Taken by value and returned, as
/// an `EntryWriter`.
class AnswerWriter {
public:
  static constexpr std::size_t word_bytes = 8;
  static constexpr std::size_t number_bytes_max = 10;

  explicit AnswerWriter(std::byte* at) : at_(at) {}

  void byte(std::size_t value) { *at_++ = static_cast<std::byte>(value); }
  void word(std::uint64_t value) {
    std::memcpy(at_, &value, word_bytes);
    at_ += word_bytes;
  }
  void number(std::uint64_t value) {
    for (; value >= 128; value >>= 7U) {
      byte((value & 127U) | 128U);
    }
    byte(value);
  }
  void number(Amount amount) { number(amount.raw()); }
  /// Of whatever is named by two words.
  template <class Id>
  void id(const Id& id) {
    word(id.high);
    word(id.low);
  }
  void text(const std::string& text) {
    byte(text.size());
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  [[nodiscard]] std::byte* place() const { return at_; }

private:
  std::byte* at_;
};

/// Reads them back. It reads zeros once there is nothing left, and remembers that it did.
class AnswerReader {
public:
  explicit AnswerReader(std::span<const std::byte> from) : from_(from) {}

  std::size_t byte() {
    if (from_.empty()) {
      whole_ = false;
      return 0;
    }
    const auto value = static_cast<std::size_t>(from_.front());
    from_ = from_.subspan(1);
    return value;
  }
  std::uint64_t word() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < AnswerWriter::word_bytes; ++i) {
      value |= std::uint64_t{byte()} << 8 * i;
    }
    return value;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (std::size_t shift = 0;; shift += 7) {
      const std::uint64_t group = byte();
      const bool fits = shift < 63 || group <= 1;
      require(fits && (group != 0 || shift == 0));
      if (!fits || group < 128) {
        return fits ? value | group << shift : 0;
      }
      value |= (group & 127U) << shift;
    }
  }
  std::uint64_t at_most(std::uint64_t most) {
    const std::uint64_t value = number();
    require(value <= most);
    return std::min(value, most);
  }
  Amount amount() { return Amount{at_most(Amount::max_raw)}; }
  template <class Id>
  Id id() {
    Id id;
    id.high = word();
    id.low = word();
    require(id != Id{});
    return id;
  }
  MeterId meter() {
    return MeterId{static_cast<std::uint16_t>(at_most(std::numeric_limits<std::uint16_t>::max()))};
  }
  template <class Enum>
  Enum one_of(Enum last) {
    const std::size_t value = byte();
    require(value <= static_cast<std::size_t>(last));
    return static_cast<Enum>(value);
  }
  std::string text(std::size_t bytes_max) {
    const std::size_t size = byte();
    require(size <= bytes_max && size <= from_.size());
    if (!whole_) {
      return {};
    }
    std::string text(reinterpret_cast<const char*>(from_.data()), size);
    from_ = from_.subspan(size);
    return text;
  }
  void require(bool holds) { whole_ &= holds; }
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] std::span<const std::byte> rest() const { return from_; }

private:
  std::span<const std::byte> from_;
  bool whole_ = true;
};

}  // namespace sluice
