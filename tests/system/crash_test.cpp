// SPDX-License-Identifier: Apache-2.0
// Goal    SIGKILL at any instant loses nothing that was acknowledged, counts nothing twice, and
//         lets nobody over a limit.
// Method  The real binary is killed at a moment that a seed chooses, while callers spend, reserve,
//         lease and are given credit under limits that fill up; it is started again on the same
//         data, and asked what it knows. Callers keep the books, and ask again what nobody
//         answered. Again and again.
// Replay  CRASH_SEED=N; CRASH_KILLS=N for more kills (`ops/crash`).

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/kept_in.hpp"
#include "tests/support/served.hpp"
#include "tests/system/dealings.hpp"

namespace sluice::test {
namespace {

constexpr std::size_t callers_count = 4;
constexpr std::uint64_t size_first = 400;
constexpr std::uint64_t raised_by = 200;  ///< With each kill: some limits fill up meanwhile.

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

struct Kind {
  const char* name;
  StoreKind store;
  const char* durability;
  const char* flush_interval;
};

/// An account, with what is known to be used of it.
struct Page {
  Account account;
  std::uint64_t used = 0;
};

/// Grants of one tenant, given while the server may be killed.
struct Credit {
  TenantId tenant;
  std::vector<std::uint64_t> given;  ///< Grant i has the id {1, i + 1}.
  bool last_is_sure = true;          ///< Whether somebody said that the last one was given.

  [[nodiscard]] Bounds total() const {
    Bounds total;
    for (const std::uint64_t amount : given) {
      total.add({amount, amount});
    }
    total.least -= last_is_sure ? 0 : given.back();
    return total;
  }
  [[nodiscard]] Result<CreditReport> give_last(client::OperatorClient& administrator) const {
    const GiveCredit give{"prepaid", {.amount = Amount{given.back()}}};
    return administrator.give_credit(tenant, EntryId{1, given.size()}, give);
  }
};

class Crash : public ::testing::TestWithParam<Kind> {
protected:
  Crash() : callers_(callers_count) { open_accounts(); }

  void open_accounts() {
    Limit by_user = window_limit("all", size_, Period::never);
    by_user.per = {"user"};
    Limit prepaid = window_limit("prepaid", 0, Period::never);
    prepaid.rule = CreditRule{};
    prepaid.thresholds.clear();
    const std::vector<Limit> all{window_limit("all", size_, Period::never)};
    plain_ = served_.create("plain", all);
    held_ = served_.create("held", all);
    users_ = served_.create("users", {by_user});
    credit_.tenant = served_.create("prepaid", {prepaid});
    add<Spending>({plain_});
    add<SpendingOnce, Reserving, Leasing>({held_});
    for (const char* user : {"ann", "bob", "cy"}) {
      add<Spending, SpendingOnce, Reserving, Leasing>({users_, user});
    }
    add<SpendingOnce, Reserving>({credit_.tenant});
    raise_limits();
  }

  /// An account that every caller has such dealings with.
  template <class... Kinds>
  void add(const Account& account) {
    pages_.push_back({account});
    for (Callers::Dealings& dealings : callers_) {
      (dealings.push_back(std::make_unique<Kinds>(account, ++dealings_count_)), ...);
    }
  }

  void raise_limits() {
    size_ += raised_by;
    for (const TenantId tenant : {plain_, held_, users_}) {
      Limit limit = must(served_.administrator().show(tenant)).limits.at(0);
      limit.rule = WindowRule{Amount{size_}, Period::never};
      must(served_.administrator().put_limit(tenant, std::nullopt, limit));
    }
  }

  /// Kills the server under load, while a grant is given, and starts it again.
  void kill(std::mt19937_64& random, int signal) {
    raise_limits();
    Callers callers{served_.client(), callers_, random()};
    ASSERT_TRUE(callers.are_answered(1 + random() % 3000));
    {
      const auto giving = std::async(std::launch::async, [this] { give(); });
      ASSERT_TRUE(callers.are_answered(random() % 100));
      served_.server().crash(signal);
    }
    callers.stop();
    served_.start();
  }

  void give() {
    if (credit_.given.size() < grants_per_tenant_max) {
      credit_.given.push_back(raised_by);
      credit_.last_is_sure = credit_.give_last(served_.administrator()).ok();
    }
  }

  [[nodiscard]] LimitReading read(const Account& account) {
    const Charge charge{api_requests, Amount{1}};
    Check check{account.tenant, {&charge, 1}, Mode::peek};
    const Label label{"user", account.user};
    if (!account.user.empty()) {
      check.labels = {&label, 1};
    }
    return served_.gateway().check(check).decision.reading;
  }

  /// Holds the server to what its callers were told.
  void compare(const std::string& when) {
    SCOPED_TRACE(when);
    for (const Page& page : pages_) {
      SCOPED_TRACE("account " + std::to_string(&page - pages_.data()) + " " + page.account.user);
      const LimitReading reading = read(page.account);
      Bounds used{page.used, page.used};
      Bounds held;
      std::uint64_t admitted = 0;
      each_dealing_with(page.account, [&](const Dealing& dealing) {
        const MayHave may = dealing.may_have();
        used.add(may.used);
        held.add(may.held);
        admitted += dealing.admitted();
      });
      EXPECT_GE(reading.used.raw(), used.least) << "acknowledged and lost";
      EXPECT_LE(reading.used.raw(), used.most) << "counted twice";
      EXPECT_GE(reading.held.raw(), held.least) << "a reservation or lease is lost";
      EXPECT_LE(reading.held.raw(), held.most) << "held twice";
      const std::uint64_t size =
          page.account.tenant == credit_.tenant ? credit_.total().most : size_;
      EXPECT_LE(reading.used.raw() + reading.held.raw(), size) << "over the limit";
      EXPECT_LE(admitted, size) << "callers were let over the limit";
    }
    compare_credit();
  }

