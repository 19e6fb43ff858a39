// SPDX-License-Identifier: Apache-2.0
// The demo's verdict is worth something only if it finds what is wrong.
#include "ops/demo_replay/books.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>

#include "ops/demo_replay/counted.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::demo {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Meters meters{MeterId{1}, MeterId{2}};
constexpr bench::TenantIndex first{0};

client::Answer allowed() {
  client::Answer answer;
  answer.decision.outcome = Outcome::allowed;
  return answer;
}

client::Answer denied_by(LimitId limit) {
  client::Answer answer;
  answer.decision.outcome = Outcome::denied;
  answer.decision.reading.limit = limit;
  return answer;
}

LimitUsage usage_of(std::string name, MeterId meter, Rule rule, std::uint64_t used) {
  LimitUsage usage;
  usage.limit.id = LimitId{1};
  usage.limit.name = std::move(name);
  usage.limit.meter = meter;
  usage.limit.rule = rule;
  usage.reading.used = Amount{used};
  return usage;
}

/// All tenants without limits but the first, which has this one.
std::vector<client::UsageReport> reports(LimitUsage limit) {
  std::vector<client::UsageReport> all(customers_count);
  all.front().tenant.slug = "acorn";
  all.front().limits.push_back(std::move(limit));
  return all;
}

Rule requests_a_day(std::uint64_t size) {
  return WindowRule{Amount{size}, Period::day};
}

Books three_requests_of_ten_tokens() {
  Books books;
  for (int i = 0; i < 3; ++i) {
    books.enter(first, Amount{10}, allowed());
  }
  return books;
}

std::vector<std::string> judged(const LimitUsage& limit, Duration passed = 0s) {
  return broken_promises(three_requests_of_ten_tokens(), meters, reports(limit), passed);
}

TEST(BooksSpec, FindNothingWhenTheServerKeptItsPromises) {
  EXPECT_THAT(judged(usage_of("daily", meters.requests, requests_a_day(3), 3)), IsEmpty());
  EXPECT_THAT(judged(usage_of("daily", meters.tokens, requests_a_day(30), 30)), IsEmpty());
}

TEST(BooksSpec, FindWhatWasAdmittedBeyondALimitThatBlocks) {
  EXPECT_THAT(judged(usage_of("daily", meters.requests, requests_a_day(2), 3)),
              ElementsAre("acorn: 'daily' admitted 3 of 2"));
}

TEST(BooksSpec, FindUsageThatWasLostOrCountedTwice) {
  EXPECT_THAT(judged(usage_of("daily", meters.tokens, requests_a_day(99), 20)),
              ElementsAre("acorn: 'daily' counted 20 where 30 were admitted"));
  EXPECT_THAT(judged(usage_of("daily", meters.tokens, requests_a_day(99), 40)),
              ElementsAre("acorn: 'daily' counted 40 where 30 were admitted"));
}

TEST(BooksSpec, LetALimitThatOnlyAlertsBePassed) {
  LimitUsage limit = usage_of("daily", meters.requests, requests_a_day(2), 3);
  limit.limit.enforcement = Enforcement::alert;
  EXPECT_THAT(judged(limit), IsEmpty());
}

TEST(BooksSpec, FindARateThatAdmittedMoreThanItsTimeAllowed) {
  const LimitUsage pace = usage_of("pace", meters.requests, RateRule{Amount{1}, 1s, Amount{2}}, 0);
  EXPECT_THAT(judged(pace, 1s), IsEmpty());
  EXPECT_THAT(judged(pace, 999ms), ElementsAre(HasSubstr("admitted 3 where 2 were possible")));
}

TEST(BooksSpec, CountDenialsByTheLimitAndMissRequestsWithoutADecision) {
  Books books;
  books.enter(first, Amount{10}, denied_by(LimitId{7}));
  books.enter(first, Amount{10}, client::Answer{});
  Books other;
  other.enter(first, Amount{10}, denied_by(LimitId{7}));
  books.merge(other);
  EXPECT_EQ(books.total().denied_by.at(LimitId{7}), 2U);
  EXPECT_EQ(books.total().requests, 0U);
  EXPECT_THAT(broken_promises(books, meters,
                              reports(usage_of("d", meters.requests, requests_a_day(1), 0)), 0s),
              ElementsAre("acorn: 1 checks got no decision"));
}

TEST(BooksSpec, DoNotTakeAPolicysWordForTheServers) {
  Books books;
  client::Answer by_policy = allowed();
  by_policy.by_policy = true;
  books.enter(first, Amount{10}, by_policy);
  EXPECT_EQ(books.total().requests, 0U);
  EXPECT_EQ(books.total().unanswered, 1U);
}

TEST(CountedSpec, IsReadAsItWasWritten) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "counted";
  Counted counted;
  counted.at = WallTime{1700125200s};
  counted.used[{"acorn", "daily"}] = Amount{3};
  counted.used[{"beacon", "daily"}] = Amount::max();
  ASSERT_TRUE(write_counted(path, counted).ok());
  EXPECT_EQ(read_counted(path).value(), counted);
}

TEST(CountedSpec, RefusesAFileThatIsDamagedOrNotThere) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() / "counted";
  EXPECT_FALSE(read_counted(path).ok());
  for (const char* const text : {"", "yesterday\n", "2023-11-16T09:00:00Z\nacorn daily\n",
                                 "2023-11-16T09:00:00Z\nacorn daily -1\n"}) {
    std::ofstream{path} << text;
    EXPECT_FALSE(read_counted(path).ok()) << text;
  }
  EXPECT_FALSE(write_counted(directory.path() / "missing" / "counted", {}).ok());
}

TEST(CountedSpec, FindsWhatChangedOverARestart) {
  Counted before;
  before.used[{"acorn", "daily"}] = Amount{3};
  before.used[{"acorn", "monthly"}] = Amount{3};
  Counted after;
  after.used[{"acorn", "daily"}] = Amount{2};
  EXPECT_THAT(differences(before, before), IsEmpty());
  EXPECT_THAT(differences(before, after),
              ElementsAre("acorn: 'daily' was 3 and is 2", "acorn: 'monthly' is gone"));
}

TEST(CountedSpec, LeavesOutRatesBecauseTheyRefill) {
  const auto pace = usage_of("pace", meters.requests, RateRule{Amount{1}, 1s, Amount{2}}, 1);
  EXPECT_THAT(counted_in(reports(pace)).used, IsEmpty());
}

}  // namespace
}  // namespace sluice::demo
