// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/machine.hpp"

namespace sluice::sim {

namespace {

Probe probe_of_failure(DiskOp op) {
  switch (op) {
    case DiskOp::list:
      return Probe::disk_list_failed;
    case DiskOp::create:
      return Probe::disk_create_failed;
    case DiskOp::open:
      return Probe::disk_open_failed;
    case DiskOp::remove:
      return Probe::disk_remove_failed;
    case DiskOp::sync_directory:
      return Probe::disk_directory_sync_failed;
    case DiskOp::read:
      return Probe::disk_read_failed;
    case DiskOp::rename:  // Only repairs do that, and no server.
    case DiskOp::write:
      return Probe::disk_write_failed;
    case DiskOp::sync:
      return Probe::disk_sync_failed;
  }
  return Probe::disk_write_failed;
}

}  // namespace

DiskWeather::Mishap Machine::next(DiskOp op) {
  if (kill_in > 0 && --kill_in == 0) {
    context_.probes.hit(Probe::killed_within_disk_operation);
    if (recovering) {
      context_.probes.hit(Probe::killed_during_recovery);
    }
    const std::uint64_t when = context_.random.below(3);
    if (when == 1 && op == DiskOp::write) {
      context_.probes.hit(Probe::write_torn_by_kill);
    }
    return when == 0 ? Mishap::dies_before : when == 1 ? Mishap::dies_within : Mishap::dies_after;
  }
  if (error_chance > 0 && context_.random.per_mille(error_chance)) {
    count_error(op);
    return Mishap::fails;
  }
  return Mishap::none;
}

void Machine::done(DiskOp op) {
  if (op == DiskOp::write && pause_in > 0 && --pause_in == 0 && pause) {
    context_.probes.hit(Probe::paused_after_write);
    pause();
  }
}

void Machine::count_error(DiskOp op) {
  context_.trace("  disk of ", name_, ": operation ", static_cast<int>(op), " fails");
  write_failed = write_failed || op == DiskOp::write;
  context_.probes.hit(probe_of_failure(op));
}

}  // namespace sluice::sim
