// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/price.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using std::chrono::hours;

class StoredBooks : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (const std::uint64_t number : {1U, 2U, 3U}) {
      ASSERT_TRUE(done(store->create(deed(epoch), tenant(number))));
    }
  }
  static constexpr PolicyId policy_id(std::uint64_t number) { return {number, 1}; }
  static constexpr SharingId grant_id(std::uint64_t number) { return {number, 2}; }
  static constexpr WallTime march{std::chrono::seconds{1'772'323'200}};  // 2026-03-01, a Sunday.
  static constexpr Window in_march{march, march + hours{24 * 31}};

  /// Of tenant 1, at this price; changed at this time.
  static SharingPolicy policy(std::uint64_t number, std::uint64_t version, std::uint64_t price,
                              WallTime at) {
    SharingPolicy made{.id = policy_id(number),
                       .owner = tenant_id(1),
                       .resource = {ResourceType::model, "m" + std::to_string(number)},
                       .visibility = Visibility::marketplace,
                       .pricing = {.kind = PricingKind::tiered,
                                   .meter = MeterId{1},
                                   .per = Amount{10},
                                   .bands = {{Amount{100}, price}, {std::nullopt, 1}}},
                       .revenue = {.owner_basis_points = 7000,
                                   .minimum_payout_micros = 5,
                                   .schedule = PayoutSchedule::weekly}};
    made.permissions.add(SharePermission::read);
    made.created_at = march;
    made.updated_at = at;
    made.version = Version{version};
    return made;
  }
  void put(const SharingPolicy& policy) {
    ASSERT_TRUE(done(store->change_sharing({epoch, {}}, {.put = policy})));
  }
  /// Of tenant 2 for policy 1.
  void grant(std::uint64_t number, WallTime at, std::optional<WallTime> ended = std::nullopt) {
    SharingRequest request{.id = grant_id(number),
                           .policy = policy_id(number),
                           .owner = tenant_id(1),
                           .consumer = tenant_id(2),
                           .state = ended ? SharingState::revoked : SharingState::approved,
                           .created_at = at,
                           .decided_at = at,
                           .ended_at = ended};
    request.permissions.add(SharePermission::read);
    ASSERT_TRUE(done(store->change_sharing({epoch, {}}, {.requests = {{request, std::nullopt}}})));
  }
  /// Of a grant of tenant 2, in the hour that begins then.
  void use(std::uint64_t number, WallTime at) {
    SaveBatch batch{.epoch = epoch};
    batch.closed_shared.push_back(
        {.consumer = tenant_id(2),
         .owner = tenant_id(1),
         .hour = {grant_id(number), policy_id(number), billing_hour_at(at), 0, Amount{5}}});
    ASSERT_TRUE(done(store->save(batch)));
  }
  static StatementLine line(std::uint64_t grant, Window period, std::uint64_t amount,
                            std::string currency = "USD") {
    return {.grant = grant_id(grant),
            .policy = policy_id(grant),
            .owner = tenant_id(1),
            .consumer = tenant_id(2),
            .resource = {ResourceType::model, "m"},
            .period = period,
            .uses = 3,
            .units = Amount{7},
            .currency = std::move(currency),
            .amount_micros = amount,
            .owner_micros = amount - 1,
            .platform_micros = 1,
            .schedule = PayoutSchedule::daily,
            .minimum_payout_micros = 2,
            .closed_at = period.end + hours{1}};
  }
  void close(std::vector<StatementLine> lines) {
    ASSERT_TRUE(done(store->close_statements(epoch, {std::move(lines), std::nullopt})));
  }
  std::vector<StatementLine> lines_of(std::uint64_t tenant, SharingSide side) {
    return other->statements({.tenant = tenant_id(tenant), .side = side}).value().lines;
  }
  std::vector<UnpaidPool> unpaid(WallTime through = WallTime::max()) {
    return store->unpaid_pools({.through = through}).value();
  }
  /// Pays all that is due to tenant 1 in US dollars.
  Result<Done> pay(std::uint32_t number) {
    const auto due = due_payouts(unpaid(), PayoutSchedule::daily);
    return due.empty() ? Result<Done>{Fault{FaultCode::not_found, "nothing is due"}}
                       : pay(number, store->unpaid_lines(due.back(), WallTime::max(), 10).value());
  }
  Result<Done> pay(std::uint32_t number, const std::vector<UnpaidLine>& lines) {
    Payout payout = payout_of({tenant_id(1), "USD", {}}, PayoutSchedule::daily, in_march.end, lines,
                              in_march.end);
    payout.key.number = number;
    return store->pay_out(deed(epoch), payout, lines);
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredBooks, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredBooks, KeepTheTermsOfEachPolicyWithEverythingThatTheyHave) {
  put(policy(1, 1, 20, march));
  put(policy(1, 2, 30, in_march.end));
  put(policy(2, 1, 5, march + hours{1}));
  restart();
  const std::vector<PolicyId> asked{policy_id(2), policy_id(9), policy_id(1)};
  const auto terms = store->sharing_terms(asked).value();
  ASSERT_EQ(terms.size(), 3U);
  const SharingPolicy last = policy(1, 2, 30, in_march.end);
  EXPECT_EQ(terms[2], (SharingTerms{last.id, last.updated_at, last.owner, last.resource,
                                    last.pricing, last.revenue}));
  EXPECT_EQ(terms[0].policy, policy_id(2));
  EXPECT_EQ(store->books_progress().value().begun, march);
}

TEST_P(StoredBooks, KeepOnlyTermsThatAPeriodCanBeginWith) {
  put(policy(1, 1, 20, march));
  put(policy(1, 2, 20, march + hours{1}));  // Costs the same.
  put(policy(1, 3, 30, march + hours{2}));
  put(policy(1, 4, 40, march + hours{3}));
  const std::vector<PolicyId> asked{policy_id(1)};
  const auto terms = store->sharing_terms(asked).value();
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0].since, march) << "of the policy's first period";
  EXPECT_EQ(terms[1].since, march + hours{3});
}

