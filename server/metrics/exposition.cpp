// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/exposition.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <limits>
#include <map>
#include <utility>

namespace sluice {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Label = ClientMetric::Label;

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

class Families {
public:
  /// Further values go to the family that was begun last.
  void begin(std::string name, std::string help, MetricType type) {
    families_.push_back({std::move(name), std::move(help), type, {}});
  }
  void put(double value, std::vector<Label> labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (families_.back().type == MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
    families_.back().metric.push_back(std::move(metric));
  }
  void put(const LatencyReading& reading, std::vector<Label> labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < reading.counts.size(); ++i) {
      so_far += reading.counts[i];
      const bool last = i == LatencyReading::bounds_us.size();
      metric.histogram.bucket.push_back(
          {so_far, last ? std::numeric_limits<double>::infinity()
                        : static_cast<double>(LatencyReading::bounds_us[i]) / 1e6});
    }
    metric.histogram.sample_count = so_far;
    metric.histogram.sample_sum = static_cast<double>(reading.sum_ns) / 1e9;
    families_.back().metric.push_back(std::move(metric));
  }
  [[nodiscard]] std::string text() const {
    return prometheus::TextSerializer{}.Serialize(families_);
  }

private:
  std::vector<MetricFamily> families_;
};

/// A number that each reactor has.
struct ReactorFigure {
  const char* name;
  const char* help;
  MetricType type;
  double (*of)(const ReactorStatus& reactor);
};

double seconds_of(std::int64_t ns) {
  return static_cast<double>(ns) / 1e9;
}

constexpr std::array<ReactorFigure, 20> reactor_figures{{
    {"sluice_hops_total", "Checks that arrived at a reactor that does not own their tenant.",
     MetricType::Counter, [](const ReactorStatus& r) { return static_cast<double>(r.hops); }},
    {"sluice_resident_tenants", "Tenants in memory.", MetricType::Gauge,
     [](const ReactorStatus& r) { return static_cast<double>(r.resident_tenants); }},
    {"sluice_activations_total", "Tenants that were loaded.", MetricType::Counter,
     [](const ReactorStatus& r) { return static_cast<double>(r.activations); }},
    {"sluice_passivations_total", "Tenants that left the memory.", MetricType::Counter,
     [](const ReactorStatus& r) { return static_cast<double>(r.passivations); }},
    {"sluice_waiting_checks", "Checks whose tenant is being loaded.", MetricType::Gauge,
     [](const ReactorStatus& r) { return static_cast<double>(r.waiting_checks); }},
    {"sluice_dirty_tenants", "Tenants that are not yet written to the store.", MetricType::Gauge,
     [](const ReactorStatus& r) { return static_cast<double>(r.dirty_tenants); }},
    {"sluice_refused_tenants", "Tenants whose state the store refuses to take.", MetricType::Gauge,
     [](const ReactorStatus& r) { return static_cast<double>(r.refused_tenants); }},
    {"sluice_history_rows", "Closed minutes and windows that are not yet written to the store.",
     MetricType::Gauge, [](const ReactorStatus& r) { return static_cast<double>(r.history_rows); }},
    {"sluice_history_lost_total", "Closed windows for which there was no place.",
     MetricType::Counter,
     [](const ReactorStatus& r) { return static_cast<double>(r.history_lost); }},
    {"sluice_flushes_total", "Batches that were written to the store.", MetricType::Counter,
     [](const ReactorStatus& r) { return static_cast<double>(r.flushes); }},
    {"sluice_flush_failures_total", "Batches that the store did not take.", MetricType::Counter,
     [](const ReactorStatus& r) { return static_cast<double>(r.flush_failures); }},
    {"sluice_store_last_flush_seconds", "How long the store took for the last batch.",
     MetricType::Gauge, [](const ReactorStatus& r) { return seconds_of(r.last_flush.count()); }},
    {"sluice_write_behind_lag_seconds", "Since when something waits to be written to the store.",
     MetricType::Gauge,
     [](const ReactorStatus& r) { return seconds_of(r.write_behind_lag.count()); }},
    {"sluice_journal_bytes", "Bytes in files of the journal that are not yet given back.",
     MetricType::Gauge,
     [](const ReactorStatus& r) { return static_cast<double>(r.journal.bytes); }},
    {"sluice_journal_written_bytes_total", "Bytes that were written to the journal.",
     MetricType::Counter,
     [](const ReactorStatus& r) { return static_cast<double>(r.journal.bytes_written); }},
    {"sluice_journal_commits_total", "Records that were written to the journal.",
     MetricType::Counter,
     [](const ReactorStatus& r) { return static_cast<double>(r.journal.commits); }},
    {"sluice_journal_syncs_total", "Times that the journal was synced to the disk.",
     MetricType::Counter,
     [](const ReactorStatus& r) { return static_cast<double>(r.journal.syncs); }},
    {"sluice_journal_last_sync_seconds", "How long the last sync took.", MetricType::Gauge,
     [](const ReactorStatus& r) { return seconds_of(r.journal.last_sync.count()); }},
    {"sluice_journal_failures_total", "Writes and preparations of the journal that failed.",
     MetricType::Counter,
     [](const ReactorStatus& r) { return static_cast<double>(r.journal.failures); }},
    {"sluice_journal_writable", "Whether what is charged can be made safe; if not, nothing is.",
     MetricType::Gauge, [](const ReactorStatus& r) { return r.journal_writable ? 1.0 : 0.0; }},
}};

void put_decisions(Families& families, const std::vector<ReactorStatus>& reactors) {
  DecidedChecks all;
  for (const ReactorStatus& reactor : reactors) {
    all += reactor.decided;
  }
  families.begin("sluice_decisions_total", "Checks by what was decided.", MetricType::Counter);
  for (std::size_t i = 0; i < outcome_count; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    families.put(static_cast<double>(all[outcome]), {{"outcome", to_string(outcome)}});
  }
}

void put_store(Families& families, const Figures& figures) {
  families.begin("sluice_store_latency_seconds",
                 "How long a thread of the store took for what it was asked, reading or writing.",
                 MetricType::Histogram);
  families.put(figures.store_reads, {{"work", "read"}});
  families.put(figures.store_writes, {{"work", "write"}});
  families.begin("sluice_store_failures_total", "Calls to the store that failed.",
                 MetricType::Counter);
  families.put(static_cast<double>(figures.store_failures));
}

void put_mailboxes(Families& families, const Figures& figures) {
  families.begin("sluice_mailbox_depth", "Messages that wait for an actor.", MetricType::Gauge);
  for (std::size_t i = 0; i < figures.reactors.size(); ++i) {
    families.put(static_cast<double>(figures.reactors[i].mailbox),
                 {{"actor", "host"}, {"index", std::to_string(i)}});
  }
  const std::size_t last = figures.store_mailboxes.size() - 1;
  for (std::size_t i = 0; i < figures.store_mailboxes.size(); ++i) {
    const bool reads = i != 0 && i != last;
    families.put(static_cast<double>(figures.store_mailboxes[i]),
                 {{"actor", reads    ? "store_reader"
                            : i == 0 ? "store_writer"
                                     : "usage_analyst"},
                  {"index", std::to_string(reads ? i - 1 : 0)}});
  }
}

void put_leases(Families& families, const Figures& figures) {
  std::map<MeterId, MeterLeases> out;
  for (const ReactorStatus& reactor : figures.reactors) {
    for (const MeterLeases& part : reactor.leases) {
      MeterLeases& all = out[part.meter];
      all.leases += part.leases;
      all.amount = all.amount + part.amount;
    }
  }
  const auto put = [&](double (*value)(const MeterLeases&)) {
    for (const auto& [meter, leases] : out) {
      const std::size_t place = meter.raw() - std::size_t{1};
      families.put(value(leases),
                   {{"meter", place < figures.meters.size() ? figures.meters[place].name
                                                            : std::to_string(meter.raw())}});
    }
  };
  families.begin("sluice_leases_out", "Leases of resident tenants.", MetricType::Gauge);
  put([](const MeterLeases& all) { return static_cast<double>(all.leases); });
  families.begin("sluice_leased_amount",
                 "What is out on leases, in the unit of the meter, as far as was reported.",
                 MetricType::Gauge);
  put([](const MeterLeases& all) { return static_cast<double>(all.amount.raw()); });
}

void put_tenant_counts(Families& families, const PublishedCounts::Counts& counts) {
  families.begin("tenant_count", "Tenants by tier; of tiers without a name in all.",
                 MetricType::Gauge);
  const std::string together = "other";
  std::uint64_t others = counts.others;
  for (const TierCount& count : counts.tiers) {
    if (count.tier == together) {
      others += count.tenants;  // A series must not come twice.
    } else {
      families.put(static_cast<double>(count.tenants), {{"tier", count.tier}});
    }
  }
  families.put(static_cast<double>(others), {{"tier", together}});
}

void put_server(Families& families, const Figures& figures) {
  families.begin("sluice_build_info", "Always 1; the version is a label.", MetricType::Gauge);
  families.put(1, {{"version", figures.version}});
  families.begin("sluice_uptime_seconds", "Since the start of the server.", MetricType::Gauge);
  families.put(seconds(figures.uptime));
  families.begin("sluice_start_seconds",
                 "How long the start took: to replay the journal, and to load the rest.",
                 MetricType::Gauge);
  families.put(seconds(figures.start.replay), {{"part", "replay"}});
  families.put(seconds(figures.start.load), {{"part", "load"}});
  families.begin("sluice_owner", "Whether the tenants are this server's.", MetricType::Gauge);
  families.put(figures.ownership.owner ? 1 : 0);
  families.begin("sluice_ownership_epoch", "How often the tenants got an owner.",
                 MetricType::Gauge);
  families.put(static_cast<double>(figures.ownership.epoch.raw()));
  if (figures.ownership.lease_left) {
    families.begin("sluice_lease_left_seconds",
                   "How long this server may serve without hearing from the store.",
                   MetricType::Gauge);
    families.put(seconds(*figures.ownership.lease_left));
    families.begin("sluice_lease_seconds", "What is left of the lease right after a renewal.",
                   MetricType::Gauge);
    families.put(seconds(figures.ownership.lease));
  }
  families.begin("sluice_decision_latency_seconds",
                 "From a call that was read to the answer that may leave, by check.",
                 MetricType::Histogram);
  families.put(figures.latency);
  families.begin("sluice_thresholds_crossed_total",
                 "Times that usage reached a threshold of a limit first in its window.",
                 MetricType::Counter);
  families.put(static_cast<double>(figures.thresholds_crossed));
  families.begin("cross_tenant_shares_total",
                 "Grants that were made to use what another tenant shares.", MetricType::Counter);
  families.put(static_cast<double>(figures.shares_granted));
  families.begin("sluice_log_lines_kept_back_total",
                 "Lines of which there were too many in a second to be written to the log.",
                 MetricType::Counter);
  families.put(static_cast<double>(figures.log_lines_kept_back));
}

void put_alerts(Families& families, const Figures& figures) {
  families.begin("sluice_alerts_total", "Alerts that were raised.", MetricType::Counter);
  for (const AlertKindName& row : alert_kind_names) {
    families.put(static_cast<double>(figures.alerts[static_cast<std::size_t>(row.kind)]),
                 {{"kind", std::string{row.name}}});
  }
  families.begin("sluice_alert_deliveries_total",
                 "Calls of webhooks: delivered, failed for now, or given up.", MetricType::Counter);
  const auto put = [&](DeliveryState state, const char* outcome) {
    families.put(static_cast<double>(figures.deliveries[static_cast<std::size_t>(state)]),
                 {{"outcome", outcome}});
  };
  put(DeliveryState::delivered, "delivered");
  put(DeliveryState::pending, "failed");
  put(DeliveryState::dead, "dead");
}

std::string name_of(const std::optional<TenantId>& tenant) {
  return tenant ? to_string(*tenant) : "other";
}

void put_tenants(Families& families, const Figures& figures) {
  families.begin("tenant_api_requests_total",
                 "Checks of a tenant that its limits decided; of those without a name in all.",
                 MetricType::Counter);
  for (const TenantChecks& count : figures.tenants) {
    families.put(static_cast<double>(count.asked), {{"tenant_id", name_of(count.tenant)}});
  }
  families.begin("quota_exceeded_events_total",
                 "Checks of a tenant that a limit denied or throttled.", MetricType::Counter);
  for (const TenantChecks& count : figures.tenants) {
    families.put(static_cast<double>(count.refused), {{"tenant_id", name_of(count.tenant)}});
  }
  const auto put_limits = [&](double (*value)(const LimitReading&)) {
    for (const TenantUsage& usage : figures.usage) {
      for (const LimitUsage& limit : usage.limits) {
        // One that counts by labels has no count of its own.
        if (limit.reading.size && limit.limit.per.empty()) {
          families.put(value(limit.reading),
                       {{"tenant_id", to_string(usage.tenant)}, {"quota_type", limit.limit.name}});
        }
      }
    }
  };
  families.begin("tenant_quota_usage", "What is used of a limit, in the unit of its meter.",
                 MetricType::Gauge);
  put_limits([](const LimitReading& r) { return static_cast<double>(r.used.raw()); });
  families.begin("tenant_quota_limit", "The size of a limit, in the unit of its meter.",
                 MetricType::Gauge);
  put_limits([](const LimitReading& r) { return static_cast<double>(r.size->raw()); });
}

}  // namespace

std::string exposition_of(const Figures& figures) {
  Families families;
  put_server(families, figures);
  put_decisions(families, figures.reactors);
  for (const ReactorFigure& figure : reactor_figures) {
    families.begin(figure.name, figure.help, figure.type);
    for (std::size_t i = 0; i < figures.reactors.size(); ++i) {
      families.put(figure.of(figures.reactors[i]), {{"reactor", std::to_string(i)}});
    }
  }
  put_store(families, figures);
  put_mailboxes(families, figures);
  put_leases(families, figures);
  put_tenant_counts(families, figures.tenant_counts);
  put_alerts(families, figures);
  put_tenants(families, figures);
  return families.text();
}

}  // namespace sluice
