// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <future>
#include <map>
#include <utility>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {

/// A batch that owns its checks and says when it is complete.
class AskedBatch final : public CheckBatch {
public:
  AskedBatch& ask(TenantId tenant, std::uint64_t amount = 1, MeterId meter = requests,
                  Mode mode = Mode::normal) {
    charges_.push_back(Charge{meter, Amount{amount}});
    tenants_.push_back(tenant);
    modes_.push_back(mode);
    ids_.push_back({});
    return *this;
  }
  /// The last one asks to be explained.
  AskedBatch& why() {
    whys_.emplace(static_cast<std::uint32_t>(tenants_.size() - 1), Explanation{});
    return *this;
  }
  /// Under an id.
  AskedBatch& ask(TenantId tenant, EntryId id, Mode mode, std::uint64_t amount = 1) {
    ask(tenant, amount, requests, mode);
    ids_.back() = id;
    return *this;
  }

  /// Of reservations.
  static constexpr Duration lifetime = std::chrono::seconds{30};

  /// No more is asked: lays out checks and decisions.
  AskedBatch& ready() {
    asked_.clear();
    for (std::size_t i = 0; i < tenants_.size(); ++i) {
      asked_.push_back(
          Check{tenants_[i], std::span{&charges_[i], 1}, modes_[i], ids_[i], lifetime});
      asked_.back().explain = whys_.contains(static_cast<std::uint32_t>(i));
    }
    answers_.assign(asked_.size(), Decision{});
    checks = asked_;
    decisions = answers_;
    return *this;
  }

  [[nodiscard]] std::future<void> complete() { return complete_.get_future(); }
  [[nodiscard]] bool is_complete() const { return completions_ > 0; }
  [[nodiscard]] int completions() const { return completions_; }

  [[nodiscard]] std::vector<Outcome> outcomes() const {
    std::vector<Outcome> all;
    for (const Decision& decision : answers_) {
      all.push_back(decision.outcome);
    }
    return all;
  }
  [[nodiscard]] Outcome outcome(std::size_t item = 0) const { return answers_.at(item).outcome; }
  [[nodiscard]] const Explanation& explanation(std::uint32_t item = 0) const {
    return whys_.at(item);
  }
  [[nodiscard]] Decision& answer(std::size_t item) { return answers_.at(item); }

  /// Nobody was told the answers.
  [[nodiscard]] bool was_abandoned() const { return abandoned_batch_; }

private:
  Explanation* explanation_of(std::uint32_t item) noexcept override { return &whys_.at(item); }
  void abandoned() noexcept override {
    abandoned_batch_ = true;
    completed();
  }
  void completed() noexcept override {
    ++completions_;
    // Taken out first: whoever waits may destroy the batch as soon as it is told.
    std::promise<void> complete = std::move(complete_);
    complete.set_value();
  }

  std::vector<Charge> charges_;
  std::vector<TenantId> tenants_;
  std::vector<Mode> modes_;
  std::vector<EntryId> ids_;
  std::map<std::uint32_t, Explanation> whys_;
  std::vector<Check> asked_;
  std::vector<Decision> answers_;
  int completions_ = 0;
  bool abandoned_batch_ = false;
  std::promise<void> complete_;
};

}  // namespace sluice::testing
