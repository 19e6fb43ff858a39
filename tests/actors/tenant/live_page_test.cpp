// SPDX-License-Identifier: Apache-2.0
// What people are told of counters by label, and of what is open.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/actors/tenant/desk.hpp"

namespace sluice {
namespace {

std::vector<LabelCounter> counters_of(const Desk& desk, CounterQuery query = {}) {
  return desk.tenant.counters(query, desk.now).value().counters;
}

/// The one counter that such a question is answered with.
LabelCounter only_counter(const Desk& desk, CounterQuery query = {}) {
  const auto counters = counters_of(desk, std::move(query));
  EXPECT_EQ(counters.size(), 1U);
  return counters.at(0);
}

std::vector<EntryId> open_ids(const Desk& desk, HoldQuery query = {}) {
  std::vector<EntryId> ids;
  for (const OpenHold& hold : desk.tenant.holds(query, desk.now).holds) {
    ids.push_back(hold.id);
  }
  return ids;
}

CounterQuery of_user(std::string user) {
  return {.labels = {{"user", std::move(user)}}};
}

TEST(LabelCounterSpec, ThereIsOneForEachValueThatWasMet) {
  Desk desk{{per({"user"}, window(100, Period::day))}};
  EXPECT_TRUE(counters_of(desk).empty());
  desk.as_user("ann");
  desk.charge(80);
  desk.as_user("bob");
  desk.charge(5);
  EXPECT_EQ(counters_of(desk).size(), 2U);
  const LabelCounter ann = only_counter(desk, of_user("ann"));
  EXPECT_EQ(ann.limit, "window");
  EXPECT_EQ(ann.labels, (std::vector<OwnedLabel>{{"user", "ann"}}));
  EXPECT_EQ(ann.reading.meter, api_requests);
  EXPECT_EQ(ann.reading.size, Amount{100});
  EXPECT_EQ(ann.reading.used, Amount{80});
  EXPECT_EQ(ann.reading.remaining, Amount{20});
  EXPECT_EQ(ann.reading.resets_at, utc("2024-05-16T00:00:00Z"));
  EXPECT_FALSE(ann.idle);
}

TEST(LabelCounterSpec, WhatIsHeldIsToldOfTheCounterThatHoldsIt) {
  Desk desk{{per({"user"}, window(100, Period::day))}};
  desk.as_user("ann");
  desk.reserve(1, 30);
  desk.as_user("bob");
  desk.charge(1);
  EXPECT_EQ(only_counter(desk, of_user("ann")).reading.held, Amount{30});
  EXPECT_EQ(only_counter(desk, of_user("ann")).reading.remaining, Amount{70});
  EXPECT_EQ(only_counter(desk, of_user("bob")).reading.held, Amount{0});
}

TEST(LabelCounterSpec, IsIdleOnceNothingOfItWouldBeMissed) {
  Desk desk{{per({"user"}, rate(1, 1s, 10))}};
  desk.as_user("ann");
  desk.charge(4);
  EXPECT_FALSE(only_counter(desk).idle);
  desk.pass(4s);
  EXPECT_TRUE(only_counter(desk).idle);
  EXPECT_EQ(only_counter(desk).reading.used, Amount{0});
}

TEST(LabelCounterSpec, WhatIsHeldIsNeverIdle) {
  Desk desk{{per({"user"}, concurrency(2))}};
  desk.as_user("ann");
  desk.reserve(1, 1);
  EXPECT_FALSE(only_counter(desk).idle);
  desk.cancel(1);
  EXPECT_TRUE(only_counter(desk).idle);
}

TEST(LabelCounterSpec, AWindowThatIsOverIsToldAsItStartsAgain) {
  Desk desk{{per({"user"}, window(100, Period::day))}};
  desk.as_user("ann");
  desk.charge(80);
  desk.pass(24h);
  const LabelCounter ann = only_counter(desk);
  EXPECT_EQ(ann.reading.used, Amount{0});
  EXPECT_EQ(ann.reading.resets_at, utc("2024-05-17T00:00:00Z"));
  EXPECT_TRUE(ann.idle);
}

TEST(LabelCounterSpec, ARequestWithoutTheLabelIsCountedUnderTheEmptyValue) {
  Desk desk{{per({"user"}, window(100, Period::day))}};
  desk.charge(3);
  EXPECT_EQ(only_counter(desk, of_user("")).reading.used, Amount{3});
}

TEST(LabelCounterSpec, AQuestionMayBeAboutOneLimitOrSomeValues) {
  Limit by_both = per({"user", "model"}, window(50, Period::month));
  by_both.name = "both";
  Desk desk{{per({"user"}, window(100, Period::day)), by_both}};
  for (const char* model : {"small", "large"}) {
    desk.as({{"user", "ann"}, {"model", model}});
    desk.charge(1);
  }
  EXPECT_EQ(counters_of(desk).size(), 3U);
  EXPECT_EQ(counters_of(desk, {.limit = "both"}).size(), 2U);
  EXPECT_EQ(counters_of(desk, {.labels = {{"model", "large"}}}).size(), 1U)
      << "the other limit counts by no model";
  EXPECT_TRUE(counters_of(desk, of_user("bob")).empty());
}

TEST(LabelCounterSpec, ALimitThatHasNoneIsTold) {
  Limit plain = window(100, Period::day);
  plain.name = "plain";
  Desk desk{{plain}};
  EXPECT_EQ(desk.tenant.counters({.limit = "nothing"}, desk.now).fault(),
            (Fault{FaultCode::not_found, "limit: there is none of this name"}));
  EXPECT_EQ(desk.tenant.counters({.limit = "plain"}, desk.now).fault(),
            (Fault{FaultCode::invalid_argument, "limit: this one counts by no label"}));
}

TEST(LabelCounterSpec, PagesTellEveryCounterOnceAlsoWhenOthersCome) {
  Desk desk{{per({"user"}, window(100, Period::day))}};
  for (int user = 0; user < 25; ++user) {
    const std::string name = std::to_string(user);
    desk.as_user(name);
    desk.charge(1);
  }
  std::set<std::string> told;
  CounterQuery query{.page_size = 10};
  for (bool more = true; more;) {
    const CounterPage page = desk.tenant.counters(query, desk.now).value();
    EXPECT_TRUE(std::ranges::is_sorted(page.counters, {}, &LabelCounter::id));
    for (const LabelCounter& counter : page.counters) {
      EXPECT_TRUE(told.insert(counter.labels.at(0).value).second);
    }
    more = page.more;
    query.after = page.counters.back().id;
    desk.as_user("new" + std::to_string(told.size()));
    desk.charge(1);
  }
  for (int user = 0; user < 25; ++user) {
    EXPECT_TRUE(told.contains(std::to_string(user))) << user;
  }
}

TEST(OpenHoldSpec, TellsWhatAReservationHoldsAndWhatWasReported) {
  Desk desk{{window(100, Period::day), window(100, Period::day, llm_tokens)}};
  desk.as({{"user", "ann"}});
  desk.once(1, Mode::reserve, {{api_requests, Amount{1}}, {llm_tokens, Amount{60}}}, 30s);
  desk.pass(10s);
  desk.once(1, Mode::extend, {{llm_tokens, Amount{20}}}, 30s);
  const HoldPage page = desk.tenant.holds({}, desk.now);
  ASSERT_EQ(page.holds.size(), 1U);
  EXPECT_EQ(page.at, desk.now.wall);
  const OpenHold& hold = page.holds.front();
  EXPECT_EQ(hold.id, (EntryId{1, 1}));
  EXPECT_EQ(hold.kind, HoldKind::reservation);
  EXPECT_EQ(hold.made_at, noon);
  EXPECT_EQ(hold.expires_at, noon + 40s);
  EXPECT_EQ(hold.charges, (std::vector<HeldCharge>{{api_requests, Amount{1}, Amount{0}},
                                                   {llm_tokens, Amount{60}, Amount{20}}}));
  EXPECT_EQ(hold.labels, (std::vector<OwnedLabel>{{"user", "ann"}}));
}

TEST(OpenHoldSpec, ALeaseIsOpenToo) {
  Desk desk{{window(800, Period::day)}};
  desk.lease(1, 50);
  desk.lease(1, 50, 20);
  const auto holds = desk.tenant.holds({}, desk.now).holds;
  ASSERT_EQ(holds.size(), 1U);
  EXPECT_EQ(holds[0].kind, HoldKind::lease);
  EXPECT_EQ(holds[0].charges, (std::vector<HeldCharge>{{api_requests, Amount{50}, Amount{20}}}));
}

TEST(OpenHoldSpec, WhatIsOverIsNotTold) {
  Desk desk{{window(100, Period::day)}};
  EXPECT_TRUE(open_ids(desk).empty());
  desk.reserve(1, 10);
  desk.reserve(2, 10);
  desk.reserve(3, 10, 30s);
  desk.once(4, Mode::normal, 10);
  EXPECT_EQ(open_ids(desk), (std::vector<EntryId>{{1, 1}, {1, 2}, {1, 3}}));
  desk.commit(1, 10);
  desk.cancel(2);
  EXPECT_EQ(open_ids(desk), (std::vector<EntryId>{{1, 3}}));
  desk.pass(30s);
  desk.let_end();
  EXPECT_TRUE(open_ids(desk).empty());
}

TEST(OpenHoldSpec, AQuestionMayBeAboutSomeLabels) {
  Desk desk{{window(100, Period::day)}};
  desk.as({{"user", "ann"}, {"team", "search"}});
  desk.reserve(1, 1);
  desk.as_user("ann");
  desk.reserve(2, 1);
  EXPECT_EQ(open_ids(desk, {.labels = {{"user", "ann"}}}).size(), 2U);
  EXPECT_EQ(open_ids(desk, {.labels = {{"team", "search"}}}), (std::vector<EntryId>{{1, 1}}));
  EXPECT_EQ(open_ids(desk, {.labels = {{"team", ""}}}), (std::vector<EntryId>{{1, 2}}))
      << "those without it";
  EXPECT_TRUE(open_ids(desk, {.labels = {{"user", "bob"}}}).empty());
}

TEST(OpenHoldSpec, PagesGoOnBehindAnIdAlsoWhenThatIsOver) {
  Desk desk{{window(100, Period::day)}};
  for (std::uint64_t id = 5; id > 0; --id) {
    desk.reserve(id, 1);
  }
  const HoldPage first = desk.tenant.holds({.page_size = 2}, desk.now);
  EXPECT_TRUE(first.more);
  ASSERT_EQ(first.holds.size(), 2U);
  EXPECT_EQ(first.holds.back().id, (EntryId{1, 2}));
  desk.commit(2, 1);
  EXPECT_EQ(open_ids(desk, {.after = {1, 2}, .page_size = 2}),
            (std::vector<EntryId>{{1, 3}, {1, 4}}));
  const HoldPage last = desk.tenant.holds({.after = {1, 4}, .page_size = 2}, desk.now);
  EXPECT_EQ(last.holds.size(), 1U);
  EXPECT_FALSE(last.more);
}

}  // namespace
}  // namespace sluice
