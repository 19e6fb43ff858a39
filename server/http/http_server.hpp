// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/http/http_listener.hpp"
#include "server/http/http_service.hpp"

namespace sluice::http {

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;     ///< 0: any.
  bool port_is_ours = false;  ///< A lobby has it: nobody else can.
  std::string server{};       ///< What clients are told, such as "sluiced/0.1.0".
  Bounds bounds{};
};

/// The HTTP interface of a server, on one port that all reactors listen to.
///
/// Role       Lets HTTP clients and proxies reach the engine. Decides nothing.
/// Threading  One thread, which is not a reactor's. While serving, everything happens on the
///            reactors.
/// Ownership  Borrows its foundations. Closed before the engine stops, destroyed after it has
///            stopped.
/// Errors     Only `listen`.
class Server {
public:
  /// The engine must have started.
  Server(Options options, Foundations on);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes the port, unless another program has it; a fault names the address.
  [[nodiscard]] Result<Done> listen();
  /// `host:port`.
  [[nodiscard]] std::string endpoint() const;
  void serve();

  /// Accepts no more, refuses new requests, and waits until all answers have left, at most so long.
  /// Returns whether they have.
  [[nodiscard]] bool drain(std::chrono::milliseconds patience);
  /// Ends all connections.
  void close();

private:
  Options options_;
  std::shared_ptr<Environment> environment_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace sluice::http
