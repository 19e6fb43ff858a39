// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "bench/admission_ledger.hpp"
#include "bench/spender.hpp"
#include "bench/workload.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::bench {

/// What a comparison of the callers' own sums with the limits and with the server's usage found.
struct AuditFindings {
  std::size_t tenants = 0;            ///< Compared.
  std::size_t windows = 0;            ///< Limits compared, rates among them.
  std::size_t windows_closed = 0;     ///< Ended during the run: only held against their limit.
  Amount over_admission;              ///< Admitted beyond the limits, added up.
  Amount miscounted;                  ///< Difference between usage and what was admitted, added up.
  Amount not_given_back;              ///< Counted for leases beyond what was admitted from them.
  std::vector<std::string> problems;  ///< The first few, as sentences.

  [[nodiscard]] bool clean() const { return over_admission == Amount{} && miscounted == Amount{}; }
};

/// What one tenant's load was, between two readings of its usage.
struct TenantLoad {
  client::UsageReport before;
  client::UsageReport after;
  std::vector<Charge> admitted;     ///< For each meter, as the callers heard it.
  std::vector<Charge> uncertain{};  ///< The same meters: what the server may have admitted besides.
  std::vector<std::vector<Charge>> admitted_of_users{};  ///< Of those, what each user was.
  /// From slices: what a client that ended had out is held, and in the end counts as spent.
  bool is_leased = false;
};

/// Holds one tenant's load against its limits and its usage, and adds to the findings. A window's
/// usage must have grown by exactly what was admitted, or by up to what is uncertain more, and must
/// not be above a blocking size, together with what is held. Of leases, it may have grown by what
/// was not given back, too. A rate must not have admitted more than a burst and what the time
/// between the readings gave. Of a limit by user, which has no usage of its own, no user may have
/// been admitted more than its size.
void audit(const TenantLoad& load, AuditFindings& findings);

/// Reads the usage of the first so many tenants of a workload.
[[nodiscard]] Result<std::vector<client::UsageReport>> read_usage(client::OperatorClient& server,
                                                                  const Workload& workload,
                                                                  std::size_t tenants);

/// Two such readings.
struct UsageReadings {
  std::vector<client::UsageReport> before;
  std::vector<client::UsageReport> after;
};

/// Audits those tenants.
[[nodiscard]] AuditFindings audit_all(const UsageReadings& readings, const Workload& workload,
                                      const AdmissionLedger& ledger, Spending spending);

}  // namespace sluice::bench
