// SPDX-License-Identifier: Apache-2.0
#include "ops/demo_replay/sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/meter.hpp"
#include "ops/demo_replay/customers.hpp"
#include "ops/demo_replay/replay.hpp"

namespace sluice::demo {
namespace {

using namespace std::chrono_literals;

TEST(SampleSpec, IsTheSameEveryTime) {
  EXPECT_EQ(generated_sample(1'000), generated_sample(1'000));
  auto shorter = generated_sample(2'000);
  shorter.resize(1'000);
  EXPECT_EQ(shorter, generated_sample(1'000)) << "a longer one must begin like a shorter one";
}

TEST(SampleSpec, RunsForwardAndStaysWithinWhatAModelTakes) {
  const auto sample = generated_sample(5'000);
  EXPECT_TRUE(std::is_sorted(sample.begin(), sample.end(),
                             [](const auto& a, const auto& b) { return a.at < b.at; }));
  for (const bench::TraceRequest& request : sample) {
    EXPECT_GE(request.tokens, Amount{2});
    EXPECT_LE(request.tokens, Amount{10'000});
  }
}

TEST(SampleSpec, ComesInBursts) {
  std::map<std::int64_t, double> in_second;
  const auto sample = generated_sample(20'000);
  for (const bench::TraceRequest& request : sample) {
    in_second[request.at / 1s] += 1;
  }
  const auto seconds = static_cast<double>(sample.back().at / 1s + 1);
  const double mean = 20'000 / seconds;
  double squares = mean * mean * (seconds - static_cast<double>(in_second.size()));
  for (const auto& [second, count] : in_second) {
    squares += (count - mean) * (count - mean);
  }
  EXPECT_GT(squares / seconds, 1.5 * mean) << "Poisson arrivals at one rate would have the mean";
}

TEST(SampleSpec, IsMeasuredFromItsFirstRequestToItsLast) {
  const SampleSize size = size_of({{0s, Amount{10}}, {5s, Amount{20}}});
  EXPECT_EQ(size.requests, 2U);
  EXPECT_EQ(size.tokens, Amount{30});
  EXPECT_EQ(size.length, 5s);
  EXPECT_EQ(size_of({}).requests, 0U);
}

TEST(CustomersSpec, AreWhatAServerAcceptsHoweverSmallTheSample) {
  const Meters meters = find_meters(default_meters()).value();
  for (const SampleSize& size : {SampleSize{1, Amount{0}, 0s}, SampleSize{20'000, Amount{1}, 4h},
                                 size_of(generated_sample(20'000))}) {
    for (std::size_t rank = 0; rank < customers_count; ++rank) {
      TenantDefinition draft = customer(rank, size, meters);
      draft.id = TenantId{1, 1};  // The server would choose one.
      const auto founded = found(draft, default_meters(), WallTime{});
      EXPECT_TRUE(founded.ok()) << rank;
    }
  }
}

TEST(CustomersSpec, HaveDifferentSlugsAndAllTiersAmongTheBusiest) {
  auto slugs = customer_slugs();
  std::sort(slugs.begin(), slugs.end());
  EXPECT_EQ(std::unique(slugs.begin(), slugs.end()), slugs.end());
  std::map<std::string, int> tiers;
  for (std::size_t rank = 0; rank < 4; ++rank) {
    ++tiers[customer(rank, {1, Amount{1}, 1s}, {}).tier];
  }
  EXPECT_EQ(tiers.size(), 4U);
}

TEST(CustomersSpec, NeedTheMetersThatTheyAreChargedOn) {
  EXPECT_FALSE(find_meters({{MeterId{1}, "api_requests", "request"}}).ok());
}

TEST(RequestsSpec, BelongToTheSameTenantsEveryTimeAndMostToTheFirst) {
  const auto first = assigned(generated_sample(5'000));
  const auto second = assigned(generated_sample(5'000));
  std::vector<int> asked(customers_count);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].tenant, second[i].tenant);
    ++asked[first[i].tenant.raw()];
  }
  EXPECT_GT(asked[0], asked[1]);
  EXPECT_GT(asked[1], asked[10]);
}

}  // namespace
}  // namespace sluice::demo
