// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/rpc-twoparty.h>
#include <kj/async.h>

#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/meter.hpp"
#include "protocol/sluice.capnp.h"
#include "protocol/transport/loop.hpp"

namespace sluice::client {

/// A server that speaks the protocol on one endpoint and decides nothing: every check is allowed
/// and `used` echoes its amount, so that a test sees whether answers meet their checks; so does
/// everything else that a decision can tell, if the check is best effort; `held` is for how many
/// nanoseconds to hold, and an id that came before is `repeated`. It does what a test tells it, in
/// particular what a healthy server never does.
///
/// Threading  Thread-safe; serves on a thread of its own.
class StandIn {
public:
  /// What it tells whoever enters. A port of 0 in `endpoints` means its own.
  struct Told {
    std::uint16_t protocol = wire::PROTOCOL_VERSION;
    MeterTable meters{};
    std::vector<std::uint16_t> endpoints{};
    std::vector<std::uint16_t> owners{};
  };

  StandIn();
  explicit StandIn(Told told);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void tell(Told told);

  /// Stops and starts listening on the same port; connections that stand are closed.
  void stop();
  void start();

  /// From now on calls wait until `release`.
  void hold();
  void release();
  /// Answers the call that has waited longest with one decision too few.
  void answer_short();
  /// Stops reading and writing until `thaw`, as a stopped process does; connections are still
  /// accepted by the kernel.
  void freeze();
  void thaw();
  /// Closes every connection.
  void hang_up();
  /// From now on a connection gets bytes that mean nothing.
  void babble();

  /// Each call that came, as the tenants that it asked for.
  [[nodiscard]] std::vector<std::vector<TenantId>> calls() const;
  [[nodiscard]] std::size_t connections() const;
  /// Blocks until so many calls, checks in them, or connections, have come in all.
  void await_calls(std::size_t count) const;
  void await_checks(std::size_t count) const;
  void await_connections(std::size_t count) const;

  /// The capability that operators get. Called on the serving thread.
  std::function<wire::Operator::Client()> make_operator;
  /// The capability that members get, where nobody is an operator. The same.
  std::function<wire::TenantAdmin::Client()> make_tenant_admin;

private:
  class Front;
  class Gateway;
  struct Connection;

  void serve();
  void accept();
  void on_thread(std::function<void()> job);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Told told_;
  bool holding_ = false;
  bool babbling_ = false;
  bool stopping_ = false;
  std::size_t connection_count_ = 0;
  std::vector<std::vector<TenantId>> calls_;

  // Of the serving thread.
  Loop loop_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::list<std::unique_ptr<Connection>> open_;
  struct Held {
    kj::Own<kj::PromiseFulfiller<bool>> whole;  ///< False: a decision is to be left out.
  };
  std::list<Held> held_;
  std::set<EntryId> seen_;
  std::mutex frozen_;
  std::thread thread_;
};

/// A tenant that is told apart from others by its number.
[[nodiscard]] inline TenantId tenant(std::uint64_t number) {
  return TenantId{0x7e57, number};
}

}  // namespace sluice::client
