// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/machine.hpp"

namespace sluice::sim {

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
  if (op == DiskOp::read) {
    context_.probes.hit(Probe::disk_read_failed);
  } else if (op == DiskOp::write) {
    context_.probes.hit(Probe::disk_write_failed);
    write_failed = true;
  } else if (op == DiskOp::sync) {
    context_.probes.hit(Probe::disk_sync_failed);
  } else if (op == DiskOp::create) {
    context_.probes.hit(Probe::disk_create_failed);
  }
}

}  // namespace sluice::sim
