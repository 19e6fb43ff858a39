// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/answer_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "actors/tenant/answer_bytes_io.hpp"
#include "actors/tenant/entry_bytes_sharing.hpp"
#include "actors/tenant/invariant.hpp"

namespace sluice {
namespace {

// Beside the state, which has three bits.
constexpr unsigned state_bits = 7;
constexpr unsigned passed_soft_limit = 8;
constexpr unsigned reading_follows = 16;
constexpr unsigned reading_has_size = 32;
constexpr unsigned retry_follows = 64;
constexpr unsigned was_overrun = 128;
// In the second byte.
constexpr unsigned numbers_follow = 1;
constexpr unsigned shadows_follow = 2;
constexpr unsigned labels_follow = 4;
constexpr unsigned remaining_is_rest = 8;  ///< Of the size, without what is used and held.
constexpr unsigned verdict_follows = 16;
constexpr unsigned hold_follows = 32;
constexpr unsigned counted_follow = 64;
constexpr unsigned given_back_follows = 128;

constexpr std::size_t word_bytes = AnswerWriter::word_bytes;
constexpr std::size_t number_bytes_max = AnswerWriter::number_bytes_max;
constexpr std::size_t page_head_bytes = 3 * word_bytes;
constexpr std::size_t fixed_bytes = 2 * word_bytes + 3 + 2 * word_bytes + number_bytes_max + 1;
constexpr std::size_t reading_numbers = 6;
constexpr std::size_t limit_bytes_max = 5;
constexpr std::size_t sharing_bytes = 1 + number_bytes_max + 6 * word_bytes + 1 + number_bytes_max;
static_assert(fixed_bytes + charges_per_check_max * 3 * number_bytes_max +
                  (3 + reading_numbers + 1) * number_bytes_max + word_bytes + 1 +
                  ShadowVerdicts::told_max * number_bytes_max + 1 +
                  labels_per_check_max * (2 + label_name_bytes_max + label_value_bytes_max) +
                  sharing_bytes + 1 + limits_per_tenant_max * limit_bytes_max + number_bytes_max <=
              answer_bytes_max);

Amount rest_of(const LimitReading& reading) {
  return excess(reading.size.value_or(Amount{}), reading.used + reading.held);
}

unsigned flags_of_answer(const Entry& entry) {
  const Decision& first = entry.first;
  const auto flag = [](bool is_set, unsigned bit) { return is_set ? bit : 0U; };
  return static_cast<unsigned>(entry.state) | flag(first.soft_limit_passed, passed_soft_limit) |
         flag(first.has_reading, reading_follows) |
         flag(first.has_reading && first.reading.size, reading_has_size) |
         flag(first.retry_after.has_value(), retry_follows) | flag(first.overrun, was_overrun);
}

unsigned more_flags_of_answer(const Entry& entry) {
  const Decision& first = entry.first;
  const bool has_numbers = (first.granted.raw() | first.overage.raw() | first.price_micros) != 0;
  const bool is_rest = first.has_reading && first.reading.remaining == rest_of(first.reading);
  return (has_numbers ? numbers_follow : 0U) | (first.would_deny.count > 0 ? shadows_follow : 0U) |
         (entry.labels.empty() ? 0U : labels_follow) | (is_rest ? remaining_is_rest : 0U) |
         (says_verdict(first) ? verdict_follows : 0U) | (entry.under ? hold_follows : 0U) |
         (entry.counted.empty() ? 0U : counted_follow) |
         (entry.given_back ? given_back_follows : 0U);
}

AnswerWriter put_reading(AnswerWriter to, const LimitReading& reading, bool is_rest) {
  to.number(reading.limit.raw());
  to.number(reading.meter.raw());
  if (reading.size) {
    to.number(*reading.size);
  }
  to.number(reading.used);
  to.number(reading.held);
  if (!is_rest) {
    to.number(reading.remaining);
  }
  to.word(static_cast<std::uint64_t>(reading.resets_at.time_since_epoch().count()));
  return to;
}

AnswerWriter put_first(AnswerWriter to, const Decision& first, unsigned more) {
  if ((more & numbers_follow) != 0) {
    to.number(first.granted);
    to.number(first.overage);
    to.number(first.price_micros);
  }
  if (first.has_reading) {
    to = put_reading(to, first.reading, (more & remaining_is_rest) != 0);
  }
  if (first.retry_after) {
    to.number(static_cast<std::uint64_t>(first.retry_after->count()));
  }
  if ((more & shadows_follow) != 0) {
    to.byte(first.would_deny.count);
    for (const LimitId limit : first.would_deny.told()) {
      to.number(limit.raw());
    }
  }
  return to;
}

LimitId take_limit(AnswerReader& from) {
  return LimitId{static_cast<std::uint32_t>(from.at_most(~std::uint32_t{0}))};
}

LimitReading take_answer_reading(AnswerReader& from, bool has_size, bool is_rest) {
  LimitReading reading;
  reading.limit = take_limit(from);
  reading.meter = from.meter();
  reading.size = has_size ? std::optional{from.amount()} : std::nullopt;
  reading.used = from.amount();
  reading.held = from.amount();
  reading.remaining = is_rest ? rest_of(reading) : from.amount();
  from.require(is_rest || reading.remaining != rest_of(reading));
  reading.resets_at = WallTime{Duration{static_cast<std::int64_t>(from.word())}};
  return reading;
}

void take_first(AnswerReader& from, unsigned flags, unsigned more, Decision& first) {
  const auto has = [flags](unsigned bit) { return (flags & bit) != 0; };
  first.soft_limit_passed = has(passed_soft_limit);
  first.has_reading = has(reading_follows);
  first.overrun = has(was_overrun);
  from.require(has(reading_follows) || (!has(reading_has_size) && (more & remaining_is_rest) == 0));
  if ((more & numbers_follow) != 0) {
    first.granted = from.amount();
    first.overage = from.amount();
    first.price_micros = from.number();
  }
  if (first.has_reading) {
    first.reading =
        take_answer_reading(from, has(reading_has_size), (more & remaining_is_rest) != 0);
  }
  if (has(retry_follows)) {
    first.retry_after = Duration{static_cast<std::int64_t>(from.number())};
  }
  if ((more & shadows_follow) != 0) {
    first.would_deny.count = static_cast<std::uint8_t>(from.byte());
    from.require(first.would_deny.count > 0);
    const std::size_t told = first.would_deny.told().size();
    for (std::size_t i = 0; i < told; ++i) {
      first.would_deny.limits[i] = take_limit(from);
    }
  }
}

void take_answer_charges(AnswerReader& from, Entry& entry) {
  const std::size_t count = from.byte();
  from.require(count <= charges_per_check_max);
  for (std::size_t i = 0; i < std::min(count, charges_per_check_max); ++i) {
    const MeterId meter = from.meter();
    from.require(meter != MeterId{});
    const Amount held = from.amount();
    entry.charges.push_back({meter, held, from.amount()});
  }
}

void take_answer_labels(AnswerReader& from, Entry& entry) {
  const std::size_t count = from.byte();
  from.require(count > 0 && count <= labels_per_check_max);
  for (std::size_t i = 0; i < std::min(count, labels_per_check_max); ++i) {
    std::string name = from.text(label_name_bytes_max);
    entry.labels.push_back({std::move(name), from.text(label_value_bytes_max)});
  }
}

AnswerWriter put_answer_sharing(AnswerWriter to, const Entry& entry) {
  if (says_verdict(entry.first)) {
    to.byte(static_cast<std::size_t>(entry.first.sharing));
    to.number(entry.first.use_cost_micros);
  }
  if (entry.under) {
    to.id(entry.under->grant);
    to.id(entry.under->policy);
    to.id(entry.under->owner);
    to.byte(static_cast<std::size_t>(entry.under->period));
    to.number(entry.under->meter.raw());
  }
  return to;
}

void take_answer_sharing(AnswerReader& from, unsigned more, Entry& entry) {
  if ((more & verdict_follows) != 0) {
    entry.first.sharing = from.one_of(share_verdict_last);
    entry.first.use_cost_micros = from.number();
    from.require(says_verdict(entry.first));
  }
  if ((more & hold_follows) != 0) {
    SharedHold& under = entry.under.emplace();
    under.grant = from.id<SharingId>();
    under.policy = from.id<PolicyId>();
    under.owner = from.id<TenantId>();
    under.period = from.one_of(BillingPeriod::month);
    under.meter = from.meter();
  }
}

AnswerWriter put_taken(AnswerWriter to, const Entry& entry) {
  if (!entry.counted.empty()) {
    to.byte(entry.counted.size());
    for (const LimitId limit : entry.counted) {
      to.number(limit.raw());
    }
  }
  if (entry.given_back) {
    to.number(*entry.given_back);
  }
  return to;
}

void take_taken(AnswerReader& from, unsigned more, Entry& entry) {
  if ((more & counted_follow) != 0) {
    const std::size_t count = from.byte();
    from.require(count > 0 && count <= limits_per_tenant_max);
    for (std::size_t i = 0; i < std::min(count, limits_per_tenant_max); ++i) {
      entry.counted.push_back(take_limit(from));
    }
  }
  if ((more & given_back_follows) != 0) {
    entry.given_back = from.amount();
  }
  from.require(entry.state == EntryState::answered ||
               (more & (counted_follow | given_back_follows)) == 0);
}

}  // namespace

void append_answer(const Entry& entry, std::vector<std::byte>& to) {
  SLUICE_INVARIANT(entry.id != EntryId{} && !is_open(entry.state) && !entry.counter &&
                   !entry.grant && !entry.use && entry.charges.size() <= charges_per_check_max &&
                   entry.labels.size() <= labels_per_check_max &&
                   entry.counted.size() <= limits_per_tenant_max);
  std::array<std::byte, answer_bytes_max> bytes;
  const unsigned more = more_flags_of_answer(entry);
  AnswerWriter out{bytes.data()};
  out.id(entry.id);
  out.byte(flags_of_answer(entry));
  out.byte(more);
  out.byte(static_cast<std::size_t>(entry.first.outcome));
  out.word(entry.digest);
  const auto begun = static_cast<std::uint64_t>(entry.begun.time_since_epoch().count());
  out.word(begun);
  out.number(static_cast<std::uint64_t>(entry.due.time_since_epoch().count()) - begun);
  out.byte(entry.charges.size());
  for (const HeldCharge& charge : entry.charges) {
    out.number(charge.meter.raw());
    out.number(charge.held);
    out.number(charge.used);
  }
  out = put_first(out, entry.first, more);
  if ((more & labels_follow) != 0) {
    out.byte(entry.labels.size());
    for (const OwnedLabel& label : entry.labels) {
      out.text(label.name);
      out.text(label.value);
    }
  }
  out = put_answer_sharing(out, entry);
  out = put_taken(out, entry);
  to.insert(to.end(), bytes.data(), out.place());
}

EntryId answer_id_at(const std::byte* at) noexcept {
  AnswerReader from{{at, 2 * word_bytes}};
  const std::uint64_t high = from.word();
  return EntryId{high, from.word()};
}

bool take_answer(std::span<const std::byte>& bytes, Entry& entry) {
  AnswerReader from{bytes};
  entry.charges.clear();
  entry.labels.clear();
  entry.first = Decision{};
  entry.under.reset();
  entry.counted.clear();
  entry.given_back.reset();
  entry.id = from.id<EntryId>();
  const auto flags = static_cast<unsigned>(from.byte());
  const auto more = static_cast<unsigned>(from.byte());
  entry.state = static_cast<EntryState>(flags & state_bits);
  entry.first.outcome = from.one_of(Outcome::deactivated);
  from.require(entry.state <= EntryState::expired && !is_open(entry.state));
  entry.digest = from.word();
  const std::uint64_t begun = from.word();
  const std::uint64_t due = begun + from.number();
  entry.begun = WallTime{Duration{static_cast<std::int64_t>(begun)}};
  entry.due = WallTime{Duration{static_cast<std::int64_t>(due)}};
  take_answer_charges(from, entry);
  take_first(from, flags, more, entry.first);
  if ((more & labels_follow) != 0) {
    take_answer_labels(from, entry);
  }
  take_answer_sharing(from, more, entry);
  take_taken(from, more, entry);
  bytes = from.rest();
  return from.whole();
}

std::size_t encoded_page_bytes(const Entry& page) noexcept {
  return page_head_bytes + page.page.size();
}

std::byte* encode_page(const Entry& page, std::byte* at) noexcept {
  SLUICE_INVARIANT(is_page(page));
  AnswerWriter out{at};
  out.id(page.id);
  out.word(static_cast<std::uint64_t>(page.due.time_since_epoch().count()));
  return std::ranges::copy(page.page, out.place()).out;
}

std::optional<Entry> decode_page(std::span<const std::byte> bytes) {
  AnswerReader from{bytes};
  Entry page;
  page.id.high = from.word();
  page.id.low = from.word();
  page.due = WallTime{Duration{static_cast<std::int64_t>(from.word())}};
  std::span<const std::byte> answers = from.rest();
  if (!from.whole() || !is_page(page) || answers.empty()) {
    return std::nullopt;
  }
  page.page.assign(answers.begin(), answers.end());
  Entry answer;
  for (std::size_t count = 0; !answers.empty(); ++count) {
    if (count == answers_per_page_max || !take_answer(answers, answer)) {
      return std::nullopt;
    }
  }
  return page;
}

// Of later pages what earlier ones have, too, is newer; and a row of its own is newer than a page.
std::vector<Entry> without_pages(std::vector<Entry> stored) {
  const auto first_page = std::stable_partition(stored.begin(), stored.end(), std::not_fn(is_page));
  std::ranges::sort(first_page, stored.end(), {}, &Entry::id);
  std::map<EntryId, Entry> entries;
  for (const Entry& page : std::span{first_page, stored.end()}) {
    Entry answer;
    for (std::span<const std::byte> rest = page.page; !rest.empty();) {
      SLUICE_INVARIANT(take_answer(rest, answer));
      entries.insert_or_assign(answer.id, answer);
    }
  }
  for (auto row = stored.begin(); row != first_page; ++row) {
    entries.insert_or_assign(row->id, std::move(*row));
  }
  std::vector<Entry> all;
  for (auto& [id, entry] : entries) {
    all.push_back(std::move(entry));
  }
  return all;
}

}  // namespace sluice
