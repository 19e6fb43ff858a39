// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

#include "actors/tenant/strong.hpp"

namespace sluice {

/// A number of ticks of a reactor's timer.
using Ticks = Strong<struct TicksTag, std::uint32_t>;

/// Says when the next flush may begin: every interval, and after failures later and later.
///
/// Role       Pure but for its own random numbers, which keep the reactors of a server from asking
///            a struggling store all at the same time.
/// Threading  Confined to its host.
/// Ownership  None.
/// Units      Ticks of the reactor's timer.
/// Errors     None.
/// Cost       Constant.
class FlushPace {
public:
  FlushPace(Ticks interval, Ticks back_off_max, std::uint32_t seed)
      : interval_(interval.raw()), back_off_max_(back_off_max.raw()), random_(seed) {}

  void tick() { waited_ += 1; }
  void succeeded() {
    failures_ = 0;
    wait_ = interval_;
    waited_ = 0;
  }
  void failed() {
    failures_ = std::min(failures_ + 1, 16U);
    const std::uint64_t longest =
        std::min<std::uint64_t>(back_off_max_, std::uint64_t{interval_} << failures_);
    wait_ = static_cast<std::uint32_t>(
        std::uniform_int_distribution<std::uint64_t>{(longest + 1) / 2, longest}(random_));
    waited_ = 0;
  }

  /// Forgets earlier failures, so that the next flush is due at once.
  void hurry() {
    failures_ = 0;
    wait_ = 0;
  }

  /// Something that is dirty should be written now.
  [[nodiscard]] bool due() const { return waited_ >= wait_; }
  /// The last flush failed, and it is too early to try again however much there is to write.
  [[nodiscard]] bool backing_off() const { return failures_ > 0 && !due(); }

private:
  std::uint32_t interval_;
  std::uint32_t back_off_max_;
  std::uint32_t wait_ = interval_;
  std::uint32_t waited_ = 0;
  std::uint32_t failures_ = 0;
  std::minstd_rand random_;
};

}  // namespace sluice
