// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "actors/tenant/tenant.hpp"
#include "tests/sim/sim_database.hpp"

namespace sluice::sim {

/// One amount that a check took, and from what: a window of a limit, a rate, or the usage of a
/// meter.
struct Taken {
  enum class From : std::uint8_t { window, rate, meter };
  From from;
  TenantId tenant;
  std::uint32_t incarnation;
  LimitId limit;   ///< Of a window or rate.
  MeterId meter;   ///< Of usage.
  WallTime end;    ///< Of the window.
  std::size_t at;  ///< Of a rate: which of its admissions.
  std::uint64_t amount;
};

struct FormerOwner {
  Epoch epoch;
  ServerId server;
};

/// What was promised to clients, in sums: too simple to be wrong.
///
/// For each window of each limit, and for the usage of each meter: what was acknowledged, what may
/// yet be, and what nobody knows. So the truth lies between the first and the sum of all. What a
/// taken-over server had acknowledged and not stored is given up; it may come back from its
/// journal, but not once the store has something newer of the same shard.
class Model final : public DatabaseEvents {
public:
  explicit Model(ShardCount shards) : shards_(shards) {}

  /// A check of this tenant was allowed, or a reservation settled, and its amounts were taken.
  /// Rates took theirs when they were reserved, and that is not followed.
  void took(const Tenant& tenant, const Check& check, const Now& now, std::vector<Taken>& taken);
  /// Together with what is held, no limit of these meters is passed.
  void reserved(const Tenant& tenant, std::span<const Charge> charges, const Now& now) const;
  /// The client was told, or will never be.
  void settle(const Taken& taken, bool acknowledged);
  /// What nobody was told has turned out to be.
  void confirm(const Taken& taken);
  /// It may be given back, or not; but not what was used of a meter.
  void may_be_given_back(const Taken& taken) {
    if (taken.from == Taken::From::rate) {
      settle(taken, false);
    } else if (Tally* tally = taken.from == Taken::From::window ? tally_of(taken) : nullptr) {
      const std::uint64_t known = std::min(tally->acknowledged, taken.amount);
      tally->acknowledged -= known;
      tally->unknown += known;
    }
  }
  /// Somebody took over: what the store does not have is given up.
  void fall_back(const SimDatabase& database, const FormerOwner& given_up_by);
  /// A removal is answered before it is safe. If it is lost, what a tenant had used may befall the
  /// next one with its id: nothing is promised for that one any more.
  void lose_removals();
  /// A part of a journal is gone. What comes back is an older state, even where the store had a
  /// newer one: but never more than all that was taken.
  void lose_journal();
  /// A server owns the shards again, and has a journal that what was given up may come back from.
  void came_back(const ServerId& server);

  /// A resident tenant of the owner is as promised.
  void check(const Tenant& tenant, const Now& now) const;
  /// The same of a tenant in a store that has everything.
  void check_stored(const SimDatabase& database, TenantId tenant, bool windows_complete) const;
  /// Never more than the burst and what flowed in since.
  void check_rates() const;

  /// A time that runs at least as fast as any clock says, with every step of it.
  void time_passed(Duration at_most) { lenient_ += at_most; }
  void saw_wall(WallTime wall) {
    may_reopen_ = may_reopen_ || wall < wall_max_;
    wall_max_ = std::max(wall_max_, wall);
  }
  void has_little_place_for_history() { may_reopen_ = true; }
  /// Which of all tenants that ever had this id it is; 0 if there is none.
  [[nodiscard]] std::uint32_t incarnation(TenantId tenant) const {
    const auto found = tenants_.find(tenant);
    return found == tenants_.end() ? 0 : found->second.incarnation;
  }
  [[nodiscard]] bool knows(TenantId tenant) const { return tenants_.contains(tenant); }

  void created(const TenantDefinition& definition) override;
  void replaced(const TenantDefinition& definition) override;
  void removed(TenantId tenant) override { tenants_.erase(tenant); }
  void saved(const SaveBatch& batch) override;

private:
  struct GivenUp {
    FormerOwner by;
    std::uint64_t amount;
  };
  struct Tally {
    std::uint64_t acknowledged = 0;
    std::uint64_t open = 0;     ///< Taken, and not yet told.
    std::uint64_t unknown = 0;  ///< Never told.
    std::vector<GivenUp> given_up;

    [[nodiscard]] std::uint64_t most() const;
  };
  struct Admission {
    Duration at;
    WallTime step;  ///< Of a rate that is refilled by interval: which.
    std::uint64_t amount;
    bool acknowledged;
  };
  struct LimitModel {
    std::map<WallTime, Tally> windows;
    std::uint64_t size_max = 0;  ///< Of a window: the most that it ever blocked at.
    std::optional<RateRule> rate;
    std::optional<Duration> span;       ///< Of a sliding window.
    std::vector<Admission> admissions;  ///< In the order of decisions.
  };
  struct TenantModel {
    std::uint32_t incarnation = 0;
    bool is_second = false;  ///< There was one with its id before.
    std::map<LimitId, LimitModel> limits;
    std::map<MeterId, Tally> usage;
  };

  void learn(TenantModel& tenant, const TenantDefinition& definition);
  void take(TenantModel& model, const Tenant& tenant, const TenantState& state, std::uint32_t slot,
            bool was_reserved, Taken taken, std::vector<Taken>& all);
  void check_window(TenantId tenant, const LimitModel& limit, const Counter& counter) const;
  static void check_previous(const LimitModel& limit, const Counter& counter,
                             const std::function<std::string()>& where);
  static void check_rate(TenantId tenant, LimitId id, const LimitModel& limit);
  void forget_rates();
  Tally* tally_of(const Taken& taken);
  template <class Visit>
  static void each_tally(TenantModel& tenant, Visit&& visit);

  ShardCount shards_;
  std::map<TenantId, TenantModel> tenants_;
  std::uint32_t incarnations_ = 0;
  std::set<TenantId> created_;
  Duration lenient_{};
  /// A minute or window may be in the store as closed before the newer state of its tenant is. If
  /// that
  /// state is lost with a journal, and more is counted in it (the wall clock steps back into it, or
  /// it
  /// is kept open because there is no place for history), it is closed a second time, and the first
  /// one stands.
  [[nodiscard]] bool history_is_sure() const { return !(journal_lost_ && may_reopen_); }
  bool journal_lost_ = false;
  bool may_reopen_ = false;
  WallTime wall_max_{};
};

}  // namespace sluice::sim
