// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "tests/sim/audit_book.hpp"
#include "tests/sim/books.hpp"
#include "tests/sim/model.hpp"

namespace sluice::sim {

/// A client's checks on their way through the hosts of one server.
class SimBatch final : public CheckBatch {
public:
  explicit SimBatch(std::uint64_t its_number) : number(its_number) {}

  void ask(TenantId tenant, std::vector<Charge> charges, Mode mode) {
    asks_.push_back({no_page, tenant, std::move(charges), mode, {}, {}});
  }
  void ask(Books::Ask ask) { asks_.push_back(std::move(ask)); }
  void ask_lessees(Books::Ask ask) {
    ask.page = of_lessees;
    asks_.push_back(std::move(ask));
  }
  void ask_creditors(Books::Ask ask) {
    ask.page = of_creditors;
    asks_.push_back(std::move(ask));
  }
  void ask_sharers(Books::Ask ask) {
    ask.page = of_sharers;
    asks_.push_back(std::move(ask));
  }
  [[nodiscard]] bool empty() const noexcept { return asks_.empty(); }
  /// No more is asked.
  void lay_out() {
    labels_.resize(asks_.size());
    audit_.resize(asks_.size());
    for (std::size_t i = 0; i < asks_.size(); ++i) {
      const Books::Ask& ask = asks_[i];
      for (const OwnedLabel& label : ask.labels) {
        labels_[i].push_back({label.name, label.value});
      }
      checks_.push_back(Check{ask.tenant, ask.charges, ask.mode, ask.id, ask.ttl, labels_[i],
                              ask.want, ask.credit ? &*ask.credit : nullptr});
      if (ask.credit) {
        audit_[i] = AuditBook::row_of(ask.tenant, *ask.credit_request, *ask.credit);
        checks_.back().audit = &audit_[i];
      }
      checks_.back().shared = ask.shared ? &*ask.shared : nullptr;
    }
    decisions_.resize(checks_.size());
    seen.resize(checks_.size());
    checks = checks_;
    decisions = decisions_;
  }

  /// The request with an id that this check is; null if it has none.
  [[nodiscard]] const Books::Ask* named(std::size_t item) const {
    return asks_[item].page >= of_sharers ? nullptr : &asks_[item];
  }
  /// The same of a request of the lessees.
  [[nodiscard]] const Books::Ask* of_a_lessee(std::size_t item) const {
    return asks_[item].page == of_lessees ? &asks_[item] : nullptr;
  }
  /// The same of a request of the creditors.
  [[nodiscard]] const Books::Ask* of_a_creditor(std::size_t item) const {
    return asks_[item].page == of_creditors ? &asks_[item] : nullptr;
  }
  /// The same of a request of the sharers.
  [[nodiscard]] const Books::Ask* of_a_sharer(std::size_t item) const {
    return asks_[item].page == of_sharers ? &asks_[item] : nullptr;
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

  static constexpr std::size_t no_page = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t of_lessees = no_page - 1;
  static constexpr std::size_t of_creditors = no_page - 2;
  static constexpr std::size_t of_sharers = no_page - 3;

  std::vector<Books::Ask> asks_;
  std::vector<std::vector<Label>> labels_;
  std::vector<AuditRow> audit_;
  std::vector<Check> checks_;
  std::vector<Decision> decisions_;
};

}  // namespace sluice::sim
