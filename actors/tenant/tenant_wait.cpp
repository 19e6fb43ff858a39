// SPDX-License-Identifier: Apache-2.0
// When an amount that was refused could pass: time goes on, what is open ends by itself, and nobody
// asks for anything meanwhile.
#include "actors/tenant/rare.hpp"
#include "actors/tenant/tenant.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace sluice {
namespace {

/// So many that are open are looked at, those first that are due first; of those that have credit
/// fewer, because each has all grants looked at. What waits for more is told to come again when the
/// next one ends.
constexpr std::size_t ends_looked_at = 64;
constexpr std::size_t ends_of_credit = 8;

Now later(const Now& now, Duration by) {
  const bool is_beyond = now.wall > wall_time_never - by;
  return {now.steady + by, is_beyond ? wall_time_never : now.wall + by};
}

Duration sum_of(Duration passed, Duration wait) {
  return wait > wait_never - passed ? wait_never : passed + wait;
}

Duration time_until(WallTime instant, WallTime now) {
  std::int64_t nanoseconds = 0;
  const bool too_far = __builtin_sub_overflow(instant.time_since_epoch().count(),
                                              now.time_since_epoch().count(), &nanoseconds);
  return too_far ? wait_never : std::max(Duration{nanoseconds}, Duration{1});
}

}  // namespace

/// A limit as it will be, in one counter: what it counts, and what is held of it.
class Tenant::Prospect {
public:
  Prospect(const Tenant& tenant, std::uint32_t slot, const Now& now)
      : tenant_(tenant),
        slot_(slot),
        limit_(tenant.plan_->planned()[slot]),
        state_(tenant.state(slot)),
        held_(tenant.held(slot)),
        seated_(tenant.seated(slot)),
        now_(now) {
    if (limit_.credit() != nullptr) {
      account_ = *tenant.spending_.rare()->credits.find(limit_.id);
    }
  }

  /// How long from the start until the amount fits, if nothing else ends before.
  [[nodiscard]] Duration wait(Amount amount) const {
    if (state_.verdict(limit_, held_, amount, now_) == Verdict::fits) {
      return passed_;
    }
    if (!account_) {
      return sum_of(passed_, state_.wait(limit_, held_, amount, now_));
    }
    const auto fits = account_->next_fit(state_.credit(), held_, amount, account_of());
    return fits ? sum_of(passed_, time_until(*fits, now_.wall)) : wait_never;
  }

  /// Whether something is held of it that will end. A rate does not say.
  [[nodiscard]] bool is_held() const { return held_ > seated_; }
  [[nodiscard]] bool is_rate() const { return limit_.size_terms() == nullptr; }

  /// What this reservation or lease has of the limit; null if nothing.
  [[nodiscard]] const HeldCharge* part_of(const Entry& entry) const {
    const auto charge = std::ranges::find(entry.charges, limit_.meter, &HeldCharge::meter);
    if (charge == entry.charges.end()) {
      return nullptr;
    }
    const bool is_met =
        !limit_.labelled || tenant_.spending_.rare()->cells.meets_same(
                                slot_, LabelViews{entry.labels}.all(), *tenant_.plan_);
    return is_met ? &*charge : nullptr;
  }

  /// One that was begun then ends by itself when so much time has passed since the start.
  void end(const HeldCharge& part, bool is_lease, Duration passed, const LimitState::Past& past) {
    go_on(passed);
    const Amount left = is_lease ? part.held : part.used;
    const Amount counts = limit_.releases_on_expiry ? Amount{} : left;
    if (limit_.size_terms() == nullptr) {
      state_.refund(limit_, excess(part.held, counts), past, now_);
      state_.take(limit_, excess(counts, part.held), now_);
      return;
    }
    state_.unpace(limit_, held_, part.held, excess(part.held, counts), now_);
    held_ = excess(held_, part.held);
    state_.take(limit_, counts, now_);
  }

private:
  [[nodiscard]] CreditAccount::Of account_of() const {
    return {limit_.id, limit_.meter, limit_.credit(), &tenant_.plan_->calendar()};
  }
  void go_on(Duration passed) {
    now_ = later(now_, passed - passed_);
    passed_ = passed;
    state_.roll(limit_, tenant_.plan_->calendar(), now_);
    if (account_) {
      CreditAccount::Rows nobody_reads;
      account_->go_on(state_.credit(), account_of(), now_.wall, nobody_reads);
    }
  }

  const Tenant& tenant_;
  const std::uint32_t slot_;
  const PlannedLimit& limit_;
  LimitState state_;
  Amount held_;
  const Amount seated_;
  Now now_;
  Duration passed_{};
  std::optional<CreditAccount> account_;
};

// One that is due is still there if many are: it is gone a moment later.
Duration Tenant::wait(std::uint32_t slot, Amount amount, const Now& now) const {
  Prospect prospect{*this, slot, now};
  Duration wait = prospect.wait(amount);
  const Rare* const rare = spending_.rare();
  if (rare == nullptr) {
    return wait;
  }
  const bool is_credit = plan_->planned()[slot].credit() != nullptr;
  std::size_t left = ends_looked_at;
  std::size_t parts_left = is_credit ? ends_of_credit : ends_looked_at;
  rare->ledger.each_due<ends_looked_at + 1>([&](const Entry& entry, Instant due) {
    const Duration passed = std::max(due - now.steady, Duration{1});
    if (passed >= wait || !(prospect.is_held() || prospect.is_rate())) {
      return false;
    }
    const HeldCharge* const part = prospect.part_of(entry);
    if (left-- == 0 || (part != nullptr && parts_left-- == 0)) {
      wait = prospect.is_rate() ? wait : passed;
      return false;
    }
    if (part != nullptr) {
      const bool is_lease = entry.state == EntryState::leased;
      const Duration age = rare->ledger.age(entry, now.steady) + passed;
      prospect.end(*part, is_lease, passed, {entry.begun, age});
      wait = prospect.wait(amount);
    }
    return true;
  });
  return wait;
}

}  // namespace sluice
