// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "actors/runtime/tenant_table.hpp"
#include "actors/tenant/journal.hpp"

namespace sluice {

/// Gathers what a turn changed, so that it goes to the journal in one piece at the turn's end, a
/// tenant that changed many times once.
///
/// Role       Between the tenants and their journal.
/// Threading  Confined to its host.
/// Ownership  Borrows the journal. Refers to tenants that changed until `commit`; a tenant that is
///            dirty is not freed before.
/// Units      Bytes.
/// Errors     Those of `Journal::commit`.
/// Cost       `changed` is a few stores. Allocates nothing when warm.
class TurnLog {
public:
  TurnLog(Journal& journal, ShardCount shards)
      : journal_(journal), shards_(shards), room_(journal.room()) {}

  /// Whether one more tenant may change in this turn, whatever changes of it: there surely is disk
  /// space for its record.
  [[nodiscard]] bool has_room() const noexcept {
    return reserved_ + change_bytes_max + kept_for_values_ <= room_;
  }

  void changed(HostedTenant& hosted);
  void closed(const UsageRow& row);
  void closed(const WindowRow& row);
  void closed(const SharedHourRow& row);
  void audited(const AuditRow& row);
  /// Of one tenant.
  void crossed(std::span<const ThresholdCrossed> rows);
  void entry(TenantId tenant, const Entry& entry) { entries(tenant, std::array{&entry}); }
  void entries(TenantId tenant, std::span<const Entry* const> entries);
  /// So many counts of sharing of a tenant that `changed` come with it.
  void expect_uses(std::uint32_t counts) noexcept;
  /// From now on there are tenants with history by labels.
  void keep_room_for_values() noexcept;
  /// So many parts of buckets come with a tenant that `changed`, as `expect_uses` says of counts.
  void expect_values(std::uint32_t parts) noexcept;
  void removed(TenantId tenant);
  /// A state that lies with no resident tenant, but for its entries.
  void carry(TenantId tenant, const TenantState& state);

  /// Commits what was gathered, if anything. The journal's last sequence.
  [[nodiscard]] Result<Sequence> commit(const Now& now);
  /// The journal may have made room outside of commits.
  void look_for_room() noexcept { room_ = journal_.room(); }

private:
  Journal& journal_;
  ShardCount shards_;
  std::size_t room_;          ///< For the next commit, at the last look.
  std::size_t reserved_ = 0;  ///< Of it, for what changed since.
  std::size_t kept_for_values_ = 0;
  std::vector<HostedTenant*> changed_;
  TenantState state_;  ///< Kept for its memory.
  Entry use_;          ///< The same.

  void add_uses(HostedTenant& hosted);
  void add_values(HostedTenant& hosted);
};

}  // namespace sluice
