// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/entry_bytes.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "tests/actors/tenant/granted_entry.hpp"

namespace sluice {
namespace {

using Bytes = std::vector<std::byte>;

// Where things stand in the bytes of an entry without charges.
constexpr std::size_t form_at = 0;
constexpr std::size_t id_at = 1;
constexpr std::size_t state_at = 17;
constexpr std::size_t charge_count_at = 42;
constexpr std::size_t outcome_at = 43;
constexpr std::size_t flags_at = 44;
constexpr std::size_t granted_at = 45;
constexpr std::size_t overage_at = 53;
constexpr std::size_t reading_at = 69;
constexpr std::size_t size_at = reading_at + 6;

// And with charges.
constexpr std::size_t first_charge_at = 43;

Bytes bytes_of(const Entry& entry) {
  Bytes bytes;
  encode_entry(entry, bytes);
  return bytes;
}

Entry bare() {
  Entry entry;
  entry.id = EntryId{0, 1};
  entry.first.outcome = Outcome::allowed;
  return entry;
}

LimitReading reading() {
  return {.limit = LimitId{0xA1B2C3D4},
          .meter = MeterId{0xE5F6},
          .size = Amount{100},
          .used = Amount{40},
          .held = Amount{30},
          .remaining = Amount{20},
          .resets_at = wall_time_never};
}

Entry with_reading() {
  Entry entry = bare();
  entry.first.has_reading = true;
  entry.first.reading = reading();
  return entry;
}

Entry with_charge() {
  Entry entry = bare();
  entry.state = EntryState::held;
  entry.charges = {{MeterId{1}, Amount{8}, Amount{3}}};
  return entry;
}

Entry counting() {
  Entry entry = bare();
  entry.state = EntryState::counting;
  entry.labels = {{"user", "42"}, {"key", ""}};
  entry.counter = Counter{LimitId{0xA1B2C3D4}, Amount{40},  wall_time_never, ThresholdMask{3},
                          Amount{7},           Amount{100}, WallTime{}};
  return entry;
}

/// As bytes were before labels and counters: those of today of an entry that has none say so with a
/// zero at their end.
Bytes first_form_of(const Entry& entry) {
  Bytes bytes = bytes_of(entry);
  EXPECT_EQ(bytes.back(), std::byte{0});
  bytes.pop_back();
  bytes[form_at] = std::byte{1};
  return bytes;
}

/// With everything that an entry may have, and as much of it as there may be.
Entry largest() {
  Entry entry = with_reading();
  entry.id = EntryId{~std::uint64_t{0}, ~std::uint64_t{0}};
  entry.state = EntryState::expired;
  entry.digest = ~std::uint64_t{0};
  entry.begun = WallTime::max();
  entry.due = WallTime::min();
  for (std::size_t i = 1; i <= charges_per_check_max; ++i) {
    entry.charges.push_back({MeterId{static_cast<std::uint16_t>(i)}, Amount::max(), Amount{i}});
  }
  entry.labels.assign(labels_per_check_max, {std::string(label_name_bytes_max, 'n'),
                                             std::string(label_value_bytes_max, 'v')});
  entry.first.outcome = Outcome::hold_expired;
  entry.first.soft_limit_passed = true;
  entry.first.granted = Amount::max();
  entry.first.overage = Amount{7};
  entry.first.price_micros = ~std::uint64_t{0};
  entry.first.retry_after = Duration::max();
  for (std::uint32_t limit = 1; limit <= limits_per_tenant_max; ++limit) {
    entry.first.would_deny.add(LimitId{limit});
  }
  return entry;
}

/// And a counter, although nothing has both that and charges.
Entry largest_of_all() {
  Entry entry = largest();
  entry.state = EntryState::counting;
  entry.counter = counting().counter;
  return entry;
}

/// One for each choice of the fields that an entry may lack.
std::vector<Entry> every_kind() {
  std::vector<Entry> entries;
  for (unsigned choice = 0; choice < 128; ++choice) {
    Entry entry = (choice & 1) != 0 ? with_reading() : bare();
    if ((choice & 2) != 0) {
      entry.first.reading.size = std::nullopt;
    }
    if ((choice & 4) != 0) {
      entry.first.retry_after = std::chrono::seconds{4};
    }
    if ((choice & 8) != 0) {
      entry.first.would_deny.add(LimitId{9});
    }
    if ((choice & 16) != 0) {
      entry.charges = with_charge().charges;
    }
    entry.first.soft_limit_passed = (choice & 32) != 0;
    if ((choice & 64) != 0) {
      entry.labels = counting().labels;
    }
    entries.push_back(entry);
  }
  entries.push_back(counting());
  entries.push_back(granted());
  entries.push_back(granted_once());
  entries.push_back(largest());
  entries.push_back(largest_of_all());
  return entries;
}

Bytes with(Bytes bytes, std::size_t at, unsigned value) {
  bytes.at(at) = std::byte(value);
  return bytes;
}

TEST(EntryBytesSpec, GiveBackWhicheverFieldsTheEntryHas) {
  for (const Entry& entry : every_kind()) {
    EXPECT_EQ(decode_entry(bytes_of(entry)), entry);
  }
}

TEST(EntryBytesSpec, GiveBackEveryState) {
  for (unsigned state = 0; state <= static_cast<unsigned>(EntryState::counting); ++state) {
    Entry entry = with_charge();
    entry.state = static_cast<EntryState>(state);
    if (entry.state == EntryState::counting) {
      entry.counter = counting().counter;
    }
    EXPECT_EQ(decode_entry(bytes_of(entry)), entry) << state;
  }
}

TEST(EntryBytesSpec, GiveBackEveryOutcome) {
  for (unsigned outcome = 0; outcome <= static_cast<unsigned>(Outcome::deactivated); ++outcome) {
    Entry entry = bare();
    entry.first.outcome = static_cast<Outcome>(outcome);
    EXPECT_EQ(decode_entry(bytes_of(entry)), entry) << outcome;
  }
}

TEST(EntryBytesSpec, AreAsManyAsWasSaidAndAtMostTheirBound) {
  for (const Entry& entry : every_kind()) {
    const Bytes bytes = bytes_of(entry);
    EXPECT_EQ(encoded_entry_bytes(entry), bytes.size());
    Bytes elsewhere(bytes.size());
    EXPECT_EQ(encode_entry(entry, elsewhere.data()), elsewhere.data() + elsewhere.size());
    EXPECT_EQ(elsewhere, bytes);
  }
  EXPECT_LE(encoded_entry_bytes(largest_of_all()), entry_bytes_max);
  Entry counted = counting();
  counted.labels.assign(labels_per_limit_max, largest().labels.front());
  EXPECT_LE(encoded_entry_bytes(counted), counting_entry_bytes_max);
  EXPECT_LE(encoded_entry_bytes(granted()), granted_entry_bytes_max);
}

TEST(EntryBytesSpec, AreAppendedToWhatIsThere) {
  Bytes bytes(3, std::byte{0xEE});
  encode_entry(bare(), bytes);
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 3), Bytes(3, std::byte{0xEE}));
  EXPECT_EQ(decode_entry(std::span{bytes}.subspan(3)), bare());
}

