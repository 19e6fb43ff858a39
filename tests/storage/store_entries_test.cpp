// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "actors/tenant/answer_bytes.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr EntryId id_of(std::uint64_t number) {
  return EntryId{0x0195'0000'0000'7000, number};
}

EntryRow in_state(EntryRow row, EntryState state) {
  row.entry.state = state;
  return row;
}

/// With nothing that an entry may be without.
EntryRow bare(std::uint64_t tenant_number, EntryId id) {
  Entry made{};
  made.id = id;
  return {tenant_id(tenant_number), made};
}

class StoredEntries : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 3))));
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(2, 3))));
  }
  [[nodiscard]] SaveBatch kept(std::vector<EntryRow> rows) const {
    SaveBatch made = batch({});
    made.entries = std::move(rows);
    return made;
  }
  [[nodiscard]] SaveBatch forgotten(std::vector<ForgottenRow> rows) const {
    SaveBatch made = batch({});
    made.forgotten = std::move(rows);
    return made;
  }
  [[nodiscard]] std::vector<Entry> entries_of(std::uint64_t number) {
    return stored(tenant_id(number)).entries;
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredEntries, testing::ValuesIn(all_places()), name_of_kind);

EntryRow granted(std::uint64_t tenant_number, EntryId id, std::uint64_t balance) {
  EntryRow row = bare(tenant_number, id);
  row.entry.state = EntryState::granted;
  row.entry.digest = 7;
  row.entry.begun = WallTime{1h};
  row.entry.grant = Grant{.id = id,
                          .digest = 7,
                          .limit = LimitId{1},
                          .terms = {.amount = Amount{100}, .priority = 3},
                          .given_at = WallTime{1h},
                          .balance = Amount{balance}};
  return row;
}

TEST_P(StoredEntries, MayBeGrants) {
  ASSERT_TRUE(done(store->save(kept({granted(1, id_of(1), 100), granted(1, id_of(2), 50)}))));
  ASSERT_TRUE(done(store->save(kept({granted(1, id_of(1), 60)}))));
  EXPECT_THAT(entries_of(1),
              ElementsAre(granted(1, id_of(1), 60).entry, granted(1, id_of(2), 50).entry));
  ASSERT_TRUE(done(store->save(forgotten({{tenant_id(1), id_of(1)}}))));
  EXPECT_THAT(entries_of(1), ElementsAre(granted(1, id_of(2), 50).entry));
}

TEST_P(StoredEntries, AreNoneAtFirst) {
  EXPECT_THAT(entries_of(1), IsEmpty());
}

TEST_P(StoredEntries, AreReadAsTheyWereWrittenInTheOrderOfTheirIds) {
  constexpr std::uint64_t top = std::numeric_limits<std::uint64_t>::max();
  const std::vector rows{entry(1, EntryId{0, 1}),   entry(1, EntryId{0, top}),
                         entry(1, EntryId{1, 0}),   entry(1, EntryId{top / 2 + 1, 3}),
                         entry(1, EntryId{top, 2}), entry(1, EntryId{top, top})};
  ASSERT_TRUE(done(store->save(
      kept({rows[4], rows[1], rows[5], rows[0], entry(2, id_of(1)), rows[3], rows[2]}))));
  EXPECT_THAT(entries_of(1), ElementsAre(rows[0].entry, rows[1].entry, rows[2].entry, rows[3].entry,
                                         rows[4].entry, rows[5].entry));
  EXPECT_THAT(entries_of(2), ElementsAre(entry(2, id_of(1)).entry));
}

TEST_P(StoredEntries, OfManyTenantsAreLoadedEachWithItsOwn) {
  ASSERT_TRUE(done(store->save(
      kept({entry(1, id_of(1)), bare(2, id_of(1)), bare(2, id_of(2)), entry(1, id_of(3))}))));
  const auto records = store->load(std::array{tenant_id(1), tenant_id(2)}).value();
  ASSERT_THAT(records, SizeIs(2));
  const bool turned = records[0].definition.id == tenant_id(2);
  EXPECT_THAT(records[turned ? 1 : 0].entries,
              ElementsAre(entry(1, id_of(1)).entry, entry(1, id_of(3)).entry));
  EXPECT_THAT(records[turned ? 0 : 1].entries,
              ElementsAre(bare(2, id_of(1)).entry, bare(2, id_of(2)).entry));
}

