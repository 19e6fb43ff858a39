// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/books.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

/// Answers are kept a day; by which clock is not said.
constexpr Duration surely_kept = 20h;
constexpr std::size_t pages_picked_from = 40;
constexpr std::array lifetimes{Duration{2s}, Duration{20s}, Duration{200s}, Duration{2h}};

bool settles(Mode mode) {
  return mode == Mode::commit || mode == Mode::cancel;
}

std::vector<Charge> draw_charges(Random& random) {
  const auto first = static_cast<std::uint16_t>(random.between(1, 3));
  std::vector<Charge> charges{{MeterId{first}, Amount{random.between(1, 6)}}};
  if (random.per_mille(400)) {
    charges.push_back(
        {MeterId{static_cast<std::uint16_t>(first % 3 + 1)}, Amount{random.between(1, 6)}});
  }
  return charges;
}

bool says_nothing(Outcome outcome) {
  return outcome == Outcome::unavailable || outcome == Outcome::unknown_tenant;
}

}  // namespace

Books::Ask Books::begin(TenantId tenant, Random& random, Duration now) {
  Page page{};
  page.tenant = tenant;
  page.incarnation = model_.incarnation(tenant);
  page.id = EntryId{1, ++ids_};
  page.mode = random.per_mille(400) ? Mode::normal : Mode::reserve;
  page.charges = draw_charges(random);
  page.ttl = page.mode == Mode::reserve ? random.pick(lifetimes) : Duration{};
  page.begun = now;
  pages_.push_back(page);
  return {pages_.size() - 1, tenant, page.charges, page.mode, page.id, page.ttl};
}

std::optional<Books::Ask> Books::go_on(Random& random) {
  const std::size_t from = std::max(
      first_page_, pages_.size() > pages_picked_from ? pages_.size() - pages_picked_from : 0);
  if (from >= pages_.size()) {
    return std::nullopt;
  }
  const std::size_t at = from + static_cast<std::size_t>(random.below(pages_.size() - from));
  Page& page = pages_[at];
  if (page.under_way) {
    return std::nullopt;
  }
  page.under_way = true;
  Ask ask{at, page.tenant, page.charges, page.mode, page.id, page.ttl};
  if (page.mode == Mode::normal && random.per_mille(300)) {
    ask.mode = Mode::release;
    ask.charges.clear();
    return ask;
  }
  if (page.mode != Mode::reserve || random.per_mille(200)) {
    return ask;
  }
  if (random.per_mille(200)) {
    ask.mode = Mode::extend;
    ask.charges.clear();
    return ask;
  }
  ask.ttl = Duration{};
  ask.mode = random.per_mille(700) ? Mode::commit : Mode::cancel;
  if (ask.mode == Mode::cancel) {
    ask.charges.clear();
  } else if (page.settlement.empty()) {
    for (Charge& charge : ask.charges) {
      charge.amount = Amount{random.between(0, charge.amount.raw())};
    }
    page.settlement = ask.charges;
  } else {
    ask.charges = page.settlement;  // A client knows what was used.
  }
  return ask;
}

void Books::took(const Ask& ask, std::vector<Taken> taken) {
  pages_[ask.page].taken = std::move(taken);
  pages_[ask.page].confirmed = false;
}

// Whether it is kept so is not sure before it is told; nor how much each limit gave back.
void Books::gave_back(const Ask& ask) {
  Page& page = pages_[ask.page];
  for (const Taken& taken : page.taken) {
    model_.may_be_given_back(taken);
  }
  page.taken.clear();
}