TEST_P(StoredBooks, KeepTermsWhenTheirPolicyIsGone) {
  put(policy(1, 1, 20, march));
  ASSERT_TRUE(done(store->change_sharing({epoch, {}}, {.removed = policy_id(1)})));
  const std::vector<PolicyId> asked{policy_id(1)};
  EXPECT_EQ(store->sharing_terms(asked).value().size(), 1U);
}

TEST_P(StoredBooks, TellWhichGrantsStoodInAWindow) {
  put(policy(1, 1, 20, march));
  put(policy(2, 1, 20, march));
  grant(1, march + hours{1}, march + hours{30});
  grant(2, march + hours{2});
  const auto told = [&](const GrantSpanQuery& query) {
    std::vector<SharingId> ids;
    const auto spans = other->grant_spans(query);
    for (const GrantSpan& span : spans.value()) {
      ids.push_back(span.id);
    }
    return ids;
  };
  const std::vector<SharingId> both{grant_id(1), grant_id(2)};
  const GrantSpanQuery all{.window = in_march};
  EXPECT_EQ(told(all), both);
  EXPECT_EQ(store->grant_spans(all).value()[0],
            (GrantSpan{grant_id(1), policy_id(1), tenant_id(1), tenant_id(2), march + hours{1},
                       march + hours{30}}));
  GrantSpanQuery query = all;
  query.window = {march + hours{30}, march + hours{31}};
  EXPECT_EQ(told(query), std::vector{grant_id(2)}) << "the other one ended as it began";
  query.window = {march - hours{2}, march};
  EXPECT_TRUE(told(query).empty());
  query = all;
  query.after = grant_id(1);
  EXPECT_EQ(told(query), std::vector{grant_id(2)});
  query = all;
  query.count_max = 1;
  EXPECT_EQ(told(query), std::vector{grant_id(1)});
  query = all;
  query.policy = policy_id(2);
  EXPECT_EQ(told(query), std::vector{grant_id(2)});
  query = all;
  query.billed = BillingPeriod::day;
  EXPECT_TRUE(told(query).empty());
  query.billed = BillingPeriod::month;
  EXPECT_EQ(told(query), both);
  query = all;
  query.tenant = tenant_id(2);
  EXPECT_TRUE(told(query).empty()) << "it owns none of them";
  query.side = SharingSide::consumer;
  EXPECT_EQ(told(query), both);
}

