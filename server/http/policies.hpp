// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice::http {

/// What a limit is called, and the time for which its size is good.
struct Policy {
  LimitId limit;
  std::string name;
  std::optional<Duration> window;  ///< Of a rate, how long its burst takes to come back.
};

/// Finds the limits that decisions speak of, which carry only their numbers.
///
/// Role       A direct-mapped table of tenants. A limit keeps its name and period as long as it
///            keeps its number, so only the windows of rates, and of months, can be out of date.
/// Threading  Confined to its reactor.
/// Ownership  Borrows the engine and the machine's clock; must outlive the replies.
/// Units      `window` in nanoseconds.
/// Errors     None: a limit that cannot be found is null.
/// Cost       A look at the table; a question to the tenant's host each `believed_for`.
class Policies {
public:
  static constexpr std::size_t places = 4096;
  static constexpr std::chrono::seconds believed_for{10};
  using Found = std::function<void(const Policy*)>;

  Policies(Engine& engine, ReactorIndex here, const Clock& machine)
      : engine_(engine), here_(here), machine_(machine), entries_(places) {}

  /// What it calls back with is good during the call.
  void find(TenantId tenant, LimitId limit, Found found);

private:
  struct Entry {
    TenantId tenant;
    Instant until = Instant::min();
    std::vector<Policy> policies;
  };
  [[nodiscard]] Entry& entry_of(TenantId tenant) { return entries_[tenant.low % places]; }
  [[nodiscard]] const Policy* known(TenantId tenant, LimitId limit);

  Engine& engine_;
  ReactorIndex here_;
  const Clock& machine_;
  std::vector<Entry> entries_;
};

}  // namespace sluice::http
