// SPDX-License-Identifier: Apache-2.0
#include "bench/admission_ledger.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/temporary_directory.hpp"

namespace sluice::bench {
namespace {

constexpr LedgerShape two_of_three{2, 3, 1};
constexpr Charge five{MeterId{1}, Amount{5}};
constexpr ChargeSlot only{0};

struct AdmissionLedgerSpec : ::testing::Test {
  [[nodiscard]] AdmissionLedger open() const {
    return AdmissionLedger::open(two_of_three, file).value();
  }

  test::TemporaryDirectory directory;
  std::string file = directory.path() / "ledger";
};

TEST_F(AdmissionLedgerSpec, AddsUpByTenantAndUser) {
  AdmissionLedger ledger{two_of_three};
  ledger.admitted(TenantIndex{1}, UserIndex{0}, {&five, 1});
  ledger.admitted(TenantIndex{1}, UserIndex{2}, {&five, 1});
  ledger.uncertain(TenantIndex{1}, UserIndex{2}, {&five, 1});
  EXPECT_EQ(ledger.admitted_of(TenantIndex{1}, only), Amount{10});
  EXPECT_EQ(ledger.admitted_of(TenantIndex{1}, UserIndex{2}, only), Amount{5});
  EXPECT_EQ(ledger.uncertain_of(TenantIndex{1}, only), Amount{5});
  EXPECT_EQ(ledger.admitted_of(TenantIndex{0}, only), Amount{});
}

TEST_F(AdmissionLedgerSpec, LeavesOutTenantsThatAreNotFollowed) {
  AdmissionLedger ledger{two_of_three};
  ledger.admitted(TenantIndex{2}, UserIndex{0}, {&five, 1});
  EXPECT_EQ(ledger.admitted_of(TenantIndex{1}, only), Amount{});
}

TEST_F(AdmissionLedgerSpec, InAFileCountsForAllThatHaveItOpenAndOutlivesThem) {
  {
    AdmissionLedger one = open();
    AdmissionLedger other = open();
    one.admitted(TenantIndex{0}, UserIndex{1}, {&five, 1});
    other.admitted(TenantIndex{0}, UserIndex{1}, {&five, 1});
    EXPECT_EQ(one.admitted_of(TenantIndex{0}, only), Amount{10});
  }
  EXPECT_EQ(open().admitted_of(TenantIndex{0}, only), Amount{10});
}

TEST_F(AdmissionLedgerSpec, AFileThatCountsSomethingElseIsRefused) {
  EXPECT_EQ(open().shape().users, 3U);
  const auto other = AdmissionLedger::open({2, 4, 1}, file);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.fault().code, FaultCode::invalid_argument);
  EXPECT_FALSE(AdmissionLedger::open(two_of_three, directory.path() / "no" / "ledger").ok());
}

}  // namespace
}  // namespace sluice::bench
