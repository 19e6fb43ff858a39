// SPDX-License-Identifier: Apache-2.0
#include "server/http/health_routes.hpp"

#include <utility>

namespace sluice::http {
namespace {

/// Of the native interface.
constexpr int protocol_version = 1;

const char* well_or(bool failing, const char* otherwise) {
  return failing ? otherwise : "ok";
}

}  // namespace

void answer_healthz(const ExchangePtr& exchange, const Route& /*route*/) {
  exchange->answer(success(Json{{"status", "ok"}}));
}

// Nothing is served before the journals are replayed, so recovery is over whenever this is asked.
void answer_readyz(const ExchangePtr& exchange, const Route& /*route*/) {
  const Foundations& on = exchange->service->environment->on;
  const Vitals vitals = on.counts.vitals();
  const bool owner = on.engine.ownership().owner;
  const bool ready = owner && !vitals.journal_failing;
  const Json parts{{"ready", ready},
                   {"recovery", "done"},
                   {"ownership", well_or(!owner, "lost")},
                   {"journal", well_or(vitals.journal_failing, "failing")},
                   {"store", well_or(vitals.store_failing, "degraded")}};
  exchange->answer(ready ? success(parts)
                         : failure(503, "unavailable", "checks cannot be decided now", parts));
}

void answer_version(const ExchangePtr& exchange, const Route& /*route*/) {
  exchange->answer(success(Json{{"server", exchange->service->environment->server},
                                {"protocol", protocol_version},
                                {"http", "v1"}}));
}

void answer_metrics(const ExchangePtr& exchange, const Route& /*route*/) {
  Scraper& scraper = exchange->service->environment->on.scraper;
  scraper.scrape(exchange->service->here, [exchange](Result<std::string> text) {
    if (!text.ok()) {
      return exchange->answer(failure(text.fault()));
    }
    exchange->answer({.body = std::move(text).value(),
                      .content_type = "text/plain; version=0.0.4; charset=utf-8"});
  });
}

}  // namespace sluice::http
