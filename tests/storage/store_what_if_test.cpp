// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "actors/runtime/what_if_page.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t midnight = 20'000 * 24 * 60;  // Of 2024-10-04, in minutes.

/// A limit of so much a month on meter 1, applied to the month after `midnight` in hours.
WhatIfQuery proposal(std::uint64_t size) {
  WhatIfQuery query;
  query.limit.name = "proposed";
  query.limit.meter = MeterId{1};
  query.limit.rule = WindowRule{Amount{size}, Period::month};
  query.from = start_of(Minute{midnight});
  query.to = query.from + 24h * 27;
  return query;
}

/// Five tenants, of which each used ten times its number.
class StoredPast : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    std::vector<UsageRow> rows;
    for (std::uint64_t number = 1; number <= 5; ++number) {
      TenantDefinition made = tenant_with_limits(number, 2);
      made.tier = number % 2 == 0 ? "even" : "odd";
      ASSERT_TRUE(done(store->create(deed(epoch), made)));
      rows.push_back(used(number, midnight, 4 * number));
      rows.push_back(used(number, midnight + 90, 6 * number));
    }
    save(std::move(rows));
  }

  static UsageRow used(std::uint64_t number, std::uint32_t minute, std::uint64_t amount) {
    return {tenant_id(number),
            {.meter = MeterId{1}, .minute = Minute{minute}, .used = Amount{amount}, .allowed = 1}};
  }
  void save(std::vector<UsageRow> rows) {
    SaveBatch made = batch({});
    made.closed_usage = std::move(rows);
    ASSERT_TRUE(done(store->save(made)));
  }
  WhatIfPage read(const WhatIfQuery& query) {
    auto page = read_what_if(*store, query);
    EXPECT_TRUE(done(page));
    return page.ok() ? std::move(page).value() : WhatIfPage{};
  }
  static std::vector<std::uint64_t> units(const WhatIfPage& page) {
    std::vector<std::uint64_t> amounts;
    for (const WhatIfRow& row : page.rows) {
      amounts.push_back(row.found.refused.raw());
    }
    return amounts;
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredPast, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredPast, TellsWhomALimitWouldHaveRefusedAndHowMuch) {
  const WhatIfPage page = read(proposal(35));
  EXPECT_EQ(page.looked_at, 5U);
  EXPECT_EQ(page.next, std::nullopt);
  ASSERT_THAT(page.rows, SizeIs(2));
  const Hindsight fourth{.asked = Amount{40},
                         .buckets = 2,
                         .refused = Amount{5},
                         .refused_buckets = 1,
                         .first_refused = start_of(Minute{midnight + 60}),
                         .last_refused = start_of(Minute{midnight + 60}),
                         .peak = Amount{40}};
  EXPECT_EQ(page.rows[0], (WhatIfRow{tenant_id(4), tenant(4).slug, fourth}));
  EXPECT_EQ(page.rows[1].tenant, tenant_id(5));
}

TEST_P(StoredPast, IsToldPageByPage) {
  WhatIfQuery query = proposal(15);
  query.page_size = 2;
  const WhatIfPage first = read(query);
  EXPECT_THAT(units(first), ElementsAre(5));
  ASSERT_EQ(first.next, tenant_id(2));
  query.after = first.next;
  EXPECT_THAT(units(read(query)), ElementsAre(15, 25));
  query.after = tenant_id(4);
  const WhatIfPage last = read(query);
  EXPECT_THAT(units(last), ElementsAre(35));
  EXPECT_EQ(last.looked_at, 1U);
  EXPECT_EQ(last.next, std::nullopt);
}

TEST_P(StoredPast, IsToldOfOneTierOnly) {
  WhatIfQuery query = proposal(15);
  query.tier = "even";
  const WhatIfPage page = read(query);
  EXPECT_EQ(page.looked_at, 2U);
  EXPECT_THAT(units(page), ElementsAre(5, 25));
}

TEST_P(StoredPast, IsToldOfOneTenantThoughNothingWouldHaveBeenRefused) {
  WhatIfQuery query = proposal(35);
  query.tenant = tenant_id(3);
  const WhatIfPage page = read(query);
  EXPECT_EQ(page.looked_at, 1U);
  ASSERT_THAT(page.rows, SizeIs(1));
  EXPECT_EQ(page.rows[0].found.peak, Amount{30});
  query.tenant = tenant_id(9);
  EXPECT_TRUE(refused(read_what_if(*store, query), FaultCode::not_found, "does not exist"));
}

TEST_P(StoredPast, CountsOnlyWhatIsInTheRangeAndOfTheMeter) {
  WhatIfQuery query = proposal(15);
  query.from += 1h;
  EXPECT_THAT(units(read(query)), ElementsAre(3, 9, 15));
  query.to = query.from;
  EXPECT_THAT(units(read(query)), IsEmpty());
  query = proposal(15);
  query.limit.meter = MeterId{2};
  EXPECT_THAT(units(read(query)), IsEmpty());
}

TEST_P(StoredPast, CountsWhatIsStillOpen) {
  SaveBatch open = batch({});
  open.open_usage = {used(1, midnight + 200, 100)};
  ASSERT_TRUE(done(store->save(open)));
  EXPECT_THAT(units(read(proposal(60))), ElementsAre(50));
}

TEST_P(StoredPast, MayHaveMoreBucketsThanOneQueryTellsAndThenEndsItsPage) {
  std::vector<UsageRow> minutes;
  for (std::uint32_t minute = 0; minute < what_if_page_points_max; ++minute) {
    minutes.push_back(used(2, midnight + 100 + minute, 1));
  }
  save(std::move(minutes));
  WhatIfQuery query = proposal(what_if_page_points_max);
  query.granularity = Granularity::minute;
  const WhatIfPage page = read(query);
  EXPECT_THAT(units(page), ElementsAre(20)) << "after " << what_if_page_points_max << " minutes";
  EXPECT_EQ(page.looked_at, 2U);
  EXPECT_EQ(page.next, tenant_id(2));
}

TEST_P(StoredPast, IsAsItWasAfterItWasLookedAt) {
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 7)}))));
  const TenantRecord before = stored(tenant_id(1));
  EXPECT_THAT(units(read(proposal(0))), SizeIs(5));
  EXPECT_EQ(stored(tenant_id(1)), before);
  EXPECT_THAT(units(read(proposal(0))), SizeIs(5));
}

}  // namespace sluice::test
