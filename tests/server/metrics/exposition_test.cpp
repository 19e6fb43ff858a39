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
  figures.ownership = {Epoch{7}, true, 250s, 270s};
  figures.start = {1500ms, 250ms};
  figures.reactors.resize(2);
  figures.reactors[0].decided[Outcome::allowed] = 10;
  figures.reactors[1].decided[Outcome::allowed] = 5;
  figures.reactors[1].decided[Outcome::denied] = 3;
  figures.reactors[1].write_behind_lag = 1500ms;
  figures.reactors[1].refused_tenants = 2;
  figures.latency.counts[2] = 18;
  figures.latency.sum_ns = 180'000;
  figures.reactors[0].decided[Outcome::unavailable] = 2;
  figures.reactors[1].journal_writable = false;
  figures.tenants = {{acme, 15, 3}, {std::nullopt, 4, 1}};
  figures.shares_granted = 6;
  figures.alerts[static_cast<std::size_t>(AlertKind::trial_ended)] = 7;
  figures.deliveries[static_cast<std::size_t>(DeliveryState::dead)] = 8;
  LimitUsage usage;
  usage.limit.name = "monthly";
  usage.reading.size = Amount{100};
  usage.reading.used = Amount{42};
  figures.usage = {{acme, {usage}, WallTime{}}};
  figures.reactors[0].mailbox = 4;
  figures.reactors[0].leases = {{MeterId{1}, 2, Amount{30}}};
  figures.reactors[1].leases = {{MeterId{1}, 1, Amount{12}}};
  figures.store_writes.counts[3] = 5;
  figures.store_mailboxes = {7, 0, 1, 2};
  figures.tenant_counts = {{{"free", 12}, {"other", 2}, {"pro", 3}}, 9};
  figures.meters = default_meters();
  return figures;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(ExpositionSpec, TellsEveryOutcomeOverAllReactors) {
  const std::string text = exposition_of(some_figures());
  EXPECT_TRUE(has_line(text, R"(sluice_decisions_total{outcome="allowed"} 15)")) << text;
  EXPECT_TRUE(has_line(text, R"(sluice_decisions_total{outcome="denied"} 3)"));
  EXPECT_TRUE(has_line(text, R"(sluice_decisions_total{outcome="unavailable"} 2)"));
  EXPECT_TRUE(has_line(text, R"(sluice_decisions_total{outcome="access_denied"} 0)"));
}

TEST(ExpositionSpec, TellsEachReactorsFiguresInBaseUnits) {
  const std::string text = exposition_of(some_figures());
  EXPECT_TRUE(has_line(text, R"(sluice_write_behind_lag_seconds{reactor="1"} 1.5)")) << text;
  EXPECT_TRUE(has_line(text, "sluice_lease_left_seconds 250"));
  EXPECT_TRUE(has_line(text, R"(sluice_refused_tenants{reactor="1"} 2)"));
  EXPECT_TRUE(has_line(text, R"(sluice_start_seconds{part="replay"} 1.5)"));
  EXPECT_TRUE(has_line(text, R"(sluice_start_seconds{part="load"} 0.25)"));
  EXPECT_TRUE(has_line(text, "sluice_lease_seconds 270"));
  EXPECT_TRUE(has_line(text, R"(sluice_journal_writable{reactor="0"} 1)"));
  EXPECT_TRUE(has_line(text, R"(sluice_journal_writable{reactor="1"} 0)"));
}

TEST(ExpositionSpec, TellsAlertsTheirDeliveriesAndWhatIsShared) {
  const std::string text = exposition_of(some_figures());
  EXPECT_TRUE(has_line(text, R"(sluice_alerts_total{kind="trial.ended"} 7)")) << text;
  EXPECT_TRUE(has_line(text, R"(sluice_alerts_total{kind="trial.ending"} 0)"));
  EXPECT_TRUE(has_line(text, R"(sluice_alert_deliveries_total{outcome="dead"} 8)"));
  EXPECT_TRUE(has_line(text, "cross_tenant_shares_total 6"));
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

TEST(ExpositionSpec, TellsTenantsByTierAndNoTierTwice) {
  const std::string text = exposition_of(some_figures());
  EXPECT_TRUE(has_line(text, R"(tenant_count{tier="free"} 12)")) << text;
  EXPECT_TRUE(has_line(text, R"(tenant_count{tier="pro"} 3)"));
  EXPECT_TRUE(has_line(text, R"(tenant_count{tier="other"} 11)"));
}

TEST(ExpositionSpec, TellsWhatIsOutOnLeasesOfAMeterOverAllReactors) {
  const std::string text = exposition_of(some_figures());
  const std::string meter = "{meter=\"" + default_meters().front().name + "\"} ";
  EXPECT_TRUE(has_line(text, "sluice_leases_out" + meter + "3")) << text;
  EXPECT_TRUE(has_line(text, "sluice_leased_amount" + meter + "42"));
}

TEST(ExpositionSpec, TellsWhoseMessagesWaitAndHowLongTheStoreTakes) {
  const std::string text = exposition_of(some_figures());
  EXPECT_TRUE(has_line(text, R"(sluice_mailbox_depth{actor="host",index="0"} 4)")) << text;
  EXPECT_TRUE(has_line(text, R"(sluice_mailbox_depth{actor="store_writer",index="0"} 7)"));
  EXPECT_TRUE(has_line(text, R"(sluice_mailbox_depth{actor="store_reader",index="1"} 1)"));
  EXPECT_TRUE(has_line(text, R"(sluice_mailbox_depth{actor="usage_analyst",index="0"} 2)"));
  EXPECT_TRUE(has_line(text, R"(sluice_store_latency_seconds_count{work="write"} 5)"));
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
  // It would leave names that end so to histograms; `tenant_count` has its name all the same.
  const auto checked = test::run(
      {"/bin/sh", "-c", "grep -v 'tenant_count[ {]' " + file + " | promtool check metrics"});
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
}

}  // namespace
}  // namespace sluice
