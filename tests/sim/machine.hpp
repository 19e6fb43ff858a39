// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "actors/tenant/clock.hpp"
#include "tests/sim/context.hpp"
#include "tests/sim/sim_disk.hpp"

namespace sluice::sim {

/// A machine with its clock, its disk and what may befall a process on it.
///
/// Role       The clock runs a little too fast or slow, and from zero at each boot. A fault can be
///            set to strike at a coming disk operation, wherever in the code that may be.
/// Threading  Confined.
/// Ownership  Owns the disk. Borrows the context.
/// Units      `kill_in` and `pause_in` count disk operations.
/// Errors     Those of the disk.
class Machine final : public Clock, private DiskWeather {
public:
  Machine(Context& context, std::string name)
      : context_(context), name_(name), disk_("/" + name, context.random, *this) {
    boot();
  }

  [[nodiscard]] Now now() const noexcept override {
    const Duration up = context_.time - booted_at_;
    return {Instant{std::chrono::seconds{1} + up + up * skew_per_mille_ / 1000}, context_.wall()};
  }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] SimDisk& disk() noexcept { return disk_; }
  [[nodiscard]] BootId boot_id() const { return BootId{text(name_, "-", boots_)}; }

  void cut_power() {
    context_.probes.hit(Probe::power_cut);
    if (disk_.cut_power()) {
      context_.probes.hit(Probe::power_cut_keeps_later_write);
    }
    boot();
  }

  std::uint64_t kill_in = 0;   ///< Zero: not.
  std::uint64_t pause_in = 0;  ///< Counts writes.
  std::uint64_t error_chance = 0;
  std::function<void()> pause;  ///< Lets time pass while the process stands still.
  bool recovering = false;
  bool write_failed = false;  ///< At some time.

private:
  void boot() {
    ++boots_;
    booted_at_ = context_.time;
    skew_per_mille_ = static_cast<std::int64_t>(context_.random.below(61)) - 30;
  }
  Mishap next(DiskOp op) override;
  void done(DiskOp op) override;
  void count_error(DiskOp op);

  Context& context_;
  std::string name_;
  std::uint64_t boots_ = 0;
  Duration booted_at_{};
  std::int64_t skew_per_mille_ = 0;
  SimDisk disk_;
};

}  // namespace sluice::sim