TEST_P(StoredEntries, OutliveARestart) {
  ASSERT_TRUE(done(store->save(kept({entry(1, id_of(1)), bare(1, id_of(2))}))));
  restart();
  EXPECT_THAT(entries_of(1), ElementsAre(entry(1, id_of(1)).entry, bare(1, id_of(2)).entry));
}

TEST_P(StoredEntries, AreSeenByEveryConnectionAtOnce) {
  ASSERT_TRUE(done(other->save(kept({entry(1, id_of(1))}))));
  EXPECT_THAT(entries_of(1), ElementsAre(entry(1, id_of(1)).entry));
  ASSERT_TRUE(done(other->save(forgotten({{tenant_id(1), id_of(1)}}))));
  EXPECT_THAT(entries_of(1), IsEmpty());
}

TEST_P(StoredEntries, KeepEveryStateThatTheyMayHave) {
  std::vector<EntryRow> rows;
  for (const EntryState state : {EntryState::answered, EntryState::held, EntryState::committed,
                                 EntryState::cancelled, EntryState::expired}) {
    rows.push_back(in_state(entry(1, id_of(rows.size() + 1)), state));
  }
  ASSERT_TRUE(done(store->save(kept(rows))));
  EXPECT_THAT(entries_of(1), ElementsAre(rows[0].entry, rows[1].entry, rows[2].entry, rows[3].entry,
                                         rows[4].entry));
}

TEST_P(StoredEntries, KeepLeasesAndWhatIsCountedForLabels) {
  const std::vector rows{leased(1, id_of(1)), counting(1, id_of(2)), entry(1, id_of(3))};
  ASSERT_TRUE(done(store->save(kept(rows))));
  restart();
  EXPECT_THAT(entries_of(1), ElementsAre(rows[0].entry, rows[1].entry, rows[2].entry));
}

TEST_P(StoredEntries, KeepTheMostLabelsThatThereMayBe) {
  std::vector rows{leased(1, id_of(1)), counting(1, id_of(2))};
  for (EntryRow& row : rows) {
    row.entry.labels.assign(labels_per_check_max, {std::string(label_name_bytes_max, 'n'),
                                                   std::string(label_value_bytes_max, 'v')});
  }
  rows[1].entry.counter = Counter{LimitId{std::numeric_limits<std::uint32_t>::max()},
                                  Amount::max(),
                                  wall_time_never,
                                  ThresholdMask{255},
                                  Amount::max(),
                                  Amount::max(),
                                  WallTime::min()};
  ASSERT_TRUE(done(store->save(kept(rows))));
  EXPECT_THAT(entries_of(1), ElementsAre(rows[0].entry, rows[1].entry));
}

TEST_P(StoredEntries, MayCountOnAndBeForgotten) {
  ASSERT_TRUE(done(store->save(kept({counting(1, id_of(1)), counting(1, id_of(2))}))));
  EntryRow later = counting(1, id_of(1));
  later.entry.counter->used = Amount{51};
  SaveBatch next = kept({later});
  next.forgotten = {{tenant_id(1), id_of(2)}};
  ASSERT_TRUE(done(store->save(next)));
  EXPECT_THAT(entries_of(1), ElementsAre(later.entry));
}

TEST_P(StoredEntries, MayBeDueAnyTime) {
  std::vector<EntryRow> rows;
  for (const WallTime due : {WallTime::min(), WallTime{-1ns}, WallTime{}, WallTime{1ns},
                             WallTime::max() - 1ns, wall_time_never}) {
    rows.push_back(bare(1, id_of(rows.size() + 1)));
    rows.back().entry.due = due;
  }
  ASSERT_TRUE(done(store->save(kept(rows))));
  const std::vector<Entry> read = entries_of(1);
  ASSERT_THAT(read, SizeIs(rows.size()));
  for (std::size_t at = 0; at < rows.size(); ++at) {
    EXPECT_EQ(read[at], rows[at].entry);
  }
}

