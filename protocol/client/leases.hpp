// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "actors/tenant/check.hpp"
#include "protocol/client/client.hpp"

namespace sluice::client {

struct LeaseOptions {
  /// How much of a tenant's meter may be out here. What is wanted follows demand between the two:
  /// twice what was spent since the last renewal, and more as long as it does not last until the
  /// next one.
  Amount slice_min{64};
  Amount slice_max{1'000'000};
  /// Between renewals. What this process has not spent when it ends without giving back is lost to
  /// the tenant until the end of the window; and nothing is spent once this time has passed
  /// without an answer.
  std::chrono::milliseconds ttl{5'000};
  /// So many tenants' meters at most; the others are asked about at the server. One gets a place
  /// when it is asked about for the second time within `ttl`, and makes way for others when nobody
  /// has asked about it for half of that.
  std::size_t leases_max = 4'096;
};

struct LeaseFigures {
  std::uint64_t leases = 0;    ///< That have something out.
  std::uint64_t renewals = 0;  ///< Answers that had more.
  std::uint64_t refusals = 0;  ///< Near a limit, or of leases that are over.
};

/// Answers checks in this process, from slices of limits that it has leased from the server.
///
/// A check that asks for one amount, without an id, labels, a resource and a wish to be explained,
/// is allowed here if a slice of its tenant's meter covers it. The others, and all near a limit, go
/// to the server. What is spent here was held at the server before: a limit is never passed,
/// whatever becomes of this process.
///
/// Role       Stands before a `Client`.
/// Threading  Thread-safe. Has one thread, which renews and gives back.
/// Ownership  The client must outlive it. The destructor gives back what is not spent.
/// Units      Of the meters.
/// Errors     Those of `Client::check`. A server that cannot be reached is noticed when the slice
///            is used up or its time has passed.
/// Cost       A check from a slice: a look-up, a clock reading, one compare-and-swap, and two
///            additions to memory that threads rarely share.
class Leases {
public:
  Leases(Client& client, const LeaseOptions& options);
  ~Leases();
  Leases(const Leases&) = delete;
  Leases& operator=(const Leases&) = delete;

  /// Blocks only if the server has to be asked.
  [[nodiscard]] Answer check(const Check& check);
  /// Calls back at once if a slice covers it.
  void check_async(const Check& check, Client::Callback done);
  /// Takes the amount from a slice, if one covers it; never blocks. Otherwise nothing is taken, and
  /// a slice may be asked for, unless this is the first time for long that the pair is asked about.
  [[nodiscard]] bool take(TenantId tenant, MeterId meter, Amount amount);

  [[nodiscard]] LeaseFigures figures() const;

private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::client
