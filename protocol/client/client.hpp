// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/explanation.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "actors/tenant/time.hpp"
#include "protocol/client/introduction.hpp"

namespace sluice::client {

/// What a check is answered when no server could be asked in time.
enum class FailurePolicy : std::uint8_t {
  closed,  ///< `unavailable`: the caller decides.
  /// `allowed`, flagged `Answer::by_policy`; but nothing is `granted`, and nothing held: what is
  /// used then has to be recorded. What only reports (`record`), gives back (`release`) or is about
  /// a reservation that was made before (`extend`, `commit`, `cancel`), or a lease, is
  /// `unavailable` even so:
  /// "allowed" would say that it was done.
  open,
};

struct ClientOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 7411;
  std::string name = "sluice-client";              ///< For the server's log.
  std::chrono::milliseconds check_timeout{1'000};  ///< From the call to the answer.
  std::chrono::milliseconds connect_timeout{1'000};
  std::chrono::milliseconds backoff_min{10};  ///< Doubles with jitter up to the maximum.
  std::chrono::milliseconds backoff_max{2'000};
  FailurePolicy failure_policy = FailurePolicy::closed;
  std::size_t pending_checks_max = 65'536;  ///< More are answered by the failure policy.
  std::size_t checks_per_call_max = 1'024;
  std::size_t calls_in_flight_max = 2;  ///< To each endpoint; then checks gather.
  /// Looking for an answer before sleeping. To be longer than a server takes that has to wake up
  /// first; otherwise both keep waking each other, and each call costs two wake-ups.
  std::chrono::microseconds spin_max{100};
  Credential credential{};
  Tls tls{};
};

/// A decision, and how it came about.
struct Answer {
  Decision decision;
  bool by_policy = false;  ///< No server was asked, or none answered in time.
  bool by_lease = false;   ///< Allowed from a slice (`Leases`): there are no numbers.
  std::string problem;     ///< Only with `invalid`: names the field.
  /// Only if the check asked for it, and was decided now. May be missing where more than
  /// `explainedPerCallMax` of the schema are asked for at once; an operator can ask by
  /// `Decision::id`.
  std::shared_ptr<const Explanation> explanation;
};

/// Asks a Sluice server for decisions.
///
/// Callers on any number of threads are gathered into lists: a check leaves at once while few calls
/// are in flight, and otherwise with the next list. Each check goes straight to the reactor that
/// owns its tenant's shard.
///
/// Role       The library that a gateway links.
/// Threading  Thread-safe. Callbacks run on whichever thread drives the connections (the client's
///            own, or that of a blocking caller), or at once on the asking thread if the check need
///            not travel. They must neither block nor throw; they may call `check_async` again.
///            Blocking calls are not for callbacks, nor for threads that run a KJ event loop.
/// Ownership  Owns its connections and one thread. The destructor answers what is outstanding by
///            the failure policy, and from then on every check that a callback asks, too.
/// Units      As in the types.
/// Errors     `open` returns a fault if the server cannot be reached, does not speak the protocol,
///            or does not take the credential; afterwards every check is answered, by the failure
///            policy if it must be, and lost connections come back by themselves, with the
///            credential that is there then. A check that was on its way when its
///            connection was lost, or whose time ran out, may have been charged; it is not asked
///            again, because that might charge twice. One with an id is charged once, so whoever
///            asked it may ask it again until there is an answer: so it is with every check of a
///            reservation.
/// Cost       No allocation for an asynchronous check with one charge once the pools are warm. Ten
///            wake-ups a second while nobody asks, to look after the connections.
class Client {
public:
  [[nodiscard]] static Result<std::unique_ptr<Client>> open(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Blocks until answered, at most `check_timeout`.
  [[nodiscard]] Answer check(const Check& check);
  /// Several at once, answered in the same order: one wait for all. If there is no room for all,
  /// none is asked.
  [[nodiscard]] std::vector<Answer> check(std::span<const Check> checks);

  using Callback = std::function<void(const Answer&)>;
  using ListCallback = std::function<void(std::span<const Answer>)>;

  /// Calls back exactly once. What the check refers to is copied before this returns.
  void check_async(const Check& check, Callback done);
  /// The same for several at once, answered in the same order.
  void check_async(std::span<const Check> checks, ListCallback done);

  /// For coroutines: `const Answer answer = co_await client->answer_to(check);`. The coroutine goes
  /// on where a callback would run, and under the same rules.
  class Awaitable;
  [[nodiscard]] Awaitable answer_to(const Check& check);

  /// The server's meters as of the last connection, or of `meter` asking again.
  [[nodiscard]] MeterTable meters() const;
  /// The number of a meter by name; asks the server again if it is not known yet.
  [[nodiscard]] Result<MeterId> meter(std::string_view name);

  /// The policy that shares a resource, for `SharedUse::policy`. Asks the server the first time,
  /// and again after a check was answered that there is no such policy (any more); in between it is
  /// from memory. Blocks when it asks.
  [[nodiscard]] Result<PolicyId> resource(const Resource& resource);

private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class Client::Awaitable {
public:
  Awaitable(Client& client, const Check& check) : client_(client), check_(check) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    client_.check_async(check_, [this, waiting](const Answer& answer) {
      answer_ = answer;
      waiting.resume();
    });
  }
  [[nodiscard]] Answer await_resume() { return std::move(answer_); }

private:
  Client& client_;
  Check check_;
  Answer answer_;
};

inline Client::Awaitable Client::answer_to(const Check& check) {
  return {*this, check};
}

}  // namespace sluice::client
