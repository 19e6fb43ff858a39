// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace sluice::client {

/// What a blocked caller sleeps on.
///
/// Role       `std::atomic::wait` without its way of yielding the processor several times before it
///            sleeps: with dozens of callers that cost more than all the rest of their calls.
/// Threading  One thread sleeps; any thread rings.
/// Ownership  Nobody's: each thread has one for as long as it lives, because ringing may touch it
///            after the sleeper has seen the news and left.
/// Units      None.
/// Errors     None.
/// Cost       A system call to sleep, and one to wake a thread that sleeps.
class Bell {
public:
  enum class Sound : std::uint32_t {
    silence,
    answered,
    lead,  ///< Nobody drives the loop: come and do it, unless somebody was faster.
  };

  [[nodiscard]] Sound sound() const noexcept { return sound_.load(std::memory_order_acquire); }
  /// By the sleeper, before anybody knows the bell.
  void silence() noexcept { sound_.store(Sound::silence, std::memory_order_relaxed); }
  /// Goes silent if it sounds like that; whether it did.
  bool heard(Sound sound) noexcept {
    return sound_.compare_exchange_strong(sound, Sound::silence, std::memory_order_acq_rel);
  }
  /// Wakes nobody.
  void set(Sound sound) noexcept { sound_.store(sound, std::memory_order_release); }
  void ring(Sound sound) noexcept;
  /// Sleeps until it sounds.
  [[nodiscard]] Sound listen() noexcept;

private:
  std::atomic<Sound> sound_{Sound::silence};
};

}  // namespace sluice::client
