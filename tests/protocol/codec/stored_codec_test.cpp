// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "protocol/codec.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using codec_test::refusal_of;

Entry reservation() {
  Entry entry{.id = EntryId{1, 2},
              .state = EntryState::held,
              .digest = 7,
              .begun = WallTime{Duration{8}},
              .due = WallTime{Duration{9}},
              .charges = {{MeterId{1}, Amount{10}, Amount{4}}},
              .labels = {{"user", "ann"}}};
  entry.first.outcome = Outcome::allowed;
  return entry;
}

TEST(StoredCodec, BringsAPageThrough) {
  StoredPage page;
  page.counters = {{LimitId{3}, Amount{40}, WallTime{Duration{5}}, ThresholdMask{3}, Amount{1},
                    Amount{2}, WallTime{Duration{6}}}};
  page.open_usage = {{MeterId{1}, Minute{61}, Amount{5}, 1, 2, 3, Amount{4}}};
  page.entries = {reservation()};
  page.more = true;
  Message<wire::StoredPage> message;
  encode_stored(page, message.write());
  const auto back = decode_stored(message.read());
  ASSERT_TRUE(back.ok()) << back.fault().context;
  EXPECT_EQ(back.value().counters, page.counters);
  EXPECT_EQ(back.value().open_usage, page.open_usage);
  EXPECT_EQ(back.value().entries, page.entries);
  EXPECT_TRUE(back.value().more);
}

TEST(StoredCodec, RefusesWhatIsNoEntryAndWhatIsTooMuch) {
  Message<wire::StoredPage> message;
  message.write().initEntries(1);
  EXPECT_EQ(refusal_of(decode_stored(message.read())), "stored.entries[0] is no entry");
  message.write().initEntries(stored_entries_max + 1);
  EXPECT_EQ(refusal_of(decode_stored(message.read())), "stored.entries are too many");
  message.write().initOpenUsage(1)[0].setAllowed(std::uint64_t{1} << 32);
  EXPECT_EQ(refusal_of(decode_stored(message.read())),
            "stored.openUsage[0] counts more checks than there can be");
}

}  // namespace
}  // namespace sluice
