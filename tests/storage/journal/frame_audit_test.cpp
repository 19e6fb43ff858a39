// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/storage/journal/frames.hpp"

namespace sluice::test {

namespace {

constexpr TenantId acme{1, 2};

AuditRow row(std::uint64_t number) {
  AuditRow made{EntryId{9, number}, {.tenant = acme, .at = WallTime{Duration{-7}}}};
  made.what.author = {"operator", "Zoë", "key:00000000000000aa", "192.0.2.1:9"};
  made.what.action = AuditAction::credit_given;
  made.what.subject = "prepaid";
  made.what.after = R"({"amount":10})";
  return made;
}

OwnedChange with(std::vector<AuditRow> rows) {
  OwnedChange change;
  change.tenant = acme;
  change.audit = std::move(rows);
  return change;
}

}  // namespace

TEST(FrameAuditSpec, ComesBackWithTheChangeThatItIsOf) {
  OwnedChange beside = reserved(2, 6);
  beside.audit = {row(3)};
  beside.audit[0].what.tenant = beside.tenant;
  const std::vector<OwnedChange> changes{spent(1, 5), with({row(1), row(2)}), beside, spent(4, 7)};
  EXPECT_EQ(changes_of(frame_of(changes)), changes);
}

TEST(FrameAuditSpec, IsCutAtTheEndOfACharacterWhereItIsTooLong) {
  AuditRow longer = row(1);
  longer.what.author.name = std::string(audit_part_text_bytes_max - 1, 'a').append("é");
  const auto back = changes_of(frame_of({with({longer})}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->at(0).audit.at(0).what.author.name,
            std::string(audit_part_text_bytes_max - 1, 'a'));
  EXPECT_LE(encoded_bytes(longer), audit_part_bytes_max);
}

TEST(FrameAuditSpec, MakesNoSenseIfAnyOfItsLengthsIsWrong) {
  const std::vector<std::byte> whole = frame_of({with({row(1)})});
  const std::size_t part_at = frame_header_bytes + change_header_bytes + audit_count_bytes;
  for (const std::size_t at : {part_at, part_at + 26}) {
    for (const std::byte wrong : {std::byte{0}, std::byte{0xFF}}) {
      std::vector<std::byte> frame = whole;
      frame[at] = wrong;
      reseal(frame);
      EXPECT_FALSE(changes_of(frame)) << at;
    }
  }
}

}  // namespace sluice::test
