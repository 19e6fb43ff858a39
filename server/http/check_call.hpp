// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "server/http/asked_check.hpp"
#include "server/http/exchange.hpp"

namespace sluice::http {

/// The field of the header that makes a repeated check the same one.
inline constexpr std::string_view idempotency_key = "idempotency-key";

/// The checks of one request, from what was asked to what was decided.
///
/// Role       Finds the tenants, asks the gate about each, submits, and calls back.
/// Threading  Confined to its reactor, but for the elements that the hosts write (see
///            `CheckBatch`).
/// Ownership  In flight it owns itself, whatever becomes of its connection.
/// Errors     A check that was objected to, whose tenant there is not or may not be touched, has
///            its outcome and is not submitted.
/// Cost       A few allocations for each check.
class CheckCall final : public CheckBatch, public std::enable_shared_from_this<CheckCall> {
public:
  /// A check, and what came of it.
  struct Item {
    AskedCheck asked;
    std::optional<Objected> objected{};
    std::optional<Fault> refused{};  ///< By the gate.
    TenantId tenant{};
    Decision decision{};
    Explanation explanation{};
    std::vector<Label> labels{};
    SharedUse use{};

    [[nodiscard]] Outcome outcome() const {
      return objected ? objected->outcome : decision.outcome;
    }
  };
  /// Called once, when everything is decided. False: nobody may rely on the decisions.
  using Decided = std::function<void(CheckCall& call, bool reliable)>;

  CheckCall(ExchangePtr exchange, std::vector<Item> asked, Decided decided)
      : items(std::move(asked)), exchange_(std::move(exchange)), decided_(std::move(decided)) {}
  ~CheckCall() override = default;
  CheckCall(const CheckCall&) = delete;
  CheckCall& operator=(const CheckCall&) = delete;

  void run();

  [[nodiscard]] const ExchangePtr& exchange() const { return exchange_; }

  std::vector<Item> items;

private:
  void located(Item& item, const Result<TenantId>& tenant);
  void submit();
  void name_resource(Item& item, Check& check) const;
  void conclude(bool reliable);
  Explanation* explanation_of(std::uint32_t index) noexcept override;
  void completed() noexcept override { conclude(true); }
  void abandoned() noexcept override { conclude(false); }

  ExchangePtr exchange_;
  Decided decided_;
  std::chrono::steady_clock::time_point begun_{};
  std::size_t to_locate_ = 0;
  std::vector<std::size_t> submitted_;  ///< Places in `items`.
  std::vector<Check> asked_;
  std::vector<Decision> answers_;
  std::shared_ptr<CheckCall> self_;  ///< While hosts work on it.
};

}  // namespace sluice::http
