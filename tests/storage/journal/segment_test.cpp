// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/segment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "storage/journal/frame.hpp"
#include "tests/storage/journal/journal_fixture.hpp"

namespace sluice::test {

namespace {

const SegmentName name{{Epoch{7}, 2}, SegmentNumber{18}};

}  // namespace

TEST(SegmentNameSpec, SaysEpochReactorAndNumber) {
  EXPECT_EQ(to_string(name), "0000000000000007-002-00000012.journal");
  EXPECT_EQ(parse_segment_name(to_string(name)), name);
}

TEST(SegmentNameSpec, SortsAsItIsReplayed) {
  const std::vector<SegmentName> in_order{{{Epoch{1}, 0}, SegmentNumber{1}},
                                          {{Epoch{1}, 0}, SegmentNumber{2}},
                                          {{Epoch{1}, 0}, SegmentNumber{16}},
                                          {{Epoch{1}, 11}, SegmentNumber{1}},
                                          {{Epoch{16}, 0}, SegmentNumber{1}}};
  std::vector<std::string> files;
  for (const SegmentName& each : in_order) {
    files.push_back(to_string(each));
  }
  EXPECT_TRUE(std::is_sorted(in_order.begin(), in_order.end()));
  EXPECT_TRUE(std::is_sorted(files.begin(), files.end()));
}

TEST(SegmentNameSpec, HasOneSpelling) {
  for (const char* file :
       {"", "LOCK", ".journal", "--.journal", "7-2-12.journal", "0000000000000007-002-00000012",
        "0000000000000007-002-00000012.journal.damaged-copy",
        "0000000000000007-002-0000001G.journal", "000000000000000A-002-00000012.journal",
        "0000000000000007-99999-00000012.journal", "00000000000000007-002-00000012.journal"}) {
    EXPECT_FALSE(parse_segment_name(file)) << file;
  }
}

TEST(SegmentHeaderSpec, GivesBackWhatWasEncoded) {
  const SegmentHeader header{name, Durability::disk, BootId{std::string(64, 'b')}};
  EXPECT_EQ(decode_header(encode(header)).value(), header);
}

TEST(SegmentHeaderSpec, IsNothingWithAnyByteChanged) {
  auto bytes = encode({name, Durability::process, this_boot});
  for (std::byte& byte : bytes) {
    byte ^= std::byte{1};
    EXPECT_EQ(decode_header(bytes).value(), std::nullopt);
    byte ^= std::byte{1};
  }
}

TEST(SegmentHeaderSpec, OfANewerVersionIsRefusedInSoManyWords) {
  auto bytes = encode({name, Durability::process, this_boot});
  bytes[12] = std::byte{segment_version + 1};
  const std::uint32_t sum = crc32c(std::span{bytes}.subspan(12));
  std::memcpy(bytes.data() + 8, &sum, sizeof sum);
  EXPECT_TRUE(refused(decode_header(bytes), FaultCode::invalid_argument,
                      "written by a newer sluiced (format 8; this one reads up to 7)"));
}

}  // namespace sluice::test
