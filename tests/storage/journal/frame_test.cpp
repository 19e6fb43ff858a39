// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/frame.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <string_view>

#include "tests/storage/journal/frames.hpp"

namespace sluice::test {

namespace {

rc::Gen<Amount> any_amount() {
  return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                      [](std::uint64_t raw) { return Amount{raw & Amount::max_raw}; });
}

/// Of what most have nothing of.
rc::Gen<Amount> any_rare_amount() {
  return rc::gen::oneOf(rc::gen::just(Amount{}), any_amount());
}

template <class Id, class Rep>
Id any_id() {
  return Id{*rc::gen::distinctFrom(rc::gen::arbitrary<Rep>(), Rep{0})};
}

WallTime any_time() {
  return WallTime{Duration{*rc::gen::arbitrary<std::int64_t>()}};
}

PartRef any_part() {
  if (*rc::gen::arbitrary<bool>()) {
    return {};
  }
  const auto text = [](std::size_t least, std::size_t most) {
    return std::string(*rc::gen::inRange(least, most + 1), *rc::gen::arbitrary<char>());
  };
  UsagePart part{.label = text(1, label_name_bytes_max), .value = text(0, label_value_bytes_max)};
  part.others = part.value.empty() && *rc::gen::arbitrary<bool>();
  return PartRef{part};
}

UsageBucket any_bucket() {
  return {any_id<MeterId, std::uint16_t>(),
          Minute{*rc::gen::arbitrary<std::uint32_t>()},
          *any_amount(),
          *rc::gen::arbitrary<std::uint32_t>(),
          *rc::gen::arbitrary<std::uint32_t>(),
          *rc::gen::arbitrary<std::uint32_t>(),
          *any_rare_amount(),
          (*any_rare_amount()).raw(),
          any_part()};
}

Counter any_counter() {
  return {any_id<LimitId, std::uint32_t>(),
          *any_amount(),
          any_time(),
          ThresholdMask{*rc::gen::arbitrary<std::uint8_t>()},
          *any_rare_amount(),
          *any_rare_amount(),
          *rc::gen::arbitrary<bool>() ? any_time() : WallTime{}};
}

HeldCharge any_charge() {
  return {any_id<MeterId, std::uint16_t>(), *any_amount(), *any_amount()};
}

LimitReading any_reading() {
  return {any_id<LimitId, std::uint32_t>(),
          any_id<MeterId, std::uint16_t>(),
          *rc::gen::arbitrary<bool>() ? std::optional{*any_amount()} : std::nullopt,
          *any_amount(),
          *any_amount(),
          *any_amount(),
          any_time()};
}

Decision any_answer() {
  Decision answer;
  answer.outcome = static_cast<Outcome>(
      *rc::gen::inRange<unsigned>(0, static_cast<unsigned>(Outcome::deactivated) + 1));
  answer.soft_limit_passed = *rc::gen::arbitrary<bool>();
  answer.has_reading = *rc::gen::arbitrary<bool>();
  if (answer.has_reading) {
    answer.reading = any_reading();
  }
  answer.granted = *any_rare_amount();
  answer.overage = *any_rare_amount();
  answer.price_micros = *rc::gen::arbitrary<std::uint64_t>();
  for (auto limits = *rc::gen::inRange<std::size_t>(0, limits_per_tenant_max); limits > 0;
       --limits) {
    answer.would_deny.add(any_id<LimitId, std::uint32_t>());
  }
  if (*rc::gen::arbitrary<bool>()) {
    answer.retry_after = Duration{*rc::gen::arbitrary<std::int64_t>()};
  }
  return answer;
}

ClosedWindow any_window() {
  return {any_id<LimitId, std::uint32_t>(),
          any_id<MeterId, std::uint16_t>(),
          any_time(),
          *any_amount(),
          *any_rare_amount(),
          (*any_rare_amount()).raw(),
          EntryId{*rc::gen::inRange<std::uint64_t>(0, 2), *rc::gen::inRange<std::uint64_t>(0, 2)}};
}

template <class Make>
auto some(Make make) {
  std::vector<decltype(make())> parts(*rc::gen::inRange<std::size_t>(0, 6));
  for (auto& part : parts) {
    part = make();
  }
  return parts;
}

OwnedLabel any_label() {
  const auto text = [](std::size_t bytes_max) {
    std::string bytes(*rc::gen::inRange<std::size_t>(0, bytes_max + 1), '\0');
    for (char& byte : bytes) {
      byte = *rc::gen::arbitrary<char>();
    }
    return bytes;
  };
  return {text(label_name_bytes_max), text(label_value_bytes_max)};
}

Entry any_entry() {
  Entry entry{.id = {*rc::gen::arbitrary<std::uint64_t>(), any_id<Version, std::uint64_t>().raw()},
              .state = static_cast<EntryState>(
                  *rc::gen::inRange<unsigned>(0, static_cast<unsigned>(EntryState::counting) + 1)),
              .digest = *rc::gen::arbitrary<std::uint64_t>(),
              .due = any_time(),
              .charges = some(any_charge),
              .labels = some(any_label),
              .first = any_answer()};
  if (entry.state == EntryState::counting) {
    entry.counter = any_counter();
  }
  return entry;
}

OwnedChange any_change() {
  OwnedChange change;
  change.tenant =
      TenantId{*rc::gen::arbitrary<std::uint64_t>(), any_id<Version, std::uint64_t>().raw()};
  change.shard = ShardId{*rc::gen::arbitrary<std::uint16_t>()};
  change.removed = *rc::gen::arbitrary<bool>();
  change.counters = some(any_counter);
  change.open_usage = some(any_bucket);
  change.closed_usage = some(any_bucket);
  change.closed_windows = some(any_window);
  change.entries = some(any_entry);
  return change;
}

}  // namespace

