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
//   sim_test FIRST COUNT [--steps N]          these seeds; all probes must be hit
//   sim_test --soak SECONDS [--steps N]       seeds at random until then; 0 is for ever
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <random>

#include "tests/sim/world.hpp"

namespace {

using namespace sluice::sim;

constexpr std::uint64_t usual_steps = 150;

std::uint64_t running_seed = 0;
const Trace* running_trace = nullptr;

// An invariant broke in the code itself.
void aborted(int) {
  std::fprintf(stderr, "seed %llu aborted after:\n", static_cast<unsigned long long>(running_seed));
  running_trace->print_last();
  std::signal(SIGABRT, SIG_DFL);
}

/// The hash of the trace, or nothing if the seed failed.
std::optional<std::uint64_t> run(std::uint64_t seed, std::uint64_t steps, Probes& probes,
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

int run_range(std::uint64_t first, std::uint64_t count, std::uint64_t steps) {
  const auto began = std::chrono::steady_clock::now();
  Probes probes;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    if (!run(seed, steps, probes, false)) {
      return EXIT_FAILURE;
    }
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
  std::signal(SIGABRT, aborted);
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
