// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::sim {

/// Faults that a run makes, and situations that it must get into: each is counted, and a run over
/// many seeds fails if one never happened. What is never met is not tested.
enum class Probe : std::uint8_t {
  // Faults of processes and machines.
  process_killed,
  killed_within_disk_operation,
  write_torn_by_kill,
  killed_during_recovery,
  power_cut,
  power_cut_keeps_later_write,
  process_paused,
  paused_after_write,
  wall_clock_stepped_forward,
  wall_clock_stepped_back,
  long_time_passed,
  // Faults of disks.
  disk_full,
  disk_read_failed,
  disk_write_failed,
  disk_sync_failed,
  disk_create_failed,
  disk_list_failed,
  disk_open_failed,
  disk_remove_failed,
  disk_directory_sync_failed,
  bytes_damaged,
  background_job_lost,
  // Faults of the store.
  store_away,
  store_unavailable,
  save_unknown_done,
  save_unknown_not_done,
  save_landed_late,
  save_applied_twice,
  save_refused,
  change_unknown_done,
  change_unknown_not_done,
  acquire_unknown_done,
  killed_between_store_commit_and_answer,
  // Situations.
  durability_process,
  durability_disk,
  recovered_beyond_watermark,
  recovered_tenant_loaded,
  recovered_with_other_reactors,
  journal_checkpointed,
  segment_rotated,
  segments_released,
  eviction_made_room,
  eviction_refused_dirty,
  unknown_save_sent_again,
  flush_saved_in_parts,
  tenant_set_aside,
  tenant_taken_after_all,
  taken_over,
  taken_over_while_paused,
  resumed_after_lost_tenure,
  unanswered_after_tenure,
  stale_save_fenced,
  room_refused,
  room_resumed,
  commit_failed,
  start_refused_by_damage,
  repaired,
  start_refused_by_lease,
  answers_waited_for_sync,
  minute_closed,
  window_closed,
  limit_was_full,
  limit_amended,
  tenant_removed,
  tenant_created_again,
  drained_and_released,
  drained_with_rest,
  answer_repeated,
  check_given_back,
  reservation_settled,
  reservation_expired,
  lease_spent,
  lease_denied,
  lease_expired,
  counted_by_label,
  grant_given,
  grant_repeated,
  grant_voided,
  grant_ended,
  grant_recurred,
  grant_rolled_over,
  credit_reset,
  credit_period_ended,
  credit_was_gone,
  overage_paid,
  unacknowledged_credit_kept,
  unacknowledged_credit_lost,
  credit_given_up,
  // Of sharing.
  sharing_unknown_done,
  sharing_unknown_not_done,
  consumer_in_doubt,
  stranger_refused,
  policy_put,
  policy_changed,
  policy_removed,
  access_requested,
  access_approved,
  access_refused_when_full,
  access_rejected,
  access_withdrawn,
  access_revoked,
  access_expired,
  first_use_granted,
  owner_purged,
  consumer_purged,
  use_admitted,
  use_repeated,
  use_between_commit_and_answer,
  use_without_grant_refused,
  use_blocked,
  use_after_end_refused,
  use_over_usage_limit_refused,
  use_without_permission_refused,
  use_reserved,
  use_settled_after_grant,
  use_made_private_refused,
  extension_admitted,
  extension_admitted_while_private,
  extension_refused_after_revoke,
  shared_hours_compared,
  // Of money.
  books_unknown_done,
  books_unknown_not_done,
  purge_waits_for_bill,
};
inline constexpr std::size_t probe_count =
    static_cast<std::size_t>(Probe::purge_waits_for_bill) + 1;

[[nodiscard]] std::string_view to_string(Probe probe);

class Probes {
public:
  void hit(Probe probe) { ++hits_[static_cast<std::size_t>(probe)]; }
  void add(const Probes& others) {
    for (std::size_t i = 0; i < probe_count; ++i) {
      hits_[i] += others.hits_[i];
    }
  }
  [[nodiscard]] std::uint64_t hits(Probe probe) const {
    return hits_[static_cast<std::size_t>(probe)];
  }

private:
  std::array<std::uint64_t, probe_count> hits_{};
};

}  // namespace sluice::sim
