// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "actors/tenant/store.hpp"
#include "tests/actors/runtime/memory_books.hpp"
#include "tests/sim/sim_shares.hpp"
#include "tests/support/memory_alerts.hpp"
#include "tests/support/memory_audit.hpp"

namespace sluice::sim {

/// A tenant's name in a trace.
[[nodiscard]] inline std::uint64_t number_of(TenantId tenant) {
  return tenant.low & ~(std::uint64_t{1} << 63U);
}

/// Hears of what was committed.
class DatabaseEvents {
public:
  virtual ~DatabaseEvents() = default;
  virtual void created(const TenantDefinition& definition) = 0;
  virtual void replaced(const TenantDefinition& definition) = 0;
  virtual void removed(TenantId tenant) = 0;
  virtual void saved(const SaveBatch& batch) = 0;
};

/// Hears of what was committed of sharing.
class SharingEvents {
public:
  virtual ~SharingEvents() = default;
  virtual void shared(const SharedDeed& deed, const SharingChange& change) = 0;
  virtual void purged(TenantId tenant) = 0;
};

/// The database that all servers share: the contract of `Store` in maps, each call one transaction.
///
/// Role       Trusted by the checks, so it is as plain as can be. It refuses epochs that are over
///            in the same transaction, as the real ones do.
/// Threading  Confined.
/// Ownership  Owns all rows.
/// Units      Leases in the world's time.
/// Errors     As `Store`, without those of the way there (see `SimStore`).
class SimDatabase {
public:
  /// What a bucket is of.
  using UsedPart = std::pair<MeterId, PartRef>;
  struct Row {
    TenantDefinition definition;
    std::map<LimitId, Counter> counters;
    std::map<UsedPart, UsageBucket> open_usage;
    std::map<std::pair<UsedPart, Minute>, UsageBucket> minutes;
    std::map<std::pair<UsedPart, std::uint32_t>, UsagePoint> hours;
    std::map<std::pair<UsedPart, std::uint32_t>, UsagePoint> days;
    std::map<std::tuple<LimitId, WallTime, EntryId>, ClosedWindow> windows;
    std::map<EntryId, Entry> entries;
  };

  SimDatabase(ShardCount shards, DatabaseEvents& events)
      : watermarks_(shards.raw()), events_(events) {}

  [[nodiscard]] Result<Ownership> acquire(const Claim& claim, Duration now);
  [[nodiscard]] Result<Done> renew(Epoch epoch, Duration now);
  [[nodiscard]] Result<Done> release(Epoch epoch);
  [[nodiscard]] Result<Done> create(const Deed& deed, const TenantDefinition& definition);
  [[nodiscard]] Result<Done> replace(const Deed& deed, const TenantDefinition& definition);
  [[nodiscard]] Result<Done> remove(const Deed& deed, TenantId id);
  [[nodiscard]] Result<Done> change_sharing(const SharedDeed& deed, const SharingChange& change);
  [[nodiscard]] Result<Done> close_statements(Epoch epoch, const StatementClosing& closing);
  [[nodiscard]] Result<Done> pay_out(const Deed& deed, const Payout& payout,
                                     std::span<const UnpaidLine> lines);
  [[nodiscard]] std::vector<GrantSpan> grant_spans(const GrantSpanQuery& query) const;
  [[nodiscard]] Result<Done> save(const SaveBatch& batch);
  [[nodiscard]] std::vector<TenantRecord> load(std::span<const TenantId> ids) const;

  /// A save that was sent and not answered: its transaction holds its rows, so it ends before the
  /// next one that writes begins.
  void leave_in_flight(SaveBatch batch) { in_flight_ = std::move(batch); }
  bool land_in_flight();

  [[nodiscard]] const Row* find(TenantId id) const {
    const auto found = rows_.find(id);
    return found == rows_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] const std::map<TenantId, Row>& rows() const noexcept { return rows_; }
  [[nodiscard]] const SimShares& shares() const noexcept { return shares_; }
  [[nodiscard]] const SimHours& hours() const noexcept { return hours_; }
  [[nodiscard]] const testing::MemoryBooks& books() const noexcept { return books_; }
  void tell_of_sharing(SharingEvents& events) { sharing_events_ = &events; }
  [[nodiscard]] const test::MemoryAudit& audit() const noexcept { return audit_; }
  [[nodiscard]] const test::MemoryAlerts& alerts() const noexcept { return alerts_; }
  [[nodiscard]] Epoch epoch() const noexcept { return epoch_; }
  [[nodiscard]] bool released() const noexcept { return released_; }
  [[nodiscard]] const std::optional<ServerId>& owner() const noexcept { return owner_; }
  [[nodiscard]] ShardCount shards() const {
    return ShardCount{static_cast<std::uint16_t>(watermarks_.size())};
  }
  /// Of one meter, closed or not.
  [[nodiscard]] std::uint64_t history_of(TenantId id, MeterId meter) const;
  /// What a tenant that is loaded starts with in this window.
  [[nodiscard]] std::uint64_t counted_of(TenantId id, LimitId limit, WallTime end) const;
  /// What is known of one window of a limit, open or closed.
  [[nodiscard]] std::uint64_t used_of(TenantId id, LimitId limit, WallTime end) const;
  /// What is known of one span of a sliding limit: the present one or the one before.
  [[nodiscard]] std::uint64_t counted_of_span(TenantId id, LimitId limit, WallTime end,
                                              Duration span) const;

private:
  [[nodiscard]] Result<Done> check(Epoch epoch) const;
  static void close(Row& row, const UsageBucket& bucket);
  using Definitions = std::map<TenantId, TenantDefinition>;
  [[nodiscard]] Result<Done> write_sharing(const SharingChange& change, SimShares& shares,
                                           Definitions& consumers) const;
  [[nodiscard]] std::size_t grants_of(PolicyId policy, const Definitions& changed) const;

  std::map<TenantId, Row> rows_;
  SimShares shares_;
  SimHours hours_;
  testing::MemoryBooks books_;  ///< Without hours.
  SharingEvents* sharing_events_ = nullptr;
  std::vector<Watermark> watermarks_;
  test::MemoryAudit audit_;
  test::MemoryAlerts alerts_;
  Epoch epoch_;
  std::optional<ServerId> owner_;
  Duration lease_{};
  Duration lease_until_{};
  bool released_ = true;
  std::optional<SaveBatch> in_flight_;
  DatabaseEvents& events_;
};

}  // namespace sluice::sim
