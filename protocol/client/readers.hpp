// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice::client {

/// Who is looking at something that others may take away meanwhile.
///
/// What is no more to be found is freed only once all have left who may have found it before.
///
/// Role       Counts of readers, spread so that threads do not meet in one.
/// Threading  Thread-safe. All is in one order with what readers look at, if that is read and
///            changed by sequentially consistent operations.
/// Ownership  Outlives its readings.
/// Units      None.
/// Errors     None.
/// Cost       A reading is two atomic additions on memory that its thread has nearly for itself.
class Readers {
public:
  class Reading {
  public:
    explicit Reading(Readers& readers) : count_(readers.count_of_this_thread()) {
      count_.fetch_add(1, std::memory_order_seq_cst);
    }
    ~Reading() { count_.fetch_sub(1, std::memory_order_release); }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

  private:
    std::atomic<std::uint32_t>& count_;
  };

  /// Whether everybody who was reading has left. Looks a few times, because others come and go.
  [[nodiscard]] bool have_left() const noexcept {
    return std::ranges::all_of(counts_, [](const Count& count) {
      for (int looks = 0; looks < looks_max; ++looks) {
        if (count.readers.load(std::memory_order_seq_cst) == 0) {
          return true;
        }
      }
      return false;
    });
  }

private:
  static constexpr std::size_t counts = 32;
  static constexpr int looks_max = 1'000;
  struct alignas(64) Count {
    std::atomic<std::uint32_t> readers{0};
  };

  [[nodiscard]] std::atomic<std::uint32_t>& count_of_this_thread() noexcept {
    static thread_local const char here{};  // Lies elsewhere in each thread.
    const auto place = reinterpret_cast<std::uintptr_t>(&here);
    return counts_[(place * 0x9e3779b97f4a7c15U) >> 59].readers;
  }
  static_assert(counts == 1U << (64 - 59));

  std::array<Count, counts> counts_;
};

}  // namespace sluice::client
