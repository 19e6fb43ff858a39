// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/store.hpp"
#include "tests/actors/runtime/memory_books.hpp"
#include "tests/actors/runtime/memory_customisations.hpp"
#include "tests/actors/runtime/memory_keys.hpp"
#include "tests/actors/runtime/memory_listings.hpp"
#include "tests/actors/runtime/memory_members.hpp"
#include "tests/actors/runtime/memory_sharing.hpp"
#include "tests/actors/runtime/memory_tiers.hpp"
#include "tests/support/memory_alerts.hpp"
#include "tests/support/memory_audit.hpp"

namespace sluice::testing {

inline constexpr std::uint16_t memory_shards = 256;

/// A database in memory that keeps every promise of `Store`, and can be told to fail or to be slow.
///
/// Threading  Any thread; locks. Opened stores share it and may outlive nothing of it.
class MemoryDatabase {
public:
  MemoryDatabase();

  [[nodiscard]] StoreFactory stores();

  // ---- Faults. Each holds until it is taken back with `std::nullopt`.
  void fail_opening(std::optional<Fault> fault);
  void fail_reads(std::optional<Fault> fault);
  void fail_writes(std::optional<Fault> fault);
  /// Writes are done and then reported as failed.
  void lose_answers(bool lose);
  /// The next change is done and reported as failed, and from then on reads fail with this.
  void break_at_next_change(Fault fault) {
    const auto guard = enter();
    breaks_with_ = std::move(fault);
  }
  /// The next load reads what is there, and answers only when it is let go.
  void hold_next_load();
  void let_go_of_load();
  /// So does the next query of the history of usage.
  void hold_next_history();
  void let_go_of_history();
  /// Moves of tenants are prepared in so many parts.
  void prepare_moves_in(std::size_t parts) {
    const auto guard = enter();
    parts_left_ = parts;
  }
  /// Saves write nothing before they are let go.
  void hold_saves(bool hold);

  /// The store refuses what this tenant spent; the nil id: nobody's.
  void refuse(TenantId tenant) {
    const auto guard = enter();
    refused_ = tenant;
  }
  /// Called whenever a server acquires the shards or renews its lease, while it waits.
  void while_owning(std::function<void()> action) {
    const auto guard = enter();
    while_owning_ = std::move(action);
  }

  /// Another server acquires the shards.
  void take_over();

  // ---- What is stored
  void put(TenantRecord record);
  void put_hour(const SharedHourRow& row) {
    const auto guard = enter();
    books_.put_hour(row);
  }
  /// Makes the tenant unreadable: a load that asks for it is `data_damaged`.
  void damage(TenantId tenant);
  /// The same of what was decided about it, too.
  void damage_definition(TenantId tenant);
  [[nodiscard]] std::optional<TenantRecord> find(TenantId tenant) const;
  /// What was spent on the limit; zero if nothing was ever written.
  [[nodiscard]] Amount used(TenantId tenant, LimitId limit) const;

  [[nodiscard]] Watermark stored(ShardId shard) const;
  [[nodiscard]] std::vector<UsageRow> closed_usage() const;
  /// The events of a tenant's chain; of the nil id, the platform's.
  [[nodiscard]] std::vector<AuditEvent> audit(TenantId tenant) const;
  /// In the order in which they were raised.
  [[nodiscard]] std::vector<Alert> alerts() const;

  // ---- What was asked
  [[nodiscard]] std::size_t loads() const {
    const auto guard = enter();
    return loads_;
  }
  [[nodiscard]] std::size_t saves() const {
    const auto guard = enter();
    return saves_;
  }
  [[nodiscard]] std::size_t rows_saved() const {
    const auto guard = enter();
    return rows_saved_;
  }
  [[nodiscard]] std::size_t months_prepared() const {
    const auto guard = enter();
    return months_prepared_;
  }
  [[nodiscard]] std::size_t sweeps() const {
    const auto guard = enter();
    return sweeps_;
  }
  /// Of which parts were prepared, or could have been.
  [[nodiscard]] std::size_t moves_given_up() const {
    const auto guard = enter();
    return moves_given_up_;
  }
  /// Waits until the condition holds, looking after each call of a store; false after ten seconds.
  [[nodiscard]] bool wait_until(const std::function<bool()>& condition) const;
  /// Waits until a call of that kind is being held.
  [[nodiscard]] bool holds_a_load() const {
    return wait_until([this] { return load_held_; });
  }
  [[nodiscard]] bool holds_a_history() const {
    return wait_until([this] { return history_held_; });
  }
  [[nodiscard]] bool holds_a_save() const {
    return wait_until([this] { return save_held_; });
  }

private:
  void forget_what_belongs_to(TenantId tenant);

  friend class MemoryStore;
  friend class MemoryBooksStore;
  friend class MemoryAlertStore;
  friend class MemoryUsageStore;
  friend class MemorySharingStore;

  using Guard = std::unique_lock<std::recursive_mutex>;
  [[nodiscard]] Guard enter() const { return Guard{mutex_}; }
  void asked() const { changed_.notify_all(); }
  [[nodiscard]] Result<Done> write(Epoch epoch, const std::function<Result<Done>()>& change);
  [[nodiscard]] Result<Done> write(const Deed& deed, const std::function<Result<Done>()>& change);
  [[nodiscard]] Result<Done> write(const SharedDeed& deed,
                                   const std::function<Result<Done>()>& change);

  mutable std::recursive_mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::map<TenantId, TenantRecord> tenants_;
  MeterTable meters_;
  MemoryKeys keys_;
  MemoryTiers tiers_;
  MemoryCustomisations customisations_;
  MemoryMembers members_;
  MemorySharing sharing_;
  MemoryBooks books_;
  MemoryListings listings_{sharing_};
  test::MemoryAudit audit_;
  test::MemoryAlerts alerts_;
  std::vector<TenantId> damaged_;
  std::vector<TenantId> damaged_definitions_;
  Epoch epoch_;
  std::vector<Watermark> stored_ = std::vector<Watermark>(memory_shards);
  std::vector<UsageRow> closed_usage_;
  TenantId refused_{};
  std::function<void()> while_owning_ = [] {};
  std::size_t months_prepared_ = 0;
  std::optional<Fault> opening_fault_;
  std::optional<Fault> read_fault_;
  std::optional<Fault> write_fault_;
  bool lose_answers_ = false;
  std::optional<Fault> breaks_with_;
  bool hold_next_load_ = false;
  bool load_held_ = false;
  bool hold_next_history_ = false;
  bool history_held_ = false;
  bool hold_saves_ = false;
  bool save_held_ = false;
  std::size_t loads_ = 0;
  std::size_t saves_ = 0;
  std::size_t rows_saved_ = 0;
  std::size_t parts_left_ = 0;
  std::size_t sweeps_ = 0;
  std::size_t moves_given_up_ = 0;
};

}  // namespace sluice::testing
