// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

extern char** environ;  // NOLINT: the C library's name

namespace sluice::test {
namespace {

constexpr std::size_t output_bytes_max = 1 << 20;

std::vector<char*> as_c_strings(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

pid_t spawn(std::vector<std::string> arguments, std::vector<std::string> environment,
            int output_descriptor) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    environment.emplace_back(*entry);  // After ours: the first of two equal names is what counts.
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output_descriptor, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output_descriptor, STDERR_FILENO);
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, arguments[0].c_str(), &actions, nullptr,
                                  as_c_strings(arguments).data(), as_c_strings(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    throw std::system_error(failed, std::generic_category(), "cannot start " + arguments[0]);
  }
  return pid;
}

}  // namespace

Process::Process(std::vector<std::string> arguments, std::vector<std::string> environment) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  try {
    pid_ = spawn(std::move(arguments), std::move(environment), ends[1]);
  } catch (...) {
    close(ends[0]);
    close(ends[1]);
    throw;
  }
  close(ends[1]);
  reader_ = std::thread([this, end = ends[0]] { read_output(end); });
}

Process::~Process() {
  if (!has_ended()) {
    signal(SIGKILL);
    wait();
  }
  reader_.join();
}

void Process::read_output(int descriptor) {
  std::array<char, 65536> chunk;
  while (true) {
    const ssize_t got = read(descriptor, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    const std::lock_guard lock{mutex_};
    if (got <= 0) {
      output_ended_ = true;
      changed_.notify_all();
      break;
    }
    output_.append(chunk.data(), static_cast<std::size_t>(got));
    if (output_.size() > output_bytes_max) {
      output_.erase(0, output_.size() - output_bytes_max);
    }
    changed_.notify_all();
  }
  close(descriptor);
}

std::string Process::wait_for_line(std::string_view text, std::chrono::seconds patience) {
  std::unique_lock lock{mutex_};
  std::string line;
  changed_.wait_for(lock, patience, [&] {
    const std::size_t at = output_.find(text);
    const std::size_t end = at == std::string::npos ? at : output_.find('\n', at);
    if (end == std::string::npos) {
      return output_ended_;
    }
    const std::size_t before = output_.rfind('\n', at);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    line = output_.substr(begin, end - begin);
    return true;
  });
  return line;
}

std::string Process::output() const {
  const std::lock_guard lock{mutex_};
  return output_;
}

std::string Process::rest_of_output() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return output_ended_; });
  return output_;
}

void Process::signal(int number) const {
  if (reaped_) {
    return;
  }
  kill(pid_, number);
  if (number == SIGSTOP) {
    siginfo_t stopped;
    waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED | WEXITED | WNOWAIT);
  }
}

bool Process::has_ended() {
  if (!reaped_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      reaped_ = true;
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
  }
  return reaped_;
}

int Process::wait(std::chrono::seconds patience) {
  if (has_ended()) {
    return exit_code_;
  }
  // A pid file descriptor becomes readable when the process ends.
  const auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{descriptor, POLLIN, 0};
  const auto patience_ms = std::chrono::milliseconds{patience}.count();
  if (poll(&ended, 1, static_cast<int>(patience_ms)) <= 0) {
    signal(SIGKILL);
    poll(&ended, 1, -1);
  }
  close(descriptor);
  has_ended();
  return exit_code_;
}

std::size_t Process::resident_bytes() const {
  std::ifstream statm{"/proc/" + std::to_string(pid_) + "/statm"};
  std::size_t total_pages = 0;
  std::size_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Finished run(std::vector<std::string> arguments, std::vector<std::string> environment) {
  Process process{std::move(arguments), std::move(environment)};
  const int exit_code = process.wait();
  return {exit_code, process.rest_of_output()};
}

}  // namespace sluice::test
