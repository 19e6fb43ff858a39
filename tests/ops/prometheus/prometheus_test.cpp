// SPDX-License-Identifier: Apache-2.0
// Goal    The rules and the dashboard that ship ask for what the server really tells.
// Method  promtool runs the rules' own tests. A real Prometheus, configured as it ships but for
//         ports and its pace, scrapes a real server; every query of both is asked.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/http_peer.hpp"
#include "tests/support/process.hpp"
#include "tests/support/served.hpp"
#include "tests/support/shipped.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds patience{30};

std::string shipped(const std::string& name) {
  return std::string{SLUICE_OPS}.append("/").append(name);
}

TEST(PrometheusRules, HoldWhatTheirTestsSay) {
  const Finished finished =
      run({"promtool", "test", "rules", shipped("prometheus/sluice.rules_test.yml")});
  EXPECT_EQ(finished.exit_code, 0) << finished.output;
}

std::string escaped(const std::string& text) {
  constexpr const char* digits = "0123456789ABCDEF";
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
  }
  return out;
}

/// A Prometheus that scrapes a server, of which a tenant was refused and another has a lease.
class PrometheusSpec : public testing::Test {
protected:
  PrometheusSpec() {
    const TenantId tenant = served_.create("acme", {window_limit("monthly", 2, Period::month)});
    for (int i = 0; i < 2; ++i) {
      static_cast<void>(served_.spend(tenant, 2));
      must(served_.administrator().advance_clock(std::chrono::minutes{1}));
    }
    static_cast<void>(served_.create("leased", {window_limit("all", 100, Period::never)}));
    EXPECT_EQ(
        HttpPeer(served_.server().http_port())
            .post("/v1/lease", R"({"tenant":"leased","meter":"api_requests","want":10,"ttl":"1h"})")
            .status,
        200);
    std::string config = text_of(shipped("prometheus/prometheus.yml"));
    replace_all(config, "127.0.0.1:7480",
                "127.0.0.1:" + std::to_string(served_.server().http_port()));
    replace_all(config, ": 15s", ": 1s");
    write("prometheus.yml", config);
    write("sluice.rules.yml", text_of(shipped("prometheus/sluice.rules.yml")));
    prometheus_ = std::make_unique<Process>(std::vector<std::string>{
        "prometheus", "--config.file=" + std::string{directory_.path() / "prometheus.yml"},
        "--storage.tsdb.path=" + std::string{directory_.path() / "data"},
        "--web.listen-address=127.0.0.1:" + std::to_string(port_)});
    EXPECT_NE(prometheus_->wait_for_line("Server is ready", patience), "") << prometheus_->output();
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream{directory_.path() / name} << text;
  }
  json ask(const std::string& query) {
    return json::parse(HttpPeer(port_).get("/api/v1/query?query=" + escaped(query)).body);
  }
  /// Whether it has an answer before long: some queries need two scrapes.
  bool tells(const std::string& query) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      const json answer = ask("count(" + query + ")");
      if (answer.at("status") != "success") {
        ADD_FAILURE() << query << ": " << answer.dump();
        return false;
      }
      if (!answer.at("data").at("result").empty()) {
        return true;
      }
    }
    return false;
  }

  TemporaryDirectory directory_;
  Served served_{{"--http-listen", "127.0.0.1:0", "--simulated-time", "2025-06-10T12:00:00Z"}};
  std::uint16_t port_ = free_port();
  std::unique_ptr<Process> prometheus_;
};

TEST_F(PrometheusSpec, HasAnAnswerToEveryQueryOfTheDashboard) {
  std::size_t queries = 0;
  const json dashboard = json::parse(text_of(shipped("grafana/sluice.json")));
  for (const json& panel : dashboard.at("panels")) {
    for (const json& target : panel.value("targets", json::array())) {
      std::string query = target.at("expr");
      replace_all(query, "$__rate_interval", "1m");
      ++queries;
      // The embedded store needs no lease, so there is no such number.
      const bool has_none = query.starts_with("sluice_lease_");
      EXPECT_TRUE(has_none ? ask(query).at("status") == "success" : tells(query))
          << panel.at("title") << ": " << query;
    }
  }
  EXPECT_GT(queries, 20U);
}

TEST_F(PrometheusSpec, LoadsTheRulesAndFiresTheOneThatHolds) {
  EXPECT_TRUE(tells("ALERTS{alertname=\"TenantQuotaNearlyUsed\",alertstate=\"firing\"}"));
  EXPECT_TRUE(ask("ALERTS{severity=\"page\"}").at("data").at("result").empty());
}

TEST_F(PrometheusSpec, KnowsEveryMetricThatTheRulesSpeakOf) {
  const std::string rules = text_of(shipped("prometheus/sluice.rules.yml"));
  const std::regex name{"(sluice|tenant)_[a-z_]+"};
  for (std::sregex_iterator at{rules.begin(), rules.end(), name}, end; at != end; ++at) {
    const std::string metric = at->str();
    if (!metric.starts_with("sluice_lease_") && metric != "tenant_id") {
      EXPECT_TRUE(tells(metric)) << metric;
    }
  }
}

}  // namespace
}  // namespace sluice::test
