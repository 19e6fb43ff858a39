// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/sharing_reading.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "actors/tenant/sharing/price.hpp"

namespace sluice {
namespace {

/// So few that even a year of hours of each is little.
constexpr std::size_t statistics_grants_at_once = 8;
constexpr std::array billing_periods{BillingPeriod::day, BillingPeriod::week, BillingPeriod::month};

/// From the first period that is not closed, of any length, to the end of today.
Window open_window(const BooksProgress& progress, WallTime now) {
  Window window = billing_period_at(BillingPeriod::day, now);
  for (const BillingPeriod period : billing_periods) {
    window.start = std::min(window.start, open_periods(progress, period, now).front().start);
  }
  return window;
}

/// From the begin of the period that holds `from`, of any length.
Window whole_periods(const SharingStatisticsQuery& query) {
  Window window{query.from, query.to};
  for (const BillingPeriod period : billing_periods) {
    window.start = std::min(window.start, SharingTally::hours_needed(query, period).start);
  }
  return window;
}

std::vector<StatementLine> running_lines(const GrantSpan& grant, const GrantCosts& costs,
                                         const BooksProgress& progress, WallTime now,
                                         EarlierUses& earlier) {
  std::vector<StatementLine> lines;
  const auto terms = terms_of(grant.policy, costs.terms);
  if (terms.empty()) {
    return lines;
  }
  for (const Window& period : open_periods(progress, terms.front().pricing.period, now)) {
    std::ranges::move(statement_lines(std::span{&grant, 1}, costs, period, earlier),
                      std::back_inserter(lines));
  }
  return lines;
}

/// What one query is told of lines that run: a page of them, and with the first page what all add
/// up to.
class RunningPage {
public:
  explicit RunningPage(const StatementQuery& query) : query_(query) {}

