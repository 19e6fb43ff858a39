// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/answer_bytes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "actors/tenant/entry_bytes.hpp"

namespace sluice {
namespace {

Entry plain_answer(std::uint64_t number) {
  Entry entry;
  entry.id = EntryId{7, number};
  entry.state = EntryState::committed;
  entry.digest = 0x1234;
  entry.begun = WallTime{Duration{1'700'000'000'000'000'000}};
  entry.due = entry.begun + std::chrono::hours{24};
  entry.charges = {{MeterId{1}, Amount{100}, Amount{60}}};
  entry.first.outcome = Outcome::allowed;
  entry.first.has_reading = true;
  entry.first.reading = {LimitId{1}, MeterId{1},  Amount{1'000}, Amount{5},
                         Amount{95}, Amount{900}, entry.begun};
  return entry;
}

/// Everything that an answer can have, as large as it can be.
Entry full_answer() {
  Entry entry = plain_answer(1);
  entry.state = EntryState::cancelled;
  entry.due = entry.begun - std::chrono::hours{1};
  entry.charges.clear();
  for (std::size_t i = 1; i <= charges_per_check_max; ++i) {
    entry.charges.push_back(
        {MeterId{static_cast<std::uint16_t>(65'535 - i)}, Amount::max(), Amount::max()});
  }
  for (std::size_t i = 0; i < labels_per_check_max; ++i) {
    entry.labels.push_back({std::string(label_name_bytes_max, static_cast<char>('a' + i)),
                            std::string(label_value_bytes_max, 'v')});
  }
  Decision& first = entry.first;
  first.outcome = Outcome::deactivated;
  first.soft_limit_passed = first.overrun = true;
  first.granted = first.overage = Amount::max();
  first.price_micros = ~std::uint64_t{0};
  first.reading.remaining = Amount::max();
  first.retry_after = Duration::max();
  for (std::uint32_t limit = 0; limit < 6; ++limit) {
    first.would_deny.add(LimitId{~limit});
  }
  first.sharing = share_verdict_last;
  first.use_cost_micros = ~std::uint64_t{0};
  constexpr std::uint64_t word = ~std::uint64_t{0};
  entry.under = SharedHold{.grant = {word, word},
                           .policy = {word, 1},
                           .owner = {1, word},
                           .period = BillingPeriod::month,
                           .meter = MeterId{65'535}};
  return entry;
}

/// Of a check, with all that it took.
Entry full_check() {
  Entry entry = full_answer();
  entry.state = EntryState::answered;
  entry.under.reset();
  for (std::uint32_t limit = 0; limit < limits_per_tenant_max; ++limit) {
    entry.counted.push_back(LimitId{~limit});
  }
  entry.given_back = Amount::max();
  return entry;
}

/// Draws values of every kind that is in an answer.
class Dice {
public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  bool coin() { return below(2) == 1; }
  std::uint64_t below(std::uint64_t end) { return engine_() % end; }
  /// Of any length.
  std::uint64_t number() { return engine_() >> below(64); }
  Amount amount() { return Amount{number() & Amount::max_raw}; }
  MeterId meter() { return MeterId{static_cast<std::uint16_t>(1 + below(65'535))}; }
  LimitId limit() { return LimitId{static_cast<std::uint32_t>(number())}; }
  template <class Id>
  Id id() {
    return {engine_(), engine_() | 1U};
  }
  template <class Enum>
  Enum up_to(Enum last) {
    return static_cast<Enum>(below(static_cast<std::uint64_t>(last) + 1));
  }
  std::string text(std::size_t most) {
    return std::string(1 + below(most), static_cast<char>('a' + below(26)));
  }

private:
  std::mt19937_64 engine_;
};

LimitReading any_reading(Dice& dice) {
  LimitReading reading;
  reading.limit = dice.limit();
  reading.meter = dice.meter();
  reading.size = dice.coin() ? std::optional{dice.amount()} : std::nullopt;
  reading.used = dice.amount();
  reading.held = dice.amount();
  const Amount rest = excess(reading.size.value_or(Amount{}), reading.used + reading.held);
  reading.remaining = dice.coin() ? dice.amount() : rest;
  reading.resets_at = WallTime{Duration{static_cast<std::int64_t>(dice.number())}};
  return reading;
}

/// Names every member, so that none is added without being kept, or being left out on purpose.
Decision any_first(Dice& dice) {
  Decision first;
  auto& [outcome, soft_limit_passed, has_reading, sharing, reading, repeated, overrun, granted,
         overage, price_micros, use_cost_micros, would_deny, problem, id, retry_after] = first;
  outcome = dice.up_to(Outcome::deactivated);
  soft_limit_passed = dice.coin();
  has_reading = dice.coin();
  reading = has_reading ? any_reading(dice) : LimitReading{};
  overrun = dice.coin();
  if (dice.coin()) {
    granted = dice.amount();
    overage = dice.amount();
    price_micros = dice.number();
  }
  if (dice.coin()) {
    sharing = dice.up_to(share_verdict_last);
    use_cost_micros = dice.number();
  }
  for (std::uint64_t more = dice.below(6); more > 0; --more) {
    would_deny.add(dice.limit());
  }
  if (dice.coin()) {
    retry_after = Duration{static_cast<std::int64_t>(dice.number() >> 1U)};
  }
  // Said of this telling, of a mistake, and by the host: no answer that is remembered has them.
  (void)repeated, (void)problem, (void)id;
  return first;
}

std::optional<SharedHold> any_hold(Dice& dice) {
  if (dice.coin()) {
    return std::nullopt;
  }
  SharedHold hold;
  auto& [grant, policy, owner, period, meter] = hold;
  grant = dice.id<SharingId>();
  policy = dice.id<PolicyId>();
  owner = dice.id<TenantId>();
  period = dice.up_to(BillingPeriod::month);
  meter = dice.coin() ? dice.meter() : MeterId{};
  return hold;
}

Entry any_answer(Dice& dice) {
  constexpr std::array states{EntryState::answered, EntryState::committed, EntryState::cancelled,
                              EntryState::expired};
  Entry entry;
  auto& [id, state, digest, begun, due, charges, counted, given_back, labels, counter, grant, page,
         first, use, under] = entry;
  id = dice.id<EntryId>();
  state = states.at(dice.below(states.size()));
  digest = dice.number();
  begun = WallTime{Duration{static_cast<std::int64_t>(dice.number())}};
  due = WallTime{Duration{static_cast<std::int64_t>(dice.number())}};
  for (std::uint64_t more = dice.below(charges_per_check_max + 1); more > 0; --more) {
    charges.push_back({dice.meter(), dice.amount(), dice.amount()});
  }
  for (std::uint64_t more = dice.below(labels_per_check_max + 1); more > 0; --more) {
    labels.push_back({dice.text(label_name_bytes_max), dice.text(label_value_bytes_max)});
  }
  first = any_first(dice);
  under = any_hold(dice);
  if (state == EntryState::answered) {
    for (std::uint64_t more = dice.below(6); more > 0; --more) {
      counted.push_back(dice.limit());
    }
    given_back = dice.coin() ? std::optional{dice.amount()} : std::nullopt;
  }
  (void)counter, (void)grant, (void)page, (void)use;  // Those are no answers.
  return entry;
}

std::vector<std::byte> bytes_of(const Entry& entry) {
  std::vector<std::byte> bytes;
  append_answer(entry, bytes);
  return bytes;
}

TEST(AnswerBytesSpec, AnAnswerComesBackAsItWas) {
  Entry unlimited = plain_answer(3);
  unlimited.first.reading.size.reset();
  Entry refused = plain_answer(4);
  refused.state = EntryState::answered;
  refused.charges.clear();
  refused.first = Decision{};
  refused.first.outcome = Outcome::denied;
  Entry denied_by_sharing = refused;
  denied_by_sharing.first.sharing = ShareVerdict::blocked;
  for (const Entry& entry :
       {plain_answer(1), full_answer(), full_check(), unlimited, refused, denied_by_sharing}) {
    const auto bytes = bytes_of(entry);
    EXPECT_LE(bytes.size(), answer_bytes_max);
    EXPECT_EQ(answer_id_at(bytes.data()), entry.id);
    std::span<const std::byte> rest = bytes;
    Entry back;
    ASSERT_TRUE(take_answer(rest, back));
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(back, entry);
  }
}

TEST(AnswerBytesSpec, WhateverAnAnswerSaysComesBackOutOfItsPage) {
  Dice dice{20'241'127};
  for (int round = 0; round < 500; ++round) {
    std::vector<Entry> answers;
    Entry page{.id = {reserved_id_high, 1}};
    for (std::size_t i = 0; i < 20; ++i) {
      answers.push_back(any_answer(dice));
      append_answer(answers.back(), page.page);
    }
    std::vector<std::byte> bytes;
    encode_entry(page, bytes);
    const auto stored = decode_entry(bytes);
    ASSERT_TRUE(stored);
    std::span<const std::byte> rest = stored->page;
    Entry back = full_answer();  // Whatever was there before.
    for (const Entry& answer : answers) {
      ASSERT_TRUE(take_answer(rest, back));
      ASSERT_EQ(back, answer);
    }
    EXPECT_TRUE(rest.empty());
  }
}

TEST(AnswerBytesSpec, AnAnswerAboutOneMeterIsShort) {
  EXPECT_LE(bytes_of(plain_answer(1)).size(), 75U);
}

TEST(AnswerBytesSpec, WhatACheckOfOneLimitTookAddsLittle) {
  Entry check = plain_answer(1);
  check.state = EntryState::answered;
  check.charges.clear();
  const std::size_t before = bytes_of(check).size();
  check.charges = {{MeterId{1}, Amount{100}, Amount{100}}};
  check.counted = {LimitId{1}};
  EXPECT_LE(bytes_of(check).size(), before + 5);
}

TEST(AnswerBytesSpec, OnlyAChecksAnswerSaysWhatItTook) {
  Entry check = plain_answer(1);
  check.state = EntryState::answered;
  check.counted = {LimitId{1}};
  auto bytes = bytes_of(check);
  const std::size_t flags_at = 16;
  bytes[flags_at] |= static_cast<std::byte>(EntryState::committed);
  std::span<const std::byte> rest = bytes;
  Entry back;
  EXPECT_FALSE(take_answer(rest, back));
}

TEST(AnswerBytesSpec, BytesThatAreCutOffAreNoAnswer) {
  for (const Entry& entry : {full_answer(), full_check()}) {
    const auto bytes = bytes_of(entry);
    Entry back;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      auto cut = std::span<const std::byte>{bytes}.first(size);
      EXPECT_FALSE(take_answer(cut, back)) << size;
    }
  }
}

void whatever_one_byte_is_nothing_breaks(const Entry& entry) {
  const auto bytes = bytes_of(entry);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      auto damaged = bytes;
      damaged[at] = static_cast<std::byte>(value);
      std::span<const std::byte> rest = damaged;
      Entry back;
      if (take_answer(rest, back) && rest.empty()) {
        EXPECT_EQ(bytes_of(back), damaged) << "one form for each answer";
      }
    }
  }
}

TEST(AnswerBytesSpec, WhateverOneByteIsNothingBreaks) {
  whatever_one_byte_is_nothing_breaks(full_answer());
  Entry check = plain_answer(1);
  check.state = EntryState::answered;
  check.counted = {LimitId{1}, LimitId{0xA1B2C3D4}};
  check.given_back = Amount{0};
  whatever_one_byte_is_nothing_breaks(check);
}

Entry page_of(std::size_t answers) {
  Entry page;
  page.id = EntryId{reserved_id_high, 12};
  page.due = WallTime{Duration{77}};
  for (std::size_t i = 1; i <= answers; ++i) {
    append_answer(plain_answer(i), page.page);
  }
  return page;
}

TEST(AnswerBytesSpec, APageIsAnEntryLikeOthers) {
  const Entry page = page_of(answers_per_page_max);
  EXPECT_TRUE(is_page(page));
  std::vector<std::byte> bytes;
  encode_entry(page, bytes);
  EXPECT_EQ(bytes.front(), std::byte{5}) << "its form";
  EXPECT_EQ(bytes.size(), encoded_entry_bytes(page));
  EXPECT_EQ(decode_entry(bytes), page);
}

TEST(AnswerBytesSpec, APageHoldsNothingButAnswersAndNotTooMany) {
  std::vector<std::byte> bytes;
  encode_entry(page_of(answers_per_page_max + 1), bytes);
  EXPECT_FALSE(decode_entry(bytes));
  bytes.clear();
  encode_entry(page_of(2), bytes);
  bytes.pop_back();
  EXPECT_FALSE(decode_entry(bytes));
  bytes.resize(25);
  EXPECT_FALSE(decode_entry(bytes)) << "none at all";
}

}  // namespace
}  // namespace sluice
