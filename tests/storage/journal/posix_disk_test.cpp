// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/posix_disk.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "tests/storage/journal/journal_fixture.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

using testing::ElementsAre;

class PosixDiskSpec : public testing::Test {
protected:
  TemporaryDirectory parent;
  std::string path = parent.path() / "journal";
  std::unique_ptr<Disk> disk = PosixDisk::in(path).value();
};

TEST_F(PosixDiskSpec, IsADirectoryForItsOwnerAlone) {
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
  EXPECT_TRUE(done(PosixDisk::in(path))) << "it may be there already";
}

TEST_F(PosixDiskSpec, CannotBeAFile) {
  std::ofstream{parent.path() / "file"} << "text";
  EXPECT_TRUE(
      refused(PosixDisk::in(parent.path() / "file"), FaultCode::unavailable, "Not a directory"));
}

TEST_F(PosixDiskSpec, MakesFilesOfZerosThatHaveTheirSpace) {
  const auto file = disk->create("a", 100'000).value();
  std::vector<std::byte> bytes(100'001, std::byte{1});
  EXPECT_EQ(file->size(), 100'000);
  EXPECT_EQ(file->read(0, bytes).value(), 100'000);
  EXPECT_EQ(std::count(bytes.begin(), bytes.end(), std::byte{0}), 100'000);
  EXPECT_TRUE(refused(disk->create("a", 1), FaultCode::unavailable, path + "/a"));
}

TEST_F(PosixDiskSpec, ReadsWhatWasWritten) {
  const auto file = disk->create("a", 100).value();
  const std::array<std::byte, 3> bytes{std::byte{1}, std::byte{2}, std::byte{3}};
  ASSERT_TRUE(done(file->write(90, bytes)));
  ASSERT_TRUE(done(file->sync()));
  const auto again = disk->open("a").value();
  std::array<std::byte, 3> read{};
  EXPECT_EQ(again->read(90, read).value(), 3);
  EXPECT_EQ(read, bytes);
  EXPECT_TRUE(done(again->sync())) << "what others wrote";
}

TEST_F(PosixDiskSpec, ListsRenamesAndRemoves) {
  for (const char* name : {"b", "c", "a"}) {
    ASSERT_TRUE(done(disk->create(name, 1)));
  }
  EXPECT_THAT(disk->list().value(), ElementsAre("a", "b", "c"));
  ASSERT_TRUE(done(disk->rename("a", "c")));
  ASSERT_TRUE(done(disk->remove("b")));
  EXPECT_TRUE(done(disk->remove("b"))) << "it is gone already";
  EXPECT_TRUE(done(disk->sync_directory()));
  EXPECT_THAT(disk->list().value(), ElementsAre("c"));
  EXPECT_TRUE(refused(disk->open("a"), FaultCode::unavailable, "No such file"));
  EXPECT_TRUE(refused(disk->rename("a", "b"), FaultCode::unavailable, path + "/a"));
}

TEST_F(PosixDiskSpec, IsFullWhenAFileIsMadeAndNotLater) {
  EXPECT_TRUE(refused(disk->create("a", std::uint64_t{1} << 60), FaultCode::unavailable, path));
}

TEST(BootIdSpec, IsTheSameAsLongAsTheMachineRuns) {
  const BootId boot = read_boot_id().value();
  EXPECT_EQ(boot.raw().size(), 36);
  EXPECT_EQ(boot, read_boot_id().value());
}

TEST(ThreadBackgroundSpec, RunsEverythingThatWasPostedInItsOrderBeforeItEnds) {
  std::vector<int> ran;
  {
    ThreadBackground background;
    for (int job = 0; job < 100; ++job) {
      background.post([&ran, job] { ran.push_back(job); });
    }
    background.post([&] { background.post([&ran] { ran.push_back(100); }); });
  }
  EXPECT_EQ(ran.size(), 101);
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

/// Journals on a real disk with real threads.
class RealJournalSpec : public PosixDiskSpec {
protected:
  [[nodiscard]] std::unique_ptr<Journals> journals(Durability durability) {
    return open_journals({durability, segment_bytes_min, read_boot_id().value()}, *disk,
                         [] { return std::make_unique<ThreadBackground>(); })
        .value();
  }
};

TEST_F(RealJournalSpec, BringsEveryCommitToTheDiskThroughManySegments) {
  constexpr std::uint64_t commits = 3'000;
  std::promise<void> all_durable;
  std::atomic<bool> told = false;
  Journal* watched = nullptr;
  std::atomic<bool> opened = false;
  auto journal =
      journals(Durability::disk)
          ->open(Epoch{1}, 0,
                 [&] {
                   if (opened && watched->durable() == Sequence{commits} && !told.exchange(true)) {
                     all_durable.set_value();
                   }
                 })
          .value();
  watched = journal.get();
  opened = true;
  for (std::uint64_t commit = 1; commit <= commits; ++commit) {
    journal->add(spent(commit, commit).view());
    ASSERT_TRUE(done(journal->commit()));
    journal->release(Sequence{commit / 2});
  }
  ASSERT_EQ(all_durable.get_future().wait_for(std::chrono::seconds{30}), std::future_status::ready);
  journal.reset();  // It may still be removing what was released.
  Replayed found;
  ASSERT_TRUE(done(journals(Durability::disk)->replay(found)));
  EXPECT_EQ(found.changes.back().first.sequence, Sequence{commits});
  EXPECT_GE(found.changes.size(), commits / 2);
}

TEST_F(RealJournalSpec, IsReplayedTakenOverAndForgotten) {
  for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
    const auto all = journals(Durability::process);
    Replayed found;
    ASSERT_TRUE(done(all->replay(found)));
    const auto journal = all->open(Epoch{epoch}, 0, nullptr).value();
    for (const auto& [at, change] : found.changes) {
      journal->add(change.view());
    }
    journal->add(spent(epoch, epoch).view());
    ASSERT_TRUE(done(journal->commit()));
    ASSERT_TRUE(done(all->forget_replayed()));
    EXPECT_EQ(found.changes.size(), epoch - 1);
  }
}

}  // namespace sluice::test
