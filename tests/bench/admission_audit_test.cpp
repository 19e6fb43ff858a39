// SPDX-License-Identifier: Apache-2.0
#include "bench/admission_audit.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

constexpr MeterId requests{1};
constexpr MeterId tokens{2};

LimitUsage window(std::uint64_t size, std::uint64_t used) {
  LimitUsage usage;
  usage.limit.id = LimitId{1};
  usage.limit.name = "month";
  usage.limit.meter = requests;
  usage.limit.rule = WindowRule{Amount{size}, Period::month};
  usage.reading.used = Amount{used};
  usage.window = {WallTime{0s}, WallTime{100s}};
  return usage;
}

LimitUsage ten_a_second() {
  LimitUsage usage;
  usage.limit.id = LimitId{2};
  usage.limit.name = "rapid";
  usage.limit.meter = requests;
  usage.limit.rule = RateRule{Amount{10}, 1s, Amount{20}};
  return usage;
}

client::UsageReport report(LimitUsage usage, Duration at) {
  client::UsageReport report;
  report.tenant.slug = "load-tight-0";
  report.limits = {std::move(usage)};
  report.now = WallTime{at};
  return report;
}

/// Two seconds with the usage before and after, and what callers heard meanwhile.
AuditFindings found(LimitUsage before, LimitUsage after, std::uint64_t admitted,
                    std::uint64_t uncertain = 0) {
  AuditFindings findings;
  audit({report(std::move(before), 10s),
         report(std::move(after), 12s),
         {{requests, Amount{admitted}}, {tokens, Amount{999}}},
         {{requests, Amount{uncertain}}}},
        findings);
  return findings;
}

TEST(AdmissionAuditSpec, UsageThatGrewByWhatWasAdmittedIsClean) {
  const AuditFindings findings = found(window(1000, 400), window(1000, 1000), 600);
  EXPECT_TRUE(findings.clean());
  EXPECT_EQ(findings.windows, 1U);
}

TEST(AdmissionAuditSpec, OneUnitAboveTheLimitIsFound) {
  const AuditFindings findings = found(window(1000, 400), window(1000, 1001), 601);
  EXPECT_FALSE(findings.clean());
  EXPECT_GE(findings.over_admission, Amount{1});
  EXPECT_EQ(findings.problems.at(0), "load-tight-0 month: 1001 admitted, 1000 allowed");
}

TEST(AdmissionAuditSpec, CallersWhoHeardMoreThanTheLimitAreFoundThoughTheServerSaysOtherwise) {
  const AuditFindings findings = found(window(1000, 0), window(1000, 1000), 1003);
  EXPECT_EQ(findings.over_admission, Amount{3});
  EXPECT_EQ(findings.miscounted, Amount{3});
}

TEST(AdmissionAuditSpec, AChargeThatTheServerForgotIsFound) {
  const AuditFindings findings = found(window(1000, 400), window(1000, 409), 10);
  EXPECT_EQ(findings.miscounted, Amount{1});
  EXPECT_EQ(findings.over_admission, Amount{});
}

TEST(AdmissionAuditSpec, AChargeThatNobodyMadeIsFound) {
  EXPECT_EQ(found(window(1000, 400), window(1000, 411), 10).miscounted, Amount{1});
}

TEST(AdmissionAuditSpec, AnUncertainChargeMayHaveBeenCountedOrNot) {
  EXPECT_TRUE(found(window(1000, 400), window(1000, 410), 10, 5).clean());
  EXPECT_TRUE(found(window(1000, 400), window(1000, 415), 10, 5).clean());
  EXPECT_FALSE(found(window(1000, 400), window(1000, 416), 10, 5).clean());
  EXPECT_FALSE(found(window(1000, 400), window(1000, 409), 10, 5).clean());
}

