// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace sluice {

/// Bytes in order, filled at the back and taken from the front, always in one piece.
///
/// Threading  Confined.
/// Ownership  Owns its memory; spans into it hold until `room` or `take`.
/// Errors     None.
/// Cost       Starts with `capacity_first` and grows by doubling, so with what is really in it.
///            Once empty it lets go of more than `capacity_kept`. Steady work allocates nothing.
class ByteQueue {
public:
  ByteQueue(std::size_t capacity_first, std::size_t capacity_kept) noexcept
      : capacity_first_{capacity_first}, capacity_kept_{capacity_kept} {}

  [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
  [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {memory_.get() + begin_, size()};
  }

  /// Free space behind the last byte, `wanted` or more; `filled` says how much of it was used.
  [[nodiscard]] std::span<std::byte> room(std::size_t wanted);
  void filled(std::size_t count) noexcept { end_ += count; }
  void take(std::size_t count) noexcept;

private:
  std::size_t capacity_first_;
  std::size_t capacity_kept_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::unique_ptr<std::byte[]> memory_;
};

}  // namespace sluice
