// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/journal/journal_fixture.hpp"

#include <ostream>

#include "actors/tenant/limit.hpp"

namespace sluice::test {

namespace {

template <class Part>
std::vector<Part> copy(std::span<const Part> parts) {
  return {parts.begin(), parts.end()};
}

WallTime at(std::int64_t second) {
  return WallTime{std::chrono::seconds{second}};
}

}  // namespace

OwnedChange::OwnedChange(const TenantChange& change)
    : tenant(change.tenant),
      shard(change.shard),
      removed(change.removed),
      counters(copy(change.counters)),
      open_usage(copy(change.open_usage)),
      closed_usage(copy(change.closed_usage)),
      closed_windows(copy(change.closed_windows)),
      entries(copy(change.entries)),
      audit(copy(change.audit)),
      crossed(copy(change.crossed)),
      closed_shared(copy(change.closed_shared)) {}

TenantChange OwnedChange::view() const {
  return {tenant,         shard,   removed, counters, open_usage,   closed_usage,
          closed_windows, entries, audit,   crossed,  closed_shared};
}

void PrintTo(const OwnedChange& change, std::ostream* out) {
  *out << to_string(change.tenant) << " with " << change.counters.size() << " counters";
  if (!change.counters.empty()) {
    *out << ", the first " << change.counters.front().used.raw();
  }
}

OwnedChange spent(std::uint64_t tenant, std::uint64_t used) {
  OwnedChange change;
  change.tenant = TenantId{tenant, ~tenant};
  change.shard = ShardId{static_cast<std::uint16_t>(tenant % 256)};
  change.counters = {{LimitId{1}, Amount{used}, at(1'800'000'000), ThresholdMask{3}},
                     {LimitId{2}, Amount{}, at(1'700'000'000), ThresholdMask{}}};
  change.open_usage = {{MeterId{1}, Minute{29'000'000}, Amount{used}, 1, 2, 3}};
  return change;
}

OwnedChange overspent(std::uint64_t tenant, std::uint64_t used) {
  OwnedChange change = spent(tenant, used);
  change.counters[0].over = Amount{used / 2};
  change.counters[0].previous = Amount{used / 3};
  change.counters[0].paced_until = at(1'750'000'000);
  change.open_usage[0].overage = Amount{used / 2};
  change.closed_windows = {
      {LimitId{1}, MeterId{1}, at(1'700'000'000), Amount{used}, Amount{used / 2}, used / 4}};
  return change;
}

Entry reservation(std::uint64_t id) {
  Entry entry{.id = EntryId{id, ~id},
              .state = EntryState::held,
              .digest = 17,
              .due = at(1'800'000'000),
              .charges = {{MeterId{1}, Amount{8}, Amount{3}}, {MeterId{2}, Amount{9}, Amount{}}},
              .first = {}};
  Decision& first = entry.first;
  first.outcome = Outcome::allowed;
  first.soft_limit_passed = true;
  first.has_reading = true;
  first.reading = {LimitId{1}, MeterId{1}, Amount{10}, Amount{1}, Amount{8}, Amount{1}, at(5)};
  first.granted = Amount{8};
  first.overage = Amount{2};
  first.price_micros = 7;
  first.would_deny.add(LimitId{3});
  first.retry_after = std::chrono::seconds{4};
  return entry;
}

Entry bare_answer(std::uint64_t id) {
  Entry entry;
  entry.id = EntryId{id, 0};
  entry.first.outcome = Outcome::denied;
  return entry;
}

Entry lease(std::uint64_t id) {
  Entry entry = reservation(id);
  entry.state = EntryState::leased;
  entry.charges.pop_back();
  entry.labels = {{"user", "42"}, {"model", "a"}};
  return entry;
}

Entry counting(std::uint64_t id) {
  Entry entry;
  entry.id = EntryId{id, 1};
  entry.state = EntryState::counting;
  entry.labels = {{"user", "42"}};
  entry.counter = overspent(1, 60).counters.front();
  return entry;
}

OwnedChange reserved(std::uint64_t tenant, std::uint64_t used) {
  OwnedChange change = spent(tenant, used);
  change.entries = {reservation(used), bare_answer(tenant)};
  return change;
}

Entry grant(std::uint64_t id) {
  Entry entry;
  entry.id = EntryId{id, 2};
  entry.state = EntryState::granted;
  entry.begun = at(1'700'000'000);
  entry.grant = Grant{
      .id = entry.id,
      .limit = LimitId{1},
      .terms = {.amount = Amount{100}, .recurrence = Recurrence{Period::month, 1, entry.begun}},
      .given_at = entry.begun,
      .balance = Amount{60},
      .paid = Amount{40},
      .told = Amount{30}};
  return entry;
}

ClosedWindow payment(std::uint64_t used) {
  ClosedWindow window{LimitId{1}, MeterId{1}, at(1'700'000'000), Amount{used}};
  window.paid_by = EntryId{used, 2};
  return window;
}

OwnedChange largest_change() {
  OwnedChange change = overspent(1, Amount::max_raw);
  change.counters.assign(limits_per_tenant_max, change.counters.front());
  change.open_usage.assign(limits_per_tenant_max, change.open_usage.front());
  change.closed_usage = change.open_usage;
  change.closed_windows.assign(limits_per_tenant_max, change.closed_windows.front());
  change.entries = {reservation(1)};
  change.entries[0].charges.clear();
  for (std::uint16_t meter = 1; meter <= charges_per_check_max; ++meter) {
    change.entries[0].charges.push_back({MeterId{meter}, Amount::max(), Amount::max()});
  }
  change.entries[0].labels.assign(labels_per_check_max, {std::string(label_name_bytes_max, 'n'),
                                                         std::string(label_value_bytes_max, 'v')});
  for (std::uint64_t id = 1; id <= 2 * grants_per_tenant_max; ++id) {
    change.entries.push_back(grant(id));
    change.closed_windows.push_back(payment(id));
  }
  return change;
}

std::vector<std::uint64_t> Replayed::amounts() const {
  std::vector<std::uint64_t> amounts;
  for (const auto& [mark, change] : changes) {
    amounts.push_back(change.counters.front().used.raw());
  }
  return amounts;
}

std::unique_ptr<Journals> JournalFixture::journals(const BootId& boot) {
  JournalOptions with_boot = options;
  with_boot.boot = boot;
  return open_journals(with_boot, disk, jobs.factory()).value();
}

std::unique_ptr<Journal> JournalFixture::open(std::uint64_t epoch, std::uint16_t reactor) {
  return journals(options.boot)->open(Epoch{epoch}, reactor, [this] { ++durable_calls; }).value();
}

void JournalFixture::spend(Journal& journal, const std::vector<std::uint64_t>& amounts) {
  for (const std::uint64_t amount : amounts) {
    journal.add(spent(1, amount).view());
    ASSERT_TRUE(done(journal.commit()));
  }
}

std::uint64_t JournalFixture::fill_segment(Journal& journal) {
  jobs.run_all();
  const std::size_t before = disk.files().size();
  std::uint64_t commits = 0;
  while (disk.files().size() == before) {
    spend(journal, {++commits});
    jobs.run_all();
  }
  return commits;
}

Replayed JournalFixture::replayed(const BootId& boot) {
  Replayed replayed;
  EXPECT_TRUE(done(journals(boot)->replay(replayed)));
  return replayed;
}

Result<Done> JournalFixture::replay(const BootId& boot) {
  Replayed replayed;
  Result<Done> result = journals(boot)->replay(replayed);
  if (!result.ok()) {
    EXPECT_TRUE(replayed.changes.empty()) << "what is refused is not told in part";
  }
  return result;
}

std::string segment_file(std::uint64_t number) {
  return to_string(SegmentName{{Epoch{1}, 0}, SegmentNumber{number}});
}

}  // namespace sluice::test
