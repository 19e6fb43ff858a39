// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/books_desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tests/actors/runtime/memory_books.hpp"
#include "tests/actors/tenant/sharing_money.hpp"

namespace sluice::testing {
namespace {

using money::consumer;
using money::march;
using money::on;
using money::owner;
using std::chrono::hours;

/// Books in memory that count what is asked of them, and lose an answer when they are told to.
class CountingBooks final : public SharingBooks {
public:
  Result<BooksProgress> books_progress() override { return books.progress(); }
  Result<std::vector<GrantSpan>> grant_spans(const GrantSpanQuery& query) override {
    ++span_queries;
    std::vector<GrantSpan> told;
    for (const GrantSpan& grant : grants) {
      if (told.size() < query.count_max && books.matches(query, grant)) {
        told.push_back(grant);
      }
    }
    return told;
  }
  Result<std::vector<SharingTerms>> sharing_terms(std::span<const PolicyId> policies) override {
    return books.terms(policies);
  }
  Result<std::vector<SharedHourRow>> shared_usage(const SharedUsageQuery& query) override {
    grants_read += query.grants.size();
    return books.hours(query);
  }
  Result<Done> close_statements(Epoch, const StatementClosing& closing) override {
    if (closings_until_away == 0) {
      return Fault{FaultCode::unavailable, "away"};
    }
    --closings_until_away;
    books.close(closing);
    return closings_until_away == 0 && loses_answer
               ? Result<Done>{Fault{FaultCode::outcome_unknown, "broke"}}
               : Done{};
  }
  Result<StatementPage> statements(const StatementQuery& query) override {
    return books.statements(query);
  }
  Result<std::vector<UnpaidPool>> unpaid_pools(const UnpaidQuery& query) override {
    return books.pools(query);
  }
  Result<std::vector<UnpaidLine>> unpaid_lines(const DuePayout& due, WallTime through,
                                               std::size_t count_max) override {
    return books.unpaid(due, through, count_max);
  }
  Result<Done> pay_out(const Deed&, const Payout& payout,
                       std::span<const UnpaidLine> lines) override {
    return books.pay_out(payout, lines);
  }
  Result<Payout> mark_payout_paid(const Deed&, const PayoutKey& key, WallTime at,
                                  std::string_view reference) override {
    return books.mark_paid(key, at, reference);
  }
  Result<PayoutPage> payouts(const PayoutQuery& query) override { return books.payouts(query); }

