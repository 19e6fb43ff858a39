// SPDX-License-Identifier: Apache-2.0
#include "bench/load_options.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

std::variant<LoadOptions, ExitAtOnce> read(std::vector<const char*> words) {
  words.insert(words.begin(), "sluice-load");
  return read_load_options(static_cast<int>(words.size()), words.data());
}

LoadOptions accepted(std::vector<const char*> words) {
  auto result = read(std::move(words));
  if (const auto* refused = std::get_if<ExitAtOnce>(&result)) {
    throw std::runtime_error(refused->text);
  }
  return std::get<LoadOptions>(std::move(result));
}

std::string refusal(std::vector<const char*> words) {
  const auto result = read(std::move(words));
  const auto* refused = std::get_if<ExitAtOnce>(&result);
  return refused != nullptr && refused->code == 2 ? refused->text : "accepted";
}

TEST(LoadOptionsSpec, WithoutOptionsItIsAClosedLoopOfSixtyFourForTenSeconds) {
  const LoadOptions options = accepted({});
  EXPECT_EQ(std::get<ClosedLoop>(options.pacing).callers, 64U);
  EXPECT_FALSE(std::get<ClosedLoop>(options.pacing).blocking);
  EXPECT_EQ(options.duration, 10s);
  EXPECT_EQ(options.warm_up, 1s);
  EXPECT_EQ(options.amount, Amount{1});
}

TEST(LoadOptionsSpec, BatchesMayBeSaidToBeInFlight) {
  const LoadOptions options = accepted({"--batch", "64", "--in-flight", "50"});
  EXPECT_EQ(std::get<ClosedLoop>(options.pacing).callers, 50U);
  EXPECT_EQ(options.batch, 64U);
}

TEST(LoadOptionsSpec, ThreadsBlock) {
  EXPECT_TRUE(std::get<ClosedLoop>(accepted({"--threads", "8"}).pacing).blocking);
}

TEST(LoadOptionsSpec, ARateMakesAnOpenLoop) {
  EXPECT_EQ(std::get<OpenLoop>(accepted({"--rate", "2500"}).pacing).requests_per_second, 2500);
}

TEST(LoadOptionsSpec, ATraceHasNoWarmUp) {
  const LoadOptions options = accepted({"--trace", "/dev/null", "--speed", "10"});
  EXPECT_EQ(std::get<Replay>(options.pacing).speed, 10);
  EXPECT_EQ(options.warm_up, 0s);
}

TEST(LoadOptionsSpec, TimesHaveUnits) {
  const LoadOptions options =
      accepted({"--duration", "250ms", "--warm-up", "2m", "--timeout", "3"});
  EXPECT_EQ(options.duration, 250ms);
  EXPECT_EQ(options.warm_up, 120s);
  EXPECT_EQ(options.check_timeout, 3s);
}

TEST(LoadOptionsSpec, TenantsAreChosenUniformlyOrByZipfOrInTurn) {
  EXPECT_TRUE(std::holds_alternative<Uniformly>(accepted({}).choice));
  EXPECT_EQ(std::get<ZipfExponent>(accepted({"--zipf", "0.99"}).choice), ZipfExponent{0.99});
  EXPECT_TRUE(std::holds_alternative<InTurn>(accepted({"--in-turn"}).choice));
}

TEST(LoadOptionsSpec, WhatIsAskedForIsCheckedOrReservedOrTakenFromLeases) {
  EXPECT_EQ(accepted({}).spending, Spending::check);
  EXPECT_EQ(accepted({"--spend", "reserve"}).spending, Spending::reserve);
  const LoadOptions options = accepted({"--spend", "lease", "--lease-ttl", "250ms"});
  EXPECT_EQ(options.spending, Spending::lease);
  EXPECT_EQ(options.lease_ttl, 250ms);
}

TEST(LoadOptionsSpec, CallersWhoSpendFromLeasesBlock) {
  EXPECT_TRUE(std::get<ClosedLoop>(accepted({"--spend", "lease"}).pacing).blocking);
}

TEST(LoadOptionsSpec, AQuotaHasASizeAndMayBeSharedByUsers) {
  const LoadOptions options = accepted({"--limits", "quota", "--size", "500", "--users", "7"});
  EXPECT_EQ(options.limits, LimitPreset::quota);
  EXPECT_EQ(options.quota.size, Amount{500});
  EXPECT_EQ(options.quota.users, 7U);
}

TEST(LoadOptionsSpec, AnAuditHasALedger) {
  const LoadOptions options = accepted({"--limits", "quota", "--ledger", "file", "--audit"});
  EXPECT_EQ(options.ledger, "file");
  EXPECT_TRUE(options.only_audits);
  EXPECT_NE(refusal({"--audit"}).find("--ledger"), std::string::npos);
  EXPECT_NE(refusal({"--ledger", "file"}).find("--limits"), std::string::npos);
  EXPECT_NE(refusal({"--ledger", "file", "--limits", "quota", "--verify", "0"}).find("--verify"),
            std::string::npos);
}

TEST(LoadOptionsSpec, OptionsThatContradictEachOtherAreRefused) {
  EXPECT_NE(refusal({"--threads", "4", "--rate", "10"}).find("--rate"), std::string::npos);
  EXPECT_NE(refusal({"--callers", "4", "--threads", "4"}).find("--callers"), std::string::npos);
  EXPECT_NE(refusal({"--trace", "/dev/null", "--batch", "2"}).find("--batch"), std::string::npos);
  EXPECT_NE(refusal({"--zipf", "1", "--in-turn"}).find("--zipf"), std::string::npos);
  EXPECT_NE(refusal({"--speed", "2"}).find("--trace"), std::string::npos);
  EXPECT_NE(refusal({"--spend", "reserve", "--batch", "2"}).find("--batch"), std::string::npos);
  EXPECT_NE(refusal({"--spend", "lease", "--users", "2"}).find("--users"), std::string::npos);
  EXPECT_NE(refusal({"--spend", "lease", "--callers", "1001"}).find("--callers"),
            std::string::npos);
}

TEST(LoadOptionsSpec, ARefusalNamesTheOption) {
  EXPECT_NE(refusal({"--batch", "0"}).find("--batch"), std::string::npos);
  EXPECT_NE(refusal({"--port", "65536"}).find("--port"), std::string::npos);
  EXPECT_NE(refusal({"--tenants", "4000001"}).find("--tenants"), std::string::npos);
  EXPECT_NE(refusal({"--limits", "huge"}).find("--limits"), std::string::npos);
  EXPECT_NE(refusal({"--size", "0"}).find("--size"), std::string::npos);
  EXPECT_NE(refusal({"--users", "1001"}).find("--users"), std::string::npos);
  EXPECT_NE(refusal({"--spend", "money"}).find("--spend"), std::string::npos);
  EXPECT_NE(refusal({"--lease-ttl", "2h"}).find("--lease-ttl"), std::string::npos);
  EXPECT_NE(refusal({"--duration", "5 parsecs"}).find("--duration"), std::string::npos);
  EXPECT_NE(refusal({"--trace", "/does/not/exist"}).find("--trace"), std::string::npos);
  EXPECT_NE(refusal({"--unheard-of"}).find("--unheard-of"), std::string::npos);
}

TEST(LoadOptionsSpec, HelpIsNoError) {
  const auto result = read({"--help"});
  EXPECT_EQ(std::get<ExitAtOnce>(result).code, 0);
  EXPECT_NE(std::get<ExitAtOnce>(result).text.find("--in-flight"), std::string::npos);
}

}  // namespace
}  // namespace sluice::bench
