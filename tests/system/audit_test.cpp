// SPDX-License-Identifier: Apache-2.0
// Goal    What was changed is in the audit, once, whatever happens to the server.
// Method  The real binary is killed between a change of credit and its way into the store, and
//         started again on the same data, again and again; then once more behind the store.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/kept_in.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

class AuditOfCredit : public ::testing::TestWithParam<StoreKind> {
protected:
  /// What the audit has of the tenant, once that is so many events, or after ten seconds.
  [[nodiscard]] std::vector<AuditEvent> events(std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (true) {
      auto found = must(served.administrator().audit(tenant, {})).events;
      if (found.size() >= count || std::chrono::steady_clock::now() > deadline) {
        return found;
      }
      std::this_thread::yield();
    }
  }
  static Limit prepaid() {
    Limit limit = window_limit("prepaid", 1, Period::month);
    limit.rule = CreditRule{Period::month};
    limit.thresholds.clear();
    return limit;
  }

  KeptIn store{GetParam()};
  Served served{store.with({"--reactors", "2", "--flush-interval", "60s"})};
  TenantId tenant = served.create("acme", {prepaid()});
};

TEST_P(AuditOfCredit, SurvivesAKillWithTheChangeAndIsWrittenOnce) {
  constexpr std::uint64_t grants = 3;
  for (std::uint64_t i = 1; i <= grants; ++i) {
    (void)must(served.administrator().give_credit(tenant, EntryId{1, i},
                                                  {"prepaid", {.amount = Amount{10}}}));
    served.crash();
    served.start();
  }
  served.crash();
  served.use_flags(store.with({"--reactors", "2", "--flush-interval", "10ms"}));
  served.start();
  ASSERT_EQ(events(1 + grants).size(), 1 + grants);
  served.crash();
  served.start();
  served.restart();  // What was recovered is written by now.
  const auto found = events(1 + grants);
  ASSERT_EQ(found.size(), 1 + grants);
  for (std::uint64_t i = 1; i <= grants; ++i) {
    EXPECT_EQ(found[i].what.action, AuditAction::credit_given);
    EXPECT_EQ(found[i].what.subject, "prepaid");
    EXPECT_NE(found[i].what.after.find(R"("amount":10)"), std::string::npos);
  }
  const AuditCheck check = must(served.administrator().verify_audit(tenant));
  EXPECT_FALSE(check.broken);
  EXPECT_EQ(check.through.number, 1 + grants);
}

INSTANTIATE_TEST_SUITE_P(OnEachStore, AuditOfCredit,
                         ::testing::Values(StoreKind::sqlite, StoreKind::postgres), name_of_store);

}  // namespace
}  // namespace sluice::test
