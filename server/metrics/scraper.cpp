// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/scraper.hpp"

#include <span>
#include <utility>
#include <vector>

#include "protocol/transport/thread_role.hpp"

namespace sluice {

namespace {

/// A tenant is on one reactor only; those without a name there are together.
std::vector<TenantChecks> tenants_of(std::span<const ReactorStatus> reactors) {
  std::vector<TenantChecks> all;
  TenantChecks others;
  for (const ReactorStatus& reactor : reactors) {
    for (const TenantChecks& checks : reactor.tenants) {
      if (checks.tenant) {
        all.push_back(checks);
      } else {
        others.asked += checks.asked;
        others.refused += checks.refused;
      }
    }
  }
  all.push_back(others);
  return all;
}

}  // namespace

/// One scrape on its way.
struct Scraper::Scrape {
  ReactorIndex here;
  Reply<std::string> reply;  ///< Called, and destroyed, on its reactor only.
  Figures figures{};
  std::size_t next = 0;  ///< Of the tenants, whose usage is to be asked for.
};

Scraper::Scraper(Engine& engine, const Clock& machine, const CountingObserver& counts,
                 const DecisionLatency& latency, const std::atomic<std::uint64_t>& lines_kept_back,
                 std::string version)
    : engine_(engine),
      machine_(machine),
      counts_(counts),
      latency_(latency),
      lines_kept_back_(lines_kept_back),
      version_(std::move(version)),
      started_(machine.now().steady),
      writer_([this] { write_out(); }) {}

Scraper::~Scraper() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  writer_.join();
}

void Scraper::scrape(ReactorIndex here, Reply<std::string> reply) {
  auto scrape = std::make_shared<Scrape>(Scrape{here, std::move(reply)});
  engine_.status(here, [this, scrape](Result<std::vector<ReactorStatus>> reactors) {
    if (!reactors.ok()) {
      return scrape->reply(reactors.fault());
    }
    scrape->figures.reactors = std::move(reactors).value();
    scrape->figures.tenants = tenants_of(scrape->figures.reactors);
    ask_usage(scrape);
  });
}

void Scraper::ask_usage(const std::shared_ptr<Scrape>& scrape) {
  const auto& tenants = scrape->figures.tenants;
  if (scrape->next == tenants.size() || !tenants[scrape->next].tenant) {
    return hand_over(scrape);
  }
  const TenantId tenant = *tenants[scrape->next++].tenant;
  engine_.usage(scrape->here, tenant, [this, scrape](Result<TenantUsage> usage) {
    if (usage.ok()) {
      scrape->figures.usage.push_back(std::move(usage).value());
    }
    ask_usage(scrape);
  });
}

void Scraper::hand_over(const std::shared_ptr<Scrape>& scrape) {
  {
    const std::scoped_lock lock{mutex_};
    if (waiting_.size() < scrapes_waiting_max) {
      waiting_.push_back(scrape);
      changed_.notify_one();
      return;
    }
  }
  scrape->reply(Fault{FaultCode::unavailable, "too many scrapes at once"});
}

void Scraper::write_out() {
  name_this_thread("scraper");
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) {
      return;
    }
    auto scrape = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    Figures& figures = scrape->figures;
    figures.version = version_;
    figures.uptime = machine_.now().steady - started_;
    figures.ownership = engine_.ownership();
    figures.start = engine_.start_times();
    figures.latency = latency_.read();
    figures.store_reads = counts_.store_latency(StoreWork::read);
    figures.store_writes = counts_.store_latency(StoreWork::write);
    figures.store_mailboxes = engine_.store_mailboxes();
    figures.tenant_counts = engine_.tenant_counts();
    figures.meters = *engine_.meters();
    figures.thresholds_crossed = counts_.thresholds_crossed();
    figures.shares_granted = counts_.shares_granted();
    figures.store_failures = counts_.store_failures();
    figures.log_lines_kept_back = lines_kept_back_.load(std::memory_order_relaxed);
    for (const AlertKindName& row : alert_kind_names) {
      figures.alerts[static_cast<std::size_t>(row.kind)] = counts_.alerts(row.kind);
    }
    for (const auto state :
         {DeliveryState::pending, DeliveryState::delivered, DeliveryState::dead}) {
      figures.deliveries[static_cast<std::size_t>(state)] = counts_.deliveries(state);
    }
    Loop& loop = engine_.loop(scrape->here);
    loop.post([scrape = std::move(scrape), text = exposition_of(figures)]() mutable {
      scrape->reply(std::move(text));
    });
    lock.lock();
  }
}

}  // namespace sluice