// A reservation is settled, and counted, when somebody serves its tenant again.
TEST_P(StoredBooks, TellWhichGrantsWereUsedInAWindowHoweverLongAfterTheirEnd) {
  put(policy(1, 1, 20, march));
  grant(1, march + hours{1}, march + hours{2});
  const WallTime late = march + hours{24 * 365};
  use(1, late);
  const auto are_told = [&](Window window, std::optional<TenantId> consumer = std::nullopt) {
    const GrantSpanQuery query{.tenant = consumer, .side = SharingSide::consumer, .window = window};
    return !other->grant_spans(query).value().empty();
  };
  EXPECT_TRUE(are_told({late, late + hours{1}}));
  EXPECT_TRUE(are_told({late, late + hours{1}}, tenant_id(2)));
  EXPECT_FALSE(are_told({late - hours{24}, late}));
  EXPECT_FALSE(are_told({late + hours{1}, late + hours{24}}));
  use(1, march - hours{1});
  EXPECT_TRUE(are_told({march - hours{24}, march})) << "by a clock that was stepped back";
}

TEST_P(StoredBooks, HaveEachLineOnceAndAsItWasFirst) {
  close({line(1, in_march, 10), line(2, in_march, 20)});
  StatementLine other_amount = line(1, in_march, 99);
  close({other_amount});
  restart();
  const std::vector<StatementLine> written{line(1, in_march, 10), line(2, in_march, 20)};
  EXPECT_EQ(lines_of(1, SharingSide::owner), written);
  EXPECT_EQ(lines_of(2, SharingSide::consumer), written) << "both sides are told the same";
  EXPECT_TRUE(lines_of(2, SharingSide::owner).empty());
  EXPECT_TRUE(lines_of(3, SharingSide::consumer).empty());
  ASSERT_EQ(unpaid().size(), 2U);
  EXPECT_EQ(unpaid()[0].owner_micros, 9U);
}

TEST_P(StoredBooks, TellLinesInPages) {
  const Window april{in_march.end, in_march.end + hours{24 * 30}};
  close({line(2, in_march, 1), line(1, april, 2), line(1, in_march, 3)});
  StatementQuery query{.tenant = tenant_id(1), .page_size = 2};
  const StatementPage first = store->statements(query).value();
  ASSERT_EQ(first.lines.size(), 2U);
  EXPECT_TRUE(first.more);
  EXPECT_EQ(first.lines[0].grant, grant_id(1));
  query.after = StatementCursor{first.lines[1].period.start, first.lines[1].grant};
  const StatementPage second = store->statements(query).value();
  ASSERT_EQ(second.lines.size(), 1U);
  EXPECT_FALSE(second.more);
  EXPECT_EQ(second.lines[0].period, april);
  query = {.tenant = tenant_id(1), .from = april.start, .to = april.end};
  EXPECT_EQ(store->statements(query).value().lines.size(), 1U);
  query = {.tenant = tenant_id(1), .policy = policy_id(2)};
  EXPECT_EQ(store->statements(query).value().lines.size(), 1U);
  query.page_size = 0;
  EXPECT_TRUE(refused(store->statements(query), FaultCode::invalid_argument, "page_size"));
}

