// SPDX-License-Identifier: Apache-2.0
// Goal    Whatever becomes of clients and server, nobody is let over a limit, and what was admitted
//         is counted.
// Method  Load generators spend one small quota together and count in one file what they were
//         allowed; some of them, and the server, are killed meanwhile. At the end the file is held
//         against the server.

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/admission_ledger.hpp"
#include "tests/support/patience.hpp"
#include "tests/support/process.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;

constexpr std::uint64_t quota_size = 5'000;
constexpr std::uint32_t tenants = 3;

/// A port that no connection gets by chance, as those who look for a killed server make many.
std::string quiet_port() {
  return std::to_string(20'000 + getpid() % 10'000);
}

struct LoadUnderKills : ::testing::Test {
  [[nodiscard]] std::vector<std::string> words(std::vector<std::string> more) const {
    std::vector<std::string> all{program("sluice-load"),
                                 "--json",
                                 "--port",
                                 port,
                                 "--limits",
                                 "quota",
                                 "--size",
                                 std::to_string(quota_size),
                                 "--tenants",
                                 std::to_string(tenants),
                                 "--timeout",
                                 "10",
                                 "--ledger",
                                 ledger};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// Puts load on, so slowly that there is time for kills before the quota is used up.
  void begin(const std::vector<std::string>& how) {
    std::vector<std::string> more{"--rate", "3000", "--warm-up", "0", "--duration", "5"};
    more.insert(more.end(), how.begin(), how.end());
    loads.emplace_back(words(more));
  }
  /// Waits until so much of all quotas was admitted.
  [[nodiscard]] bool is_admitted(std::uint64_t percent) const {
    const auto counted = bench::AdmissionLedger::open({tenants, users, 1}, ledger);
    return wait_until([&] {
      Amount sum;
      for (std::uint32_t tenant = 0; tenant < tenants; ++tenant) {
        sum = sum + counted.value().admitted_of(bench::TenantIndex{tenant}, bench::ChargeSlot{0});
      }
      return sum >= Amount{tenants * quota_size * percent / 100};
    });
  }
  void kill_server() {
    served.crash();
    served.start();
  }
  /// The load generators that are left come to their end; what they say.
  [[nodiscard]] std::vector<json> reports() {
    std::vector<json> all;
    for (Process& load : loads) {
      EXPECT_EQ(load.wait(), 0) << load.output();
      all.push_back(json::parse(load.rest_of_output()));
    }
    return all;
  }
  /// What the file and the server say of each other, by whoever spent so.
  [[nodiscard]] json audit(std::vector<std::string> how) {
    how.emplace_back("--audit");
    const Finished audit = run(words(how));
    EXPECT_EQ(audit.exit_code, 0) << audit.output;
    return json::parse(audit.output).at("audit");
  }

  TemporaryDirectory directory;
  std::string ledger = directory.path() / "ledger";
  std::size_t users = 1;
  std::string port = quiet_port();
  Served served{{"--listen", "127.0.0.1:" + port}};
  std::deque<Process> loads;
};

TEST_F(LoadUnderKills, FromLeasesNobodyIsLetOverTheLimit) {
  const std::vector<std::string> how{"--spend", "lease", "--lease-ttl", "1s"};
  for (int i = 0; i < 3; ++i) {
    begin(how);
  }
  ASSERT_TRUE(is_admitted(25)) << loads.front().output();
  loads.front().signal(SIGKILL);
  loads.pop_front();
  ASSERT_TRUE(is_admitted(35));
  kill_server();
  ASSERT_TRUE(is_admitted(60));
  kill_server();
  begin(how);
  std::uint64_t by_lease = 0;
  for (const json& report : reports()) {
    by_lease += report.at("allowed_by_lease").get<std::uint64_t>();
    EXPECT_GT(report.at("outcomes").at("denied"), 0) << "the quota was not used up";
  }
  EXPECT_GT(by_lease, tenants * quota_size / 10);
  const json found = audit(how);
  EXPECT_EQ(found.at("over_admission"), 0) << found;
  EXPECT_EQ(found.at("miscounted"), 0) << found;
}

TEST_F(LoadUnderKills, OfReservationsNobodyIsLetOverTheLimit) {
  for (int i = 0; i < 3; ++i) {
    begin({"--spend", "reserve"});
  }
  ASSERT_TRUE(is_admitted(25)) << loads.front().output();
  kill_server();
  ASSERT_TRUE(is_admitted(60));
  kill_server();
  for (const json& report : reports()) {
    EXPECT_GT(report.at("outcomes").at("denied"), 0) << "the quota was not used up";
  }
  const json found = audit({"--spend", "reserve"});
  EXPECT_EQ(found.at("over_admission"), 0) << found;
  EXPECT_EQ(found.at("miscounted"), 0) << found;
}

TEST_F(LoadUnderKills, NoUserIsLetOverHisShare) {
  users = 5;
  for (int i = 0; i < 3; ++i) {
    begin({"--users", "5"});
  }
  ASSERT_TRUE(is_admitted(25)) << loads.front().output();
  kill_server();
  for (const json& report : reports()) {
    EXPECT_GT(report.at("outcomes").at("denied"), 0) << "the quota was not used up";
  }
  const json found = audit({"--users", "5"});
  EXPECT_EQ(found.at("limits"), 2 * tenants);
  EXPECT_EQ(found.at("over_admission"), 0) << found;
  EXPECT_EQ(found.at("miscounted"), 0) << found;
}

TEST_F(LoadUnderKills, WithoutAnyAllThatWasLeasedAndNotSpentIsGivenBack) {
  begin({"--spend", "lease", "--count", "4000"});
  EXPECT_EQ(reports().front().at("outcomes").at("allowed"), 4000);
  const json found = audit({"--spend", "lease"});
  EXPECT_EQ(found.at("over_admission"), 0);
  EXPECT_EQ(found.at("miscounted"), 0);
  EXPECT_EQ(found.at("not_given_back"), 0);
}

}  // namespace
}  // namespace sluice::test
