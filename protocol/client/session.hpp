// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/rpc-twoparty.h>
#include <kj/async.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/meter.hpp"
#include "protocol/client/introduction.hpp"
#include "protocol/sluice.capnp.h"
#include "protocol/transport/loop.hpp"

namespace sluice::client {

/// Where a server listens.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

/// As in `127.0.0.1:7411` or `[::1]:7411`.
[[nodiscard]] std::string to_string(const Address& address);

/// Who owns which shard, as the server told it. Without owners there is nothing to choose.
struct ShardMap {
  std::vector<Address> endpoints;
  std::vector<std::uint16_t> owners;  ///< For each shard, an index into `endpoints`.
  friend bool operator==(const ShardMap&, const ShardMap&) = default;
};

/// The connection under a session: the socket and the RPC system on it.
class Wire;

/// A connection that has entered, and what the server handed out on it.
///
/// Role       The one way to a server, for gateways and operators alike.
/// Threading  Confined to its loop, inside a `Loop::Scope`; that includes the destructor.
/// Ownership  Owns the connection, which ends with it.
/// Errors     Calls fail once the connection is lost.
/// Cost       A socket.
struct Session {
  std::shared_ptr<Wire> wire;  ///< First, so that the capabilities go before it.
  Address dialled;
  Address peer;  ///< The same place by number.
  std::string server;
  MeterTable meters;
  ShardMap shards;
  wire::Gateway::Client gateway;    ///< Calls fail if the credential may not spend,
  wire::TenantAdmin::Client admin;  ///< or manage anything,
  wire::Operator::Client platform;  ///< or is no operator's.
  bool may_spend = false;
};

/// Resolves once the connection has ended, for whatever reason.
[[nodiscard]] kj::Promise<void> lost(const Session& session);

/// Connects and enters. A fault is `unauthenticated`, or `unavailable` with a sentence for people,
/// as in `cannot reach sluiced at 127.0.0.1:7411: connection refused`. Takes as long as the network
/// does; dropping the promise gives up.
[[nodiscard]] kj::Promise<Result<std::unique_ptr<Session>>> dial(Loop& loop, Address address,
                                                                 const Introduction& as);

/// What an exception says, without what KJ adds for programmers.
[[nodiscard]] std::string reason_of(const kj::Exception& exception);

/// The code of a refusal that the server threw, by how its reason begins; nothing if it does not.
[[nodiscard]] std::optional<FaultCode> refusal_code(std::string_view reason);

}  // namespace sluice::client
