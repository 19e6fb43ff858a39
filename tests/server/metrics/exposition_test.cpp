// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/exposition.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

const TenantId acme{1, 2};

Figures some_figures() {
  Figures figures;
  figures.version = "1.2.3";
  figures.uptime = 90s;
  figures.ownership = {Epoch{7}, true, 250s};
  figures.reactors.resize(2);
  figures.reactors[0].allowed = 10;
  figures.reactors[1].allowed = 5;
  figures.reactors[1].denied = 3;
  figures.reactors[1].write_behind_lag = 1500ms;
  figures.latency.counts[2] = 18;
  figures.latency.sum_ns = 180'000;
  figures.tenants = {{acme, 15, 3, 15}, {std::nullopt, 4, 1, 0}};
  LimitUsage usage;
  usage.limit.name = "monthly";
  usage.reading.size = Amount{100};
  usage.reading.used = Amount{42};
  figures.usage = {{acme, {usage}, WallTime{}}};
  return figures;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(ExpositionSpec, TellsEveryOutcomeOverAllReactors) {
  const std::string text = exposition_of(some_figures());
  EXPECT_TRUE(has_line(text, R"(sluice_decisions_total{outcome="allowed"} 15)")) << text;
  EXPECT_TRUE(has_line(text, R"(sluice_decisions_total{outcome="denied"} 3)"));
}

TEST(ExpositionSpec, TellsEachReactorsFiguresInBaseUnits) {
  const std::string text = exposition_of(some_figures());
  EXPECT_TRUE(has_line(text, R"(sluice_write_behind_lag_seconds{reactor="1"} 1.5)")) << text;
  EXPECT_TRUE(has_line(text, "sluice_lease_left_seconds 250"));
}

TEST(ExpositionSpec, TellsTenantsByNameAndAllOthersTogether) {
  const std::string text = exposition_of(some_figures());
  const std::string id = to_string(acme);
  EXPECT_TRUE(has_line(text, "tenant_api_requests_total{tenant_id=\"" + id + "\"} 15")) << text;
  EXPECT_TRUE(has_line(text, R"(tenant_api_requests_total{tenant_id="other"} 4)"));
  EXPECT_TRUE(has_line(text, "quota_exceeded_events_total{tenant_id=\"" + id + "\"} 3"));
  EXPECT_TRUE(
      has_line(text, "tenant_quota_usage{tenant_id=\"" + id + "\",quota_type=\"monthly\"} 42"));
}

TEST(ExpositionSpec, TellsLatencyAsAHistogramThatOnlyGrows) {
  const std::string text = exposition_of(some_figures());
  EXPECT_TRUE(has_line(text, "sluice_decision_latency_seconds_count 18")) << text;
  EXPECT_TRUE(has_line(text, R"(sluice_decision_latency_seconds_bucket{le="+Inf"} 18)"));
  EXPECT_TRUE(has_line(text, R"(sluice_decision_latency_seconds_bucket{le="1e-05"} 0)"));
}

TEST(ExpositionSpec, IsWhatPrometheusItselfFindsInOrder) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.path() / "metrics.txt";
  std::ofstream(file) << exposition_of(some_figures());
  const auto checked = test::run({"/bin/sh", "-c", "promtool check metrics < " + file});
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
}

}  // namespace
}  // namespace sluice
