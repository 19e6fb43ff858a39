// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/entry_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "actors/tenant/answer_bytes.hpp"
#include "actors/tenant/entry_bytes_io.hpp"
#include "actors/tenant/entry_bytes_sharing.hpp"
#include "actors/tenant/entry_bytes_taken.hpp"
#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {

/// Form 1 had no labels and no counters, form 2 no grants, form 3 nothing of sharing, and form 4
/// nothing of what a check took. What has nothing of that is written in form 3 or 4 to this day. A
/// page has a form of its own.
constexpr std::uint8_t last_form = 6;
constexpr std::uint8_t first_form = 1;
constexpr std::uint8_t form_without_grants = 2;
constexpr std::uint8_t form_without_sharing = 3;
constexpr std::uint8_t form_without_taken = 4;
constexpr std::uint8_t form_of_page = 5;

constexpr unsigned soft_limit_passed = 1;
constexpr unsigned has_reading = 2;
constexpr unsigned has_size = 4;
constexpr unsigned has_retry_after = 8;
constexpr unsigned all_flags = 15;

// form, id, state, digest, begun, due, number of charges; charges; the first decision.
// What stands behind them since form 2: number of labels; labels; a counter, if something is
// counted. Since form 3: a grant, if it is one. In form 4: what sharing adds. In form 6: what a
// check took, and then perhaps what sharing adds.
constexpr std::size_t label_bytes_max = 2 + label_name_bytes_max + label_value_bytes_max;
constexpr std::size_t counter_bytes = 4 + 8 + 8 + 1 + 8 + 8 + 8;
constexpr std::size_t recurrence_bytes = 1 + 2 + 8;
constexpr std::size_t grant_bytes = 4 + 8 + 1 + 8 + 8 + 1 + 8 + 8 + 8 + 8 + 8 + 8;
constexpr std::size_t head_bytes = 1 + 16 + 1 + 8 + 8 + 8 + 1;
constexpr std::size_t charge_bytes = 2 + 8 + 8;
constexpr std::size_t reading_bytes = 4 + 2 + 8 + 8 + 8 + 8 + 8;
constexpr std::size_t retry_after_bytes = 8;
constexpr std::size_t told_limit_bytes = 4;
// outcome, flags, three numbers, count of shadow limits; what few decisions have comes on top.
constexpr std::size_t plain_decision_bytes = 2 + 3 * 8 + 1;
constexpr std::size_t decision_bytes_max = plain_decision_bytes + reading_bytes +
                                           retry_after_bytes +
                                           told_limit_bytes * ShadowVerdicts::told_max;
static_assert(head_bytes + charges_per_check_max * charge_bytes + decision_bytes_max + 1 +
                  labels_per_check_max * label_bytes_max + counter_bytes + 1 + shared_hold_bytes +
                  share_verdict_bytes <=
              entry_bytes_max);

static_assert(head_bytes + charges_per_check_max * charge_bytes + decision_bytes_max + 1 +
                  labels_per_check_max * label_bytes_max + taken_bytes_max + 1 +
                  share_verdict_bytes <=
              entry_bytes_max);

static_assert(head_bytes + plain_decision_bytes + 1 + labels_per_limit_max * label_bytes_max +
                  counter_bytes <=
              counting_entry_bytes_max);

static_assert(head_bytes + plain_decision_bytes + 1 + grant_bytes + recurrence_bytes <=
              granted_entry_bytes_max);

static_assert(head_bytes + plain_decision_bytes + 1 + 1 + shared_count_bytes <=
              shared_entry_bytes_max);

EntryWriter put(EntryWriter to, const LimitReading& reading) {
  to.put(reading.limit.raw());
  to.put(reading.meter.raw());
  to.put(reading.size.value_or(Amount{}));
  to.put(reading.used);
  to.put(reading.held);
  to.put(reading.remaining);
  to.put(reading.resets_at);
  return to;
}

LimitReading take_reading(EntryReader& from, bool sized) {
  LimitReading reading;
  reading.limit = LimitId{from.get<std::uint32_t>()};
  reading.meter = MeterId{from.get<std::uint16_t>()};
  const Amount size = from.amount();
  from.require(sized || size == Amount{});
  reading.size = sized ? std::optional{size} : std::nullopt;
  reading.used = from.amount();
  reading.held = from.amount();
  reading.remaining = from.amount();
  reading.resets_at = from.time();
  return reading;
}

std::uint8_t flags_of(const Decision& decision) {
  unsigned flags = decision.soft_limit_passed ? soft_limit_passed : 0U;
  flags |= decision.has_reading ? has_reading : 0U;
  flags |= decision.has_reading && decision.reading.size ? has_size : 0U;
  flags |= decision.retry_after ? has_retry_after : 0U;
  return static_cast<std::uint8_t>(flags);
}

std::size_t bytes_of(const Decision& decision) {
  return plain_decision_bytes + (decision.has_reading ? reading_bytes : 0) +
         (decision.retry_after ? retry_after_bytes : 0) +
         decision.would_deny.told().size() * told_limit_bytes;
}