TEST_P(StoredEntries, KeepTheMostThatTheyMayHold) {
  EntryRow full = entry(1, id_of(1));
  full.entry.digest = std::numeric_limits<std::uint64_t>::max();
  full.entry.charges.clear();
  for (std::uint16_t meter = 1; meter <= charges_per_check_max; ++meter) {
    full.entry.charges.push_back({MeterId{meter}, Amount::max(), Amount::max()});
  }
  Decision& first = full.entry.first;
  first.granted = first.overage = first.reading.used = first.reading.remaining = Amount::max();
  first.price_micros = std::numeric_limits<std::uint64_t>::max();
  first.reading.resets_at = wall_time_never;
  first.retry_after = Duration::max();
  for (std::uint32_t limit = 5; limit <= 9; ++limit) {
    first.would_deny.add(LimitId{limit});
  }
  ASSERT_TRUE(done(store->save(kept({full}))));
  EXPECT_THAT(entries_of(1), ElementsAre(full.entry));
}

TEST_P(StoredEntries, MayBePagesOfAnswers) {
  EntryRow page = bare(1, EntryId{reserved_id_high, 5});
  page.entry.due = WallTime{3h};
  for (std::uint64_t answer = 1; answer <= answers_per_page_max; ++answer) {
    append_answer(in_state(entry(1, id_of(answer)), EntryState::committed).entry, page.entry.page);
  }
  ASSERT_TRUE(done(store->save(kept({page, entry(1, id_of(1))}))));
  EXPECT_THAT(entries_of(1), ElementsAre(entry(1, id_of(1)).entry, page.entry));
  ASSERT_TRUE(done(store->save(forgotten({{tenant_id(1), page.entry.id}}))));
  EXPECT_THAT(entries_of(1), ElementsAre(entry(1, id_of(1)).entry));
}

TEST_P(StoredEntries, AreReplacedAsAWhole) {
  ASSERT_TRUE(done(store->save(kept({entry(1, id_of(1)), entry(1, id_of(2))}))));
  const EntryRow settled = in_state(bare(1, id_of(1)), EntryState::committed);
  ASSERT_TRUE(done(store->save(kept({settled}))));
  EXPECT_THAT(entries_of(1), ElementsAre(settled.entry, entry(1, id_of(2)).entry));
}

TEST_P(StoredEntries, HoldTheLastOfTwoRowsInOneList) {
  const EntryRow settled = in_state(entry(1, id_of(1)), EntryState::cancelled);
  ASSERT_TRUE(done(store->save(kept({entry(1, id_of(1)), settled}))));
  EXPECT_THAT(entries_of(1), ElementsAre(settled.entry));
}

TEST_P(StoredEntries, GoOnceTheyAreForgottenAndTheOthersStay) {
  ASSERT_TRUE(
      done(store->save(kept({entry(1, id_of(1)), entry(1, id_of(2)), entry(2, id_of(1))}))));
  ASSERT_TRUE(done(store->save(forgotten({{tenant_id(1), id_of(1)}}))));
  EXPECT_THAT(entries_of(1), ElementsAre(entry(1, id_of(2)).entry));
  EXPECT_THAT(entries_of(2), ElementsAre(entry(2, id_of(1)).entry)) << "of the same id";
}

TEST_P(StoredEntries, AreTheSameHoweverOftenTheirBatchIsSaved) {
  ASSERT_TRUE(done(store->save(kept({entry(1, id_of(1)), entry(1, id_of(2))}))));
  SaveBatch twice = kept({in_state(entry(1, id_of(1)), EntryState::expired), bare(1, id_of(3))});
  twice.forgotten = {{tenant_id(1), id_of(2)}, {tenant_id(1), id_of(2)}};
  ASSERT_TRUE(done(store->save(twice)));
  ASSERT_TRUE(done(other->save(twice)));
  EXPECT_THAT(entries_of(1), ElementsAre(twice.entries[0].entry, twice.entries[1].entry));
}

TEST_P(StoredEntries, MayComeBackOnceTheyAreForgotten) {
  ASSERT_TRUE(done(store->save(kept({entry(1, id_of(1))}))));
  ASSERT_TRUE(done(store->save(forgotten({{tenant_id(1), id_of(1)}}))));
  ASSERT_TRUE(done(store->save(kept({bare(1, id_of(1))}))));
  EXPECT_THAT(entries_of(1), ElementsAre(bare(1, id_of(1)).entry));
}

