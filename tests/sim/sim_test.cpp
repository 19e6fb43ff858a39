// SPDX-License-Identifier: Apache-2.0
// Goal    No promise of the server is broken by any order of crashes, power cuts, pauses, clock
//         steps, full or failing disks and lost or repeated calls of the store: never over a
//         blocking limit, nothing acknowledged lost, nothing counted twice, nothing acknowledged
//         or written after somebody else took over.
// Method  One seed makes one world (world.hpp): the real tenant, hosting, upkeep, write-behind,
//         recovery and file journal, on disks (sim_disk.hpp) and a store (sim_store.hpp) that fail,
//         under clocks that the world moves. Beside it stands a model of sums (model.hpp), which is
//         compared after every step and every recovery. All faults stop in the end; then the store
//         must have everything. Faults and situations are counted (probes.hpp), and a run over many
//         seeds fails if one of them never came up.
// Replay  A failure prints its seed and its last events. SLUICE_SIM_SEED=42 sim_test runs that seed
//         alone and prints all of them.
//
//   sim_test FIRST COUNT [--steps N]          these seeds, two at a time; all probes must be hit
//   sim_test --soak SECONDS [--steps N]       seeds at random until then; 0 is for ever
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

#include "tests/sim/world.hpp"

namespace {

using namespace sluice::sim;

constexpr std::uint64_t usual_steps = 150;

/// Worlds know nothing of each other, so several may go on at a time.
constexpr std::size_t worlds_at_a_time = 2;

/// No seed takes a hundredth of it, even under a sanitizer.
constexpr std::chrono::minutes seed_patience{5};

thread_local std::uint64_t running_seed = 0;
thread_local const Trace* running_trace = nullptr;

// An invariant broke in the code itself, or the code did.
void died(int signal) {
  std::fprintf(stderr, "seed %llu ended by signal %d after:\n",
               static_cast<unsigned long long>(running_seed), signal);
  if (running_trace != nullptr) {
    running_trace->print_last();
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// Ends the process, and says which seed it was, if one does not come to its end.
class HangWatch {
public:
  HangWatch() : thread_([this](const std::stop_token& stop) { watch(stop); }) {}
  HangWatch(const HangWatch&) = delete;
  HangWatch& operator=(const HangWatch&) = delete;

  void begins(std::uint64_t seed) {
    const std::scoped_lock lock{mutex_};
    began_.emplace(seed, std::chrono::steady_clock::now());
  }
  void ended(std::uint64_t seed) {
    const std::scoped_lock lock{mutex_};
    began_.erase(seed);
  }

private:
  void watch(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    while (!changed_.wait_for(lock, stop, std::chrono::seconds{1},
                              [&] { return stop.stop_requested(); })) {
      const auto now = std::chrono::steady_clock::now();
      for (const auto& [seed, began] : began_) {
        if (now - began > seed_patience) {
          std::fprintf(stderr, "seed %llu hangs\nreplay: SLUICE_SIM_SEED=%llu sim_test\n",
                       static_cast<unsigned long long>(seed),
                       static_cast<unsigned long long>(seed));
          std::_Exit(EXIT_FAILURE);
        }
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::uint64_t, std::chrono::steady_clock::time_point> began_;
  std::jthread thread_;
};

/// The hash of the trace, or nothing if the seed failed.
std::optional<std::uint64_t> run_watched(std::uint64_t seed, std::uint64_t steps, Probes& probes,
                                         bool prints) {
  Trace trace{prints};
  running_seed = seed;
  running_trace = &trace;
  World world{seed, probes, trace};
  try {
    world.run(steps);
    return trace.hash();
  } catch (const Failure& failure) {
    std::fflush(stdout);
    std::fprintf(stderr, "seed %llu failed at step %llu: %s\nlast events:\n",
                 static_cast<unsigned long long>(seed),
                 static_cast<unsigned long long>(world.step()), failure.what.c_str());
    trace.print_last();
    std::fprintf(stderr, "replay: SLUICE_SIM_SEED=%llu sim_test\n",
                 static_cast<unsigned long long>(seed));
    return std::nullopt;
  }
}

std::optional<std::uint64_t> run(std::uint64_t seed, std::uint64_t steps, Probes& probes,
                                 bool prints) {
  static HangWatch watch;
  watch.begins(seed);
  const auto hash = run_watched(seed, steps, probes, prints);
  watch.ended(seed);
  return hash;
}

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void print_pace(std::uint64_t seeds, std::chrono::steady_clock::time_point began) {
  const double seconds = seconds_since(began);
  std::printf("%llu seeds in %.1f s, %.0f seeds/s\n", static_cast<unsigned long long>(seeds),
              seconds, static_cast<double>(seeds) / seconds);
  std::fflush(stdout);
}

bool all_hit(const Probes& probes, bool prints) {
  bool all = true;
  for (std::size_t i = 0; i < probe_count; ++i) {
    const auto probe = static_cast<Probe>(i);
    if (prints || probes.hits(probe) == 0) {
      std::printf("%10llu  %s\n", static_cast<unsigned long long>(probes.hits(probe)),
                  std::string{to_string(probe)}.c_str());
    }
    all = all && probes.hits(probe) > 0;
  }
  return all;
}

/// Runs these seeds on several threads; whether none failed.
bool run_all(std::uint64_t first, std::uint64_t count, std::uint64_t steps, Probes& probes) {
  std::atomic<std::uint64_t> next{first};
  std::atomic<bool> failed{false};
  std::vector<Probes> counted(worlds_at_a_time);
  std::vector<std::thread> threads;
  for (Probes& of_thread : counted) {
    threads.emplace_back([&] {
      for (std::uint64_t seed = next++; seed < first + count && !failed; seed = next++) {
        if (!run(seed, steps, of_thread, false)) {
          failed = true;
        }
      }
    });
  }
  for (std::size_t i = 0; i < threads.size(); ++i) {
    threads[i].join();
    probes.add(counted[i]);
  }
  return !failed;
}

int run_range(std::uint64_t first, std::uint64_t count, std::uint64_t steps) {
  const auto began = std::chrono::steady_clock::now();
  Probes probes;
  if (!run_all(first, count, steps, probes)) {
    return EXIT_FAILURE;
  }
  print_pace(count, began);
  // The same seed is the same run, or no failure could be replayed.
  Probes again;
  const auto one = run(first, steps, again, false);
  const auto other = run(first, steps, again, false);
  if (one != other) {
    std::fprintf(stderr, "seed %llu makes two different runs\n",
                 static_cast<unsigned long long>(first));
    return EXIT_FAILURE;
  }
  if (!all_hit(probes, std::getenv("SLUICE_SIM_PROBES") != nullptr)) {
    std::fprintf(stderr, "the probes above with 0 were never hit\n");
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

int soak(double seconds, std::uint64_t steps) {
  const auto began = std::chrono::steady_clock::now();
  std::random_device entropy;
  Probes probes;
  std::uint64_t seeds = 0;
  double told_at = 0;
  while (seconds == 0 || seconds_since(began) < seconds) {
    const std::uint64_t seed = (std::uint64_t{entropy()} << 32U) | entropy();
    if (!run(seed, steps, probes, false)) {
      std::fprintf(stderr, "with --steps %llu\n", static_cast<unsigned long long>(steps));
      return EXIT_FAILURE;
    }
    ++seeds;
    if (seconds_since(began) > told_at + 10) {
      told_at = seconds_since(began);
      print_pace(seeds, began);
    }
  }
  print_pace(seeds, began);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(signal, died);
  }
  std::uint64_t steps = usual_steps;
  if (argc > 2 && std::strcmp(argv[argc - 2], "--steps") == 0) {
    steps = std::strtoull(argv[argc - 1], nullptr, 10);
    argc -= 2;
  }
  if (const char* seed = std::getenv("SLUICE_SIM_SEED")) {
    Probes probes;
    const auto hash = run(std::strtoull(seed, nullptr, 10), steps, probes, true);
    std::printf("trace hash %llx\n", static_cast<unsigned long long>(hash.value_or(0)));
    return hash ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  if (argc != 3) {
    std::fprintf(stderr, "usage: sim_test FIRST COUNT | --soak SECONDS [--steps N]\n");
    return EXIT_FAILURE;
  }
  if (std::strcmp(argv[1], "--soak") == 0) {
    return soak(std::strtod(argv[2], nullptr), steps);
  }
  return run_range(std::strtoull(argv[1], nullptr, 10), std::strtoull(argv[2], nullptr, 10), steps);
}