EntryWriter put(EntryWriter to, const Decision& decision) {
  to.put(static_cast<std::uint8_t>(decision.outcome));
  to.put(flags_of(decision));
  to.put(decision.granted);
  to.put(decision.overage);
  to.put(decision.price_micros);
  if (decision.has_reading) {
    to = put(to, decision.reading);
  }
  if (decision.retry_after) {
    to.put(*decision.retry_after);
  }
  to.put(decision.would_deny.count);
  for (const LimitId limit : decision.would_deny.told()) {
    to.put(limit.raw());
  }
  return to;
}

Decision take_decision(EntryReader& from) {
  Decision decision;
  decision.outcome = from.at_most(Outcome::deactivated);
  const unsigned flags = from.get<std::uint8_t>();
  from.require(flags <= all_flags);
  decision.soft_limit_passed = (flags & soft_limit_passed) != 0;
  decision.has_reading = (flags & has_reading) != 0;
  from.require(decision.has_reading || (flags & has_size) == 0);
  decision.granted = from.amount();
  decision.overage = from.amount();
  decision.price_micros = from.get<std::uint64_t>();
  if (decision.has_reading) {
    decision.reading = take_reading(from, (flags & has_size) != 0);
  }
  if ((flags & has_retry_after) != 0) {
    decision.retry_after = from.duration();
  }
  decision.would_deny.count = from.get<std::uint8_t>();
  const std::size_t told = decision.would_deny.told().size();
  for (std::size_t i = 0; i < told; ++i) {
    decision.would_deny.limits[i] = LimitId{from.get<std::uint32_t>()};
  }
  return decision;
}

EntryWriter put(EntryWriter to, const Counter& counter) {
  to.put(counter.limit.raw());
  to.put(counter.used);
  to.put(counter.until);
  to.put(counter.fired.raw());
  to.put(counter.over);
  to.put(counter.previous);
  to.put(counter.paced_until);
  return to;
}

Counter take_counter(EntryReader& from) {
  Counter counter;
  counter.limit = LimitId{from.get<std::uint32_t>()};
  counter.used = from.amount();
  counter.until = from.time();
  counter.fired = ThresholdMask{from.get<std::uint8_t>()};
  counter.over = from.amount();
  counter.previous = from.amount();
  counter.paced_until = from.time();
  return counter;
}

EntryWriter put(EntryWriter to, const Grant& grant) {
  const auto& recurrence = grant.terms.recurrence;
  to.put(grant.limit.raw());
  to.put(grant.terms.amount);
  to.put(grant.terms.priority);
  to.put(grant.terms.effective_at);
  to.put(grant.terms.expires_at);
  to.put(static_cast<std::uint8_t>(recurrence ? 1 : 0));
  if (recurrence) {
    to.put(static_cast<std::uint8_t>(recurrence->period));
    to.put(recurrence->every);
    to.put(recurrence->anchor);
  }
  to.put(grant.terms.rollover.min);
  to.put(grant.terms.rollover.max);
  to.put(grant.voided_at);
  to.put(grant.balance);
  to.put(grant.paid);
  to.put(grant.told);
  return to;
}

Recurrence take_recurrence(EntryReader& from) {
  Recurrence recurrence;
  recurrence.period = from.at_most(Period::year);
  from.require(recurrence.period != Period::minute);
  recurrence.every = from.get<std::uint16_t>();
  from.require(recurrence.every >= 1 && recurrence.every <= recurrence_every_max);
  recurrence.anchor = from.time();
  return recurrence;
}

Grant take_grant(EntryReader& from, const Entry& entry) {
  Grant grant;
  grant.id = entry.id;
  grant.digest = entry.digest;
  grant.given_at = entry.begun;
  grant.limit = LimitId{from.get<std::uint32_t>()};
  grant.terms.amount = from.amount();
  grant.terms.priority = from.get<std::uint8_t>();
  grant.terms.effective_at = from.time();
  grant.terms.expires_at = from.time();
  const auto recurs = from.get<std::uint8_t>();
  from.require(recurs <= 1);
  if (recurs == 1) {
    grant.terms.recurrence = take_recurrence(from);
  }
  grant.terms.rollover.min = from.amount();
  grant.terms.rollover.max = from.amount();
  grant.voided_at = from.time();
  grant.balance = from.amount();
  grant.paid = from.amount();
  grant.told = from.amount();
  from.require(grant.limit != LimitId{} && grant.terms.amount > Amount{} &&
               grant.terms.rollover.min <= grant.terms.rollover.max && grant.told <= grant.paid);
  return grant;
}

/// Whether the entry says of its grant what the grant says itself.
bool agrees(const Entry& entry) {
  return !entry.grant || (entry.grant->id == entry.id && entry.grant->digest == entry.digest &&
                          entry.grant->given_at == entry.begun);
}

EntryState last_state_of(std::uint8_t form) {
  switch (form) {
    case first_form:
      return EntryState::expired;
    case form_without_grants:
      return EntryState::counting;
    case form_without_sharing:
      return EntryState::granted;
    default:
      return EntryState::shared;
  }
}

