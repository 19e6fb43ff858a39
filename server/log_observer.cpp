// SPDX-License-Identifier: Apache-2.0
#include "server/log_observer.hpp"

#include <chrono>

namespace sluice {

namespace {

// A storm is measured by the machine's time, even where that of the decisions stands still.
Instant machine_time() {
  return Instant{
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

}  // namespace

void LogObserver::threshold_crossed(const ThresholdCrossed& event) {
  if (const auto kept_back = thresholds_.take(machine_time())) {
    log_.info("threshold_crossed", {{"tenant", to_string(event.tenant)},
                                    {"limit", event.limit.raw()},
                                    {"meter", event.meter.raw()},
                                    {"threshold_percent", event.threshold.raw()},
                                    {"used", event.used.raw()},
                                    {"size", event.size.raw()},
                                    {"kept_back", *kept_back}});
  }
}

void LogObserver::store_failed(const char* what, const Fault& fault) {
  if (const auto kept_back = store_failures_.take(machine_time())) {
    log_.error("store_failed", {{"what", what},
                                {"fault", to_string(fault.code)},
                                {"reason", fault.context},
                                {"kept_back", *kept_back}});
  }
}

void LogObserver::client_entered(std::string_view peer, std::string_view client) {
  if (const auto kept_back = entries_.take(machine_time())) {
    log_.info("client_entered", {{"peer", peer}, {"client", client}, {"kept_back", *kept_back}});
  }
}

void LogObserver::connection_refused(std::string_view peer, std::string_view reason) {
  if (const auto kept_back = refusals_.take(machine_time())) {
    log_.warning("connection_refused",
                 {{"peer", peer}, {"reason", reason}, {"kept_back", *kept_back}});
  }
}

void LogObserver::accept_failed(std::string_view reason) {
  if (const auto kept_back = accept_failures_.take(machine_time())) {
    log_.error("accept_failed", {{"reason", reason}, {"kept_back", *kept_back}});
  }
}

}  // namespace sluice
