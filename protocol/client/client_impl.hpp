// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>

#include "protocol/client/client.hpp"
#include "protocol/client/delivery.hpp"
#include "protocol/client/helm.hpp"
#include "protocol/client/pending.hpp"
#include "protocol/client/resources.hpp"
#include "protocol/client/router.hpp"
#include "protocol/transport/loop.hpp"

namespace sluice::client {

/// The client: what callers ask goes through the helm to the router, and comes back by the
/// delivery.
///
/// Role       Puts the parts together, and drives them.
/// Threading  As `Client`. Whoever drives owns loop, router and delivery; the helm sees to it that
///            this is one thread at a time.
/// Ownership  Owns everything, and the background thread.
/// Units      As in the types.
/// Errors     As `Client`.
/// Cost       As `Client`.
class Client::Impl {
public:
  Impl(ClientOptions options, Introduction introduction);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// Starts the background thread; answers when the connections stand, or cannot.
  [[nodiscard]] Result<Done> open();

  [[nodiscard]] Answer ask(const Check& check);
  [[nodiscard]] std::vector<Answer> ask(std::span<const Check> checks);
  void ask_async(const Check& check, Callback done);
  void ask_async(std::span<const Check> checks, ListCallback done);

  [[nodiscard]] MeterTable meters() const;
  [[nodiscard]] Result<MeterId> meter(std::string_view name);
  [[nodiscard]] Result<PolicyId> resource(const Resource& resource);

private:
  [[nodiscard]] bool admit(std::size_t count);
  [[nodiscard]] bool driven_here() const;
  [[nodiscard]] Steady::time_point deadline() const;
  /// Copies the checks that may travel into the group, and answers the others.
  void fill(Group& group, std::span<const Check> checks, PendingQueue& queue);
  /// Has the group's checks answered; blocks.
  void wait_for(Group& group, PendingQueue& queue);

  /// Drives the loop, for a group until it is answered, otherwise until nothing is outstanding; or
  /// until the client closes.
  void drive(Group* own);
  /// One turn of the loop, and all that goes with it. Returns whether anything happened.
  bool turn(Steady::duration sleep);
  void run(std::promise<Result<Done>>& opened);
  [[nodiscard]] Result<Done> connect();
  void shut_down();

  const ClientOptions options_;
  const Introduction introduction_;
  mutable std::mutex meters_mutex_;
  MeterTable meters_;
  Resources resources_;

  Loop loop_;
  Helm helm_;
  Delivery delivery_;
  std::optional<Router> router_;
  PendingQueue fetched_;
  Steady::time_point now_{};  ///< As of the last turn.
  std::thread background_;
};

}  // namespace sluice::client
