// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice::client {

struct SliceBounds {
  Amount want_min;
  Amount want_max;
  std::chrono::nanoseconds ttl;
};

/// What one tenant's meter has out on lease here.
///
/// Nothing is spent of it once nine tenths of the lease's time have passed since it was asked for:
/// from then on the server may have ended it, and have given what was out to others.
///
/// Role       The arithmetic of a lease on the client's side, with time as an input.
/// Threading  `take` and `note_asked` from any thread. What follows `try_begin`, only by whoever
///            made it busy, until `end`.
/// Ownership  Owns nothing.
/// Units      Of the meter; nanoseconds of a clock that never steps back.
/// Errors     None.
/// Cost       `take` is one compare-and-swap. Allocates nothing.
class Slice {
public:
  using Now = std::chrono::nanoseconds;

  Slice(TenantId of, MeterId on, const SliceBounds& bounds)
      : tenant(of), meter(on), bounds_(bounds) {}

  const TenantId tenant;
  const MeterId meter;

  struct Taken {
    bool all = false;       ///< The amount, or nothing.
    bool runs_low = false;  ///< More should be asked for.
  };
  [[nodiscard]] Taken take(Now now, std::uint64_t amount) noexcept;
  /// Whether something can be taken now.
  [[nodiscard]] bool has_some(Now now) const noexcept;

  /// Whether somebody asks for more, or ends it.
  [[nodiscard]] bool is_busy() const noexcept { return busy_.load(std::memory_order_relaxed); }
  /// Makes it busy, unless it is so already.
  [[nodiscard]] bool try_begin() noexcept { return !busy_.exchange(true); }
  /// The same, unless it is too early to ask again.
  [[nodiscard]] bool try_begin_to_ask(Now now) noexcept;
  void end() noexcept { busy_ = false; }
  /// Somebody wanted more of it than there was.
  void note_asked() noexcept { asked_.store(true, std::memory_order_relaxed); }

  // By whoever made it busy.

  [[nodiscard]] bool is_leased() const noexcept { return id_ != EntryId{}; }
  /// What to ask the server for, so that `amount` and what is spent meanwhile are covered: twice
  /// what was spent since the last answer, and twice that if it ran low before its round was over.
  /// A slice that is not leased begins a lease under `fresh`. What is out but too old is spent no
  /// more.
  struct Wish {
    EntryId id;
    std::uint64_t spent;  ///< Of the lease, in all.
    Amount want;
    Now asked_at;
  };
  [[nodiscard]] Wish wish(Now now, std::uint64_t amount, EntryId fresh) noexcept;
  enum class Learned : std::uint8_t {
    nothing,  ///< The server cannot be reached.
    more,
    refused,  ///< The lease is over.
    to_end,   ///< The tenant may not spend: what is not spent is to be given back.
  };
  /// The answer to a wish.
  Learned learn(const Decision& decision, const Wish& wish) noexcept;
  /// Whether nobody has spent anything of it for two rounds; asked once a round.
  [[nodiscard]] bool is_idle() noexcept;
  /// Of one that is not leased: whether nobody has wanted any of it for two rounds.
  [[nodiscard]] bool is_forgotten() noexcept;
  /// Nobody can spend anything of it any more. How much was spent of the lease in all; nothing if
  /// there is none.
  struct Rest {
    EntryId id;
    std::uint64_t spent;
  };
  [[nodiscard]] std::optional<Rest> take_rest() noexcept;
  /// Forgets the lease.
  void reset() noexcept;

  /// It is looked after so many times in the time of a lease.
  static constexpr std::int64_t rounds = 4;

private:
  [[nodiscard]] std::uint64_t spent() const noexcept {
    return allowed_ - remaining_.load(std::memory_order_acquire);
  }

  const SliceBounds bounds_;
  std::atomic<std::uint64_t> remaining_{0};
  std::atomic<std::uint64_t> low_mark_{0};  ///< Below it, more is asked for.
  std::atomic<Now> good_until_{Now{}};
  std::atomic<Now> ask_after_{Now{}};
  std::atomic<bool> busy_{false};
  std::atomic<bool> asked_{false};  ///< Since the last round.
  EntryId id_{};
  std::uint64_t allowed_ = 0;   ///< In all, since the lease began.
  std::uint64_t reported_ = 0;  ///< Of that, what the server knows to be spent.
  std::uint64_t seen_ = 0;      ///< What was spent at the last round.
  unsigned idle_ = 0;
};

}  // namespace sluice::client
