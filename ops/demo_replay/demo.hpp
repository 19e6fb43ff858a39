// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "bench/request_trace.hpp"
#include "ops/demo_replay/books.hpp"
#include "ops/demo_replay/customers.hpp"
#include "ops/demo_replay/replay.hpp"
#include "ops/demo_replay/sample.hpp"
#include "ops/sluicectl/table.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::demo {

/// Both ways to the server of the demo.
struct Connections {
  std::unique_ptr<client::OperatorClient> management;
  std::unique_ptr<client::Client> gateway;
};

/// A longer sample would leave the server's day, and with it the windows that the demo judges.
inline constexpr Duration sample_length_max = std::chrono::hours{4};

/// The parts of the demo, one after the other, on one server with a simulated clock.
///
/// Threading  Confined.
/// Ownership  Owns its connections and the sample.
/// Errors     Faults of the server; a broken promise is not one of them but an answer of `run`.
class Demo {
public:
  /// The sample has at least one request.
  Demo(Connections connections, std::vector<bench::TraceRequest> sample, ctl::Style style);

  /// On a server without tenants: creates them.
  [[nodiscard]] Result<Done> found_customers();
  /// On a server that `found_customers` has been to: takes them over.
  [[nodiscard]] Result<Done> meet_customers();

  /// Replays the sample, prints what came of it, and notes the counters in the file `remember`.
  /// Returns whether every promise was kept. `origin` says where the sample comes from.
  [[nodiscard]] Result<bool> run(const std::string& origin, const std::string& remember);

  /// Replays on and on, a minute in a second, until the server is gone.
  [[nodiscard]] Fault live();

private:
  [[nodiscard]] Result<bool> judge(const Books& books, Duration passed,
                                   const std::string& remember);

  Connections server_;
  SampleSize size_;
  std::vector<Request> requests_;
  ctl::Style style_;
  Meters meters_;
  std::vector<TenantDefinition> tenants_;
};

}  // namespace sluice::demo