TEST(AdmissionAuditSpec, AnAlertLimitMayBePassedButMustCountRight) {
  LimitUsage before = window(1000, 0);
  LimitUsage after = window(1000, 1500);
  before.limit.enforcement = after.limit.enforcement = Enforcement::alert;
  EXPECT_TRUE(found(before, after, 1500).clean());
  EXPECT_FALSE(found(before, after, 1499).clean());
}

TEST(AdmissionAuditSpec, AWindowThatEndedMeanwhileIsOnlyHeldAgainstItsSize) {
  LimitUsage next = window(1000, 7);
  next.window = {WallTime{100s}, WallTime{200s}};
  const AuditFindings findings = found(window(1000, 990), next, 17);
  EXPECT_TRUE(findings.clean());
  EXPECT_EQ(findings.windows_closed, 1U);
}

TEST(AdmissionAuditSpec, ARateByIntervalMayHaveBroughtOneStepMoreThanTimeHasPassed) {
  LimitUsage stepped = ten_a_second();
  std::get<RateRule>(stepped.limit.rule).refill = Refill::interval;
  EXPECT_TRUE(found(stepped, stepped, 50).clean());
  EXPECT_EQ(found(stepped, stepped, 51).over_admission, Amount{1});
}

TEST(AdmissionAuditSpec, WhatIsUsedAndHeldTogetherMayNotPassTheLimit) {
  LimitUsage after = window(1000, 990);
  after.reading.held = Amount{11};
  EXPECT_EQ(found(window(1000, 400), after, 590).over_admission, Amount{1});
}

/// The same of clients that spend from leases.
AuditFindings found_of_leases(std::uint64_t used, std::uint64_t held, std::uint64_t admitted) {
  LimitUsage after = window(1000, used);
  after.reading.held = Amount{held};
  AuditFindings findings;
  audit({.before = report(window(1000, 0), 10s),
         .after = report(std::move(after), 12s),
         .admitted = {{requests, Amount{admitted}}},
         .is_leased = true},
        findings);
  return findings;
}

TEST(AdmissionAuditSpec, WhatIsSpentFromALeaseIsHeldUntilItIsReported) {
  EXPECT_TRUE(found_of_leases(300, 200, 500).clean());
  EXPECT_EQ(found_of_leases(300, 199, 500).miscounted, Amount{1});
}

TEST(AdmissionAuditSpec, WhatIsNotGivenBackOfLeasesIsToldApart) {
  const AuditFindings findings = found_of_leases(500, 20, 490);
  EXPECT_TRUE(findings.clean());
  EXPECT_EQ(findings.not_given_back, Amount{30});
}

TEST(AdmissionAuditSpec, OfALimitByUserNoUserMayHaveMoreThanItsSize) {
  LimitUsage usage = window(10, 0);
  usage.limit.per = {"user"};
  AuditFindings findings;
  audit({.before = report(usage, 10s),
         .after = report(usage, 12s),
         .admitted = {{requests, Amount{19}}},
         .admitted_of_users = {{{requests, Amount{10}}}, {{requests, Amount{9}}}}},
        findings);
  EXPECT_TRUE(findings.clean());
  audit({.before = report(usage, 10s),
         .after = report(usage, 12s),
         .admitted = {{requests, Amount{19}}},
         .admitted_of_users = {{{requests, Amount{12}}}, {{requests, Amount{7}}}}},
        findings);
  EXPECT_EQ(findings.over_admission, Amount{2});
}

TEST(AdmissionAuditSpec, ARateAllowsABurstAndWhatTheTimeGave) {
  // 20 at once, 10 a second for two seconds, and a part of one more.
  EXPECT_TRUE(found(ten_a_second(), ten_a_second(), 41).clean());
  EXPECT_EQ(found(ten_a_second(), ten_a_second(), 42).over_admission, Amount{1});
}

TEST(AdmissionAuditSpec, ALimitThatIsNewIsNotCompared) {
  LimitUsage after = window(1000, 5);
  after.limit.id = LimitId{9};
  EXPECT_EQ(found(window(1000, 0), after, 0).windows, 0U);
}

}  // namespace
}  // namespace sluice::bench
