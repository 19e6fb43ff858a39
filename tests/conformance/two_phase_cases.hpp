// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::test {

enum class TwoPhaseOp { spend, take_up_to, linked, reserve, commit, cancel, read, advance };

/// Something that another system was asked, and what it answered.
struct TwoPhaseStep {
  TwoPhaseOp op{};
  int times = 1;
  std::string id;                       ///< Empty: one that nothing else has.
  std::string of;                       ///< The reservation that a settlement is of.
  std::optional<std::uint64_t> amount;  ///< Nothing: all that is reserved.
  std::int64_t timeout_s = 0;           ///< Of a reservation; 0: for ever.
  std::int64_t advance_s = 0;
  std::optional<std::int64_t> at_s;  ///< Since the start of the case.
  struct Item {
    std::uint64_t amount = 0;
    bool valid = true;
  };
  std::vector<Item> items;  ///< Of what is linked: all or none of them.

  std::string peer;    ///< The other system's answer.
  std::string sluice;  ///< Ours, where the facts say that it is another one.
  std::string why;
  std::optional<std::uint64_t> used;
  std::optional<std::uint64_t> reserved;
  std::optional<std::uint64_t> taken;
  std::optional<std::uint64_t> committed;

  /// Whether the other system did what it was asked, now or before.
  [[nodiscard]] bool done_by_peer() const { return peer == "created" || peer == "exists"; }
  [[nodiscard]] bool settles() const {
    return op == TwoPhaseOp::commit || op == TwoPhaseOp::cancel;
  }
};

struct TwoPhaseCase {
  std::string name;
  std::optional<std::uint64_t> limit;
  std::uint64_t used = 0;      ///< At the start.
  std::uint64_t reserved = 0;  ///< At the start, for ever.
  std::vector<TwoPhaseStep> steps;
};

[[nodiscard]] std::vector<TwoPhaseCase> own_two_phase_cases();
/// Those beside the checkout; they do not say what Sluice answers.
[[nodiscard]] std::vector<TwoPhaseCase> shared_two_phase_cases();

}  // namespace sluice::test
