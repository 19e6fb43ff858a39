// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "actors/tenant/clock.hpp"
#include "actors/tenant/customisation.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/store.hpp"
#include "server/webhooks/lookups.hpp"
#include "server/webhooks/post.hpp"

namespace sluice::webhooks {

struct CourierOptions {
  std::vector<Webhook> platform{};  ///< Told of what they filter, of all tenants.
  PostRules rules{};
  Lookup lookup{look_up};
  std::string ca_file{};  ///< Trusted beside what the system trusts, in PEM; empty: none.
  std::chrono::milliseconds poll{500};  ///< How often the outbox is looked at.
  std::size_t in_flight_max = 32;
  std::size_t in_flight_per_queue_max = 4;  ///< So that a slow one does not hold up all others.
};

/// Carries alerts from the outbox to webhooks.
///
/// Role       Decides to whom each new alert goes, tells the observer of it, and calls the webhooks
///            whose time has come. Everything that it has to remember is in the store: one that
///            ends at any moment is gone on with by the next. So a webhook is called at least once,
///            with the same id each time.
/// Threading  Its own thread, between `start` and `stop`; these two from one thread.
/// Ownership  Owns its store. Borrows clock and observer, which are called from its thread.
/// Units      Back-offs go by the decisions' time, which may be simulated; time-outs by the
///            machine's.
/// Errors     A store that fails is told to the observer and asked again with the next poll. When
///            another server owns the tenants, nothing more is delivered.
/// Cost       Two reads of the store for each poll.
class Courier {
public:
  Courier(CourierOptions options, std::unique_ptr<Store> store, Epoch epoch, const Clock& clock,
          Observer& observer);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  /// A fault says that the file of trusted certificates cannot be read.
  [[nodiscard]] Result<Done> start();
  /// What is under way is given up, and delivered by the next server.
  void stop();

private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::webhooks