TEST_P(StoredBooks, AddUpTheWholeAnswerWithItsFirstPage) {
  StatementLine foreign = line(3, in_march, 5);
  foreign.consumer = tenant_id(3);
  close({line(1, in_march, 10), line(2, in_march, 20, "EUR"), foreign});
  StatementQuery query{.tenant = tenant_id(1), .page_size = 1};
  const StatementPage page = store->statements(query).value();
  EXPECT_EQ(page.totals,
            (std::vector<CurrencySum>{{"EUR", {1, 3, 20, 19, 1}}, {"USD", {2, 6, 15, 13, 2}}}));
  query.after = StatementCursor{page.lines[0].period.start, page.lines[0].grant};
  EXPECT_TRUE(store->statements(query).value().totals.empty()) << "once";
  query = {.tenant = tenant_id(1), .counterparty = tenant_id(3)};
  EXPECT_EQ(store->statements(query).value().lines, std::vector{foreign});
  EXPECT_EQ(store->statements(query).value().totals,
            (std::vector<CurrencySum>{{"USD", {1, 3, 5, 4, 1}}}));
  query = {.tenant = tenant_id(2), .side = SharingSide::consumer, .counterparty = tenant_id(1)};
  EXPECT_EQ(store->statements(query).value().lines.size(), 2U);
}

TEST_P(StoredBooks, AddUpTotalsBeyondWhatAnIntegerHolds) {
  std::vector<StatementLine> lines;
  for (std::uint64_t i = 1; i <= 2; ++i) {
    lines.push_back(line(i, in_march, 2));
    lines.back().uses = Amount::max_raw;
  }
  close(std::move(lines));
  EXPECT_EQ(store->statements({.tenant = tenant_id(1)}).value().totals[0].sum.uses,
            Amount::max_raw);
}

TEST_P(StoredBooks, RememberHowFarEachTaskHasCome) {
  EXPECT_EQ(store->books_progress().value(), BooksProgress{});
  const BooksMark mark{BooksTask::close_days, march};
  ASSERT_TRUE(done(store->close_statements(epoch, {{}, mark})));
  ASSERT_TRUE(
      done(store->close_statements(epoch, {{}, BooksMark{BooksTask::pay_monthly, in_march.end}})));
  restart();
  EXPECT_EQ(store->books_progress().value().marks,
            (std::vector{mark, BooksMark{BooksTask::pay_monthly, in_march.end}}));
}

TEST_P(StoredBooks, PoolWhatIsUnpaidByCurrencyAndPolicyWithTheTermsOfTheLatestLine) {
  const Window april{in_march.end, in_march.end + hours{24 * 30}};
  StatementLine later = line(1, april, 5);
  later.schedule = PayoutSchedule::monthly;
  later.minimum_payout_micros = 3;
  close({later, line(1, in_march, 10), line(2, in_march, 20), line(3, in_march, 7, "EUR")});
  EXPECT_EQ(unpaid(in_march.end - Duration{1}).size(), 0U);
  EXPECT_EQ(unpaid(in_march.end).size(), 3U);
  const auto all = unpaid();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].currency, "EUR");
  EXPECT_EQ(all[1],
            (UnpaidPool{tenant_id(1), "USD", policy_id(1), 13, PayoutSchedule::monthly, 3}));
  EXPECT_TRUE(store->unpaid_pools({WallTime::max(), tenant_id(1), 5}).value().empty());
}

TEST_P(StoredBooks, AddUpMoreThanAnIntegerHoldsWithoutFailing) {
  std::vector<StatementLine> lines;
  for (std::uint64_t day = 0; day < 10'000; ++day) {
    const WallTime start = march + hours{24 * static_cast<std::int64_t>(day)};
    lines.push_back(line(1, {start, start + hours{24}}, cost_micros_max));
  }
  close(lines);
  ASSERT_EQ(unpaid().size(), 1U);
  EXPECT_EQ(unpaid()[0].owner_micros, Amount::max_raw);
}