TEST_P(StoredEntries, ArePassedOverIfTheirTenantIsGone) {
  ASSERT_TRUE(done(store->save(kept({entry(2, id_of(2))}))));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  SaveBatch late = kept({entry(1, id_of(1)), entry(9, id_of(1)), entry(2, id_of(1))});
  late.forgotten = {{tenant_id(1), id_of(2)}, {tenant_id(9), id_of(2)}, {tenant_id(2), id_of(2)}};
  ASSERT_TRUE(done(store->save(late)));
  EXPECT_FALSE(is_stored(tenant_id(1)));
  EXPECT_FALSE(is_stored(tenant_id(9)));
  EXPECT_THAT(entries_of(2), ElementsAre(entry(2, id_of(1)).entry));
}

TEST_P(StoredEntries, GoWithTheirTenantAndAreNotRevived) {
  ASSERT_TRUE(done(store->save(kept({entry(1, id_of(1)), entry(2, id_of(1))}))));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 3))));
  EXPECT_THAT(entries_of(1), IsEmpty());
  EXPECT_THAT(entries_of(2), ElementsAre(entry(2, id_of(1)).entry));
}

TEST_P(StoredEntries, StayWhenTheLimitsOfTheirTenantAreReplaced) {
  ASSERT_TRUE(done(store->save(kept({entry(1, id_of(1))}))));
  ASSERT_TRUE(done(store->replace(deed(epoch), next(tenant(1)))));
  EXPECT_THAT(entries_of(1), ElementsAre(entry(1, id_of(1)).entry));
}

TEST_P(StoredEntries, AreAsTheyWereWhenSomeoneElseHasTheStore) {
  ASSERT_TRUE(done(store->save(kept({entry(1, id_of(1)), entry(1, id_of(2))}))));
  SaveBatch late = kept({bare(1, id_of(1)), entry(1, id_of(3))});
  late.forgotten = {{tenant_id(1), id_of(2)}};
  ASSERT_TRUE(done(other->acquire(claim(1))));
  EXPECT_TRUE(refused(store->save(late), FaultCode::fenced, "is over"));
  EXPECT_THAT(entries_of(1), ElementsAre(entry(1, id_of(1)).entry, entry(1, id_of(2)).entry));
}

TEST_P(StoredEntries, AreWrittenWithTheRestOfTheirBatchOrNotAtAll) {
  ASSERT_TRUE(done(store->save(kept({entry(1, id_of(1)), entry(1, id_of(2))}))));
  SaveBatch half = kept({bare(1, id_of(1)), entry(1, id_of(3))});
  half.forgotten = {{tenant_id(1), id_of(2)}};
  half.through = Sequence{std::numeric_limits<std::uint64_t>::max()};  // More than a store holds.
  half.shards = {ShardId{0}};
  EXPECT_TRUE(refused(store->save(half), FaultCode::invalid_argument, ""));
  // In each database: an instance has its part before the center has the rest, and the watermark.
  const bool has_its_part = GetParam().placement.isolation == Isolation::dedicated_instance;
  EXPECT_THAT(entries_of(1), has_its_part
                                 ? ElementsAre(bare(1, id_of(1)).entry, entry(1, id_of(3)).entry)
                                 : ElementsAre(entry(1, id_of(1)).entry, entry(1, id_of(2)).entry));
}

TEST_P(StoredEntries, MayComeAndGoByTheThousand) {
  SaveBatch come = batch({});
  SaveBatch go = batch({});
  std::vector<Entry> expected;
  for (std::uint64_t number = 1; number <= 3'000; ++number) {
    come.entries.push_back(entry(1, id_of(number)));
    expected.push_back(come.entries.back().entry);
    go.forgotten.push_back({tenant_id(1), id_of(number)});
  }
  ASSERT_TRUE(done(store->save(come)));
  EXPECT_EQ(entries_of(1), expected);
  ASSERT_TRUE(done(store->save(go)));
  EXPECT_THAT(entries_of(1), IsEmpty());
}

}  // namespace sluice::test
