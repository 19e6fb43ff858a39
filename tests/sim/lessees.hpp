// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/tenant.hpp"
#include "tests/sim/books.hpp"
#include "tests/sim/sim_database.hpp"

namespace sluice::sim {

/// Meters that the model leaves to the lessees, and limits that administrators leave alone.
inline constexpr MeterId leased_meter{4};
inline constexpr MeterId labelled_meter{5};
inline constexpr const char* leased_limit = "leased";
inline constexpr const char* labelled_limit = "by-user";

/// Clients that lease slices, spend them by themselves, and vanish; and clients whose requests are
/// counted by label. Sums of what they were allowed, and of what may have been taken for it.
///
/// Role       Draws such requests and judges what tenants count of them. A lease has one request
///            under way at the most; it goes on spending meanwhile.
/// Threading  Confined.
/// Ownership  Owns its books.
/// Units      World time.
/// Errors     Throws `Failure`.
class Lessees {
public:
  Lessees(Model& model, Probes& probes) : model_(model), probes_(probes) {}

  [[nodiscard]] static std::vector<Limit> limits(Random& random);

  /// A lease that begins, or goes on; or a request with a label.
  [[nodiscard]] Books::Ask ask(TenantId tenant, Random& random, Duration now);
  /// Time for clients to spend something of what they have.
  void spend(Random& random, Duration now);
  /// It was decided, and allowed.
  void took(const Books::Ask& ask, const Decision& decision);
  /// Its client got this answer; null: none, and there will be none.
  void told(const Books::Ask& ask, const Decision* decision);
  /// What was acknowledged is given up; leases of before are over.
  void forget();
  /// The same, because a part of a journal is gone. An older state of a lease may come back beside
  /// a newer count, and end a second time: then too much is counted, and never too little.
  void lose_journal() {
    journal_lost_ = true;
    forget();
  }
  /// After a restart, lifetimes go by the wall clock: one that is stepped makes them say nothing.
  void wall_steps() { wall_steps_ = true; }

  /// Nobody spends any more, and every lease has had its time.
  void check_end(const SimDatabase& database) const;

private:
  struct Sum {
    std::uint64_t acknowledged = 0;
    std::uint64_t most = 0;
  };
  using Key = std::pair<std::uint32_t, std::string>;  ///< Incarnation and value of the label.
  struct Lease {
    TenantId tenant;
    std::uint32_t incarnation;
    EntryId id;
    Duration ttl;
    Duration good_until{};
    Duration asked_at{};
    std::uint64_t spent = 0;
    std::uint64_t bound = 0;    ///< Of what may be spent, in all.
    std::uint64_t counted = 0;  ///< Of what may be taken for it, in all.
    bool under_way = false;
    bool may_be_gone = false;  ///< Its time was over when it was asked for.
    bool over = false;
  };

  void check_taken(const Lease& lease, const LimitReading& reading) const;
  [[nodiscard]] Books::Ask go_on(std::size_t at, Random& random, Duration now);
  void told_lease(Lease& lease, const Books::Ask& ask, const Decision& decision);

  Model& model_;
  Probes& probes_;
  std::map<std::pair<TenantId, Key>, Sum> labelled_;
  std::map<std::pair<TenantId, std::uint32_t>, Sum> leased_;
  std::vector<Lease> leases_;
  bool wall_steps_ = false;
  bool journal_lost_ = false;
  std::uint64_t ids_ = 0;
};

}  // namespace sluice::sim