std::uint8_t form_of(const Entry& entry) {
  return has_taken(entry)     ? last_form
         : has_sharing(entry) ? form_without_taken
                              : form_without_sharing;
}

void take_since_form_2(EntryReader& from, Entry& entry) {
  const std::size_t labels = from.get<std::uint8_t>();
  from.require(labels <= labels_per_check_max);
  for (std::size_t i = 0; i < std::min(labels, labels_per_check_max); ++i) {
    std::string name = from.text(label_name_bytes_max);
    entry.labels.push_back({std::move(name), from.text(label_value_bytes_max)});
  }
  if (entry.state == EntryState::counting) {
    entry.counter = take_counter(from);
  }
  if (entry.state == EntryState::granted) {
    entry.grant = take_grant(from, entry);
  }
}

}  // namespace

std::size_t encoded_entry_bytes(const Entry& entry) noexcept {
  if (!entry.page.empty()) {
    return 1 + encoded_page_bytes(entry);
  }
  std::size_t labels = 1;
  for (const OwnedLabel& label : entry.labels) {
    labels += 2 + label.name.size() + label.value.size();
  }
  return head_bytes + entry.charges.size() * charge_bytes + bytes_of(entry.first) + labels +
         (entry.counter ? counter_bytes : 0) +
         (!entry.grant ? 0 : grant_bytes + (entry.grant->terms.recurrence ? recurrence_bytes : 0)) +
         taken_bytes_of(entry) + sharing_bytes_of(entry);
}

std::byte* encode_entry(const Entry& entry, std::byte* at) noexcept {
  SLUICE_INVARIANT(entry.id != EntryId{} && entry.charges.size() <= charges_per_check_max);
  SLUICE_INVARIANT(entry.labels.size() <= labels_per_check_max &&
                   entry.counter.has_value() == (entry.state == EntryState::counting));
  SLUICE_INVARIANT(entry.grant.has_value() == (entry.state == EntryState::granted) &&
                   agrees(entry));
  SLUICE_INVARIANT(entry.use.has_value() == (entry.state == EntryState::shared));
  SLUICE_INVARIANT(!has_taken(entry) || (entry.state == EntryState::answered &&
                                         entry.counted.size() <= limits_per_tenant_max));
  EntryWriter to{at};
  if (!entry.page.empty()) {
    to.put(form_of_page);
    return encode_page(entry, to.place());
  }
  to.put(form_of(entry));
  to.put(entry.id.high);
  to.put(entry.id.low);
  to.put(static_cast<std::uint8_t>(entry.state));
  to.put(entry.digest);
  to.put(entry.begun);
  to.put(entry.due);
  to.put(static_cast<std::uint8_t>(entry.charges.size()));
  for (const HeldCharge& charge : entry.charges) {
    SLUICE_INVARIANT(charge.meter != MeterId{});
    to.put(charge.meter.raw());
    to.put(charge.held);
    to.put(charge.used);
  }
  to = put(to, entry.first);
  to.put(static_cast<std::uint8_t>(entry.labels.size()));
  for (const OwnedLabel& label : entry.labels) {
    to.put(label.name);
    to.put(label.value);
  }
  if (entry.counter) {
    to = put(to, *entry.counter);
  }
  if (entry.grant) {
    to = put(to, *entry.grant);
  }
  if (has_taken(entry)) {
    to = put_taken(to, entry);
  }
  if (has_sharing(entry)) {
    to = put_sharing(to, entry);
  }
  return to.place();
}

void encode_entry(const Entry& entry, std::vector<std::byte>& to) {
  const std::size_t before = to.size();
  to.resize(before + encoded_entry_bytes(entry));
  (void)encode_entry(entry, to.data() + before);
}

std::optional<Entry> decode_entry(std::span<const std::byte> bytes) {
  EntryReader from{bytes};
  const auto found = from.get<std::uint8_t>();
  if (found == form_of_page) {
    return decode_page(bytes.subspan(1));
  }
  from.require(found >= first_form && found <= last_form);
  Entry entry;
  entry.id = EntryId{from.get<std::uint64_t>(), 0};
  entry.id.low = from.get<std::uint64_t>();
  entry.state = from.at_most(last_state_of(found));
  entry.digest = from.get<std::uint64_t>();
  entry.begun = from.time();
  entry.due = from.time();
  const std::size_t charges = from.get<std::uint8_t>();
  from.require(charges <= charges_per_check_max && entry.id != EntryId{});
  for (std::size_t i = 0; i < std::min(charges, charges_per_check_max); ++i) {
    const MeterId meter{from.get<std::uint16_t>()};
    from.require(meter != MeterId{});
    const Amount held = from.amount();
    entry.charges.push_back({meter, held, from.amount()});
  }
  entry.first = take_decision(from);
  if (found != first_form) {
    take_since_form_2(from, entry);
  }
  if (found == last_form ? take_taken(from, entry) : found == form_without_taken) {
    take_sharing(from, entry);
  }
  from.require(entry.use.has_value() == (entry.state == EntryState::shared));
  return from.ended_well() ? std::optional{std::move(entry)} : std::nullopt;
}

}  // namespace sluice
