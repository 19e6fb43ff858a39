// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/pending.hpp"
#include "protocol/client/recipient.hpp"
#include "protocol/client/session.hpp"
#include "protocol/transport/loop.hpp"

namespace sluice::client {

/// The connection to one place where the server listens: keeps it up, and makes calls on it.
///
/// Role       Dialling, back-off, calls in flight and what happens to them when the connection is
///            lost. Knows nothing of shards and of who waits.
/// Threading  Confined to the client's loop, inside a scope.
/// Ownership  Owns the session and the checks of its calls while they are in flight.
/// Units      `now` is monotonic; it comes in with each call.
/// Errors     A lost connection comes back by itself. The checks in flight on it are refused: they
///            may have been charged, and asking again might charge twice.
/// Cost       One promise and a few allocations for each call, none for each check.
class Endpoint {
public:
  /// Tells what the server handed out whenever it has entered.
  using OnEntered = std::function<void(const Session&)>;

  Endpoint(Loop& loop, const ClientOptions& options, const Introduction& introduction,
           Address address, Recipient& recipient, OnEntered on_entered);
  /// The checks must have gone before: see `close`.
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  [[nodiscard]] const Address& address() const { return address_; }
  /// Whether this is the way to that address.
  [[nodiscard]] bool reaches(const Address& address) const;
  [[nodiscard]] bool up() const { return session_ != nullptr && !lost_; }
  /// Why it is not up; nothing before the first try has ended.
  [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

  /// Checks that want to go here, not yet sent.
  [[nodiscard]] PendingQueue& waiting() { return waiting_; }
  [[nodiscard]] std::size_t calls_in_flight() const { return calls_.size(); }
  [[nodiscard]] std::size_t checks_in_flight() const { return checks_in_flight_; }
  /// By then an answer should have come; what waits for it to make a longer list need not any more.
  [[nodiscard]] Steady::time_point gather_until() const { return gather_until_; }

  [[nodiscard]] bool dialling() const { return is_dialling_; }

  /// Makes a call with the first of these checks, as many as fit. Only while `up`, and not from a
  /// promise.
  void call(PendingQueue& checks, Steady::time_point now);

  /// Does what is due: dials, gives up, refuses what has expired. Not from a promise.
  void tick(Steady::time_point now);
  [[nodiscard]] Steady::time_point due() const;

  /// Hangs up for good and refuses what waits and what is in flight. Not from a promise.
  void close();

private:
  struct Call;
  using Response = capnp::Response<wire::Gateway::CheckResults>;

  void dial(Steady::time_point now);
  void retry_later(Steady::time_point now);
  void take_dialled(Steady::time_point now);
  void hang_up();
  void expire(Steady::time_point now);
  void refuse_expired(PendingQueue& checks, Steady::time_point now);
  void answered(Call& call, Response&& response);
  void end(Call& call);

  Loop& loop_;
  const ClientOptions& options_;
  const Introduction& introduction_;
  const Address address_;
  Recipient& recipient_;
  OnEntered on_entered_;
  PendingQueue waiting_;
  std::minstd_rand random_;

  // At most one of dialling and session; with neither, the next try is at `retry_at_`.
  kj::Promise<void> dialling_ = nullptr;
  bool is_dialling_ = false;
  std::optional<Result<std::unique_ptr<Session>>> dialled_;
  Steady::time_point dial_until_{};
  Steady::time_point retry_at_{};
  std::chrono::milliseconds backoff_;
  std::optional<Fault> fault_;

  Address peer_;  ///< Where the last session went, by number.
  std::unique_ptr<Session> session_;
  kj::Promise<void> watch_ = nullptr;
  bool lost_ = false;
  Steady::time_point up_since_{};

  std::vector<std::unique_ptr<Call>> calls_;  ///< In the order in which they were made.
  /// Ended, but kept until the next call: giving an answer back costs a message, and this way it
  /// leaves together with that call.
  std::vector<std::unique_ptr<Call>> ended_;
  std::size_t checks_in_flight_ = 0;
  Steady::time_point gather_until_{};
};

}  // namespace sluice::client
