// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "protocol/sluice.capnp.h"
#include "server/rpc/service.hpp"

namespace sluice {

/// What a connection and its bootstrap capability both know; either may be gone first.
struct ClientSession {
  std::string peer;        ///< Address and port, for the log.
  std::string address;     ///< Of the peer, without the port.
  std::string local_host;  ///< The address by which the peer reached this server.
  bool entered = false;
  bool over = false;  ///< The connection is gone.
};

/// The bootstrap capability: agrees on the protocol and hands out the rest, once a connection.
///
/// Threading  Confined to its reactor.
/// Ownership  Shares service and session; may outlive its connection.
/// Errors     Throws for a protocol that the server does not speak, and for a credential that is
///            not good.
[[nodiscard]] wire::Front::Client make_front(std::shared_ptr<Service> service,
                                             std::shared_ptr<ClientSession> session);

}  // namespace sluice
