// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "actors/tenant/clock.hpp"
#include "actors/tenant/fault.hpp"
#include "server/http/http_server.hpp"
#include "server/metrics/counting_observer.hpp"

namespace sluice::http {

/// Has the port while the server starts: alive, but not ready.
///
/// Role       Answers `/healthz`, tells by `/readyz` how far the journals were read, and lets
///            everybody else come again. The server takes the same port beside it, and once that
///            serves, the lobby closes.
/// Threading  One thread, which is not its own; it serves on its own.
/// Ownership  Borrows counts and clock.
/// Errors     `open` names the address that cannot be had.
class Lobby {
public:
  /// Takes the port, unless another program has it, and serves. Null if there is no host: no HTTP.
  [[nodiscard]] static Result<std::unique_ptr<Lobby>> open(const Options& options,
                                                           const CountingObserver& counts,
                                                           const Clock& clock);
  virtual ~Lobby() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Accepts no more; connections get the answers that are under way.
  virtual void close() = 0;
};

}  // namespace sluice::http
