// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/entry_id_text.hpp"

#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

constexpr const char* text = "6f9619ff-8b86-4d01-b42d-00cf4fc964f1";
constexpr EntryId id{0x6f9619ff8b864d01, 0xb42d00cf4fc964f1};

TEST(EntryIdTextSpec, ReadsAndWritesAUuid) {
  EXPECT_EQ(parse_entry_id(text).value(), id);
  EXPECT_EQ(format_entry_id(id), text);
}

TEST(EntryIdTextSpec, RefusesWhatIsNoUuidAndTheNilOne) {
  for (const char* const wrong :
       {"", "42", "6f9619ff8b864d01b42d00cf4fc964f1", "00000000-0000-0000-0000-000000000000"}) {
    const auto parsed = parse_entry_id(wrong);
    ASSERT_FALSE(parsed.ok()) << wrong;
    EXPECT_EQ(parsed.fault().context, "'" + std::string{wrong} + "' is not a UUID");
  }
}

TEST(EntryIdTextSpec, MakesARandomUuidOfVersionFour) {
  EXPECT_EQ(format_entry_id(make_entry_id(0, 0)), "00000000-0000-4000-8000-000000000000");
  EXPECT_EQ(format_entry_id(make_entry_id(~0ULL, ~0ULL)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

}  // namespace
}  // namespace sluice::ctl
