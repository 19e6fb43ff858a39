// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "protocol/client/client.hpp"
#include "protocol/client/endpoint.hpp"
#include "protocol/client/pending.hpp"
#include "protocol/client/recipient.hpp"
#include "protocol/client/session.hpp"
#include "protocol/transport/loop.hpp"

namespace sluice::client {

/// Sends each check to the endpoint that owns its tenant's shard, and decides when to send.
///
/// Role       The shard map, and the rule of gathering: a list leaves at once while few calls are
///            in flight, and otherwise grows until an answer returns.
/// Threading  Confined to the client's loop, inside a scope.
/// Ownership  Owns the endpoints, and the checks until they are answered.
/// Units      `now` is monotonic.
/// Errors     None: every check is answered or refused.
/// Cost       A hash for each check when there is more than one endpoint.
class Router {
public:
  Router(Loop& loop, const ClientOptions& options, const Introduction& introduction,
         Recipient& recipient, Endpoint::OnEntered on_entered);

  /// Takes over these checks; they leave with the next `flush`.
  void submit(PendingQueue& checks) { append(fresh_, checks); }
  void submit(Pending& check) { fresh_.push_back(check); }
  /// Sends what may leave now. Not from a promise.
  void flush(Steady::time_point now);

  /// Does what is due. Not from a promise.
  void tick(Steady::time_point now);
  [[nodiscard]] Steady::time_point due() const;

  /// Whether every endpoint is up, or has failed to come up once.
  [[nodiscard]] bool settled() const;
  [[nodiscard]] bool dialling() const;
  /// The way in that the options name.
  [[nodiscard]] const Endpoint& front() const { return *endpoints_.front(); }

  /// Hangs up for good and refuses everything. Not from a promise.
  void close();

private:
  void entered(const Session& session);
  void adopt(const ShardMap& map);
  void forget_others();
  [[nodiscard]] Endpoint& endpoint_at(const Address& address);
  void route();
  [[nodiscard]] Endpoint* way_to(Endpoint& owner);
  [[nodiscard]] bool may_send(const Endpoint& endpoint, const PendingQueue& queue,
                              Steady::time_point now) const;

  Loop& loop_;
  const ClientOptions& options_;
  const Introduction& introduction_;
  Recipient& recipient_;
  Endpoint::OnEntered on_entered_;
  PendingQueue fresh_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;  ///< The first is the front, for ever.
  ShardMap map_;
  std::vector<Endpoint*> owners_;  ///< Of each shard; empty: the front owns all.
  bool map_is_new_ = false;        ///< There may be endpoints that own nothing any more.
};

}  // namespace sluice::client
