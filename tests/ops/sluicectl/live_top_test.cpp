// SPDX-License-Identifier: Apache-2.0
// `sluicectl top` on a terminal that the test plays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

constexpr std::chrono::seconds patience{20};
constexpr const char* other_screen = "\033[?1049h";
constexpr const char* first_screen = "\033[?1049l";

/// The program on a pseudo-terminal.
class Terminal {
public:
  explicit Terminal(const std::string& server) {
    const std::string path = program("sluicectl");
    pid_ = forkpty(&descriptor_, nullptr, nullptr, nullptr);
    if (pid_ == 0) {
      execl(path.c_str(), "sluicectl", "--server", server.c_str(), "top", "--interval", "20ms",
            static_cast<char*>(nullptr));
      _exit(127);
    }
  }
  ~Terminal() {
    if (!reaped_) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(descriptor_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Whether it shows this before the patience ends.
  [[nodiscard]] bool shows(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (shown_.find(text) == std::string::npos && std::chrono::steady_clock::now() < deadline) {
      if (!read_more()) {
        break;
      }
    }
    return shown_.find(text) != std::string::npos;
  }

  void type(char key) { ASSERT_EQ(write(descriptor_, &key, 1), 1); }
  void signal(int number) const { kill(pid_, number); }

  /// Its exit code, once it has written everything.
  int end() {
    while (read_more()) {
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    reaped_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  [[nodiscard]] const std::string& shown() const { return shown_; }

private:
  bool read_more() {
    pollfd waiting{descriptor_, POLLIN, 0};
    const auto most = std::chrono::milliseconds{patience}.count();
    std::array<char, 4096> part{};
    if (poll(&waiting, 1, static_cast<int>(most)) <= 0) {
      return false;
    }
    const ssize_t got = read(descriptor_, part.data(), part.size());
    if (got <= 0) {
      return false;
    }
    shown_.append(part.data(), static_cast<std::size_t>(got));
    return true;
  }

  int descriptor_ = -1;
  pid_t pid_ = -1;
  bool reaped_ = false;
  std::string shown_;
};

class LiveTopSpec : public CommandTest {
protected:
  Terminal terminal_{address()};
};

TEST_F(LiveTopSpec, DrawsOnTheOtherScreenAndGivesTheFirstOneBack) {
  ASSERT_TRUE(terminal_.shows("CHECKS/S"));
  EXPECT_THAT(terminal_.shown(), HasSubstr(other_screen));
  terminal_.type('q');
  EXPECT_EQ(terminal_.end(), 0);
  EXPECT_THAT(terminal_.shown(), EndsWith(first_screen));
}

TEST_F(LiveTopSpec, LeavesOnControlC) {
  ASSERT_TRUE(terminal_.shows("CHECKS/S"));
  terminal_.type('\003');
  EXPECT_EQ(terminal_.end(), 0);
  EXPECT_THAT(terminal_.shown(), EndsWith(first_screen));
}

TEST_F(LiveTopSpec, GivesTheScreenBackWhenItIsAskedToEnd) {
  ASSERT_TRUE(terminal_.shows("CHECKS/S"));
  terminal_.signal(SIGTERM);
  EXPECT_EQ(terminal_.end(), 0);
  EXPECT_THAT(terminal_.shown(), EndsWith(first_screen));
}

TEST_F(LiveTopSpec, GivesTheScreenBackAndSaysSoWhenTheServerGoesAway) {
  ASSERT_TRUE(terminal_.shows("CHECKS/S"));
  server().crash();
  EXPECT_EQ(terminal_.end(), 4);
  EXPECT_THAT(terminal_.shown(), HasSubstr(std::string{first_screen}.append("sluicectl: ")));
}

}  // namespace
}  // namespace sluice::test
