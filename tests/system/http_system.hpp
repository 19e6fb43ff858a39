// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/http_peer.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {

using nlohmann::json;

/// A real server that is asked over HTTP, whose clock stands at noon of 10 June 2025.
class HttpSystem : public testing::Test {
protected:
  HttpPeer peer() { return HttpPeer(served.server().http_port()); }

  HttpReply post(const std::string& target, const json& body, const HttpHeaders& headers = {}) {
    return peer().post(target, body.dump(), headers);
  }
  HttpReply put(const std::string& target, const json& body) {
    return peer().ask("PUT", target, body.dump());
  }
  static json data(const HttpReply& reply) { return json::parse(reply.body).at("data"); }
  static json error(const HttpReply& reply) { return json::parse(reply.body).at("error"); }

  Served served{{"--http-listen", "127.0.0.1:0", "--simulated-time", "2025-06-10T12:00:00Z"}};
};

}  // namespace sluice::test
