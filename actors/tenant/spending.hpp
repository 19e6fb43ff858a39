// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "actors/tenant/limit_state.hpp"
#include "actors/tenant/prefetch.hpp"
#include "actors/tenant/standing.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

struct Rare;

/// The limits of a plan that are meant, one bit for each slot.
class Slots {
public:
  constexpr Slots() = default;
  static constexpr Slots all() { return Slots{~std::uint64_t{0}}; }

  constexpr void add(std::uint32_t slot) noexcept { bits_ |= std::uint64_t{1} << slot; }
  constexpr void add(Slots others) noexcept { bits_ |= others.bits_; }
  [[nodiscard]] constexpr bool has(std::uint32_t slot) const noexcept {
    return (bits_ >> slot & 1) != 0;
  }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  friend constexpr bool operator==(Slots, Slots) = default;

private:
  explicit constexpr Slots(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t bits_ = 0;
};
static_assert(limits_per_tenant_max == 64, "a slot has a bit");

/// What was done with one meter in the minute that is open: a `UsageBucket` whose meter is known by
/// its place. Before the first minute there is none.
struct OpenUsage {
  Amount used;
  Minute minute;
  std::uint32_t allowed = 0;
  std::uint32_t denied = 0;
  std::uint32_t throttled = 0;
  Amount overage{};
  std::uint64_t price_micros = 0;

  [[nodiscard]] bool none() const noexcept { return minute == Minute{}; }
  [[nodiscard]] UsageBucket bucket(MeterId meter) const {
    return UsageBucket{meter, minute, used, allowed, denied, throttled, overage, price_micros};
  }
};

/// Everything that a tenant remembers about its limits and meters, in one piece of memory; and for
/// those that have it, what is rare beside it.
///
/// Role       Storage, and the marks of what the journal and the store have not seen. A mark on a
///            limit's slot speaks for the usage of its meter, too.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns the memory.
/// Units      None.
/// Errors     None; places must be below the numbers given at the start.
/// Cost       One allocation of 40 bytes, 32 for each limit and 40 for each meter.
class Spending {
public:
  Spending(std::size_t limits, std::size_t meters)
      : memory_(new std::byte[size(limits, meters)]{}) {
    head()->limits = static_cast<std::uint16_t>(limits);
    head()->meters = static_cast<std::uint16_t>(meters);
    head()->standing = Standing{};
  }

  [[nodiscard]] LimitState& limit(std::uint32_t slot) noexcept { return limits()[slot]; }
  [[nodiscard]] const LimitState& limit(std::uint32_t slot) const noexcept {
    return limits()[slot];
  }
  [[nodiscard]] OpenUsage& usage(std::uint32_t meter) noexcept { return usages()[meter]; }
  [[nodiscard]] const OpenUsage& usage(std::uint32_t meter) const noexcept {
    return usages()[meter];
  }
  [[nodiscard]] Slots& unjournalled() noexcept { return head()->unjournalled; }
  [[nodiscard]] Slots& unsaved() noexcept { return head()->unsaved; }
  /// Of meters that had no limit for a while: minutes before this one may be closed already.
  [[nodiscard]] Minute& usage_from() noexcept { return head()->usage_from; }

  [[nodiscard]] Standing& standing() noexcept { return head()->standing; }
  [[nodiscard]] const Standing& standing() const noexcept { return head()->standing; }

  /// Null until there was something to remember by id, or by label.
  [[nodiscard]] Rare* rare() const noexcept { return head()->rare; }
  Rare& make_rare();
  void take_rare_of(Spending& other) noexcept { std::swap(head()->rare, other.head()->rare); }

  /// Asks the processor to fetch it, as far as a plan of so many limits and meters fills it.
  void prefetch(std::size_t limits, std::size_t meters) const noexcept {
    prefetch_bytes(memory_.get(), size(limits, meters));
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return size(head()->limits, head()->meters); }

private:
  struct Head {
    Slots unjournalled;
    Slots unsaved;
    Rare* rare;  ///< Goes with the memory.
    Standing standing;
    Minute usage_from;
    std::uint16_t limits;
    std::uint16_t meters;
  };
  // Arrays of bytes bring such objects to life by themselves, and may end without them.
  static_assert(std::is_trivially_copyable_v<LimitState> &&
                std::is_trivially_copyable_v<OpenUsage> && std::is_trivially_copyable_v<Head>);
  static_assert(sizeof(LimitState) == 32 && sizeof(OpenUsage) == 40 && sizeof(Head) == 40);

  [[nodiscard]] static constexpr std::size_t size(std::size_t limits, std::size_t meters) noexcept {
    return sizeof(Head) + limits * sizeof(LimitState) + meters * sizeof(OpenUsage);
  }

  struct Free {
    void operator()(std::byte* memory) const noexcept;
  };

  [[nodiscard]] Head* head() const noexcept { return reinterpret_cast<Head*>(memory_.get()); }
  [[nodiscard]] LimitState* limits() const noexcept {
    return reinterpret_cast<LimitState*>(memory_.get() + sizeof(Head));
  }
  [[nodiscard]] OpenUsage* usages() const noexcept {
    return reinterpret_cast<OpenUsage*>(memory_.get() + sizeof(Head) +
                                        head()->limits * sizeof(LimitState));
  }

  std::unique_ptr<std::byte[], Free> memory_;
};

}  // namespace sluice
