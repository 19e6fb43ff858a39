// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/terminal.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/top.hpp"

namespace sluice::ctl {
namespace {

struct TopWish {
  std::string interval;
  bool once = false;
  std::optional<std::uint64_t> count;
};

/// Reads the server's counters again and again, and what its busiest tenants are called.
class Watch {
public:
  explicit Watch(ServerLink& link) : link_(link) {
    interval_.now = answered(link_.management().status());
    read_at_ = std::chrono::steady_clock::now();
  }

  const Interval& read() {
    interval_.before = std::move(interval_.now);
    interval_.now = answered(link_.management().status());
    const auto now = std::chrono::steady_clock::now();
    interval_.length = now - read_at_;
    read_at_ = now;
    for (const BusyTenant& tenant : interval_.now.busiest) {
      look_up(tenant.tenant);
    }
    return interval_;
  }

  [[nodiscard]] const SlugsById& slugs() const { return slugs_; }

private:
  void look_up(TenantId id) {
    if (slugs_.contains(id)) {
      return;
    }
    if (slugs_.size() >= slugs_max) {
      slugs_.clear();
    }
    // A tenant that was deleted meanwhile is shown by its id.
    const auto tenant = link_.management().show(id);
    slugs_[id] = tenant.ok() ? tenant.value().slug : to_string(id);
  }

  static constexpr std::size_t slugs_max = 10'000;

  ServerLink& link_;
  Interval interval_;
  std::chrono::steady_clock::time_point read_at_;
  SlugsById slugs_;
};

/// Rates need a moment to be measured over, and nobody wants to wait for a long interval.
constexpr std::chrono::milliseconds first_look{250};

void show_live(Session& session, std::chrono::milliseconds pause) {
  const Interrupts interrupts;
  Watch watch{session.link};
  Screen screen;
  auto wait = std::min(pause, first_look);
  while (!screen.asked_to_leave_within(wait, interrupts)) {
    screen.draw(top_view(watch.read(), watch.slugs(), session.style) + "\nq: leave\n");
    wait = pause;
  }
}

void print_snapshots(Session& session, std::chrono::milliseconds pause,
                     std::optional<std::uint64_t> count) {
  Watch watch{session.link};
  for (std::uint64_t printed = 0; !count || printed < *count; ++printed) {
    std::this_thread::sleep_for(pause);
    const Interval& interval = watch.read();
    if (session.json) {
      std::cout << top_document(interval, watch.slugs()).dump() << std::endl;
    } else {
      std::cout << (printed == 0 ? "" : "\n") << top_view(interval, watch.slugs(), session.style)
                << std::flush;
    }
  }
}

Report top(Session& session, const TopWish& wish) {
  const auto interval = accept(parse_duration(wish.interval), "--interval");
  const auto pause = std::chrono::ceil<std::chrono::milliseconds>(interval);
  if (pause > std::chrono::hours{1}) {
    throw Failure{ExitCode::bad_usage,
                  Fault{FaultCode::invalid_argument, "--interval: at most 1h"}};
  }
  const bool terminal = isatty(STDOUT_FILENO) != 0 && isatty(STDIN_FILENO) != 0;
  if (terminal && !wish.once && !wish.count && !session.json) {
    show_live(session, pause);
  } else {
    print_snapshots(session, pause, wish.once ? std::optional<std::uint64_t>{1} : wish.count);
  }
  return {};
}

}  // namespace

void add_top_command(CommandLine& line) {
  auto wish = std::make_shared<TopWish>();
  CLI::App& command = *line.app.add_subcommand(
      "top", "Watch the server; without a terminal, print snapshots (with --json one on a line)");
  command.add_option("--interval", wish->interval, "Between two readings")
      ->default_val("1s")
      ->type_name("DURATION");
  auto* once = command.add_flag("--once", wish->once, "Print one snapshot");
  command.add_option("--count", wish->count, "Print so many snapshots")
      ->excludes(once)
      ->check(CLI::PositiveNumber);
  runs(line, command, wish, top);
}

}  // namespace sluice::ctl
