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

void LogObserver::journal_failed(const Fault& fault) {
  if (const auto kept_back = journal_failures_.take(machine_time())) {
    log_.error(
        "journal_failed",
        {{"fault", to_string(fault.code)}, {"reason", fault.context}, {"kept_back", *kept_back}});
  }
}

void LogObserver::ownership_lost(const Fault& fault) {
  const std::scoped_lock lock{mutex_};
  if (!ownership_lost_) {
    ownership_lost_ = fault;
    log_.error("ownership_lost", {{"reason", fault.context}});
    on_ownership_lost_();
  }
}

std::optional<Fault> LogObserver::why_ownership_was_lost() const {
  const std::scoped_lock lock{mutex_};
  return ownership_lost_;
}

void LogObserver::recovering(std::uint64_t bytes_done, std::uint64_t bytes_total) {
  if (bytes_total > 0 && (bytes_done == bytes_total || recoveries_.take(machine_time()))) {
    log_.info("recovering", {{"journal_bytes_done", bytes_done},
                             {"journal_bytes_total", bytes_total},
                             {"percent", bytes_done * 100 / bytes_total}});
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

void LogObserver::access_denied(std::string_view peer, std::string_view credential,
                                std::string_view method) {
  if (const auto kept_back = denials_.take(machine_time())) {
    log_.warning("access_denied", {{"peer", peer},
                                   {"credential", credential},
                                   {"method", method},
                                   {"kept_back", *kept_back}});
  }
}

void LogObserver::credential_refused(std::string_view address, std::string_view reason) {
  if (const auto kept_back = refused_credentials_.take(machine_time())) {
    log_.warning("credential_refused",
                 {{"address", address}, {"reason", reason}, {"kept_back", *kept_back}});
  }
}

void LogObserver::keys_changed(std::size_t keys) {
  log_.info("token_keys_changed", {{"keys", keys}});
}

void LogObserver::keys_refused(const Fault& fault) {
  log_.error("token_keys_refused", {{"fault", to_string(fault.code)}, {"reason", fault.context}});
}

void LogObserver::accept_failed(std::string_view reason) {
  if (const auto kept_back = accept_failures_.take(machine_time())) {
    log_.error("accept_failed", {{"reason", reason}, {"kept_back", *kept_back}});
  }
}

}  // namespace sluice
