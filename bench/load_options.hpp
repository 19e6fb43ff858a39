// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/time.hpp"
#include "bench/load_tenants.hpp"
#include "bench/spender.hpp"
#include "bench/tenant_draw.hpp"

namespace sluice::bench {

/// So many callers, each with one request in flight: asks as fast as it is answered.
struct ClosedLoop {
  std::size_t callers = 64;
  bool blocking = false;  ///< A thread for each caller, in place of callbacks.
};

/// Requests at fixed moments, whether or not earlier ones are answered.
struct OpenLoop {
  double requests_per_second = 1000;
};

/// Requests at the moments of a recorded trace, so many times as fast.
struct Replay {
  std::string file;
  double speed = 1;
};

using Pacing = std::variant<ClosedLoop, OpenLoop, Replay>;

/// Everything that `sluice-load` can be told.
struct LoadOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 7411;
  std::size_t clients = 1;  ///< Client objects, each with its own connections and thread.
  Pacing pacing;
  std::size_t batch = 1;  ///< Checks in a request.
  Duration duration{};    ///< Of the measured part; a replay ends with its trace at the latest.
  Duration warm_up{};
  std::optional<std::uint64_t> count;  ///< Ends after so many requests, if that is sooner.
  std::size_t tenants = 0;
  LimitPreset limits = LimitPreset::roomy;
  Quota quota;            ///< With that preset; `users` are told apart by labels with every preset.
  bool existing = false;  ///< The tenants are there already.
  TenantChoice choice;
  std::uint64_t seed = 0;
  Amount amount;
  Spending spending = Spending::check;
  Duration lease_ttl{};
  std::size_t verify = 0;  ///< How many tenants to compare with the server afterwards.
  /// Counts what is admitted in this file, and leaves the comparison to a run that only audits.
  std::string ledger;
  bool only_audits = false;
  Duration check_timeout{};
  bool json = false;
};

/// What the command line leads to: a load, or a text and an exit code.
struct ExitAtOnce {
  int code;
  std::string text;
};

/// Reads the command line. What is wrong with it is said by the name of the option.
[[nodiscard]] std::variant<LoadOptions, ExitAtOnce> read_load_options(int argc,
                                                                      const char* const* argv);

}  // namespace sluice::bench
