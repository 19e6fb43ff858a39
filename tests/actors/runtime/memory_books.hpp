// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/price.hpp"

namespace sluice::testing {

/// The money of a database in memory. Its owner locks.
class MemoryBooks {
public:
  void put_terms(const SharingPolicy& policy) {
    std::vector<SharingTerms>& all = terms_[policy.id];
    if (all.empty() || all.back().pricing != policy.pricing ||
        all.back().revenue != policy.revenue) {
      all.push_back({policy.id, policy.updated_at, policy.owner, policy.resource, policy.pricing,
                     policy.revenue});
    }
  }
  [[nodiscard]] std::vector<SharingTerms> terms(std::span<const PolicyId> policies) const {
    std::vector<SharingTerms> all;
    for (const PolicyId policy : policies) {
      if (const auto found = terms_.find(policy); found != terms_.end()) {
        all.insert(all.end(), found->second.begin(), found->second.end());
      }
    }
    return all;
  }
  [[nodiscard]] BooksProgress progress() const {
    BooksProgress progress;
    for (const auto& [policy, terms] : terms_) {
      const WallTime since = terms.front().since;
      progress.begun = std::min(progress.begun.value_or(since), since);
    }
    for (const auto& [task, next] : marks_) {
      progress.marks.push_back({task, next});
    }
    return progress;
  }
  /// Whether the query is about this grant.
  [[nodiscard]] bool matches(const GrantSpanQuery& query, const GrantSpan& grant) const {
    return matches(query, grant, !hours(hours_in(query.window, grant.id)).empty());
  }
  /// The same if hours are kept elsewhere, and something was counted in the window or not.
  [[nodiscard]] bool matches(const GrantSpanQuery& query, const GrantSpan& grant,
                             bool is_counted) const {
    const TenantId side = query.side == SharingSide::owner ? grant.owner : grant.consumer;
    const auto terms = terms_.find(grant.policy);
    return (stood_in(grant, query.window) || is_counted) &&
           (!query.tenant || side == *query.tenant) &&
           (!query.policy || grant.policy == *query.policy) &&
           (!query.after || grant.id > *query.after) &&
           (!query.billed ||
            (terms != terms_.end() && terms->second.front().pricing.period == *query.billed));
  }
  [[nodiscard]] static SharedUsageQuery hours_in(const Window& window, SharingId grant) {
    return {{grant}, billing_hour_at(window.start), billing_hour_at(window.end)};
  }
  /// An hour only grows.
  void put_hour(const SharedHourRow& row) {
    SharedHourRow& stored = hours_[{row.hour.grant, row.hour.hour}];
    SharedHourRow grown = row;
    grown.hour.uses = std::max(row.hour.uses, stored.hour.uses);
    grown.hour.units = std::max(row.hour.units, stored.hour.units);
    grown.hour.denied = std::max(row.hour.denied, stored.hour.denied);
    stored = grown;
  }
  [[nodiscard]] SharedUsePage uses(const SharedUseQuery& query) const {
    std::map<SharedUseCursor, SharedHourRow> rows;
    for (const auto& [key, row] : hours_) {
      const TenantId side = query.side == SharingSide::owner ? row.owner : row.consumer;
      const WallTime at = start_of(row.hour.hour);
      if (side != query.tenant || at < query.from || at >= query.to ||
          row.hour.policy != query.policy.value_or(row.hour.policy) ||
          row.hour.grant != query.grant.value_or(row.hour.grant)) {
        continue;
      }
      const WallTime start = query.stretch == SharedStretch::hour
                                 ? at
                                 : billing_period_at(period_of(query.stretch), at).start;
      const SharedUseCursor place{hour_of(start), row.hour.grant};
      const auto [sum, added] = rows.try_emplace(place, row);
      SharedHour& hour = sum->second.hour;
      hour.hour = place.start;
      if (!added) {
        hour.uses += row.hour.uses;
        hour.units = hour.units + row.hour.units;
        hour.denied += row.hour.denied;
      }
    }
    SharedUsePage page;
    for (const auto& [place, row] : rows) {
      if (place > query.after.value_or(SharedUseCursor{})) {
        page.rows.push_back(row);
      }
    }
    page.more = page.rows.size() > query.page_size;
    page.rows.resize(std::min(page.rows.size(), query.page_size));
    return page;
  }
  [[nodiscard]] std::vector<SharedHourRow> hours(const SharedUsageQuery& query) const {
    std::vector<SharedHourRow> told;
    for (const auto& [key, row] : hours_) {
      if (std::ranges::count(query.grants, key.first) > 0 && key.second >= query.from &&
          key.second < query.to) {
        told.push_back(row);
      }
    }
    return told;
  }
  void close(const StatementClosing& closing) {
    for (const StatementLine& line : closing.lines) {
      const LineKey key{line.period.start, line.grant};
      if (lines_.emplace(key, line).second && line.owner_micros > 0) {
        unpaid_.insert(key);
      }
    }
    if (closing.mark) {
      marks_[closing.mark->task] = closing.mark->next;
    }
  }
  [[nodiscard]] StatementPage statements(const StatementQuery& query) const {
    std::vector<StatementLine> all;
    for (const auto& [key, line] : lines_) {
      const bool is_owner = query.side == SharingSide::owner;
      const TenantId side = is_owner ? line.owner : line.consumer;
      const TenantId other = is_owner ? line.consumer : line.owner;
      const bool matches = side == query.tenant && line.period.start >= query.from &&
                           line.period.start < query.to &&
                           (!query.policy || line.policy == *query.policy) &&
                           (!query.counterparty || other == *query.counterparty) &&
                           (!query.after || StatementCursor{key.first, key.second} > *query.after);
      if (matches) {
        all.push_back(line);
      }
    }
    StatementPage page;
    page.totals = query.after ? std::vector<CurrencySum>{} : sum_up(all);
    page.more = all.size() > query.page_size;
    all.resize(std::min(all.size(), query.page_size));
    page.lines = std::move(all);
    return page;
  }
  [[nodiscard]] std::vector<UnpaidPool> pools(const UnpaidQuery& query) const {
    std::map<std::tuple<TenantId, std::string, PolicyId>, UnpaidPool> pools;
    std::set<TenantId> owners;
    for (const LineKey& key : unpaid_) {  // The latest of a policy comes last.
      const StatementLine& line = lines_.at(key);
      if (line.period.end <= query.through && (!query.after || line.owner > *query.after)) {
        UnpaidPool& pool = pools[{line.owner, line.currency, line.policy}];
        pool = {line.owner,    line.currency,
                line.policy,   sum_of_micros(pool.owner_micros, line.owner_micros),
                line.schedule, line.minimum_payout_micros};
      }
    }
    std::vector<UnpaidPool> told;
    for (const auto& [key, pool] : pools) {
      owners.insert(pool.owner);
      if (owners.size() > query.owners_max) {
        break;
      }
      told.push_back(pool);
    }
    return told;
  }
  [[nodiscard]] std::vector<UnpaidLine> unpaid(const DuePayout& due, WallTime through,
                                               std::size_t count_max) const {
    std::vector<UnpaidLine> lines;
    for (const PolicyId policy : due.policies) {
      for (const LineKey& key : unpaid_) {
        const StatementLine& line = lines_.at(key);
        if (line.owner == due.owner && line.currency == due.currency && line.policy == policy &&
            line.period.end <= through && lines.size() < count_max) {
          lines.push_back({line.grant, line.period.start, line.owner_micros});
        }
      }
    }
    return lines;
  }
  [[nodiscard]] Result<Done> pay_out(const Payout& payout, std::span<const UnpaidLine> lines) {
    const bool all_unpaid = std::ranges::all_of(lines, [&](const UnpaidLine& line) {
      return unpaid_.contains({line.period_start, line.grant});
    });
    std::uint32_t last = 0;
    for (const auto& [key, made] : payouts_) {
      if (key.owner == payout.key.owner && key.currency == payout.key.currency) {
        last = std::max(last, key.number);
      }
    }
    if (!all_unpaid || payout.key.number != last + 1) {
      return Fault{FaultCode::conflict, "payout"};
    }
    payouts_[payout.key] = payout;
    for (const UnpaidLine& line : lines) {
      unpaid_.erase({line.period_start, line.grant});
    }
    return Done{};
  }
  [[nodiscard]] Result<Payout> mark_paid(const PayoutKey& key, WallTime at,
                                         std::string_view reference) {
    const auto found = payouts_.find(key);
    if (found == payouts_.end()) {
      return Fault{FaultCode::not_found, "there is no such payout"};
    }
    if (found->second.paid_at) {
      return Fault{FaultCode::conflict, "the payout is paid already"};
    }
    found->second.paid_at = at;
    found->second.reference = reference;
    return found->second;
  }
  [[nodiscard]] PayoutPage payouts(const PayoutQuery& query) const {
    std::vector<Payout> all;
    for (const auto& [key, payout] : payouts_) {
      const bool matches =
          key.owner == query.owner && (query.currency.empty() || key.currency == query.currency);
      const bool is_behind =
          !query.after || key.currency > query.after->currency ||
          (key.currency == query.after->currency && key.number < query.after->number);
      if (matches && is_behind) {
        all.push_back(payout);
      }
    }
    std::ranges::stable_sort(all, [](const Payout& a, const Payout& b) {
      return std::tie(a.key.currency, b.key.number) < std::tie(b.key.currency, a.key.number);
    });
    const bool more = all.size() > query.page_size;
    all.resize(std::min(all.size(), query.page_size));
    return {std::move(all), more};
  }

private:
  [[nodiscard]] static BillingPeriod period_of(SharedStretch stretch) {
    return stretch == SharedStretch::day    ? BillingPeriod::day
           : stretch == SharedStretch::week ? BillingPeriod::week
                                            : BillingPeriod::month;
  }
  using LineKey = std::pair<WallTime, SharingId>;

  std::map<PolicyId, std::vector<SharingTerms>> terms_;
  std::map<std::pair<SharingId, Hour>, SharedHourRow> hours_;
  std::map<BooksTask, WallTime> marks_;
  std::map<LineKey, StatementLine> lines_;
  std::set<LineKey> unpaid_;
  std::map<PayoutKey, Payout> payouts_;
};

}  // namespace sluice::testing