  void compare_credit() {
    const LimitUsage usage = must(served_.administrator().usage(credit_.tenant)).limits.at(0);
    std::uint64_t total = 0;
    std::uint64_t paid = 0;
    for (const Grant& grant : usage.grants) {
      total += (grant.balance + grant.paid).raw();
      paid += grant.paid.raw();
    }
    EXPECT_TRUE(credit_.total().has(total)) << total << " of " << credit_.total().most;
    EXPECT_EQ(paid, usage.reading.used.raw());
  }

  /// What nobody answered is asked again; then everything with an id is known to the last unit.
  void ask_again() {
    if (!credit_.last_is_sure) {
      must(credit_.give_last(served_.administrator()));
      credit_.last_is_sure = true;
    }
    for (const Callers::Dealings& dealings : callers_) {
      for (const auto& dealing : dealings) {
        dealing->ask_again(served_.gateway());
        EXPECT_EQ(dealing->problems(), std::vector<std::string>{});
      }
    }
    compare("asked again");
    for (Page& page : pages_) {
      page.used = read(page.account).used.raw();
      each_dealing_with(page.account, [](Dealing& dealing) { dealing.settle(); });
    }
  }

  template <class Visit>
  void each_dealing_with(const Account& account, Visit&& visit) {
    for (const Callers::Dealings& dealings : callers_) {
      for (const auto& dealing : dealings) {
        if (dealing->account() == account) {
          visit(*dealing);
        }
      }
    }
  }

  /// Until every limit was in somebody's way.
  void fill_up() {
    bool is_full = false;
    while (!is_full) {
      Callers callers{served_.client(), callers_, seed_};
      ASSERT_TRUE(callers.are_answered(1000));
      callers.stop();
      is_full = std::ranges::all_of(pages_, [this](const Page& page) {
        std::uint64_t refused = 0;
        each_dealing_with(page.account, [&](const Dealing& one) { refused += one.refused(); });
        return refused > 0;
      });
    }
  }

  /// The history, which is another way of counting, tells the same.
  void compare_history() {
    std::map<TenantId, std::uint64_t> used;
    for (const Page& page : pages_) {
      used[page.account.tenant] += page.used;
    }
    UsageQuery query;
    query.granularity = Granularity::day;
    for (const auto& [tenant, settled] : used) {
      std::uint64_t told = 0;
      for (const UsagePoint& point : must(served_.administrator().history(tenant, query))) {
        told += point.used.raw();
      }
      EXPECT_EQ(told, settled);
    }
  }

  const std::uint64_t seed_ = from_environment("CRASH_SEED", 1);
  KeptIn kept_in_{GetParam().store};
  Served served_{
      kept_in_.with({"--reactors", "2", "--durability", GetParam().durability, "--flush-interval",
                     GetParam().flush_interval, "--journal-bytes-max", "16777216"})};
  TenantId plain_;
  TenantId held_;
  TenantId users_;
  Credit credit_;
  std::uint64_t size_ = size_first;  ///< Of every limit but that of credit.
  std::vector<Page> pages_;
  std::vector<Callers::Dealings> callers_;
  std::uint64_t dealings_count_ = 1;  ///< Their ids begin with it; those of grants with 1.
};

TEST_P(Crash, AtAnyInstantLosesNothingCountsNothingTwiceAndLetsNobodyOverALimit) {
  const std::uint64_t kills = from_environment("CRASH_KILLS", 4);
  std::mt19937_64 random{seed_};
  for (std::uint64_t number = 0; number < kills; ++number) {
    SCOPED_TRACE("seed " + std::to_string(seed_) + ", kill " + std::to_string(number));
    kill(random, SIGKILL);
    compare("as it came back");
    ask_again();
  }
  fill_up();
  ask_again();
  ASSERT_EQ(served_.stop(), 0);
  served_.start();
  compare("after a stop");
  compare_history();
}

TEST_P(Crash, ABrokenInvariantEndsTheProcessAndEverythingComesBack) {
  std::mt19937_64 random{seed_};
  kill(random, SIGABRT);  // As SLUICE_INVARIANT ends it.
  compare("as it came back");
  ask_again();
}

INSTANTIATE_TEST_SUITE_P(
    OnEachStore, Crash,
    ::testing::Values(Kind{"Sqlite", StoreKind::sqlite, "process", "20ms"},
                      Kind{"SqliteSynced", StoreKind::sqlite, "disk", "1s"},
                      Kind{"Postgres", StoreKind::postgres, "process", "20ms"},
                      Kind{"PostgresSynced", StoreKind::postgres, "disk", "1s"}),
    [](const ::testing::TestParamInfo<Kind>& kind) { return std::string{kind.param.name}; });

}  // namespace
}  // namespace sluice::test
