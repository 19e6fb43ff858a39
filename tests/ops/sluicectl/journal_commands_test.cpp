// SPDX-License-Identifier: Apache-2.0
// The real program on real journals that no server holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "actors/tenant/invariant.hpp"
#include "storage/directory/data_directory.hpp"
#include "storage/journal/file_journals.hpp"
#include "storage/journal/posix_disk.hpp"
#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// Journals need no server.
constexpr const char* nowhere = "127.0.0.1:1";
constexpr TenantId acme{0x0197a1b200007000, 0x800000000000002a};

/// A data directory with one journal: reactor 0 of epoch 1, whose commits each spend their own
/// sequence.
class JournalCommandSpec : public testing::Test {
protected:
  static constexpr std::uint64_t commits = 3;

  JournalCommandSpec() {
    write(Epoch{1}, [this](Journal& journal) {
      for (std::uint64_t used = 1; used <= commits; ++used) {
        const Counter counter{LimitId{1}, Amount{used}, WallTime{std::chrono::hours{1}}, {}};
        const UsageBucket bucket{MeterId{2}, Minute{7}, Amount{used}, 1, 0, 0};
        journal.add({.tenant = acme,
                     .shard = ShardId{5},
                     .removed = false,
                     .counters = {&counter, 1},
                     .open_usage = {&bucket, 1}});
        offsets_.at(used - 1) = journal.figures().bytes_written;
        SLUICE_INVARIANT(journal.commit().ok());
      }
    });
  }

  /// Lets the function have the journal of reactor 0 in a new epoch.
  template <class Function>
  void write(Epoch epoch, Function&& function) const {
    const auto held = hold();
    const auto disk = PosixDisk::in(held.journal_directory());
    JournalOptions options;
    options.segment_bytes = segment_bytes_min;
    options.boot = read_boot_id().value();
    const auto journals =
        open_journals(options, *disk.value(), [] { return std::make_unique<ThreadBackground>(); });
    function(*journals.value()->open(epoch, 0, [] {}).value());
  }

  [[nodiscard]] DataDirectory hold() const {
    return DataDirectory::hold(path_, ClockKind::real).value();
  }
  [[nodiscard]] Called ctl(const std::string& words) const {
    return call(nowhere, "journal " + words + " " + path_);
  }
  [[nodiscard]] std::string segment() const {
    return path_ + "/journal/0000000000000001-000-00000001.journal";
  }
  [[nodiscard]] std::string bytes() const {
    std::stringstream content;
    content << std::ifstream{segment(), std::ios::binary}.rdbuf();
    return content.str();
  }

  /// Turns one byte of the frame of this commit.
  void damage(std::uint64_t commit) const {
    constexpr std::uint64_t into_frame = 40;
    const std::uint64_t offset = frame_of(commit) + into_frame;
    std::string content = bytes();
    content.at(offset) = static_cast<char>(~content.at(offset));
    std::ofstream{segment(), std::ios::binary} << content;
  }

private:
  /// Frames are as long as each other, and the first one follows the header.
  [[nodiscard]] std::uint64_t frame_of(std::uint64_t commit) const {
    return segment_header_bytes + (commit - 1) * (offsets_[2] - offsets_[1]);
  }

  TemporaryDirectory parent_;
  std::string path_ = parent_.path() / "data";
  std::array<std::uint64_t, commits> offsets_{};
};

TEST_F(JournalCommandSpec, InspectListsTheSegments) {
  const Called inspected = ctl("inspect");
  EXPECT_EQ(inspected.exit, 0) << inspected.err;
  EXPECT_THAT(inspected.out,
              AllOf(HasSubstr("0000000000000001-000-00000001.journal"), HasSubstr("process"),
                    HasSubstr("1 to 3"), HasSubstr("whole"), Not(HasSubstr("damaged"))));
}

TEST_F(JournalCommandSpec, InspectTellsProgramsTheSame) {
  const auto segments = ctl("inspect --json").json()["segments"];
  ASSERT_FALSE(segments.empty());
  EXPECT_EQ(segments[0]["file"], "0000000000000001-000-00000001.journal");
  EXPECT_EQ(segments[0]["epoch"], 1);
  EXPECT_EQ(segments[0]["reactor"], 0);
  EXPECT_EQ(segments[0]["commits"], 3);
  EXPECT_EQ(segments[0]["first_commit"], 1);
  EXPECT_EQ(segments[0]["last_commit"], 3);
  EXPECT_EQ(segments[0]["state"], "whole");
  EXPECT_EQ(segments[0]["offset"], nullptr);
}

