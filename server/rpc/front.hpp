// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "protocol/sluice.capnp.h"
#include "server/rpc/service.hpp"

namespace sluice {

/// What a connection and its bootstrap capability both know; either may be gone first.
struct Session {
  std::string peer;        ///< Address and port, for the log.
  std::string local_host;  ///< The address by which the peer reached this server.
  bool entered = false;
  bool over = false;  ///< The connection is gone.
};

/// The bootstrap capability: agrees on the protocol and hands out the rest, once a connection.
///
/// Threading  Confined to its reactor.
/// Ownership  Shares service and session; may outlive its connection.
/// Errors     Throws for a protocol that the server does not speak.
class FrontService final : public wire::Front::Server {
public:
  FrontService(std::shared_ptr<Service> service, std::shared_ptr<Session> session)
      : service_(std::move(service)), session_(std::move(session)) {}

protected:
  kj::Promise<void> enter(EnterContext context) override;

private:
  void welcome(wire::Welcome::Builder out);
  void encode_shards(wire::ShardMap::Builder out);

  std::shared_ptr<Service> service_;
  std::shared_ptr<Session> session_;
};

}  // namespace sluice
