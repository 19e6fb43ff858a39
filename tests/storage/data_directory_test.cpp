// SPDX-License-Identifier: Apache-2.0
#include "storage/directory/data_directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/storage/store_contract.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

class DataDirectorySpec : public testing::Test {
protected:
  [[nodiscard]] Result<DataDirectory> hold(ClockKind clock = ClockKind::real) const {
    return DataDirectory::hold(path, clock);
  }

  TemporaryDirectory parent;
  std::string path = parent.path() / "some" / "where";
};

TEST_F(DataDirectorySpec, IsMadeForItsOwnerAlone) {
  ASSERT_TRUE(done(hold()));
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(DataDirectorySpec, IsMadeForItsOwnerAloneAlsoWithASlashAtTheEnd) {
  EXPECT_EQ(DataDirectory::hold(path + "//", ClockKind::real).value().database(),
            path + "/sluice.db");
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(DataDirectorySpec, SaysWhereTheDatabaseIs) {
  EXPECT_EQ(hold().value().database(), path + "/sluice.db");
}

TEST_F(DataDirectorySpec, SaysWhereTheJournalIs) {
  EXPECT_EQ(hold().value().journal_directory(), path + "/journal");
}

TEST_F(DataDirectorySpec, GivesItsServerAUuidForEver) {
  const ServerId first = hold().value().server_id();
  EXPECT_TRUE(parse_tenant_id(first.raw()).has_value()) << first.raw();
  EXPECT_EQ(first.raw()[14], '4') << "a random one";
  EXPECT_EQ(hold().value().server_id(), first);
}

TEST_F(DataDirectorySpec, KeepsWhatIsUntoldForItsOwnerAloneUntilItIsForgotten) {
  const DataDirectory directory = hold().value();
  EXPECT_EQ(directory.untold(), std::nullopt);
  ASSERT_TRUE(done(directory.keep_untold("a secret")));
  EXPECT_EQ(directory.untold(), "a secret");
  EXPECT_EQ(std::filesystem::status(path + "/UNTOLD").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  ASSERT_TRUE(done(directory.forget_untold()));
  EXPECT_EQ(directory.untold(), std::nullopt);
  EXPECT_TRUE(done(directory.forget_untold())) << "again";
}

TEST_F(DataDirectorySpec, GivesEachServerAnotherUuid) {
  const ServerId first = hold().value().server_id();
  EXPECT_NE(DataDirectory::hold(parent.path() / "other", ClockKind::real).value().server_id(),
            first);
}

TEST_F(DataDirectorySpec, KeepsTheUuidWhenItsHolderMoves) {
  auto first = hold();
  ASSERT_TRUE(done(first));
  const ServerId id = first.value().server_id();
  const DataDirectory moved{std::move(first).value()};
  EXPECT_EQ(moved.server_id(), id);
}

TEST_F(DataDirectorySpec, WithAServerThatIsNoUuidIsDamaged) {
  ASSERT_TRUE(done(hold()));
  for (const char* damage :
       {"", "me", "0194ABCD-0000-4000-8000-000000000001", "00000000-0000-0000-0000-000000000000"}) {
    std::ofstream{path + "/SERVER"} << damage << '\n';
    EXPECT_TRUE(refused(hold(), FaultCode::data_damaged, path + "/SERVER must hold a UUID"));
    EXPECT_TRUE(refused(hold(), FaultCode::data_damaged, damage));
  }
}

TEST_F(DataDirectorySpec, IsHeldByOneServerAtATime) {
  const auto first = hold();
  ASSERT_TRUE(done(first));
  EXPECT_TRUE(refused(hold(), FaultCode::unavailable,
                      "data directory " + path + " is in use by another sluiced (pid " +
                          std::to_string(getpid()) + ")"));
}

TEST_F(DataDirectorySpec, IsFreeAgainAfterItsServerStopped) {
  {
    const auto first = hold();
    ASSERT_TRUE(done(first));
  }
  EXPECT_TRUE(done(hold()));
}

TEST_F(DataDirectorySpec, IsFreeAgainAfterItsServerWasKilled) {
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(ready.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto held = hold();
    const char answer = held.ok() ? 'y' : 'n';
    (void)!write(ready[1], &answer, 1);
    pause();
  }
  char answer = '?';
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_TRUE(refused(hold(), FaultCode::unavailable, "pid " + std::to_string(child)));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(done(hold()));
  close(ready[0]);
  close(ready[1]);
}

TEST_F(DataDirectorySpec, IsHeldForAToolWhateverItsClock) {
  ASSERT_TRUE(done(hold(ClockKind::simulated)));
  const auto held = DataDirectory::hold_existing(path + "/");
  ASSERT_TRUE(done(held));
  EXPECT_EQ(held.value().journal_directory(), path + "/journal");
  EXPECT_FALSE(hold(ClockKind::simulated).ok());
}

TEST_F(DataDirectorySpec, IsNotMadeForATool) {
  EXPECT_TRUE(refused(DataDirectory::hold_existing(path), FaultCode::not_found,
                      path + " is not the data directory of a sluiced"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(DataDirectorySpec, OfARunningServerIsNotHeldForATool) {
  const auto server = hold();
  ASSERT_TRUE(done(server));
  EXPECT_TRUE(refused(DataDirectory::hold_existing(path), FaultCode::unavailable, "is in use by"));
}

TEST_F(DataDirectorySpec, StaysHeldWhenItsHolderMoves) {
  auto first = hold();
  ASSERT_TRUE(done(first));
  std::optional<DataDirectory> moved{std::move(first).value()};
  EXPECT_FALSE(hold().ok());
  moved.reset();
  EXPECT_TRUE(done(hold()));
}

TEST_F(DataDirectorySpec, OfTheRealClockIsNotServedWithSimulatedTime) {
  ASSERT_TRUE(done(hold(ClockKind::real)));
  EXPECT_TRUE(refused(hold(ClockKind::simulated), FaultCode::invalid_argument,
                      "made with the real clock and cannot be served with simulated time"));
  EXPECT_TRUE(done(hold(ClockKind::real))) << "a refusal lets it go";
}

TEST_F(DataDirectorySpec, OfSimulatedTimeIsNotServedWithTheRealClock) {
  ASSERT_TRUE(done(hold(ClockKind::simulated)));
  EXPECT_TRUE(refused(hold(ClockKind::real), FaultCode::invalid_argument,
                      "made with simulated time and cannot be served with the real clock"));
  EXPECT_TRUE(done(hold(ClockKind::simulated)));
}

TEST_F(DataDirectorySpec, WithADatabaseAndNoWordOfItsClockIsDamaged) {
  ASSERT_TRUE(done(hold()));
  std::ofstream{path + "/sluice.db"} << "data";
  std::filesystem::remove(path + "/CLOCK");
  EXPECT_TRUE(refused(hold(), FaultCode::data_damaged, path + "/CLOCK"));
  std::ofstream{path + "/CLOCK"} << "lunar\n";
  EXPECT_TRUE(refused(hold(), FaultCode::data_damaged, "lunar"));
}

TEST_F(DataDirectorySpec, CannotBeAFile) {
  std::filesystem::create_directories(parent.path() / "some");
  std::ofstream{path} << "text";
  EXPECT_TRUE(refused(hold(), FaultCode::unavailable, path));
}

TEST_F(DataDirectorySpec, CannotBeMadeBelowAFile) {
  std::ofstream{parent.path() / "some"} << "text";
  EXPECT_TRUE(refused(hold(), FaultCode::unavailable, "cannot be made"));
}

}  // namespace sluice::test
