// SPDX-License-Identifier: Apache-2.0
// Goal    Prepaid grants, as another system's own tests have them.
// Method  A real server on simulated time; each case is a tenant, whose use is recorded in time.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "tests/conformance/grants_cases.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using std::chrono::hours;

/// Something that happens to a tenant at its time.
struct Event {
  WallTime at;
  std::function<void()> happen;
};

class GrantsConformance : public ::testing::Test {
protected:
  Served served_{{"--simulated-time", "2023-12-01T00:00:00Z"}};
  int tenants_ = 0;

  static Limit credit_limit() {
    Limit limit = window_limit("credit", 0, Period::never, Enforcement::alert);
    limit.rule = CreditRule{Period::never};
    return limit;
  }
  static EntryId id_of(std::size_t place) { return EntryId{1, place + 1}; }

  void use(TenantId tenant, std::uint64_t amount) {
    EXPECT_EQ(served_.spend(tenant, amount, Mode::record).decision.outcome, Outcome::allowed);
  }
  LimitUsage usage_of(const client::TenantRef& tenant) {
    return must(served_.administrator().usage(tenant)).limits.at(0);
  }

  /// In the order of their times; at one time, what was added first.
  std::vector<Event> events_of(const GrantsCase& facts, TenantId tenant,
                               const client::TenantRef& named) {
    std::vector<Event> events;
    for (std::size_t i = 0; i < facts.grants.size(); ++i) {
      if (const auto voided_at = facts.grants[i].voided_at) {
        events.push_back({*voided_at, [this, named, i] {
                            must(served_.administrator().void_credit(named, id_of(i)));
                          }});
      }
    }
    if (facts.reset_at) {
      events.push_back({*facts.reset_at, [this, named, keeps = facts.keeps_overage] {
                          must(served_.administrator().reset_credit(named, {"credit", keeps}));
                        }});
    }
    if (facts.asked_at) {
      events.push_back({*facts.asked_at, [this, named] { usage_of(named); }});
    }
    for (const GrantsCase::Use& each : facts.uses) {
      if (each.at < facts.until || facts.reset_at == each.at) {
        events.push_back({each.at, [this, tenant, each] { use(tenant, each.amount); }});
      }
    }
    std::ranges::stable_sort(events, {}, &Event::at);
    return events;
  }

  void expect_case(const GrantsCase& facts) {
    SCOPED_TRACE(facts.name);
    const std::string slug = "grants-" + std::to_string(++tenants_);
    const client::TenantRef named{slug};
    WallTime start = facts.until - hours{24 * 3};
    for (const GrantsCase::Use& each : facts.uses) {
      start = std::min(start, each.at - hours{24 * 3});
    }
    must(served_.administrator().set_wall_clock(start));
    const TenantId tenant = served_.create(slug, {credit_limit()});
    for (std::size_t i = 0; i < facts.grants.size(); ++i) {
      must(served_.administrator().give_credit(named, id_of(i), {"credit", facts.grants[i].terms}));
    }
    for (const Event& event : events_of(facts, tenant, named)) {
      must(served_.administrator().set_wall_clock(event.at));
      event.happen();
    }
    if (facts.used_before > 0) {
      use(tenant, facts.used_before);
    }
    must(served_.administrator().set_wall_clock(facts.until));
    expect_numbers(facts, usage_of(named));
  }

  static void expect_numbers(const GrantsCase& facts, const LimitUsage& usage) {
    Amount sum;
    for (std::size_t i = 0; i < facts.grants.size(); ++i) {
      const auto grant = std::ranges::find(usage.grants, id_of(i), &Grant::id);
      ASSERT_NE(grant, usage.grants.end());
      sum = sum + grant->balance;
      const auto left = facts.expected.left.find(facts.grants[i].name);
      if (left != facts.expected.left.end()) {
        EXPECT_EQ(grant->balance, Amount{left->second}) << left->first;
      }
    }
    EXPECT_EQ(usage.reading.remaining, sum);
    EXPECT_EQ(facts.expected.balance.value_or(sum.raw()), sum.raw());
    EXPECT_EQ(facts.expected.owed.value_or(usage.over.raw()), usage.over.raw());
    EXPECT_EQ(facts.expected.used.value_or(usage.reading.used.raw()), usage.reading.used.raw());
    if (facts.expected.size) {
      EXPECT_EQ(usage.reading.size, Amount{*facts.expected.size});
    }
  }
};

TEST_F(GrantsConformance, SluiceAnswersAsOpenMeterDoesOrAsTheFactsSay) {
  const auto cases = own_grants_cases();
  ASSERT_FALSE(cases.empty());
  for (const GrantsCase& facts : cases) {
    expect_case(facts);
  }
}

TEST_F(GrantsConformance, CasesBesideTheCheckoutAreAnsweredAlike) {
  const auto cases = shared_grants_cases();
  if (cases.empty()) {
    GTEST_SKIP() << "there are none beside this checkout";
  }
  for (GrantsCase facts : cases) {
    // The peer's engine speaks of the moment before `until`, at which a grant may have expired.
    const bool ends_then = std::ranges::any_of(facts.grants, [&](const GrantFact& grant) {
      return grant.terms.expires_at == facts.until && facts.reset_at != facts.until;
    });
    facts.until -= Duration{ends_then ? 1 : 0};
    expect_case(facts);
  }
}

}  // namespace
}  // namespace sluice::test