TEST(EntryBytesSpec, AreRefusedWhereverTheyAreCutShort) {
  for (const Entry& entry : every_kind()) {
    const Bytes bytes = bytes_of(entry);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      ASSERT_FALSE(decode_entry(std::span{bytes}.first(length))) << length;
    }
  }
}

TEST(EntryBytesSpec, AreRefusedWithAnyByteBehindThem) {
  for (const Entry& entry : every_kind()) {
    Bytes bytes = bytes_of(entry);
    bytes.push_back({});
    for (unsigned value = 0; value < 256; ++value) {
      bytes.back() = std::byte(value);
      ASSERT_FALSE(decode_entry(bytes)) << value;
    }
  }
}

TEST(EntryBytesSpec, WithAnyBitChangedAreRefusedOrAreThoseOfAnotherEntry) {
  for (const Entry& entry : every_kind()) {
    Bytes bytes = bytes_of(entry);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      bytes[bit / 8] ^= std::byte{1} << bit % 8;
      const std::optional<Entry> other = decode_entry(bytes);
      if (other && bytes[form_at] == bytes_of(entry)[form_at]) {
        ASSERT_EQ(bytes_of(*other), bytes) << "bit " << bit;
        ASSERT_NE(*other, entry) << "bit " << bit;
      }
      bytes[bit / 8] ^= std::byte{1} << bit % 8;
    }
  }
}

