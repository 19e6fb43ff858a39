// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "protocol/client/client.hpp"
#include "protocol/mode_terms.hpp"
#include "tests/protocol/client/stand_in.hpp"

namespace sluice::client {

/// A check of one charge that owns it.
struct Question {
  explicit Question(std::uint64_t of_tenant, std::uint64_t amount = 1)
      : charge{MeterId{1}, Amount{amount}}, check{tenant(of_tenant), {&charge, 1}, Mode::normal} {}
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  Charge charge;
  Check check;
};

/// A reservation of one charge that owns it.
struct Reservation {
  explicit Reservation(std::uint64_t of_tenant, std::uint64_t amount = 1)
      : charge{MeterId{1}, Amount{amount}}, check{tenant(of_tenant), {&charge, 1}, Mode::normal} {}
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

  /// The same in this mode, with what the mode needs.
  [[nodiscard]] Check of(Mode mode) const {
    const ModeTerms terms = terms_of(mode);
    Check asked{check.tenant, check.charges, mode};
    if (terms.charges == Say::nothing) {
      asked.charges = {};
    }
    if (terms.id != Say::nothing) {
      asked.id = EntryId{1, 1};
    }
    if (terms.ttl != Say::nothing) {
      asked.ttl = std::chrono::seconds{30};
    }
    return asked;
  }

  Charge charge;
  Check check;
};

/// Options for a client of this stand-in: patient, so that only what a test asks for runs out.
[[nodiscard]] inline ClientOptions options_for(const StandIn& server) {
  ClientOptions options;
  options.port = server.port();
  options.check_timeout = std::chrono::seconds{20};
  options.backoff_min = std::chrono::milliseconds{1};
  options.backoff_max = std::chrono::milliseconds{20};
  return options;
}

[[nodiscard]] inline std::unique_ptr<Client> open(const ClientOptions& options) {
  auto client = Client::open(options);
  SLUICE_INVARIANT(client.ok());
  return std::move(client).value();
}

[[nodiscard]] inline std::unique_ptr<Client> open(const StandIn& server) {
  return open(options_for(server));
}

/// Collects the answers of asynchronous checks.
class Answers {
public:
  [[nodiscard]] Client::Callback callback() {
    return [this](const Answer& answer) { take(answer); };
  }

  void take(const Answer& answer) {
    const std::lock_guard lock(mutex_);
    all_.push_back(answer);
    changed_.notify_all();
  }

  /// Blocks until there are so many, and gives all that there are.
  std::vector<Answer> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    const bool came =
        changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return all_.size() >= count; });
    SLUICE_INVARIANT(came);
    return all_;
  }

  [[nodiscard]] std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return all_.size();
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Answer> all_;
};

}  // namespace sluice::client
