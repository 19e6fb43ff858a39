// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/http_peer.hpp"

namespace sluice::test {

/// What `/readyz` says of a server's parts, with the `status` that it says it with.
inline nlohmann::json readiness(std::uint16_t http_port) {
  const HttpReply reply = HttpPeer(http_port).get("/readyz");
  const nlohmann::json body = nlohmann::json::parse(reply.body);
  nlohmann::json parts = reply.status == 200 ? body.at("data") : body.at("error").at("details");
  parts["status"] = reply.status;
  return parts;
}

/// Asks again and again until it is as wanted; what it was last, after a minute at the most.
inline nlohmann::json readiness(std::uint16_t http_port,
                                const std::function<bool(const nlohmann::json&)>& wanted) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  nlohmann::json parts = readiness(http_port);
  while (!wanted(parts) && std::chrono::steady_clock::now() < deadline) {
    parts = readiness(http_port);
  }
  return parts;
}

/// The `/metrics` of a server, once this line is among them, or after ten seconds.
inline std::string metrics_with(std::uint16_t http_port, const std::string& line) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  std::string text = HttpPeer(http_port).get("/metrics").body;
  while (text.find("\n" + line + "\n") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
    text = HttpPeer(http_port).get("/metrics").body;
  }
  return text;
}

}  // namespace sluice::test
