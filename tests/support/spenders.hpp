// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "protocol/client/client.hpp"

namespace sluice::test {

/// What callers were told about one tenant.
struct Told {
  std::uint64_t acknowledged = 0;  ///< Allowed, by the server.
  std::uint64_t unknown = 0;       ///< Nobody answered: it may have been charged.
};

/// Callers that spend as fast as they can, each a few units at a time of a tenant at random, and
/// keep the books that a server is held to.
///
/// Threading  One thread looks at them; they have their own.
/// Ownership  Owns its client.
class Spenders {
public:
  struct Load {
    int callers = 8;
    std::uint64_t seed = 1;
  };
  Spenders(std::unique_ptr<client::Client> client, std::vector<TenantId> tenants, Load load);
  ~Spenders();
  Spenders(const Spenders&) = delete;
  Spenders& operator=(const Spenders&) = delete;

  /// Answers so far.
  [[nodiscard]] std::uint64_t allowed() const { return allowed_; }
  /// Refusals and missing answers, which a healthy server never gives to these.
  [[nodiscard]] std::uint64_t failures() const { return unavailable_ + unknown_; }
  /// Refused with `unavailable`: not charged.
  [[nodiscard]] std::uint64_t unavailable() const { return unavailable_; }
  /// Waits, for a minute at the most, until there are so many more answers than now.
  [[nodiscard]] bool allow(std::uint64_t more) const;
  /// Waits, for a minute at the most, until the server has refused something since the last call.
  [[nodiscard]] bool see_a_refusal() const;

  /// Ends the callers. By tenant, in the order given, what they were told.
  [[nodiscard]] const std::vector<Told>& stop();

private:
  struct Books {
    std::atomic<std::uint64_t> acknowledged{0};
    std::atomic<std::uint64_t> unknown{0};
  };
  void spend(std::uint64_t seed);

  std::unique_ptr<client::Client> client_;
  std::vector<TenantId> tenants_;
  std::vector<Books> books_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> allowed_{0};
  std::atomic<std::uint64_t> unavailable_{0};
  std::atomic<std::uint64_t> unknown_{0};
  std::vector<Told> told_;
  std::vector<std::thread> callers_;
};

}  // namespace sluice::test
