// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "actors/tenant/check.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/leases.hpp"

namespace sluice::bench {

/// How a load spends what its checks ask for.
enum class Spending : std::uint8_t {
  check,    ///< Asks the server for each.
  reserve,  ///< Reserves it, and commits it once that is answered.
  lease,    ///< Takes it from leased slices where it can, and asks the server near a limit.
};

[[nodiscard]] std::string_view to_string(Spending spending);

/// A client of a load.
///
/// Role       Makes of each check what its way of spending says, and of all that comes of it one
///            answer: that of the commit, or of the reservation if there is nothing to commit.
/// Threading  As `client::Client`.
/// Ownership  Owns its client and its leases; the destructor gives back what is not spent.
/// Units      As in the types.
/// Errors     Those of `client::Client`.
/// Cost       A reservation is two calls; what a slice covers is none.
class Spender {
public:
  Spender(std::unique_ptr<client::Client> client, Spending spending,
          std::chrono::milliseconds lease_ttl);

  /// Blocks until answered.
  [[nodiscard]] client::Answer spend(const Check& check);
  /// Without asking, if a slice covers it.
  [[nodiscard]] std::optional<client::Answer> spend_here(const Check& check);
  /// Asks the server; calls back exactly once. What the check refers to must stay until then.
  void spend_async(const Check& check, client::Client::Callback done);

  /// For lists, which are asked as they are.
  [[nodiscard]] client::Client& client() noexcept { return *client_; }

private:
  [[nodiscard]] Check reservation_of(const Check& check);

  std::unique_ptr<client::Client> client_;
  Spending spending_;
  std::unique_ptr<client::Leases> leases_;  ///< Only with `lease`.
  std::uint64_t ids_;                       ///< What those of its reservations begin with.
  std::atomic<std::uint64_t> last_id_{0};
};

}  // namespace sluice::bench