TEST(EntryBytesSpec, OfAnotherFormAreRefused) {
  EXPECT_FALSE(decode_entry(with(bytes_of(bare()), form_at, 0)));
  EXPECT_FALSE(decode_entry(with(bytes_of(bare()), form_at, 1))) << "labels are not of form 1";
  EXPECT_FALSE(decode_entry(with(bytes_of(bare()), form_at, 4)));
}

TEST(EntryBytesSpec, OfTheSecondFormAreReadButForGrants) {
  for (const Entry& entry : every_kind()) {
    const Bytes then = with(bytes_of(entry), form_at, 2);
    if (entry.grant) {
      EXPECT_FALSE(decode_entry(then));
    } else {
      EXPECT_EQ(decode_entry(then), entry);
    }
  }
}

TEST(EntryBytesSpec, OfTheFirstFormAreReadAsLongAsTheyAreThere) {
  Entry entry = with_reading();
  entry.charges = with_charge().charges;
  entry.first.retry_after = std::chrono::seconds{4};
  entry.first.would_deny.add(LimitId{9});
  for (unsigned state = 0; state <= static_cast<unsigned>(EntryState::expired); ++state) {
    entry.state = static_cast<EntryState>(state);
    EXPECT_EQ(decode_entry(first_form_of(entry)), entry) << state;
  }
}

TEST(EntryBytesSpec, OfTheFirstFormAreReadAsTheyWereWrittenThen) {
  Bytes then(70);
  then[form_at] = std::byte{1};
  then[id_at + 8] = std::byte{1};
  EXPECT_EQ(decode_entry(then), bare());
}

TEST(EntryBytesSpec, OfTheFirstFormAreRefusedInAStateThatItDidNotKnow) {
  for (unsigned state = static_cast<unsigned>(EntryState::expired) + 1; state < 256; ++state) {
    EXPECT_FALSE(decode_entry(with(first_form_of(bare()), state_at, state))) << state;
  }
}

TEST(EntryBytesSpec, OfTheFirstFormAreRefusedWhereverTheyAreCutShort) {
  const Bytes bytes = first_form_of(with_charge());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_entry(std::span{bytes}.first(length))) << length;
  }
}

TEST(EntryBytesSpec, ThatCountHaveACounterAndOthersHaveNone) {
  EXPECT_FALSE(
      decode_entry(with(bytes_of(bare()), state_at, static_cast<unsigned>(EntryState::counting))));
  EXPECT_FALSE(decode_entry(
      with(bytes_of(counting()), state_at, static_cast<unsigned>(EntryState::leased))));
}

