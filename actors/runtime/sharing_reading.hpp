// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/statistics.hpp"
#include "actors/tenant/standing.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// What is told of money that is not written yet, made of what the store has of grants, terms and
/// hours. Blocks on the store.

/// Of the hours that begin in the window.
[[nodiscard]] Result<GrantCosts> read_costs(SharingBooks& books, std::span<const GrantSpan> grants,
                                            const Window& window);

/// The lines of periods that run, and of those that have ended but are not closed, as far as the
/// store knows: `closed_at` is nothing. In the order of grants; of the query `from` and `to` do not
/// count, and of the cursor only the grant. A grant's lines are never on two pages, so one may have
/// one line more. Totals are of the first `sharing_statistics_grants_max` grants.
[[nodiscard]] Result<StatementPage> read_running_lines(SharingBooks& books,
                                                       const StatementQuery& query, WallTime now);

/// When everything is billed that the tenant may owe, or be owed: the end of the last open period
/// in which a grant stood that costs something, or that was used at a price; with the margin after
/// which it is closed. Nothing: there is none, and the tenant may go.
[[nodiscard]] Result<std::optional<WallTime>> unbilled_until(SharingBooks& books, TenantId tenant,
                                                             WallTime now);

/// All that is shared, as hosts decide by it.
struct Offered {
  struct Policy {
    SharingPolicy policy{};
    std::vector<SharingTerms> terms{};  ///< That hold, or may hold later.
  };
  struct Owner {
    TenantId id{};
    Standing standing{};
  };
  std::vector<Policy> policies{};
  std::vector<Owner> owners{};
};
[[nodiscard]] Result<Offered> read_offered(Store& store, WallTime now);

[[nodiscard]] Result<SharingStatistics> read_sharing_statistics(
    SharingBooks& books, const SharingStatisticsQuery& query);

/// Hours of single grants that one query for statistics looks at; what is beyond is left out, and
/// the answer says so.
inline constexpr std::size_t sharing_statistics_hours_max = 500'000;

}  // namespace sluice
