// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

/// What one call of the program did.
struct Called {
  int exit = -1;
  std::string out;
  std::string err;

  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// Calls the real `sluicectl`, as a shell would: `words` is the rest of the command line.
[[nodiscard]] inline Called call(const std::string& server, const std::string& words) {
  const TemporaryDirectory directory;
  const std::string out = directory.path() / "out";
  const std::string err = directory.path() / "err";
  Called called;
  called.exit = run({"/bin/bash", "-c",
                     program("sluicectl") + " " + words + " >" + out + " 2>" + err + " </dev/null"},
                    {"SLUICE_SERVER=" + server})
                    .exit_code;
  for (auto [path, text] : {std::pair{&out, &called.out}, std::pair{&err, &called.err}}) {
    std::stringstream content;
    content << std::ifstream{*path}.rdbuf();
    *text = content.str();
  }
  return called;
}

/// A real server whose clock stands at noon, and `sluicectl` to talk to it.
class CommandTest : public testing::Test {
protected:
  /// With these flags besides.
  explicit CommandTest(std::vector<std::string> flags = {}) : flags_(std::move(flags)) {}
  [[nodiscard]] Called ctl(const std::string& words) const { return call(address(), words); }
  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(server_->port());
  }
  ServerProcess& server() { return *server_; }
  /// On the data of the one before, which was stopped.
  void restart() { server_ = start(); }

private:
  [[nodiscard]] std::unique_ptr<ServerProcess> start() const {
    std::vector<std::string> flags{"--simulated-time", "2025-06-10T12:00:00Z"};
    flags.insert(flags.end(), flags_.begin(), flags_.end());
    return std::make_unique<ServerProcess>(directory_.path() / "data", std::move(flags));
  }

  std::vector<std::string> flags_;
  TemporaryDirectory directory_;
  std::unique_ptr<ServerProcess> server_ = start();
};

}  // namespace sluice::test
