// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/blob.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

inline constexpr std::string_view beyond_range = "is larger than 2^63-1";

/// `<path> <what>`, as in "limit.name is not UTF-8".
[[nodiscard]] Fault invalid(std::string_view path, std::string_view what);
/// `<path>.<field>`, or the field alone without a path.
[[nodiscard]] std::string join(std::string_view path, std::string_view field);
[[nodiscard]] std::string at_index(std::string_view path, std::size_t index);

/// Enumerants have the same numbers on both sides, and a peer may send numbers beyond the last that
/// this build knows.
template <class Ours, class Wire>
[[nodiscard]] constexpr std::optional<Ours> decode_enum(Wire wire, Ours last) {
  const auto raw = static_cast<std::uint16_t>(wire);
  if (raw > static_cast<std::uint16_t>(last)) {
    return std::nullopt;
  }
  return static_cast<Ours>(raw);
}

template <class Wire, class Ours>
[[nodiscard]] constexpr Wire encode_enum(Ours ours) {
  return static_cast<Wire>(ours);
}

[[nodiscard]] constexpr std::uint64_t encode_duration(Duration duration) {
  return duration < Duration::zero() ? 0 : static_cast<std::uint64_t>(duration.count());
}
[[nodiscard]] constexpr WallTime decode_time(std::int64_t ns) {
  return WallTime{Duration{ns}};
}
[[nodiscard]] constexpr std::int64_t encode_time(WallTime time) {
  return time.time_since_epoch().count();
}

/// Decodes the fields of one struct and keeps the first fault, so that a decoding function reads
/// like the struct it decodes.
///
/// Role       The error handling of the codec.
/// Threading  Confined.
/// Ownership  Owns its path.
/// Units      As on the wire.
/// Errors     After a fault, values say nothing, and `finish` returns the fault.
/// Cost       Not for checks: allocates.
class FieldReader {
public:
  explicit FieldReader(std::string_view path) : path_(path) {}

  [[nodiscard]] std::string text(capnp::Text::Reader in, std::string_view field);
  [[nodiscard]] Amount amount(std::uint64_t raw, std::string_view field);
  [[nodiscard]] Duration duration(std::uint64_t raw, std::string_view field);

  template <class Ours, class Wire>
  [[nodiscard]] Ours enumerant(Wire wire, Ours last, std::string_view field) {
    const auto ours = decode_enum<Ours>(wire, last);
    require(ours.has_value(), field, "is not known");
    return ours.value_or(last);
  }

  /// The value of a part that was decoded by its own function.
  template <class T>
  [[nodiscard]] T part(Result<T> result) {
    if (result.ok()) {
      return std::move(result).value();
    }
    keep(result.fault());
    return T{};
  }

  bool require(bool condition, std::string_view field, std::string_view what) {
    if (!condition) [[unlikely]] {
      object(field, what);
    }
    return condition;
  }

  [[nodiscard]] std::string path_of(std::string_view field) const { return join(path_, field); }

  template <class T>
  [[nodiscard]] Result<T> finish(T value) {
    if (fault_) {
      return *std::move(fault_);
    }
    return value;
  }

private:
  void object(std::string_view field, std::string_view what);
  void keep(Fault fault);

  std::string path_;
  std::optional<Fault> fault_;
};

}  // namespace sluice