TEST(EntryBytesSpec, OfMoreOrLongerLabelsThanThereMayBeAreRefused) {
  Entry entry = bare();
  entry.labels = {largest().labels.front()};
  const Bytes one = bytes_of(entry);
  constexpr std::size_t label_count_at = 70;
  constexpr std::size_t label_at = label_count_at + 1;
  ASSERT_EQ(one[label_at], std::byte{label_name_bytes_max});
  Bytes many = one;
  for (std::size_t label = 1; label <= labels_per_check_max; ++label) {
    many.insert(many.end(), one.begin() + label_at, one.end());
  }
  EXPECT_FALSE(decode_entry(with(many, label_count_at, labels_per_check_max + 1)));
  Bytes longer = with(one, label_at, label_name_bytes_max + 1);
  longer.insert(longer.begin() + label_at + 1, std::byte{'n'});
  EXPECT_FALSE(decode_entry(longer));
  longer = with(one, label_at + 1 + label_name_bytes_max, label_value_bytes_max + 1);
  longer.push_back(std::byte{'v'});
  EXPECT_FALSE(decode_entry(longer));
}

TEST(EntryBytesSpec, WithoutAnIdAreRefused) {
  EXPECT_FALSE(decode_entry(with(bytes_of(bare()), id_at + 8, 0)));
}

TEST(EntryBytesSpec, OfAStateThatThereIsNotAreRefused) {
  for (unsigned state = static_cast<unsigned>(EntryState::counting) + 1; state < 256; ++state) {
    EXPECT_FALSE(decode_entry(with(bytes_of(bare()), state_at, state))) << state;
  }
}

TEST(EntryBytesSpec, OfAnOutcomeThatThereIsNotAreRefused) {
  for (unsigned outcome = static_cast<unsigned>(Outcome::deactivated) + 1; outcome < 256;
       ++outcome) {
    EXPECT_FALSE(decode_entry(with(bytes_of(bare()), outcome_at, outcome))) << outcome;
  }
}

TEST(EntryBytesSpec, WithFlagsThatThereAreNotAreRefused) {
  for (unsigned flags = 16; flags < 256; flags += 16) {
    EXPECT_FALSE(decode_entry(with(bytes_of(bare()), flags_at, flags))) << flags;
  }
}

TEST(EntryBytesSpec, OfAReadingWhoseSizeIsSaidWithoutItAreRefused) {
  constexpr unsigned has_size = 4;
  EXPECT_FALSE(decode_entry(with(bytes_of(bare()), flags_at, has_size)));
}

TEST(EntryBytesSpec, OfAReadingThatHasNoSizeAndYetOneAreRefused) {
  Entry entry = with_reading();
  entry.first.reading.size = std::nullopt;
  ASSERT_TRUE(decode_entry(bytes_of(entry)));
  EXPECT_FALSE(decode_entry(with(bytes_of(entry), size_at, 1)));
}

TEST(EntryBytesSpec, WithAnAmountAboveTheLargestAreRefused) {
  for (const std::size_t at : {granted_at, overage_at, size_at, size_at + 8, size_at + 16}) {
    EXPECT_FALSE(decode_entry(with(bytes_of(with_reading()), at + 7, 0x80))) << at;
  }
  for (const std::size_t at : {first_charge_at + 2, first_charge_at + 10}) {
    EXPECT_FALSE(decode_entry(with(bytes_of(with_charge()), at + 7, 0x80))) << at;
  }
  const Bytes counted = bytes_of(counting());
  const std::size_t counter_at = counted.size() - 45;
  for (const std::size_t at : {counter_at + 4, counter_at + 21, counter_at + 29}) {
    EXPECT_FALSE(decode_entry(with(counted, at + 7, 0x80))) << at;
  }
}

TEST(EntryBytesSpec, OfAChargeOnNoMeterAreRefused) {
  EXPECT_FALSE(decode_entry(with(bytes_of(with_charge()), first_charge_at, 0)));
}

TEST(EntryBytesSpec, OfMoreChargesThanACheckMayHaveAreRefused) {
  Bytes bytes = bytes_of(largest());
  bytes[charge_count_at] = std::byte{charges_per_check_max + 1};
  const Bytes charge{bytes.begin() + first_charge_at, bytes.begin() + first_charge_at + 18};
  bytes.insert(bytes.begin() + first_charge_at, charge.begin(), charge.end());
  EXPECT_FALSE(decode_entry(bytes));
}

}  // namespace
}  // namespace sluice
