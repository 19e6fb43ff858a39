// SPDX-License-Identifier: Apache-2.0
#include "server/http/health_routes.hpp"

#include <utility>

#include "protocol/text/build_text.hpp"

namespace sluice::http {
namespace {

/// Of the native interface.
constexpr int protocol_version = 1;

const char* ok_or(const char* otherwise, bool works) {
  return works ? "ok" : otherwise;
}

}  // namespace

void answer_healthz(const ExchangePtr& exchange, const Route& /*route*/) {
  exchange->answer(success(Json{{"status", "ok"}}));
}

// Until the journals are replayed the lobby answers, so recovery is over whenever this is asked.
void answer_readyz(const ExchangePtr& exchange, const Route& /*route*/) {
  const Foundations& on = exchange->service->environment->on;
  const Vitals vitals = on.counts.vitals();
  const bool owner = on.engine.ownership().owner;
  const bool ready = owner && vitals.journal;
  const Json parts{{"ready", ready},
                   {"recovery", "done"},
                   {"ownership", ok_or("lost", owner)},
                   {"journal", ok_or("failing", vitals.journal)},
                   {"store", ok_or("degraded", vitals.store)}};
  exchange->answer(ready ? success(parts)
                         : failure(503, "unavailable", "checks cannot be decided now", parts));
}

void answer_version(const ExchangePtr& exchange, const Route& /*route*/) {
  const text::Build build = text::this_build();
  exchange->answer(success(Json{{"server", exchange->service->environment->server},
                                {"version", build.version},
                                {"commit", build.commit.empty() ? Json() : Json(build.commit)},
                                {"build", build.type},
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