  /// All lines of one grant.
  void add(std::vector<StatementLine> lines) {
    std::erase_if(lines, [&](const StatementLine& line) {
      const TenantId other = query_.side == SharingSide::owner ? line.consumer : line.owner;
      return query_.counterparty && other != *query_.counterparty;
    });
    for (const StatementLine& line : lines) {
      if (!query_.after) {
        add_to(page_.totals, line);
      }
    }
    if (is_full()) {
      page_.more |= !lines.empty();
    } else {
      std::ranges::move(lines, std::back_inserter(page_.lines));
    }
  }
  [[nodiscard]] bool is_full() const noexcept { return page_.lines.size() >= query_.page_size; }
  /// Whether nothing that follows changes it.
  [[nodiscard]] bool is_done() const noexcept { return page_.more && query_.after; }
  /// Nobody has looked at what follows.
  void cut() noexcept { page_.more = true; }
  [[nodiscard]] StatementPage take() && { return std::move(page_); }

private:
  const StatementQuery& query_;
  StatementPage page_;
};

/// Whether the grant's line of this period is to be waited for. What it costs so far may lack uses
/// that are on their way.
bool is_owed(const GrantSpan& grant, const GrantCosts& costs, const Window& period,
             EarlierUses& earlier) {
  const SharingTerms* const terms = terms_at(terms_of(grant.policy, costs.terms), period.start);
  if (terms == nullptr || terms->pricing.kind == PricingKind::free) {
    return false;
  }
  const auto hours = hours_of(grant.id, costs.hours);
  const auto line = statement_line(grant, *terms, period, hours, earlier.before(grant, period));
  earlier.add(grant, period, hours);
  return stood_in(grant, period) || (line && line->amount_micros > 0);
}

/// Until when these are unbilled; `known` if that is later.
std::optional<WallTime> later_of(std::optional<WallTime> known, std::span<const GrantSpan> grants,
                                 const GrantCosts& costs, const BooksProgress& progress,
                                 WallTime now, EarlierUses& earlier) {
  for (const GrantSpan& grant : grants) {
    const auto terms = terms_of(grant.policy, costs.terms);
    if (terms.empty()) {
      continue;
    }
    for (const Window& period : open_periods(progress, terms.front().pricing.period, now)) {
      if (is_owed(grant, costs, period, earlier)) {
        known = std::max(known.value_or(WallTime::min()), period.end + statement_margin);
      }
    }
  }
  return known;
}

/// Each once.
template <class Id>
std::vector<Id> distinct(std::span<const GrantSpan> grants, Id GrantSpan::*id) {
  std::vector<Id> ids;
  for (const GrantSpan& grant : grants) {
    ids.push_back(grant.*id);
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// What was used by grants that a page of running lines begins behind.
class BeforeCursor {
public:
  BeforeCursor(SharingBooks& books, const BooksProgress& progress, Window window, SharingId cursor,
               WallTime now)
      : books_(books), progress_(progress), window_(window), cursor_(cursor), now_(now) {}

  /// Adds it for these, of each consumer and policy once.
  [[nodiscard]] Result<Done> add(std::span<const GrantSpan> grants, EarlierUses& earlier) {
    for (const GrantSpan& grant : grants) {
      if (may_share_period(grant, window_) && seen_.emplace(grant.policy, grant.consumer).second) {
        if (const auto added = add_all(grant, earlier); !added.ok()) {
          return added;
        }
      }
    }
    return Done{};
  }

private:
  Result<Done> add_all(const GrantSpan& grant, EarlierUses& earlier) {
    GrantSpanQuery wanted{.tenant = grant.consumer,
                          .side = SharingSide::consumer,
                          .policy = grant.policy,
                          .window = window_};
    for (bool more = true; more;) {
      auto page = books_.grant_spans(wanted);
      if (!page.ok()) {
        return page.fault();
      }
      std::vector<GrantSpan>& spans = page.value();
      more = spans.size() == wanted.count_max && spans.back().id < cursor_;
      std::erase_if(spans, [&](const GrantSpan& span) { return span.id > cursor_; });
      const auto costs = read_costs(books_, spans, window_);
      if (!costs.ok()) {
        return costs.fault();
      }
      for (const GrantSpan& span : spans) {
        running_lines(span, costs.value(), progress_, now_, earlier);
      }
      wanted.after = more ? std::optional{spans.back().id} : std::nullopt;
    }
    return Done{};
  }

  SharingBooks& books_;
  const BooksProgress& progress_;
  Window window_;
  SharingId cursor_;
  WallTime now_;
  std::set<std::pair<PolicyId, TenantId>> seen_;
};

}  // namespace

Result<std::optional<WallTime>> unbilled_until(SharingBooks& books, TenantId tenant, WallTime now) {
  const auto progress = books.books_progress();
  if (!progress.ok()) {
    return progress.fault();
  }
  if (!only_these_are_open(progress.value(), now)) {
    return std::optional{now + statement_margin};  // Those before are being closed.
  }
  std::optional<WallTime> until;
  for (const SharingSide side : {SharingSide::owner, SharingSide::consumer}) {
    GrantSpanQuery wanted{
        .tenant = tenant, .side = side, .window = open_window(progress.value(), now)};
    EarlierUses earlier;
    for (bool more = true; more;) {
      const auto grants = books.grant_spans(wanted);
      if (!grants.ok()) {
        return grants.fault();
      }
      const auto costs = read_costs(books, grants.value(), wanted.window);
      if (!costs.ok()) {
        return costs.fault();
      }
      until = later_of(until, grants.value(), costs.value(), progress.value(), now, earlier);
      more = grants.value().size() == wanted.count_max;
      if (more) {
        wanted.after = grants.value().back().id;
      }
    }
  }
  return until;
}

Result<GrantCosts> read_costs(SharingBooks& books, std::span<const GrantSpan> grants,
                              const Window& window) {
  GrantCosts costs;
  if (grants.empty()) {
    return costs;
  }
  auto terms = books.sharing_terms(distinct(grants, &GrantSpan::policy));
  if (!terms.ok()) {
    return terms.fault();
  }
  costs.terms = std::move(terms).value();
  const std::vector<SharingId> ids = distinct(grants, &GrantSpan::id);
  for (std::span<const SharingId> left = ids; !left.empty();) {
    const std::span<const SharingId> some = left.first(std::min(left.size(), shared_grants_max));
    const auto rows = books.shared_usage({.grants = {some.begin(), some.end()},
                                          .from = billing_hour_at(window.start),
                                          .to = billing_hour_at(window.end)});
    if (!rows.ok()) {
      return rows.fault();
    }
    for (const SharedHourRow& row : rows.value()) {
      costs.hours.push_back(row.hour);
    }
    left = left.subspan(some.size());
  }
  return costs;
}

Result<StatementPage> read_running_lines(SharingBooks& books, const StatementQuery& query,
                                         WallTime now) {
  if (const auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  const auto progress = books.books_progress();
  if (!progress.ok()) {
    return progress.fault();
  }
  GrantSpanQuery wanted{.tenant = query.tenant,
                        .side = query.side,
                        .policy = query.policy,
                        .window = open_window(progress.value(), now)};
  if (query.after) {
    wanted.after = query.after->grant;
  }
  RunningPage page{query};
  EarlierUses earlier;
  BeforeCursor before{books, progress.value(), wanted.window, wanted.after.value_or(SharingId{}),
                      now};
  for (std::size_t seen = 0; !page.is_done();) {
    const auto grants = books.grant_spans(wanted);
    if (!grants.ok()) {
      return grants.fault();
    }
    const auto costs = read_costs(books, grants.value(), wanted.window);
    if (!costs.ok()) {
      return costs.fault();
    }
    if (query.after) {
      if (const auto added = before.add(grants.value(), earlier); !added.ok()) {
        return added.fault();
      }
    }
    for (const GrantSpan& grant : grants.value()) {
      page.add(running_lines(grant, costs.value(), progress.value(), now, earlier));
    }
    if (grants.value().size() < wanted.count_max) {
      break;
    }
    wanted.after = grants.value().back().id;
    seen += grants.value().size();
    if (page.is_full() && seen >= sharing_statistics_grants_max) {
      page.cut();
      break;
    }
  }
  return std::move(page).take();
}

Result<Offered> read_offered(Store& store, WallTime now) {
  constexpr std::size_t at_once = 500;
  auto policies = store.policies();
  if (!policies.ok()) {
    return policies.fault();
  }
  Offered offered;
  std::set<TenantId> owners;
  for (SharingPolicy& policy : policies.value()) {
    owners.insert(policy.owner);
    offered.policies.push_back({std::move(policy), {}});
  }
  for (std::span<Offered::Policy> left = offered.policies; !left.empty();) {
    const std::span<Offered::Policy> some = left.first(std::min(left.size(), at_once));
    std::vector<PolicyId> ids;
    for (const Offered::Policy& one : some) {
      ids.push_back(one.policy.id);
    }
    const auto terms = store.sharing_terms(ids);
    if (!terms.ok()) {
      return terms.fault();
    }
    for (Offered::Policy& one : some) {
      const auto its = terms_of(one.policy.id, terms.value());
      one.terms = terms_from({its.begin(), its.end()}, now);
    }
    left = left.subspan(some.size());
  }
  const std::vector<TenantId> all{owners.begin(), owners.end()};
  for (std::span<const TenantId> left = all; !left.empty();) {
    const std::span<const TenantId> some = left.first(std::min(left.size(), at_once));
    const auto definitions = store.definitions(some);
    if (!definitions.ok()) {
      return definitions.fault();
    }
    for (const TenantDefinition& owner : definitions.value()) {
      offered.owners.push_back({owner.id, Standing{owner.life}});
    }
    left = left.subspan(some.size());
  }
  return offered;
}

Result<SharingStatistics> read_sharing_statistics(SharingBooks& books,
                                                  const SharingStatisticsQuery& query) {
  if (const auto valid = validate(query); !valid.ok()) {
    return valid.fault();
  }
  SharingTally tally{query};
  GrantSpanQuery wanted{.tenant = query.tenant,
                        .side = query.side,
                        .policy = query.policy,
                        .window = whole_periods(query),
                        .count_max = statistics_grants_at_once};
  std::size_t grants_seen = 0;
  std::size_t hours_seen = 0;
  while (true) {
    const auto grants = books.grant_spans(wanted);
    if (!grants.ok()) {
      return grants.fault();
    }
    if (!grants.value().empty() && (grants_seen >= sharing_statistics_grants_max ||
                                    hours_seen >= sharing_statistics_hours_max)) {
      tally.cut();
      return tally.take();
    }
    const auto costs = read_costs(books, grants.value(), wanted.window);
    if (!costs.ok()) {
      return costs.fault();
    }
    for (const GrantSpan& grant : grants.value()) {
      tally.add(grant, terms_of(grant.policy, costs.value().terms),
                hours_of(grant.id, costs.value().hours));
    }
    if (grants.value().size() < wanted.count_max) {
      return tally.take();
    }
    grants_seen += grants.value().size();
    hours_seen += costs.value().hours.size();
    wanted.after = grants.value().back().id;
  }
}

}  // namespace sluice
