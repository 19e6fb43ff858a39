// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/scraper.hpp"

#include <utility>

#include "protocol/transport/thread_role.hpp"

namespace sluice {

/// One scrape on its way.
struct Scraper::Scrape {
  ReactorIndex here;
  Reply<std::string> reply;  ///< Called, and destroyed, on its reactor only.
  Figures figures{};
  std::size_t next = 0;  ///< Of the tenants, whose usage is to be asked for.
};

Scraper::Scraper(Engine& engine, const Clock& machine, const CountingObserver& counts,
                 const DecisionLatency& latency, std::string version)
    : engine_(engine),
      machine_(machine),
      counts_(counts),
      latency_(latency),
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
    scrape->figures.tenants = counts_.tenants().read();
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
    figures.latency = latency_.read();
    figures.thresholds_crossed = counts_.thresholds_crossed();
    figures.store_failures = counts_.store_failures();
    Loop& loop = engine_.loop(scrape->here);
    loop.post([scrape = std::move(scrape), text = exposition_of(figures)]() mutable {
      scrape->reply(std::move(text));
    });
    lock.lock();
  }
}

}  // namespace sluice