TEST(Crc32cSpec, IsTheCastagnoliSumThatIscsiUses) {
  const std::string_view digits = "123456789";
  EXPECT_EQ(crc32c(std::as_bytes(std::span{digits})), 0xE3069283U);
}

TEST(FrameSpec, GivesBackWhatWasEncoded) {
  const bool held = rc::check([] {
    const std::vector<OwnedChange> changes = some(any_change);
    const auto sequence = *rc::gen::inRange<std::uint64_t>(1, ~std::uint64_t{0});
    const FrameHeader header{
        Sequence{sequence}, Sequence{*rc::gen::inRange<std::uint64_t>(0, sequence)},
        *rc::gen::arbitrary<std::uint32_t>(), static_cast<std::uint32_t>(changes.size())};
    const std::vector<std::byte> frame = frame_of(changes, header);
    RC_ASSERT(frame_at(frame)->header == header);
    RC_ASSERT(changes_of(frame) == changes);
  });
  EXPECT_TRUE(held);
}

TEST(FrameSpec, OfTheLargestChangeStaysWithinItsBound) {
  const OwnedChange change = largest_change();
  EXPECT_LE(encoded_bytes(change.view()), change_bytes_max);
  EXPECT_EQ(changes_of(frame_of({change})), std::vector{change});
}

TEST(FrameSpec, IsFoundWhateverStandsBehindIt) {
  std::vector<std::byte> bytes = frame_of({spent(1, 5)});
  bytes.insert(bytes.end(), 100, std::byte{0xFF});
  EXPECT_EQ(changes_of(bytes), std::vector{spent(1, 5)});
}

TEST(FrameSpec, IsRefusedWithAnyBitChanged) {
  std::vector<std::byte> frame = frame_of({spent(1, 5), spent(2, 6)});
  for (std::size_t at = 0; at < frame.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      frame[at] ^= std::byte{1} << bit;
      EXPECT_FALSE(frame_at(frame)) << "byte " << at << ", bit " << bit;
      frame[at] ^= std::byte{1} << bit;
    }
  }
}

TEST(FrameSpec, IsRefusedIfItsEndIsMissing) {
  const std::vector<std::byte> frame = frame_of({spent(1, 5)});
  for (std::size_t length = 0; length < frame.size(); ++length) {
    EXPECT_FALSE(frame_at(std::span{frame}.first(length))) << length;
  }
}

TEST(FrameSpec, IsNotFoundInRandomBytes) {
  const bool held = rc::check([](const std::vector<std::uint8_t>& bytes) {
    RC_ASSERT(!frame_at(std::as_bytes(std::span{bytes})));
  });
  EXPECT_TRUE(held);
}

TEST(FrameSpec, WithARightChecksumAndAnythingInsideNeverReadsOutOfItselfOrMakesAWrongType) {
  const bool held = rc::check([](const std::vector<std::uint8_t>& noise) {
    std::vector<std::byte> frame = frame_of({reserved(1, 5), overspent(2, 6), largest_change()});
    for (const std::uint8_t byte : noise) {
      const auto at = *rc::gen::inRange(frame_header_bytes, frame.size());
      frame[at] = std::byte{byte};
    }
    reseal(frame);
    (void)changes_of(frame);  // What it says does not matter; that it ends well does.
  });
  EXPECT_TRUE(held);
}

TEST(FrameSpec, TakesBytesForWhatFewPartsHaveOnlyWhereThereIsAnyOfIt) {
  OwnedChange change = spent(1, 5);
  const std::size_t plain = encoded_bytes(change.view());
  change.counters[0].previous = Amount{1};
  EXPECT_EQ(encoded_bytes(change.view()), plain + counter_bytes.more);
  change.counters[1].over = Amount{1};
  EXPECT_EQ(encoded_bytes(change.view()), plain + 2 * counter_bytes.more);
  change.open_usage[0].overage = Amount{1};
  const std::size_t with_counters = plain + 2 * counter_bytes.more;
  EXPECT_EQ(encoded_bytes(change.view()), with_counters + 8);
  change.open_usage[0].price_micros = 1;
  EXPECT_EQ(encoded_bytes(change.view()), with_counters + usage_bucket_bytes.more);
  change.open_usage[0].part = PartRef{{"user", "ann"}};
  EXPECT_EQ(encoded_bytes(change.view()), with_counters + usage_bucket_bytes.more + 2 + 4 + 3);
  EXPECT_EQ(changes_of(frame_of({change})), std::vector{change});
}