void Books::told(const Ask& ask, const Decision* decision, Duration now) {
  Page& page = pages_[ask.page];
  page.under_way = false;
  if (decision == nullptr) {
    page.may_be_settled = settles(ask.mode) ? std::optional{ask.mode} : page.may_be_settled;
    return;
  }
  const bool binds = !wall_steps_ && ask.page >= first_page_ && now - page.begun < surely_kept &&
                     page.incarnation == model_.incarnation(page.tenant) && page.incarnation != 0;
  if (!binds || says_nothing(decision->outcome)) {
    return;
  }
  if (decision->repeated) {
    probes_.hit(Probe::answer_repeated);
  }
  if (ask.mode == Mode::release) {
    told_given_back(page, *decision);
  } else if (settles(ask.mode)) {
    told_settled(page, ask.mode, *decision, now);
  } else if (ask.mode == Mode::extend) {
    told_extended(page, *decision, now);
  } else {
    told_first(page, *decision);
  }
}

void Books::told_first(Page& page, const Decision& decision) {
  if (page.told) {
    expect(decision.repeated && decision.outcome == *page.told, "request ", page.id.low,
           " of tenant ", number_of(page.tenant), " was answered before with ",
           to_string(*page.told), ", and now with ", to_string(decision.outcome),
           decision.repeated ? " again" : " afresh");
  }
  expect(decision.outcome != Outcome::conflict, "request ", page.id.low,
         " is said to be another one");
  page.told = decision.outcome;
  if (page.mode != Mode::reserve) {  // What a reservation took is known with its settlement.
    confirm(page, decision);
  }
}

void Books::told_given_back(Page& page, const Decision& decision) {
  if (decision.outcome != Outcome::allowed) {
    expect(page.told != Outcome::allowed, "what request ", page.id.low,
           " took is not given back, but ", to_string(decision.outcome));
    return;
  }
  expect(!page.given_back || (decision.repeated && decision.granted == *page.given_back),
         "what request ", page.id.low, " took was given back before, and is once more");
  page.given_back = decision.granted;
  probes_.hit(Probe::check_given_back);
}

void Books::told_extended(const Page& page, const Decision& decision, Duration now) const {
  if (decision.outcome == Outcome::allowed) {
    expect(!page.settled, "reservation ", page.id.low, " was settled and is extended");
  } else if (decision.outcome == Outcome::conflict) {
    expect(page.settled || page.may_be_settled, "reservation ", page.id.low,
           " was settled by nobody");
  } else {
    told_gone(page, decision, now);
  }
}

void Books::told_settled(Page& page, Mode asked, const Decision& decision, Duration now) {
  if (decision.outcome == Outcome::allowed) {
    expect(!page.settled || (decision.repeated && page.settled == asked), "reservation ",
           page.id.low, " was settled before, and is settled again");
    page.settled = asked;
    probes_.hit(Probe::reservation_settled);
    confirm(page, decision);
  } else if (decision.outcome == Outcome::conflict) {
    expect(page.settled ? page.settled != asked : page.may_be_settled.has_value(), "reservation ",
           page.id.low, " is said to be settled otherwise");
  } else {
    told_gone(page, decision, now);
  }
}

void Books::told_gone(const Page& page, const Decision& decision, Duration now) const {
  if (decision.outcome == Outcome::no_such_hold) {
    expect(page.told != Outcome::allowed, "reservation ", page.id.low, " is lost");
    return;
  }
  expect(decision.outcome == Outcome::hold_expired && !page.settled, "reservation ", page.id.low,
         " gets a strange answer");
  const Duration lifetime = page.ttl / 100 * 96;  // Clocks run a little fast.
  expect(now >= page.begun + lifetime, "reservation ", page.id.low, " ended before its time");
  probes_.hit(Probe::reservation_expired);
}

// The first answer may have been lost: now it counts that this is known.
// A refusal says nothing of what an earlier answer to the same request took, which was lost.
void Books::confirm(Page& page, const Decision& decision) {
  if (decision.repeated && decision.outcome == Outcome::allowed && !page.confirmed) {
    for (const Taken& taken : page.taken) {
      model_.confirm(taken);
    }
  }
  page.confirmed = true;
}

}  // namespace sluice::sim