TEST_F(JournalCommandSpec, InspectShowsEveryChange) {
  const Called inspected = ctl("inspect --entries");
  EXPECT_EQ(inspected.exit, 0) << inspected.err;
  EXPECT_THAT(inspected.out,
              HasSubstr("epoch 1, commit 2: tenant 0197a1b2-0000-7000-8000-00000000002a, shard 5\n"
                        "  counter: limit 1, used 2, until 1970-01-01T01:00:00Z\n"
                        "  open usage: meter 2, minute 1970-01-01T00:07:00Z, used 2, allowed 1, "
                        "denied 0, throttled 0\n"));
}

TEST_F(JournalCommandSpec, InspectTellsProgramsEveryChangeOnALineOfItsOwn) {
  const Called inspected = ctl("inspect --entries --json");
  std::istringstream lines{inspected.out};
  std::string line;
  for (std::uint64_t commit = 1; commit <= commits; ++commit) {
    ASSERT_TRUE(std::getline(lines, line));
    const auto change = nlohmann::json::parse(line);
    EXPECT_EQ(change["commit"], commit);
    EXPECT_EQ(change["counters"][0]["used"], commit);
    EXPECT_EQ(change["open_usage"][0]["minute_at"], "1970-01-01T00:07:00Z");
    EXPECT_THAT(change["closed_windows"], IsEmpty());
  }
  EXPECT_FALSE(std::getline(lines, line));
}

/// A change with everything that few have.
void overspend(Journal& journal) {
  const WallTime hour{std::chrono::hours{1}};
  const Counter counter{LimitId{1},
                        Amount{9},
                        hour,
                        ThresholdMask{},
                        Amount{2},
                        Amount{3},
                        hour + hour.time_since_epoch()};
  const UsageBucket bucket{MeterId{2}, Minute{7}, Amount{9}, 1, 0, 0, Amount{2}};
  const ClosedWindow window{LimitId{1}, MeterId{2}, hour, Amount{9}, Amount{2}, 7};
  Entry entry{.id = EntryId{1, 255},
              .state = EntryState::held,
              .due = hour,
              .charges = {{MeterId{2}, Amount{9}, Amount{4}}},
              .first = {}};
  entry.first.outcome = Outcome::allowed;
  const ThresholdCrossed crossed{acme,       LimitId{1}, MeterId{2}, Percent{80}, Amount{9},
                                 Amount{10}, hour,       EntryId{},  hour};
  const SharedHourRow used{acme, TenantId{3, 4}, {{5, 6}, {7, 8}, Hour{1}, 2, Amount{9}, 3}};
  journal.add({.tenant = acme,
               .shard = ShardId{5},
               .counters = {&counter, 1},
               .open_usage = {&bucket, 1},
               .closed_windows = {&window, 1},
               .entries = {&entry, 1},
               .crossed = {&crossed, 1},
               .closed_shared = {&used, 1}});
  SLUICE_INVARIANT(journal.commit().ok());
}

TEST_F(JournalCommandSpec, InspectShowsWhatFewChangesHave) {
  write(Epoch{2}, overspend);
  const std::string out = ctl("inspect --entries").out;
  EXPECT_THAT(out, HasSubstr("  counter: limit 1, used 9, until 1970-01-01T01:00:00Z, overage 2, "
                             "previous 3, paced until 1970-01-01T02:00:00Z\n"));
  EXPECT_THAT(out, HasSubstr("denied 0, throttled 0, overage 2\n"));
  EXPECT_THAT(out, HasSubstr("  closed window: limit 1, meter 2, ended 1970-01-01T01:00:00Z, "
                             "used 9, overage 2, price_micros 7\n"));
  EXPECT_THAT(out, HasSubstr("  entry: id 000000000000000100000000000000ff, held, due "
                             "1970-01-01T01:00:00Z, first allowed, meter 2 held 9 used 4\n"));
  EXPECT_THAT(out, HasSubstr("  crossed: limit 1, meter 2, 80% of 10, used 9, until "
                             "1970-01-01T01:00:00Z\n"));
  EXPECT_THAT(out, HasSubstr("  used under grant 00000000-0000-0005-0000-000000000006 in the hour "
                             "of 1970-01-01T01:00:00Z: 2 uses, 9 units, 3 denied\n"));
}

