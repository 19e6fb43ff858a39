// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/ledger.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "actors/tenant/answer_bytes.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/prefetch.hpp"

namespace sluice {
namespace {

/// So that no decision takes long; more than one decision can add.
constexpr std::size_t forgotten_at_once = 64;

/// The instant `due` on the wall, as far as that can be said.
WallTime on_the_wall(Instant due, const Now& now) {
  std::int64_t wall = 0;
  const std::int64_t ahead = (due - now.steady).count();
  return __builtin_add_overflow(now.wall.time_since_epoch().count(), ahead, &wall)
             ? wall_time_never
             : WallTime{Duration{wall}};
}

/// None if it lies the other way; at most what may be added to an instant.
Duration time_from(WallTime earlier, WallTime later) {
  constexpr Duration longest = std::chrono::hours{24 * 365 * 100};
  std::int64_t ahead = 0;
  const bool too_far = __builtin_sub_overflow(later.time_since_epoch().count(),
                                              earlier.time_since_epoch().count(), &ahead);
  return later <= earlier ? Duration{} : too_far ? longest : std::min(Duration{ahead}, longest);
}

}  // namespace

/// What lies under one id, the latest of what was stored.
struct Ledger::Restored {
  std::map<EntryId, const Entry*> rows;
  std::map<std::uint64_t, const Entry*> pages;
};

std::uint64_t Ledger::hash_of(EntryId id) const noexcept {
  return XXH3_64bits_withSeed(&id, sizeof id, index_.secret());
}

void Ledger::prefetch_lists(EntryId id) const noexcept {
  index_.prefetch(hash_of(id));
  __builtin_prefetch(free_.data() + free_.size(), 1);
  __builtin_prefetch(told_.data(), 1);
  __builtin_prefetch(changed_.data() + changed_.size(), 1);
  __builtin_prefetch(held_.data(), 1);
  answers_.prefetch_chunks();
}

void Ledger::prefetch_entry(EntryId id) const noexcept {
  const Place place = index_.likely(hash_of(id));
  const bool is_open = place != HashIndex::no_place && (place & open_bit) != 0;
  // Those that were told of are free by the time that something new comes.
  const std::vector<Number>& next = told_.empty() ? free_ : told_;
  if (is_open || !next.empty()) {
    const Number number = is_open ? place & ~open_bit : next.back();
    prefetch_object(pool_[number]);
    expiries_.prefetch(number);
  }
  answers_.prefetch_ends();
}

Entry* Ledger::find(EntryId id, Instant now) {
  const Place place = place_of(id);
  if (place == HashIndex::no_place) {
    return nullptr;
  }
  if ((place & open_bit) != 0) {
    return &pool_[place & ~open_bit];
  }
  if (answers_.due_at(place) <= now) {
    forget(place);
    return nullptr;
  }
  if (found_ == nullptr) {
    found_ = std::make_unique<Entry>();
  }
  answers_.read(place, *found_);
  return found_.get();
}

Entry& Ledger::blank() {
  if (free_.empty()) {
    free_.push_back(static_cast<Number>(pool_.size()));
    pool_.emplace_back().number = free_.back();
  }
  Open& open = pool_[free_.back()];
  open.charges.clear();
  open.labels.clear();
  open.counted.clear();
  open.given_back.reset();
  open.digest = 0;
  open.first = Decision{};
  open.under.reset();
  return open;
}

void Ledger::add(Entry& blank, Instant due, const Now& now) {
  Open& open = static_cast<Open&>(blank);
  SLUICE_INVARIANT(!free_.empty() && free_.back() == open.number);
  free_.pop_back();
  open.begun = now.wall;
  open.begun_at = now.steady;
  open.due = on_the_wall(due, now);
  open.has_row = false;
  if (!is_open(open.state)) {
    index_.add(hash_of(open.id), answers_.append(open, due, false));
    told_.push_back(open.number);
    return;
  }
  open.is_open = true;
  index_.add(hash_of(open.id), open_bit | open.number);
  expiries_.add({due, open.id, open.number});
  mark_changed(open);
}

void Ledger::replace(Entry& blank, Instant due, const Now& now) {
  Open& open = static_cast<Open&>(blank);
  const Place before = place_of(open.id);
  SLUICE_INVARIANT(!free_.empty() && free_.back() == open.number && !is_open(open.state) &&
                   before != HashIndex::no_place);
  free_.pop_back();
  open.due = on_the_wall(due, now);
  const Place after = answers_.append(open, due, answers_.has_row(before));
  index_.move(hash_of(open.id), before, after);
  answers_.forget(before, gone_);
  told_.push_back(open.number);
}

void Ledger::change(Entry& entry, EntryState state, Instant due, const Now& now) {
  Open& open = static_cast<Open&>(entry);
  expiries_.erase(open.number);
  open.state = state;
  open.due = on_the_wall(due, now);
  if (is_open(state)) {
    expiries_.add({due, open.id, open.number});
    mark_changed(open);
  } else {
    settle(open, due);
  }
}

void Ledger::settle(Open& open, Instant due) {
  index_.move(hash_of(open.id), open_bit | open.number, answers_.append(open, due, open.has_row));
  open.is_open = false;
  open.is_unsaved = false;
  told_.push_back(open.number);
}

void Ledger::mark_changed(Open& open) {
  open.is_unsaved = true;
  if (!std::exchange(open.is_listed, true)) {
    changed_.push_back(open.number);
  }
}

void Ledger::forget_told() {
  free_.insert(free_.end(), told_.begin(), told_.end());
  told_.clear();
}

Entry* Ledger::overdue(Instant now) {
  return is_overdue(now) ? &pool_[expiries_.first().number] : nullptr;
}

void Ledger::forget_old(Instant now) {
  for (std::size_t forgotten = 0; forgotten < forgotten_at_once; ++forgotten) {
    const bool too_many = answers_.size() > answers_max;
    if (!too_many && (answers_.size() == 0 || answers_.due_at(answers_.oldest()) > now)) {
      return;
    }
    forget(answers_.oldest());
  }
}

void Ledger::forget(Place place) {
  index_.erase(hash_of(answers_.id_at(place)), place);
  answers_.forget(place, gone_);
}

void Ledger::restore(std::span<const Entry* const> entries, const Now& now) {
  Restored stored;
  std::uint64_t last_page = 0;
  for (const Entry* entry : entries) {
    if (is_page(*entry)) {
      stored.pages.insert_or_assign(entry->id.low, entry);
      last_page = std::max(last_page, entry->id.low);
    } else {
      stored.rows.insert_or_assign(entry->id, entry);
    }
  }
  answers_.number_from(last_page + 1);
  for (const auto& [id, entry] : stored.rows) {
    if (is_open(entry->state)) {
      restore_open(*entry, now);
    }
  }
  restore_answers(stored, now);
}

void Ledger::restore_open(const Entry& entry, const Now& now) {
  const Instant due = now.steady + time_from(now.wall, entry.due);
  Open& open = static_cast<Open&>(blank());
  free_.pop_back();
  static_cast<Entry&>(open) = entry;
  open.begun_at = now.steady - time_from(entry.begun, now.wall);
  open.is_open = true;
  open.has_row = true;
  index_.add(hash_of(open.id), open_bit | open.number);
  expiries_.add({due, open.id, open.number});
}

// What has a row of its own is later than what a page says of it: pages are not written again for
// what became of an id that was forgotten.
void Ledger::restore_answers(const Restored& stored, const Now& now) {
  std::vector<const Entry*> rows;
  for (const auto& [id, entry] : stored.rows) {
    if (!is_open(entry->state)) {
      rows.push_back(entry);
    }
  }
  std::ranges::stable_sort(rows, {}, &Entry::due);
  const auto due_of = [&now](const Entry& entry) {
    return now.steady + time_from(now.wall, entry.due);
  };
  auto next_row = rows.begin();
  const auto restore_rows = [&](std::optional<WallTime> before) {
    answers_.begin_rows();
    for (; next_row != rows.end() && (!before || (*next_row)->due < *before); ++next_row) {
      index_.add(hash_of((*next_row)->id), answers_.append(**next_row, due_of(**next_row), true));
    }
    answers_.end(gone_);
  };
  Entry answer;
  for (const auto& [number, page] : stored.pages) {
    if (page->page.empty()) {
      gone_.push_back(page->id);
      continue;
    }
    std::span<const std::byte> bytes = page->page;
    SLUICE_INVARIANT(take_answer(bytes, answer));
    restore_rows(answer.due);
    answers_.begin_page(number);
    for (bytes = page->page; !bytes.empty();) {
      SLUICE_INVARIANT(take_answer(bytes, answer));
      if (stored.rows.contains(answer.id)) {
        continue;
      }
      const Place before = place_of(answer.id);
      const Place place = answers_.append(answer, due_of(answer), false);
      if (before == HashIndex::no_place) {
        index_.add(hash_of(answer.id), place);
      } else {
        index_.move(hash_of(answer.id), before, place);
        answers_.forget(before, gone_);
      }
    }
    answers_.end(gone_);
  }
  restore_rows(std::nullopt);
  answers_.mark_saved();
}

bool Ledger::has_row(EntryId id) const {
  const Place place = place_of(id);
  return place != HashIndex::no_place && ((place & open_bit) != 0 || answers_.has_row(place));
}

void Ledger::take_unsaved(std::vector<Entry>& rows, std::vector<EntryId>& forgotten) {
  for (const Number number : changed_) {
    Open& open = pool_[number];
    open.is_listed = false;
    if (open.is_open && std::exchange(open.is_unsaved, false)) {
      rows.push_back(open);
      open.has_row = true;
    }
  }
  changed_.clear();
  answers_.take_unsaved(rows, gone_);
  // Of an id that came back there is a row again.
  std::erase_if(gone_, [this](EntryId id) { return has_row(id); });
  gone_last_ = std::exchange(gone_, {});
  forgotten.insert(forgotten.end(), gone_last_.begin(), gone_last_.end());
}

void Ledger::mark_unsaved() {
  gone_.insert(gone_.end(), gone_last_.begin(), gone_last_.end());
  for (Open& open : pool_) {
    if (open.is_open) {
      mark_changed(open);
    }
  }
  answers_.mark_unsaved();
}

std::uint64_t digest_of(const Check& check) noexcept {
  std::array<std::uint64_t, 2 + 2 * charges_per_check_max + 3> words;
  std::uint64_t labels = 0;  // In any order.
  for (const Label& label : check.labels) {
    const std::uint64_t name = XXH64(label.name.data(), label.name.size(), 0);
    labels ^= XXH64(label.value.data(), label.value.size(), name);
  }
  std::size_t count = 0;
  words[count++] = static_cast<std::uint64_t>(check.mode);
  words[count++] = static_cast<std::uint64_t>(check.ttl.count());
  for (const Charge& charge : check.charges) {
    words[count++] = charge.meter.raw();
    words[count++] = charge.amount.raw();
  }
  if (check.shared != nullptr) {  // Who retries may come from elsewhere.
    words[count++] = check.shared->policy.high;
    words[count++] = check.shared->policy.low;
    words[count++] = static_cast<std::uint64_t>(check.shared->permission);
  }
  return XXH64(words.data(), count * sizeof words[0], labels);
}

}  // namespace sluice
