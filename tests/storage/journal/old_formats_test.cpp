// SPDX-License-Identifier: Apache-2.0
// Segments as they were written before limits had overage, spans and a pace (format 1), before
// tenants had entries (format 2), before there was credit (format 3), before the audit's events
// went with changes (format 4), and before thresholds and hours of sharing did (format 5). The
// bytes are made by the tables of those times, not by the encoder of today.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <concepts>
#include <cstring>

#include "storage/journal/frame.hpp"
#include "storage/journal/inspection.hpp"
#include "storage/journal/segment.hpp"
#include "tests/storage/journal/journal_fixture.hpp"

namespace sluice::test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

/// Numbers behind each other, little-endian as on every machine that this is built for.
class Bytes {
public:
  template <std::integral T>
  Bytes& add(T number) {
    const auto* const first = reinterpret_cast<const std::byte*>(&number);
    bytes_.insert(bytes_.end(), first, first + sizeof number);
    return *this;
  }
  Bytes& add(std::span<const std::byte> more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  Bytes& zeros_up_to(std::size_t size) {
    bytes_.resize(size);
    return *this;
  }
  /// Puts the checksum of everything behind `from` at `at`.
  Bytes& check(std::size_t at, std::size_t from) {
    const std::uint32_t sum = crc32c(std::span{bytes_}.subspan(from));
    std::memcpy(bytes_.data() + at, &sum, sizeof sum);
    return *this;
  }
  [[nodiscard]] const std::vector<std::byte>& all() const { return bytes_; }

private:
  std::vector<std::byte> bytes_;
};

std::vector<std::byte> header_of_then(const BootId& boot, std::uint32_t version) {
  const std::string_view magic = "SLUICEJ1";
  Bytes bytes;
  bytes.add(std::as_bytes(std::span{magic})).add(std::uint32_t{0}).add(version);
  bytes.add(std::uint64_t{1}).add(std::uint64_t{1}).add(std::uint16_t{0});
  bytes.add(std::uint8_t{1}).add(static_cast<std::uint8_t>(boot.raw().size()));
  bytes.add(std::as_bytes(std::span{boot.raw()}));
  return bytes.zeros_up_to(128).check(8, 12).all();
}

/// In format 2, with the highest bit for a part that has more bytes.
std::uint64_t used_then(Amount used, bool more) {
  return used.raw() | (more ? std::uint64_t{1} << 63 : 0);
}

void add_counter(Bytes& bytes, const Counter& counter) {
  const bool more =
      counter.over != Amount{} || counter.previous != Amount{} || counter.paced_until != WallTime{};
  bytes.add(counter.limit.raw()).add(used_then(counter.used, more));
  bytes.add(counter.until.time_since_epoch().count()).add(counter.fired.raw());
  if (more) {
    bytes.add(counter.over.raw()).add(counter.previous.raw());
    bytes.add(counter.paced_until.time_since_epoch().count());
  }
}

void add_bucket(Bytes& bytes, const UsageBucket& bucket) {
  const bool more = bucket.overage != Amount{};
  bytes.add(bucket.meter.raw()).add(bucket.minute.raw()).add(used_then(bucket.used, more));
  bytes.add(bucket.allowed).add(bucket.denied).add(bucket.throttled);
  if (more) {
    bytes.add(bucket.overage.raw());
  }
}

/// Since format 4 the highest bit of what is over says that a grant paid.
void add_window(Bytes& bytes, const ClosedWindow& window) {
  const bool paid = window.paid_by != EntryId{};
  const bool more = window.over != Amount{} || window.price_micros != 0 || paid;
  bytes.add(window.limit.raw()).add(window.meter.raw());
  bytes.add(window.ended_at.time_since_epoch().count()).add(used_then(window.used, more));
  if (more) {
    bytes.add(used_then(window.over, paid)).add(window.price_micros);
  }
  if (paid) {
    bytes.add(window.paid_by.high).add(window.paid_by.low);
  }
}

// An entry says itself of which form it is.
constexpr std::uint8_t entry_form_then = 2;
constexpr std::uint8_t entry_form_of_today = 3;

std::int64_t ns_of(WallTime at) {
  return at.time_since_epoch().count();
}

void add_counter_of(Bytes& body, const Counter& counter) {
  body.add(counter.limit.raw()).add(counter.used.raw());
  body.add(ns_of(counter.until)).add(counter.fired.raw());
  body.add(counter.over.raw()).add(counter.previous.raw());
  body.add(ns_of(counter.paced_until));
}

/// Of one that recurs.
void add_grant_of(Bytes& body, const Grant& grant) {
  const GrantTerms& terms = grant.terms;
  body.add(grant.limit.raw()).add(terms.amount.raw()).add(terms.priority);
  body.add(ns_of(terms.effective_at)).add(ns_of(terms.expires_at)).add(std::uint8_t{1});
  body.add(static_cast<std::uint8_t>(terms.recurrence->period)).add(terms.recurrence->every);
  body.add(ns_of(terms.recurrence->anchor));
  body.add(terms.rollover.min.raw()).add(terms.rollover.max.raw()).add(ns_of(grant.voided_at));
  body.add(grant.balance.raw()).add(grant.paid.raw()).add(grant.told.raw());
}

/// Of one that counts, or is granted.
void add_entry(Bytes& bytes, const Entry& entry, std::uint8_t form) {
  Bytes body;
  body.add(form).add(entry.id.high).add(entry.id.low);
  body.add(static_cast<std::uint8_t>(entry.state)).add(entry.digest);
  body.add(entry.begun.time_since_epoch().count()).add(entry.due.time_since_epoch().count());
  body.add(std::uint8_t{0});  // Charges.
  // Its first decision has nothing: an outcome, flags, three amounts, a number of limits.
  body.add(static_cast<std::uint8_t>(entry.first.outcome)).add(std::uint8_t{0});
  body.add(std::uint64_t{0}).add(std::uint64_t{0}).add(std::uint64_t{0}).add(std::uint8_t{0});
  body.add(static_cast<std::uint8_t>(entry.labels.size()));
  for (const OwnedLabel& label : entry.labels) {
    for (const std::string& text : {label.name, label.value}) {
      body.add(static_cast<std::uint8_t>(text.size())).add(std::as_bytes(std::span{text}));
    }
  }
  entry.counter ? add_counter_of(body, *entry.counter) : add_grant_of(body, *entry.grant);
  bytes.add(static_cast<std::uint16_t>(body.all().size())).add(body.all());
}

void add_event(Bytes& bytes, const AuditRow& row) {
  Bytes body;
  body.add(row.change.high).add(row.change.low).add(ns_of(row.what.at));
  const Author& author = row.what.author;
  for (const std::string& text : {author.kind, author.name, author.credential, author.address,
                                  std::string{to_string(row.what.action)}, row.what.subject,
                                  row.what.before, row.what.after}) {
    body.add(static_cast<std::uint16_t>(text.size())).add(std::as_bytes(std::span{text}));
  }
  bytes.add(static_cast<std::uint16_t>(body.all().size())).add(body.all());
}

std::vector<std::byte> change_as_then(const OwnedChange& change, std::uint8_t entry_form) {
  const int flags =
      (change.removed ? 1 : 0) + (change.entries.empty() ? 0 : 2) + (change.audit.empty() ? 0 : 4);
  Bytes bytes;
  bytes.add(change.shard.raw()).add(static_cast<std::uint16_t>(flags));
  for (const std::size_t count : {change.counters.size(), change.open_usage.size(),
                                  change.closed_usage.size(), change.closed_windows.size()}) {
    bytes.add(static_cast<std::uint16_t>(count));
  }
  bytes.add(change.tenant.high).add(change.tenant.low);
  for (const Counter& counter : change.counters) {
    add_counter(bytes, counter);
  }
  for (const UsageBucket& bucket : change.open_usage) {
    add_bucket(bytes, bucket);
  }
  for (const UsageBucket& bucket : change.closed_usage) {
    add_bucket(bytes, bucket);
  }
  for (const ClosedWindow& window : change.closed_windows) {
    add_window(bytes, window);
  }
  if (!change.entries.empty()) {
    bytes.add(static_cast<std::uint16_t>(change.entries.size()));
  }
  for (const Entry& entry : change.entries) {
    add_entry(bytes, entry, entry_form);
  }
  if (!change.audit.empty()) {
    bytes.add(static_cast<std::uint16_t>(change.audit.size()));
  }
  for (const AuditRow& row : change.audit) {
    add_event(bytes, row);
  }
  return bytes.all();
}

std::vector<std::byte> frame_of_then(std::uint64_t sequence, std::uint32_t follows,
                                     const OwnedChange& change, std::uint8_t entry_form) {
  const std::vector<std::byte> bytes_of_change = change_as_then(change, entry_form);
  const std::size_t size = (32 + bytes_of_change.size() + 7) / 8 * 8;
  Bytes bytes;
  bytes.add(std::uint32_t{0}).add(static_cast<std::uint32_t>(size));
  bytes.add(sequence).add(std::uint64_t{0}).add(follows).add(std::uint32_t{1});
  return bytes.add(bytes_of_change).zeros_up_to(size).check(0, 4).all();
}

/// A format of old, and all that a change could have then.
struct OldFormat {
  std::uint32_t version;
  OwnedChange (*change)(std::uint64_t used);
  std::uint8_t entry_form = entry_form_then;
};

OwnedChange change_of_format_one(std::uint64_t used) {
  OwnedChange change = spent(1, used);
  change.closed_usage = change.open_usage;
  change.closed_windows = {{LimitId{1}, MeterId{2}, WallTime{std::chrono::hours{1}}, Amount{used}}};
  return change;
}

OwnedChange change_of_format_two(std::uint64_t used) {
  OwnedChange change = overspent(1, used);
  change.closed_usage = change.open_usage;
  return change;
}

OwnedChange change_of_format_three(std::uint64_t used) {
  OwnedChange change = change_of_format_two(used);
  change.entries = {counting(used), counting(used + 1)};
  return change;
}

OwnedChange change_of_format_four(std::uint64_t used) {
  OwnedChange change = change_of_format_three(used);
  change.entries.push_back(grant(used));
  change.closed_windows.push_back(payment(used));
  return change;
}

OwnedChange change_of_format_five(std::uint64_t used) {
  OwnedChange change = change_of_format_four(used);
  AuditRow row{EntryId{9, used}, {.tenant = change.tenant, .at = WallTime{Duration{-7}}}};
  row.what.author = {"operator", "ann", "key:00000000000000aa", "192.0.2.1:9"};
  row.what.action = AuditAction::credit_given;
  row.what.subject = "prepaid";
  row.what.after = R"({"amount":10})";
  change.audit = {row};
  return change;
}

}  // namespace

