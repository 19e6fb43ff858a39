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

std::optional<std::uint64_t> LogObserver::take(LineBudget& budget) {
  const auto kept_back = budget.take(machine_time());
  kept_back_.fetch_add(kept_back ? 0 : 1, std::memory_order_relaxed);
  return kept_back;
}

void LogObserver::alert_raised(const Alert& alert) {
  if (const auto kept_back = take(alerts_)) {
    const bool is_platforms = alert.tenant == TenantId{};
    log_.info("alert",
              {{"kind", to_string(alert.kind)},
               {"tenant", is_platforms ? std::string{"platform"} : to_string(alert.tenant)},
               {"id", to_string(alert.id)},
               {"data", alert.data},
               {"kept_back", *kept_back}});
  }
}

void LogObserver::delivery_attempted(const DueDelivery& delivery) {
  const Delivery& is = delivery.delivery;
  if (is.state == DeliveryState::delivered) {
    return;
  }
  if (const auto kept_back = take(failed_deliveries_)) {
    log_.warning("delivery_failed", {{"alert", to_string(is.alert)},
                                     {"url", is.url},
                                     {"state", to_string(is.state)},
                                     {"attempts", is.attempts},
                                     {"reason", is.trouble},
                                     {"kept_back", *kept_back}});
  }
}

void LogObserver::store_failed(const char* what, const Fault& fault) {
  if (const auto kept_back = take(store_failures_)) {
    log_.error("store_failed", {{"what", what},
                                {"fault", to_string(fault.code)},
                                {"reason", fault.context},
                                {"kept_back", *kept_back}});
  }
}

void LogObserver::save_refused(TenantId tenant, const Fault& fault) {
  if (const auto kept_back = refused_saves_.take(machine_time())) {
    log_.error("save_refused", {{"tenant", to_string(tenant)},
                                {"fault", to_string(fault.code)},
                                {"reason", fault.context},
                                {"kept_back", *kept_back}});
  }
}

void LogObserver::due_refused(TenantId tenant, const Fault& fault) {
  if (const auto kept_back = take(refusals_of_time_)) {
    log_.warning("due_refused", {{"tenant", to_string(tenant)},
                                 {"fault", to_string(fault.code)},
                                 {"reason", fault.context},
                                 {"kept_back", *kept_back}});
  }
}

void LogObserver::journal_failed(const Fault& fault) {
  if (const auto kept_back = take(journal_failures_)) {
    log_.error(
        "journal_failed",
        {{"fault", to_string(fault.code)}, {"reason", fault.context}, {"kept_back", *kept_back}});
  }
}

void LogObserver::vital_changed(Vital vital, bool works) {
  if (const auto kept_back = take(changes_)) {
    log_.warning(works ? "works_again" : "ceased_to_work",
                 {{"what", to_string(vital)}, {"kept_back", *kept_back}});
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
  if (bytes_total > 0 && (bytes_done == bytes_total || take(recoveries_))) {
    log_.info("recovering", {{"journal_bytes_done", bytes_done},
                             {"journal_bytes_total", bytes_total},
                             {"percent", bytes_done * 100 / bytes_total}});
  }
}

void LogObserver::client_entered(std::string_view peer, std::string_view client) {
  if (const auto kept_back = take(entries_)) {
    log_.info("client_entered", {{"peer", peer}, {"client", client}, {"kept_back", *kept_back}});
  }
}

void LogObserver::connection_refused(std::string_view peer, std::string_view reason) {
  if (const auto kept_back = take(refusals_)) {
    log_.warning("connection_refused",
                 {{"peer", peer}, {"reason", reason}, {"kept_back", *kept_back}});
  }
}

void LogObserver::access_denied(std::string_view peer, std::string_view credential,
                                std::string_view method) {
  if (const auto kept_back = take(denials_)) {
    log_.warning("access_denied", {{"peer", peer},
                                   {"credential", credential},
                                   {"method", method},
                                   {"kept_back", *kept_back}});
  }
}

void LogObserver::credential_refused(std::string_view address, std::string_view reason) {
  if (const auto kept_back = take(refused_credentials_)) {
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
  if (const auto kept_back = take(accept_failures_)) {
    log_.error("accept_failed", {{"reason", reason}, {"kept_back", *kept_back}});
  }
}

}  // namespace sluice