TEST_F(JournalCommandSpec, InspectTellsProgramsOfEveryChangeWhatFewHave) {
  write(Epoch{2}, overspend);
  std::istringstream lines{ctl("inspect --entries --json").out};
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const auto plain = nlohmann::json::parse(line);
  EXPECT_EQ(plain["counters"][0]["overage"], 0);
  EXPECT_EQ(plain["counters"][0]["previous"], 0);
  EXPECT_EQ(plain["counters"][0]["paced_until_at"], nullptr);
  EXPECT_EQ(plain["open_usage"][0]["overage"], 0);
  EXPECT_THAT(plain["entries"], IsEmpty());
  for (std::uint64_t commit = 2; commit <= commits + 1; ++commit) {
    ASSERT_TRUE(std::getline(lines, line));
  }
  const auto overspent = nlohmann::json::parse(line);
  EXPECT_EQ(overspent["counters"][0]["overage"], 2);
  EXPECT_EQ(overspent["counters"][0]["previous"], 3);
  EXPECT_EQ(overspent["counters"][0]["paced_until_at"], "1970-01-01T02:00:00Z");
  EXPECT_EQ(overspent["open_usage"][0]["overage"], 2);
  EXPECT_EQ(overspent["closed_windows"][0]["overage"], 2);
  EXPECT_EQ(overspent["closed_windows"][0]["price_micros"], 7);
  const auto& entry = overspent["entries"][0];
  EXPECT_EQ(entry["id"], "000000000000000100000000000000ff");
  EXPECT_EQ(entry["state"], "held");
  EXPECT_EQ(entry["due_at"], "1970-01-01T01:00:00Z");
  EXPECT_EQ(entry["first_outcome"], "allowed");
  EXPECT_EQ(entry["charges"][0]["meter_id"], 2);
  EXPECT_EQ(entry["charges"][0]["held"], 9);
  EXPECT_EQ(entry["charges"][0]["used"], 4);
  EXPECT_EQ(overspent["crossed"][0]["threshold_percent"], 80);
  EXPECT_EQ(overspent["crossed"][0]["crossed_at"], "1970-01-01T01:00:00Z");
  EXPECT_EQ(overspent["closed_shared"][0]["uses"], 2);
  EXPECT_EQ(overspent["closed_shared"][0]["hour_at"], "1970-01-01T01:00:00Z");
}

/// A lease that is out, and the counter that it is taken from.
void lease(Journal& journal) {
  const WallTime hour{std::chrono::hours{1}};
  std::vector<Entry> entries(2);
  entries[0].id = EntryId{1, 2};
  entries[0].state = EntryState::leased;
  entries[0].due = hour;
  entries[0].charges = {{MeterId{2}, Amount{9}, Amount{4}}};
  entries[0].labels = {{"user", "ann"}, {"team", "x"}};
  entries[1].id = EntryId{reserved_id_high, 3};
  entries[1].state = EntryState::counting;
  entries[1].labels = {{"user", "ann"}};
  entries[1].counter = Counter{LimitId{1}, Amount{4}, hour, ThresholdMask{}};
  journal.add({.tenant = acme, .shard = ShardId{5}, .entries = entries});
  SLUICE_INVARIANT(journal.commit().ok());
}

TEST_F(JournalCommandSpec, InspectShowsLeasesAndCountersByLabel) {
  write(Epoch{2}, lease);
  const std::string out = ctl("inspect --entries").out;
  EXPECT_THAT(out, HasSubstr(", leased, due 1970-01-01T01:00:00Z, "));
  EXPECT_THAT(out, HasSubstr(", meter 2 held 9 used 4, user=ann, team=x\n"));
  EXPECT_THAT(out, HasSubstr(", counting, "));
  EXPECT_THAT(out, HasSubstr(", user=ann, limit 1 used 4\n"));
}