class OldFormatSpec : public JournalFixture, public testing::WithParamInterface<OldFormat> {
protected:
  [[nodiscard]] static OwnedChange change_of_then(std::uint64_t used) {
    return GetParam().change(used);
  }
  /// The segment of a server that has committed these amounts.
  void leave(const std::vector<std::uint64_t>& amounts) {
    Bytes segment;
    segment.add(header_of_then(this_boot, GetParam().version));
    std::uint32_t follows = 0;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      const auto frame =
          frame_of_then(i + 1, follows, change_of_then(amounts[i]), GetParam().entry_form);
      std::memcpy(&follows, frame.data(), sizeof follows);
      segment.add(frame);
    }
    (void)disk.create(segment_file(1), 0);
    disk.bytes(segment_file(1)) = segment.zeros_up_to(segment_bytes_min).all();
  }
  [[nodiscard]] static std::size_t frame_bytes() {
    return frame_of_then(1, 0, change_of_then(1), GetParam().entry_form).size();
  }
};

TEST_P(OldFormatSpec, IsReplayed) {
  leave({5, 6});
  const Replayed found = replayed();
  ASSERT_EQ(found.changes.size(), 2U);
  EXPECT_EQ(found.changes[0], (std::pair{Watermark{Epoch{1}, Sequence{1}}, change_of_then(5)}));
  EXPECT_EQ(found.changes[1], (std::pair{Watermark{Epoch{1}, Sequence{2}}, change_of_then(6)}));
}

