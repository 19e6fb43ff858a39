// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "actors/tenant/observer.hpp"
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
class LogObserver final : public Observer, public RpcObserver {
public:
  explicit LogObserver(const Log& log) : log_(log) {}

  void threshold_crossed(const ThresholdCrossed& event) override;
  void store_failed(const char* what, const Fault& fault) override;

  void client_entered(std::string_view peer, std::string_view client) override;
  void connection_refused(std::string_view peer, std::string_view reason) override;
  void accept_failed(std::string_view reason) override;

private:
  const Log& log_;
  LineBudget thresholds_{100};
  LineBudget store_failures_{5};
  LineBudget entries_{10};
  LineBudget refusals_{5};
  LineBudget accept_failures_{1};
};

}  // namespace sluice
