// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "tests/sim/model.hpp"

namespace sluice::sim {

/// A client's checks on their way through the hosts of one server.
class SimBatch final : public CheckBatch {
public:
  explicit SimBatch(std::uint64_t its_number) : number(its_number) {}

  void ask(TenantId tenant, std::vector<Charge> charges, Mode mode) {
    charges_.push_back(std::move(charges));
    tenants_.push_back({tenant, mode});
  }
  /// No more is asked.
  void lay_out() {
    for (std::size_t i = 0; i < charges_.size(); ++i) {
      checks_.push_back(Check{tenants_[i].first, charges_[i], tenants_[i].second});
    }
    decisions_.resize(checks_.size());
    seen.resize(checks_.size());
    checks = checks_;
    decisions = decisions_;
  }

  const std::uint64_t number;
  std::uint32_t parts = 0;  ///< Not yet told.
  bool given_up = false;    ///< By one of its parts.
  std::vector<bool> seen;   ///< Allowed checks whose amounts the model has.
  std::vector<Taken> taken;
  std::vector<std::vector<std::uint32_t>> items;  ///< By reactor.
  std::vector<bool> charged;                      ///< By reactor.

private:
  void completed() noexcept override {}
  void abandoned() noexcept override {}

  std::vector<std::vector<Charge>> charges_;
  std::vector<std::pair<TenantId, Mode>> tenants_;
  std::vector<Check> checks_;
  std::vector<Decision> decisions_;
};

}  // namespace sluice::sim