TEST_P(OldFormatSpec, IsReplayedAlsoIfItsHeaderCannotBeRead) {
  leave({5, 6});
  disk.bytes(segment_file(1))[12] ^= std::byte{1};
  EXPECT_THAT(replayed().amounts(), ElementsAre(5, 6));
}

TEST_P(OldFormatSpec, IsFollowedByTheFormatOfToday) {
  leave({5});
  const auto all = journals();
  Replayed found;
  ASSERT_TRUE(done(all->replay(found)));
  const auto journal = all->open(Epoch{2}, 0, [] {}).value();
  spend(*journal, {6});
  EXPECT_THAT(replayed().amounts(), ElementsAre(5, 6)) << "both at once, as after a crash";
  ASSERT_TRUE(done(all->forget_replayed()));
  ASSERT_EQ(disk.files().size(), 1U);
  EXPECT_EQ(disk.bytes(disk.files().front())[12], std::byte{segment_version});
}

TEST_P(OldFormatSpec, IsInspectedAndRepaired) {
  leave({5, 6, 7});
  disk.bytes(segment_file(1))[segment_header_bytes + frame_bytes() + 60] ^= std::byte{1};
  EXPECT_EQ(inspect(disk, this_boot).value()[0].state, SegmentReport::State::damaged);
  EXPECT_THAT(repair(disk, this_boot, RepairMode::apply).value(),
              ElementsAre(HasSubstr("commit 2 of epoch 1")));
  EXPECT_THAT(verify(disk, this_boot).value(), IsEmpty());
  EXPECT_THAT(replayed().amounts(), ElementsAre(5, 7));
}

TEST_P(OldFormatSpec, IsHowChangesAreWrittenToThisDayIfTheyHaveNoMoreThanThen) {
  const OwnedChange change = change_of_then(5);
  std::vector<std::byte> bytes(encoded_bytes(change.view()));
  EXPECT_EQ(encode(change.view(), bytes.data()), bytes.data() + bytes.size());
  EXPECT_EQ(bytes, change_as_then(change, entry_form_of_today));
}

INSTANTIATE_TEST_SUITE_P(Formats, OldFormatSpec,
                         testing::Values(OldFormat{1, change_of_format_one},
                                         OldFormat{2, change_of_format_two},
                                         OldFormat{3, change_of_format_three},
                                         OldFormat{4, change_of_format_four, entry_form_of_today},
                                         OldFormat{5, change_of_format_five, entry_form_of_today}),
                         [](const auto& format) {
                           return "Format" + std::to_string(format.param.version);
                         });

}  // namespace sluice::test