// The highest bit of the amount used says that a part goes on.
TEST(FrameSpec, WithAPartThatSaysThatItGoesOnAndDoesNotIsRefused) {
  constexpr std::size_t counter = frame_header_bytes + change_header_bytes;
  for (const std::size_t used_at :
       {counter + 4, counter + counter_bytes.plain + 4, counter + 2 * counter_bytes.plain + 6}) {
    std::vector<std::byte> frame = frame_of({spent(1, 5)});
    frame[used_at + 7] |= std::byte{0x80};
    reseal(frame);
    ASSERT_TRUE(frame_at(frame));
    EXPECT_FALSE(changes_of(frame)) << used_at;
  }
}

TEST(FrameSpec, WithABucketOfNoLabelOrOfALongValueIsRefused) {
  OwnedChange change = spent(1, 5);
  change.counters.clear();
  change.open_usage.resize(1);
  change.open_usage[0].part = PartRef{{"user", "ann"}};
  constexpr std::size_t part_at =
      frame_header_bytes + change_header_bytes + usage_bucket_bytes.max();
  for (const auto& [at, byte] : {std::pair{part_at, 0}, {part_at + 1, 0x7f}, {part_at + 1, 0x83}}) {
    std::vector<std::byte> frame = frame_of({change});
    frame[at] = static_cast<std::byte>(byte);
    reseal(frame);
    ASSERT_TRUE(frame_at(frame));
    EXPECT_FALSE(changes_of(frame)) << at << ' ' << byte;
  }
}

TEST(FrameSpec, WithAPartThatGoesOnWithNothingIsRefused) {
  OwnedChange change = spent(1, 5);
  change.open_usage.clear();
  change.counters.resize(1);
  change.counters[0].over = Amount{1};
  std::vector<std::byte> frame = frame_of({change});
  frame[frame_header_bytes + change_header_bytes + counter_bytes.plain] = std::byte{0};
  reseal(frame);
  ASSERT_TRUE(frame_at(frame));
  EXPECT_FALSE(changes_of(frame));
}

TEST(FrameSpec, WithAnAmountAboveTheLargestIsRefused) {
  constexpr std::size_t counter = frame_header_bytes + change_header_bytes;
  constexpr std::size_t bucket = counter + counter_bytes.max() + counter_bytes.plain;
  constexpr std::size_t overage_bytes = 8;
  constexpr std::size_t window =
      bucket + usage_bucket_bytes.plain + overage_bytes + closed_window_bytes.plain;
  for (const std::size_t amount_at :
       {counter + counter_bytes.plain, counter + counter_bytes.plain + 8, window + 8}) {
    std::vector<std::byte> frame = frame_of({overspent(1, 50)});
    frame[amount_at + 7] |= std::byte{0x80};
    reseal(frame);
    ASSERT_TRUE(frame_at(frame));
    EXPECT_FALSE(changes_of(frame)) << amount_at;
  }
}

TEST(FrameSpec, WithAWindowThatSaysItWasPaidForAndNotByWhomIsRefused) {
  OwnedChange change = spent(1, 5);
  change.closed_windows = {payment(7)};
  std::vector<std::byte> frame = frame_of({change});
  ASSERT_TRUE(changes_of(frame));
  const std::size_t paid_by_at = frame_header_bytes + encoded_bytes(change.view()) - paid_by_bytes;
  std::fill_n(frame.begin() + static_cast<std::ptrdiff_t>(paid_by_at), paid_by_bytes, std::byte{0});
  reseal(frame);
  EXPECT_FALSE(changes_of(frame));
}

TEST(FrameSpec, WithoutTheTenantIsRefused) {
  std::vector<std::byte> frame = frame_of({spent(1, 5)});
  std::fill_n(frame.begin() + frame_header_bytes + 12, 16, std::byte{0});
  reseal(frame);
  EXPECT_FALSE(changes_of(frame));
}

TEST(FrameSpec, WithMorePartsThanBytesIsRefused) {
  std::vector<std::byte> frame = frame_of({spent(1, 5)});
  frame[frame_header_bytes + 5] = std::byte{0xFF};
  reseal(frame);
  EXPECT_FALSE(changes_of(frame));
}

TEST(FrameSpec, WithBytesThatNoChangeTellsIsRefused) {
  std::vector<std::byte> frame = frame_of({spent(1, 5), spent(2, 6)});
  frame[28] = std::byte{1};
  reseal(frame);
  EXPECT_FALSE(changes_of(frame));
}

}  // namespace sluice::test