TEST_F(JournalCommandSpec, InspectTellsProgramsOfLeasesAndCountersByLabel) {
  write(Epoch{2}, lease);
  std::istringstream lines{ctl("inspect --entries --json").out};
  std::string line;
  for (std::uint64_t commit = 1; commit <= commits + 1; ++commit) {
    ASSERT_TRUE(std::getline(lines, line));
  }
  const auto entries = nlohmann::json::parse(line)["entries"];
  EXPECT_EQ(entries[0]["state"], "leased");
  EXPECT_EQ(entries[0]["labels"]["team"], "x");
  EXPECT_EQ(entries[0]["counter"], nullptr);
  EXPECT_EQ(entries[1]["state"], "counting");
  EXPECT_EQ(entries[1]["labels"]["user"], "ann");
  EXPECT_EQ(entries[1]["counter"]["used"], 4);
}

TEST_F(JournalCommandSpec, VerifySaysWhenAllIsWell) {
  const Called verified = ctl("verify");
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_EQ(verified.out, "nothing is damaged\n");
  EXPECT_EQ(ctl("verify --json").json()["whole"], true);
}

TEST_F(JournalCommandSpec, VerifyNamesTheFileAndTheByteOfDamageAndEndsWithOne) {
  damage(2);
  const Called verified = ctl("verify");
  EXPECT_EQ(verified.exit, 1);
  EXPECT_THAT(verified.out, AllOf(HasSubstr(segment() + ", byte "), HasSubstr("commit 2")));
  const Called told = ctl("verify --json");
  EXPECT_EQ(told.exit, 1);
  EXPECT_EQ(told.json()["whole"], false);
  EXPECT_THAT(told.json()["damage"], SizeIs(1));
  EXPECT_THAT(ctl("inspect").out, HasSubstr("damaged at byte"));
}

TEST_F(JournalCommandSpec, RepairOnlySaysWhatItWouldDo) {
  damage(2);
  const std::string before = bytes();
  const Called repaired = ctl("repair");
  EXPECT_EQ(repaired.exit, 0) << repaired.err;
  EXPECT_THAT(repaired.out, AllOf(HasSubstr("kept  epoch 1, reactor 0: commits 1\n"),
                                  HasSubstr("kept  epoch 1, reactor 0: commits 3\n"),
                                  HasSubstr("lost  journal file"), HasSubstr("would write anew"),
                                  HasSubstr("nothing was changed; --apply does it")));
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(ctl("verify").exit, 1);
}

TEST_F(JournalCommandSpec, RepairGivesUpWhatIsLostWhenToldAndKeepsTheOriginal) {
  damage(2);
  const auto repaired = ctl("repair --apply --json").json();
  EXPECT_EQ(repaired["applied"], true);
  EXPECT_THAT(repaired["kept"], SizeIs(2));
  EXPECT_THAT(repaired["cut"], IsEmpty());
  ASSERT_THAT(repaired["lost"], SizeIs(1));
  EXPECT_EQ(repaired["lost"][0]["first_commit"], 2);
  EXPECT_EQ(repaired["lost"][0]["last_commit"], 2);
  EXPECT_THAT(repaired["rewritten"], SizeIs(1));
  EXPECT_TRUE(std::filesystem::exists(segment() + ".damaged-copy"));
  EXPECT_EQ(ctl("verify").exit, 0);
  EXPECT_THAT(ctl("repair --apply").out, HasSubstr("there is nothing to repair"));
}

TEST_F(JournalCommandSpec, LeavesTheJournalsOfARunningServerAlone) {
  const auto held = hold();
  for (const char* const words : {"inspect", "verify", "repair --apply"}) {
    const Called called = ctl(words);
    EXPECT_EQ(called.exit, 4) << words;
    EXPECT_THAT(called.err, HasSubstr("is in use by another sluiced")) << words;
  }
}

TEST_F(JournalCommandSpec, LeavesADirectoryAloneInWhichThereAreNoJournals) {
  const TemporaryDirectory empty;
  const std::string path = empty.path();
  const Called foreign = call(nowhere, "journal verify " + path);
  EXPECT_EQ(foreign.exit, 2);
  EXPECT_THAT(foreign.err, AllOf(HasSubstr("DIRECTORY: " + path), HasSubstr("no file LOCK")));
  EXPECT_TRUE(std::filesystem::is_empty(path));

  { const auto held = DataDirectory::hold(path, ClockKind::real); }
  const Called bare = call(nowhere, "journal repair --apply " + path);
  EXPECT_EQ(bare.exit, 2);
  EXPECT_THAT(bare.err, HasSubstr("there are no journals"));
  EXPECT_FALSE(std::filesystem::exists(path + "/journal"));
}

}  // namespace
}  // namespace sluice::test
