// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "actors/tenant/observer.hpp"
#include "server/auth/authenticator.hpp"
#include "server/line_budget.hpp"
#include "server/log.hpp"
#include "server/rpc/rpc_observer.hpp"

namespace sluice {

/// Writes to the log what engine and connections tell, a bounded number of lines a second of each
/// kind. A line says how many before it were kept back.
///
/// Threading  Any thread.
/// Ownership  Borrows the log.
/// Errors     None.
class LogObserver final : public Observer, public RpcObserver, public auth::AuthObserver {
public:
  /// `on_ownership_lost` is called once, on some thread.
  LogObserver(const Log& log, std::function<void()> on_ownership_lost)
      : log_(log), on_ownership_lost_(std::move(on_ownership_lost)) {}

  void alert_raised(const Alert& alert) override;
  void delivery_attempted(const DueDelivery& delivery) override;
  void store_failed(const char* what, const Fault& fault) override;
  void save_refused(TenantId tenant, const Fault& fault) override;
  void due_refused(TenantId tenant, const Fault& fault) override;
  void journal_failed(const Fault& fault) override;
  void vital_changed(Vital vital, bool works) override;
  void ownership_lost(const Fault& fault) override;
  void recovering(std::uint64_t bytes_done, std::uint64_t bytes_total) override;

  /// Nothing as long as it was not.
  [[nodiscard]] std::optional<Fault> why_ownership_was_lost() const;

  void client_entered(std::string_view peer, std::string_view client) override;
  void connection_refused(std::string_view peer, std::string_view reason) override;
  void access_denied(std::string_view peer, std::string_view credential,
                     std::string_view method) override;
  void accept_failed(std::string_view reason) override;

  void credential_refused(std::string_view address, std::string_view reason) override;
  void keys_changed(std::size_t keys) override;
  void keys_refused(const Fault& fault) override;

  /// Lines in all that were.
  [[nodiscard]] const std::atomic<std::uint64_t>& kept_back() const { return kept_back_; }

private:
  /// A line of these: how many before it were kept back, or nothing if this one is.
  [[nodiscard]] std::optional<std::uint64_t> take(LineBudget& budget);

  const Log& log_;
  std::function<void()> on_ownership_lost_;
  mutable std::mutex mutex_;
  std::optional<Fault> ownership_lost_;
  std::atomic<std::uint64_t> kept_back_{0};
  LineBudget alerts_{100};
  LineBudget failed_deliveries_{20};
  LineBudget store_failures_{5};
  LineBudget refused_saves_{5};
  LineBudget refusals_of_time_{5};
  LineBudget journal_failures_{5};
  LineBudget changes_{10};
  LineBudget recoveries_{1};
  LineBudget entries_{10};
  LineBudget refusals_{5};
  LineBudget accept_failures_{1};
  LineBudget denials_{5};
  LineBudget refused_credentials_{5};
};

}  // namespace sluice
