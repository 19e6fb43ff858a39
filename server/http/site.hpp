// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

#include "protocol/transport/tls.hpp"
#include "server/http/http_message.hpp"

namespace sluice::http {

/// What every connection is held to.
struct Bounds {
  std::size_t connections_max = 10'000;  ///< Over all reactors.
  std::size_t header_bytes_max = 16 << 10;
  std::size_t body_bytes_max = 1 << 20;
  std::chrono::milliseconds idle_timeout{75'000};   ///< From one answer to the next whole header.
  std::chrono::milliseconds body_timeout{10'000};   ///< From a whole header to a whole body.
  std::chrono::milliseconds stall_timeout{10'000};  ///< For an answer to be taken.
  TlsContext tls{};                                 ///< Without a context HTTP is in the clear.
};

/// Who answers the requests of connections, and what those are held to.
///
/// Threading  Confined to the thread of its connections, which share it.
class Site {
public:
  using Respond = std::function<void(Response)>;

  virtual ~Site() = default;
  [[nodiscard]] virtual const Bounds& bounds() const = 0;
  /// The `Date` of an answer that leaves now; good until the next call.
  [[nodiscard]] virtual std::string_view date() = 0;
  /// New requests are refused, those in flight go on.
  [[nodiscard]] virtual bool is_stopping() const = 0;
  /// Calls `respond` once, now or later.
  virtual void answer(Request request, Respond respond) = 0;
};

}  // namespace sluice::http
