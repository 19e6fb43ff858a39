// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Hears what happens to connections. Called on the reactor where it happened; implementations must
/// be safe to call from any thread, must not block, and must stand a storm.
class RpcObserver {
public:
  virtual ~RpcObserver() = default;
  /// A peer entered; `client` is what it calls itself.
  virtual void client_entered(std::string_view peer, std::string_view client) = 0;
  /// A connection was closed by the server; `reason` is a constant.
  virtual void connection_refused(std::string_view peer, std::string_view reason) = 0;
  /// A caller asked for what its credential does not allow; `method` is a constant.
  virtual void access_denied(std::string_view peer, std::string_view credential,
                             std::string_view method) = 0;
  /// No connection could be accepted, such as for want of file descriptors.
  virtual void accept_failed(std::string_view reason) = 0;
};

}  // namespace sluice
