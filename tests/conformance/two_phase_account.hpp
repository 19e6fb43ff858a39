// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "actors/tenant/check.hpp"
#include "tests/conformance/two_phase_cases.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {

/// A tenant of a real server, which is asked what another system was asked: ids by name, and holds
/// for ever, which are extended as long as time passes.
///
/// An answer is `created`, `repeated`, `overrun`, or the name of an outcome.
class TwoPhaseAccount {
public:
  /// One limit on one gauge, and what is used and reserved at the start.
  TwoPhaseAccount(Served& served, const std::string& slug, const TwoPhaseCase& start);

  void advance(Duration by);
  [[nodiscard]] Duration elapsed() const { return now_; }

  /// What the specification says that a step is answered now. A settlement goes by its reservation
  /// alone; an id that was asked before is answered as then, and only the same request is the same.
  [[nodiscard]] std::string answer_by_rule(const TwoPhaseStep& step) const;
  /// Sluice's answer. A cancel that the other system refused for its amount is asked with it.
  std::string ask(const TwoPhaseStep& step);
  /// Reserves as much under the same name as that account has, if it has.
  void reserve_as(const TwoPhaseAccount& other, const std::string& name);

  [[nodiscard]] LimitReading reading() const;
  /// Of the last step.
  [[nodiscard]] Amount granted() const { return granted_; }

private:
  enum class State { open, committed, cancelled };
  struct Reservation {
    Amount amount;
    std::optional<Duration> until;  ///< Nothing: for ever.
    State state = State::open;
    Amount used{};
  };
  struct Asked {
    TwoPhaseStep step;
    std::string answer;
  };

  [[nodiscard]] std::string settlement_by_rule(const TwoPhaseStep& step) const;
  [[nodiscard]] const Reservation* reservation(const std::string& name) const;
  [[nodiscard]] bool is_open(const Reservation& reservation) const;
  [[nodiscard]] Duration ttl(const Reservation& reservation) const;
  std::string send(Mode mode, EntryId id, std::span<const Charge> charges, Duration ttl = {});
  std::string ask_all(const TwoPhaseStep& step);
  std::string settle(const TwoPhaseStep& step);
  EntryId id_of(const std::string& name);

  Served& served_;
  TenantId tenant_;
  Duration now_{};
  Amount granted_;
  std::uint64_t last_id_ = 0;
  std::map<std::string, EntryId> ids_;
  std::map<std::string, Reservation> reservations_;
  std::map<std::string, Asked> asked_;
};

}  // namespace sluice::test