  MemoryBooks books;
  std::vector<GrantSpan> grants;
  std::size_t span_queries = 0;
  std::size_t grants_read = 0;
  std::size_t closings_until_away = SIZE_MAX;
  bool loses_answer = false;
};

class BooksDeskSpec : public ::testing::Test {
protected:
  BooksDeskSpec() {
    SharingPolicy policy;
    policy.id = money::policy;
    policy.owner = owner;
    policy.resource = {ResourceType::model, "m"};
    policy.pricing = money::graduated();
    policy.revenue = {.owner_basis_points = 7'000, .schedule = PayoutSchedule::monthly};
    policy.updated_at = march;
    store.books.put_terms(policy);
  }
  /// One after the other, of one consumer, 100 units each.
  void grant_again_and_again(std::uint64_t count) {
    for (std::uint64_t number = 1; number <= count; ++number) {
      const WallTime at = on(2) + std::chrono::minutes{number};
      store.grants.push_back({{5, number}, money::policy, owner, consumer, at, at + hours{1}});
      store.books.put_hour(
          {consumer, owner, {{5, number}, money::policy, billing_hour_at(at), 1, Amount{100}}});
    }
  }
  /// All that is to be done by then, up to a fault.
  std::optional<Fault> do_all(BooksDesk& desk, WallTime by) {
    for (;;) {
      const auto rest = desk.see_to(by, by);
      if (!rest.ok()) {
        return rest.fault();
      }
      if (rest.value() == Rest::none) {
        return std::nullopt;
      }
    }
  }
  [[nodiscard]] StatementSum owed() const {
    const auto totals = store.books.statements({.tenant = owner, .page_size = 1000}).totals;
    return totals.empty() ? StatementSum{} : totals.front().sum;
  }

  CountingBooks store;
  const WallTime april = money::in_march.end + hours{2};
};

TEST_F(BooksDeskSpec, LooksAtEachGrantOnceHoweverOftenAConsumerWasGrantedAnew) {
  grant_again_and_again(500);
  BooksDesk desk{store, Epoch{1}};
  EXPECT_FALSE(do_all(desk, april));
  EXPECT_EQ(owed().lines, 500U);
  EXPECT_EQ(owed().amount_micros, cost_of(money::graduated(), Amount{50'000}));
  EXPECT_EQ(store.grants_read, 500U);
  const std::size_t closings_without_grants = 31 + 5;  // Days, weeks.
  EXPECT_LE(store.span_queries, closings_without_grants + 500 / shared_grants_max + 1);
}

TEST_F(BooksDeskSpec, ComesToTheSameWhereverItWasInterrupted) {
  grant_again_and_again(10);
  const CountingBooks fresh = store;
  for (const bool loses : {false, true}) {
    for (std::size_t closings = 70; closings <= 76; ++closings) {  // The month comes after 71.
      store = fresh;
      store.closings_until_away = closings;
      store.loses_answer = loses;
      BooksDesk desk{store, Epoch{1}, {.grants_at_once = 3}};
      EXPECT_TRUE(do_all(desk, april)) << closings;
      store.closings_until_away = SIZE_MAX;
      EXPECT_FALSE(do_all(desk, april)) << "the desk goes on";
      EXPECT_EQ(owed().amount_micros, cost_of(money::graduated(), Amount{1'000})) << closings;
      EXPECT_EQ(store.books.payouts({.owner = owner}).payouts.size(), 1U);
    }
  }
}

TEST_F(BooksDeskSpec, ClosesNothingBeforeEverythingOfItIsStored) {
  grant_again_and_again(1);
  BooksDesk desk{store, Epoch{1}};
  EXPECT_FALSE(do_all(desk, money::in_march.end + hours{1} - Duration{1}));
  EXPECT_EQ(owed().lines, 0U);
  EXPECT_FALSE(do_all(desk, money::in_march.end + hours{1}));
  EXPECT_EQ(owed().lines, 1U);
}

// The server was away when its reservation expired, and settles it when it is back.
TEST_F(BooksDeskSpec, BillsAUseThatIsSettledLongAfterItsGrantOnceAndInThePeriodOfItsSettlement) {
  const WallTime late = on(2) + hours{24 * 100};
  const SharingId grant{5, 1};
  store.grants.push_back({grant, money::policy, owner, consumer, on(2), on(2) + hours{1}});
  const auto put = [&](WallTime at, std::uint64_t uses, std::uint64_t units) {
    store.books.put_hour(
        {consumer, owner, {grant, money::policy, billing_hour_at(at), uses, Amount{units}}});
  };
  put(on(2), 1, 100);
  BooksDesk desk{store, Epoch{1}};
  EXPECT_FALSE(do_all(desk, late));
  EXPECT_EQ(owed().amount_micros, cost_of(money::graduated(), Amount{100}));
  put(late, 0, 300);
  EXPECT_FALSE(do_all(desk, late + hours{24 * 100}));
  const auto lines = store.books.statements({.tenant = owner}).lines;
  ASSERT_EQ(lines.size(), 2U) << "one of each period";
  EXPECT_EQ(lines[0].units, Amount{100});
  EXPECT_EQ(lines[1].units, Amount{300});
  EXPECT_EQ(lines[1].uses, 0U) << "it was counted when it was reserved";
  EXPECT_EQ(lines[1].amount_micros, cost_of(money::graduated(), Amount{300}));
}

TEST_F(BooksDeskSpec, MakesSeveralPayoutsOfWhatOneCannotHold) {
  grant_again_and_again(10);
  BooksDesk desk{store, Epoch{1}, {.lines_per_payout = 4}};
  EXPECT_FALSE(do_all(desk, april));
  const auto made = store.books.payouts({.owner = owner}).payouts;
  ASSERT_EQ(made.size(), 3U);
  EXPECT_EQ(made[0].amount_micros + made[1].amount_micros + made[2].amount_micros,
            owed().owner_micros);
}

}  // namespace
}  // namespace sluice::testing
