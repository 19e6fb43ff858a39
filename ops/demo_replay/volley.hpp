// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "bench/histogram.hpp"
#include "bench/tenant_draw.hpp"
#include "ops/demo_replay/books.hpp"
#include "ops/demo_replay/customers.hpp"
#include "protocol/client/client.hpp"

namespace sluice::demo {

/// A request of the sample and whose it is.
struct Request {
  Duration at{};
  Amount tokens;
  bench::TenantIndex tenant;
};

/// Sends requests through the client library, so many at a time, and writes down the answers.
///
/// Role       As many callers as may be in flight; each asks again as soon as it is answered.
/// Threading  Confined. Answers arrive on the client's thread; each caller has its own books.
/// Ownership  Refers to the client and the tenants; owns its callers.
/// Errors     None: a check without a decision is in the books.
class Volley {
public:
  Volley(client::Client& client, const std::vector<TenantDefinition>& tenants, Meters meters,
         std::size_t in_flight);
  ~Volley();
  Volley(const Volley&) = delete;
  Volley& operator=(const Volley&) = delete;

  /// Sends all of them and returns when the last is answered.
  void send(std::span<const Request> requests);

  /// Everything since the last call.
  [[nodiscard]] Books take_books();
  [[nodiscard]] bench::Histogram take_latencies();

private:
  struct Caller;

  void ask_next(Caller& caller);

  client::Client& client_;
  const std::vector<TenantDefinition>& tenants_;
  Meters meters_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::span<const Request> requests_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::condition_variable all_answered_;
  std::size_t asking_ = 0;  ///< Callers that have not finished; under the mutex.
};

}  // namespace sluice::demo
