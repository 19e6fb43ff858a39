// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What an entry speaks of.
enum class EntryState : std::uint8_t {
  answered,   ///< A check with an id; it is over: its answer is remembered, and what it took.
  held,       ///< A reservation that is open.
  committed,  ///< Settled at what was used.
  cancelled,  ///< Given back.
  expired,    ///< Settled by time, at what was reported.
  leased,     ///< A slice that is out.
  counting,   ///< The counter of a limit for some values of labels.
  granted,    ///< A grant of credit.
  shared,     ///< What was used under a grant of sharing.
};

/// Whether it holds something, until it is settled or expires.
[[nodiscard]] constexpr bool is_open(EntryState state) {
  return state == EntryState::held || state == EntryState::leased;
}

struct OwnedLabel {
  std::string name;
  std::string value;
  friend bool operator==(const OwnedLabel&, const OwnedLabel&) = default;
};

/// Copies labels over those of before, whose memory they take.
inline void copy_labels(std::span<const Label> from, std::vector<OwnedLabel>& to) {
  to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i].name = from[i].name;
    to[i].value = from[i].value;
  }
}

[[nodiscard]] inline std::vector<OwnedLabel> owned(std::span<const Label> labels) {
  std::vector<OwnedLabel> owned;
  copy_labels(labels, owned);
  return owned;
}

/// Views of the labels of a check, without allocating.
class LabelViews {
public:
  explicit LabelViews(std::span<const OwnedLabel> owned) noexcept : size_(owned.size()) {
    for (std::size_t i = 0; i < size_; ++i) {
      labels_[i] = {owned[i].name, owned[i].value};
    }
  }
  [[nodiscard]] std::span<const Label> all() const noexcept {
    return std::span{labels_}.first(size_);
  }

private:
  std::array<Label, labels_per_check_max> labels_;
  std::size_t size_;
};

/// A reservation's part on one meter, or all of a lease, or what a check took of one.
struct HeldCharge {
  MeterId meter;
  Amount held;  ///< As it was reserved; of a lease, what is out.
  Amount used;  ///< As far as was reported; once it is settled, what was charged. Of a lease, what
                ///< was charged so far.
  friend bool operator==(const HeldCharge&, const HeldCharge&) = default;
};

/// Something that a tenant was asked under an id, and what came of it; or a counter that there are
/// many of. Absolute, so that writing it twice is writing it once.
struct Entry {
  EntryId id{};
  EntryState state = EntryState::answered;
  std::uint64_t digest = 0;  ///< Of what was asked: the same id with another one is a conflict.
  WallTime begun{};          ///< When it was asked first.
  WallTime due{};            ///< When it expires; once it is over, when it is forgotten.
  std::vector<HeldCharge> charges{};   ///< Of what it holds or took; each meter once.
  std::vector<LimitId> counted{};      ///< Of a check: the limits that took its charges.
  std::optional<Amount> given_back{};  ///< Of a check: what a release under its id said.
  std::vector<OwnedLabel> labels{};    ///< Of what was asked, or of what is counted.
  std::optional<Counter> counter{};    ///< Of what is counted.
  std::optional<Grant> grant{};        ///< With this id and digest; `begun` is when it was given.
  std::vector<std::byte> page{};      ///< Of answers, of which there are many (`answer_bytes.hpp`).
  Decision first{};                   ///< What was answered first.
  std::optional<SharedCount> use{};   ///< Of what was used under a grant of sharing.
  std::optional<SharedHold> under{};  ///< Of a reservation that named a resource.
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// The tenant's own ids are numbers of pages below this; others are hashes.
inline constexpr std::uint64_t pages_end = std::uint64_t{1} << 48U;

/// Whether it stands for many answers in one row: it has none of its own, but `page` has them. An
/// empty page is one that is no more.
[[nodiscard]] inline bool is_page(const Entry& entry) noexcept {
  return entry.state == EntryState::answered && entry.id.high == reserved_id_high &&
         entry.id.low < pages_end;
}

/// Whether it says that a counter, or a count of sharing, is no more.
[[nodiscard]] inline bool is_end_of_count(const Entry& entry) noexcept {
  return entry.state == EntryState::answered && entry.id.high == reserved_id_high &&
         entry.id.low >= pages_end;
}

/// An entry with the tenant that it is of.
struct EntryRow {
  TenantId tenant;
  Entry entry;
};

/// An entry that its tenant does not know any more.
struct ForgottenRow {
  TenantId tenant;
  EntryId id{};
};

}  // namespace sluice
