// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/message.h>
#include <capnp/rpc-twoparty.h>
#include <kj/async.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "protocol/sluice.capnp.h"
#include "protocol/transport/loop.hpp"

namespace sluice::testing {

/// A call on its way, and what has come of it.
template <class Results>
class Asked {
public:
  explicit Asked(capnp::RemotePromise<Results> promise)
      : ended_(
            promise
                .then([this](capnp::Response<Results>&& response) { answer_ = kj::mv(response); },
                      [this](kj::Exception&& thrown) { refusal_ = thrown.getDescription().cStr(); })
                .eagerlyEvaluate(nullptr)) {}
  ~Asked() noexcept = default;
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;

  [[nodiscard]] bool ended() const { return refused() || answer_ != nullptr; }
  [[nodiscard]] bool refused() const { return refusal_.has_value(); }
  /// What the call threw; empty if nothing.
  [[nodiscard]] std::string refusal() const { return refusal_.value_or(""); }
  [[nodiscard]] capnp::Response<Results>& answer() {
    KJ_IF_MAYBE (answer, answer_) {
      return *answer;
    }
    throw std::runtime_error("refused: " + refusal());
  }

private:
  kj::Maybe<capnp::Response<Results>> answer_;
  std::optional<std::string> refusal_;
  kj::Promise<void> ended_;
};

/// A Cap'n Proto client that asks what a test wants, on the test's own thread.
class RpcPeer {
public:
  explicit RpcPeer(std::uint16_t port);
  ~RpcPeer() noexcept = default;
  RpcPeer(const RpcPeer&) = delete;
  RpcPeer& operator=(const RpcPeer&) = delete;

  [[nodiscard]] wire::Front::Client& front() { return front_; }
  /// Enters as a client should.
  [[nodiscard]] std::unique_ptr<Asked<wire::Front::EnterResults>> enter(
      const std::string& credential = "");

  /// Sends the request and does not wait for what comes of it.
  template <class Params, class Results>
  std::unique_ptr<Asked<Results>> send(capnp::Request<Params, Results> request) {
    return std::make_unique<Asked<Results>>(request.send());
  }
  /// Waits until the call has ended, or ten seconds.
  template <class Results>
  Asked<Results>& wait(Asked<Results>& asked) {
    const auto deadline = deadline_from_now();
    while (!asked.ended()) {
      turn_before(deadline);
    }
    return asked;
  }
  template <class Params, class Results>
  std::unique_ptr<Asked<Results>> ask(capnp::Request<Params, Results> request) {
    auto asked = send(kj::mv(request));
    wait(*asked);
    return asked;
  }
  /// Lets what is to be sent leave.
  void turn() { loop_.turn(std::chrono::nanoseconds{0}, std::chrono::milliseconds{1}); }

private:
  using Deadline = std::chrono::steady_clock::time_point;
  static Deadline deadline_from_now() {
    return std::chrono::steady_clock::now() + std::chrono::seconds{10};
  }
  void turn_before(Deadline deadline) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("no answer within ten seconds");
    }
    turn();
  }

  Loop loop_;
  Loop::Scope scope_;
  kj::Own<capnp::MessageStream> stream_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc_;
  wire::Front::Client front_;
};

}  // namespace sluice::testing
