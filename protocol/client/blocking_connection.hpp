// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "protocol/client/operator_client.hpp"
#include "protocol/client/session.hpp"
#include "protocol/transport/loop.hpp"

namespace sluice::client {

/// What a call that was lost may have done.
enum class Effect : std::uint8_t { question, change };

/// Makes blocking calls on one session, and a new session when the old one was lost, or was refused
/// because its credential was revoked or has expired: then with the credential that there is now.
///
/// Role       What is behind every method of `OperatorClient`, and behind what a gateway asks
///            rarely.
/// Threading  One thread at a time; the calling thread drives the loop while it waits.
/// Ownership  Owns the loop and the session.
/// Errors     As `OperatorClient`. The only place that turns exceptions into faults.
/// Cost       A round trip for each `ask`, and for each `calls_in_flight_max` of `ask_many`.
class BlockingConnection {
public:
  static constexpr std::size_t calls_in_flight_max = 64;

  explicit BlockingConnection(OperatorOptions options);
  ~BlockingConnection();
  BlockingConnection(const BlockingConnection&) = delete;
  BlockingConnection& operator=(const BlockingConnection&) = delete;

  [[nodiscard]] Result<Done> open();
  [[nodiscard]] const std::string& server() const { return server_; }

  /// Sends the request that `prepare` makes of the session; answers what `decode` makes of the
  /// response, which is a `Result`.
  template <class Prepare, class Decode>
  auto ask(Effect effect, Prepare prepare, Decode decode) {
    auto answers = ask_many(
        effect, 1, [&](Session& session, std::size_t) { return prepare(session); }, decode);
    return std::move(answers.front());
  }

  /// The same for 0 to `count` - 1, several at a time.
  template <class Prepare, class Decode>
  auto ask_many(Effect effect, std::size_t count, Prepare prepare, Decode decode);

private:
  using Steady = std::chrono::steady_clock;

  /// An answer on its way.
  template <class R>
  struct Outstanding {
    std::optional<R> answer;
    kj::Promise<void> arrival = nullptr;
  };

  /// Makes sure that there is a session that is not known to be lost.
  Result<Done> connect();
  void hang_up();

  /// Drives the loop until it is answered or the time is up.
  template <class R>
  void await(Outstanding<R>& out, Steady::time_point deadline) {
    for (auto now = Steady::now(); !out.answer && now < deadline; now = Steady::now()) {
      loop_.turn({}, deadline - now);
    }
  }

  [[nodiscard]] Fault not_in_time(Effect effect) const;
  [[nodiscard]] static Fault fault_of(const kj::Exception& exception, Effect effect);

  Loop loop_;
  OperatorOptions options_;
  std::optional<Introduction> introduction_;  ///< Once it could be made.
  std::string server_;
  std::unique_ptr<Session> session_;
  bool lost_ = false;
  kj::Promise<void> watch_ = nullptr;
};

/// Of what is no `Result`, no.
template <class Decoded>
[[nodiscard]] bool is_unauthenticated(const Decoded& answer) {
  if constexpr (requires { answer.fault().code; }) {
    return !answer.ok() && answer.fault().code == FaultCode::unauthenticated;
  } else {
    return false;
  }
}

template <class Prepare, class Decode>
auto BlockingConnection::ask_many(Effect effect, std::size_t count, Prepare prepare,
                                  Decode decode) {
  using Response = decltype(prepare(*session_, 0).send().wait(std::declval<kj::WaitScope&>()));
  using Decoded = decltype(decode(std::declval<Response&>()));
  Loop::Scope scope(loop_);
  std::vector<Decoded> answers;
  answers.reserve(count);
  while (answers.size() < count) {
    const auto connected = connect();
    if (!connected.ok()) {
      answers.resize(count, connected.fault());
      break;
    }
    const std::size_t first = answers.size();
    std::vector<Outstanding<Decoded>> sent(std::min(calls_in_flight_max, count - first));
    for (std::size_t i = 0; i < sent.size(); ++i) {
      sent[i].arrival =
          prepare(*session_, first + i)
              .send()
              .then([&out = sent[i], decode](auto&& response) { out.answer = decode(response); })
              .eagerlyEvaluate([&out = sent[i], effect](kj::Exception&& exception) {
                out.answer = Decoded(fault_of(exception, effect));
              });
    }
    const auto deadline = Steady::now() + options_.call_timeout;
    for (auto& out : sent) {
      await(out, deadline);
      // Who waited in vain once does not trust the connection with the next call. Nor is it good if
      // its credential is not any more: another one may stand where that came from.
      lost_ = lost_ || !out.answer || is_unauthenticated(*out.answer);
      answers.push_back(out.answer ? std::move(*out.answer) : Decoded(not_in_time(effect)));
    }
  }
  return answers;
}

}  // namespace sluice::client