TEST_P(StoredBooks, PayEachLineOnce) {
  close({line(1, in_march, 10), line(2, in_march, 20)});
  const auto due = due_payouts(unpaid(), PayoutSchedule::daily);
  ASSERT_EQ(due.size(), 1U);
  const auto lines = store->unpaid_lines(due[0], in_march.end, 10).value();
  EXPECT_EQ(lines, (std::vector<UnpaidLine>{{grant_id(1), march, 9}, {grant_id(2), march, 19}}));
  EXPECT_EQ(store->unpaid_lines(due[0], in_march.end, 1).value().size(), 1U);
  EXPECT_TRUE(refused(pay(2, lines), FaultCode::conflict, "number"));
  ASSERT_TRUE(done(pay(1, lines)));
  EXPECT_TRUE(refused(pay(2, lines), FaultCode::conflict, "lines"));
  EXPECT_TRUE(unpaid().empty());
  close({line(1, in_march, 10)});
  EXPECT_TRUE(unpaid().empty()) << "a line that is written again is not owed again";
  close({line(3, in_march, 4)});
  ASSERT_TRUE(done(pay(2)));
  const PayoutPage page = other->payouts({.owner = tenant_id(1)}).value();
  ASSERT_EQ(page.payouts.size(), 2U);
  EXPECT_EQ(page.payouts[0].key.number, 2U) << "the latest first";
  EXPECT_EQ(page.payouts[1].amount_micros, 28U);
  EXPECT_EQ(page.payouts[1].lines, 2U);
  EXPECT_TRUE(other->payouts({.owner = tenant_id(2)}).value().payouts.empty());
}

TEST_P(StoredBooks, TellPayoutsInPages) {
  close({line(1, in_march, 10)});
  ASSERT_TRUE(done(pay(1)));
  close({line(2, in_march, 10)});
  ASSERT_TRUE(done(pay(2)));
  PayoutQuery query{.owner = tenant_id(1), .page_size = 1};
  const PayoutPage first = store->payouts(query).value();
  ASSERT_EQ(first.payouts.size(), 1U);
  EXPECT_TRUE(first.more);
  query.after = first.payouts[0].key;
  const PayoutPage second = store->payouts(query).value();
  ASSERT_EQ(second.payouts.size(), 1U);
  EXPECT_EQ(second.payouts[0].key.number, 1U);
  EXPECT_FALSE(second.more);
  query = {.owner = tenant_id(1), .currency = "EUR"};
  EXPECT_TRUE(store->payouts(query).value().payouts.empty());
}

TEST_P(StoredBooks, AreToldOnceThatAPayoutWasPaid) {
  close({line(1, in_march, 10)});
  ASSERT_TRUE(done(pay(1)));
  const PayoutKey key{tenant_id(1), "USD", 1};
  const auto mark = [&](const PayoutKey& which) {
    return store->mark_payout_paid(deed(epoch), which, in_march.end + hours{9}, "wire 47");
  };
  EXPECT_TRUE(refused(mark({tenant_id(1), "USD", 2}), FaultCode::not_found, ""));
  const auto marked = mark(key);
  ASSERT_TRUE(done(marked));
  EXPECT_EQ(marked.value().reference, "wire 47");
  EXPECT_TRUE(refused(mark(key), FaultCode::conflict, "paid already"));
  EXPECT_EQ(other->payouts({.owner = tenant_id(1)}).value().payouts.front(), marked.value());
}

TEST_P(StoredBooks, OutliveTheTenants) {
  put(policy(1, 1, 20, march));
  close({line(1, in_march, 10)});
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(2))));
  EXPECT_EQ(lines_of(1, SharingSide::owner).size(), 1U) << "the owner is still owed it";
  EXPECT_TRUE(done(pay(1)));
}

TEST_P(StoredBooks, AreWrittenByTheOwnerOfTheShardsAlone) {
  const Epoch stale{epoch.raw() - 1};
  EXPECT_TRUE(refused(store->close_statements(stale, {{line(1, in_march, 10)}, std::nullopt}),
                      FaultCode::fenced, ""));
  close({line(1, in_march, 10)});
  const auto due = due_payouts(unpaid(), PayoutSchedule::daily);
  const auto lines = store->unpaid_lines(due[0], in_march.end, 10).value();
  Payout payout = payout_of(due[0], PayoutSchedule::daily, in_march.end, lines, in_march.end);
  payout.key.number = 1;
  EXPECT_TRUE(refused(store->pay_out(deed(stale), payout, lines), FaultCode::fenced, ""));
  EXPECT_EQ(unpaid().size(), 1U);
}

}  // namespace sluice::test
