// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::test {

/// A child process whose output is read all along, so that it never waits for a full pipe.
///
/// Threading  One thread; an own thread reads the output.
/// Ownership  Owns the child: one that still runs when its owner ends is killed and reaped.
/// Errors     Throws if the program cannot be started.
class Process {
public:
  /// `arguments[0]` is the program. `environment` adds to this process's own, as "NAME=value".
  explicit Process(std::vector<std::string> arguments, std::vector<std::string> environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Waits until a line of the output contains the text, and returns that line; empty if the output
  /// ends or the patience does before.
  [[nodiscard]] std::string wait_for_line(std::string_view text, std::chrono::seconds patience);
  /// Everything it wrote to stdout and stderr so far (the last mebibyte of it).
  [[nodiscard]] std::string output() const;

  /// The same, once the output has ended (with the process, as a rule).
  [[nodiscard]] std::string rest_of_output();

  void signal(int number) const;  ///< After SIGSTOP each of its threads has stopped.
  /// Waits for the end. The exit code, or 128 + the signal that ended it. Kills a child that takes
  /// longer than the patience (and answers 128 + SIGKILL).
  int wait(std::chrono::seconds patience = std::chrono::seconds{60});

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Resident memory, from /proc.
  [[nodiscard]] std::size_t resident_bytes() const;

private:
  void read_output(int descriptor);
  bool has_ended();

  pid_t pid_ = -1;
  int exit_code_ = -1;
  bool reaped_ = false;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  bool output_ended_ = false;
  std::thread reader_;
};

/// What a short-lived program did.
struct Finished {
  int exit_code;
  std::string output;
};

/// Runs a program to its end.
[[nodiscard]] Finished run(std::vector<std::string> arguments,
                           std::vector<std::string> environment = {});

}  // namespace sluice::test
