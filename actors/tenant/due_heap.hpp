// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Which of some numbered things is due first.
///
/// Role       A binary heap that knows where each of them stands in it, so that any can be taken
///            out. Of those that are due at the same instant the one with the lowest id is first.
/// Threading  Confined.
/// Ownership  Owns its items.
/// Units      By `Now::steady`.
/// Errors     None. A number is in it once.
/// Cost       A few steps; one for what is due after all others, which is the usual case. `visit`
///            takes some for each item, and allocates nothing.
class DueHeap {
public:
  using Number = std::uint32_t;
  struct Item {
    Instant due;
    EntryId id;
    Number number = 0;
  };

  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
  [[nodiscard]] const Item& first() const noexcept { return items_.front(); }

  /// Asks the processor to fetch what `add` writes if the number was in it before.
  void prefetch(Number number) const noexcept {
    __builtin_prefetch(items_.data() + items_.size(), 1);
    __builtin_prefetch(places_.data() + number, 1);
  }

  void add(const Item& item) {
    if (places_.size() <= item.number) {
      places_.resize(item.number + 1);
    }
    items_.push_back(item);
    rise(items_.size() - 1);
  }
  void erase(Number number) {
    const std::size_t place = places_[number];
    const Item last = items_.back();
    items_.pop_back();
    if (place < items_.size()) {
      items_[place] = last;
      sink(rise(place));
    }
  }
  /// Calls `visit(item)` with the first `most` in their order, until it says false.
  template <std::size_t most, class Visit>
  void visit(Visit&& visit) const {
    std::array<std::size_t, most + 1> next;  // Places of which those above were visited.
    std::size_t count = 0;
    const auto is_later = [this](std::size_t a, std::size_t b) {
      return is_before(items_[b], items_[a]);
    };
    const auto reach = [&](std::size_t place) {
      if (place < items_.size()) {
        next[count++] = place;
        std::push_heap(next.begin(), next.begin() + count, is_later);
      }
    };
    reach(0);
    for (std::size_t visited = 0; visited < most && count > 0; ++visited) {
      std::pop_heap(next.begin(), next.begin() + count, is_later);
      const std::size_t place = next[--count];
      if (!visit(items_[place])) {
        return;
      }
      reach(2 * place + 1);
      reach(2 * place + 2);
    }
  }

private:
  static bool is_before(const Item& a, const Item& b) {
    return std::tie(a.due, a.id) < std::tie(b.due, b.id);
  }
  void set(std::size_t place, const Item& item) {
    items_[place] = item;
    places_[item.number] = static_cast<std::uint32_t>(place);
  }
  std::size_t rise(std::size_t place) {
    const Item item = items_[place];
    for (; place > 0 && is_before(item, items_[(place - 1) / 2]); place = (place - 1) / 2) {
      set(place, items_[(place - 1) / 2]);
    }
    set(place, item);
    return place;
  }
  void sink(std::size_t place) {
    const Item item = items_[place];
    for (std::size_t child = 2 * place + 1; child < items_.size(); child = 2 * place + 1) {
      const bool has_other = child + 1 < items_.size();
      child += has_other && is_before(items_[child + 1], items_[child]) ? 1U : 0U;
      if (!is_before(items_[child], item)) {
        break;
      }
      set(place, items_[child]);
      place = child;
    }
    set(place, item);
  }

  std::vector<Item> items_;
  std::vector<std::uint32_t> places_;  ///< Of each number that is in it.
};

}  // namespace sluice
