// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace sluice::test {

struct Endpoint {
  std::string host;
  std::uint16_t port;
};

/// The real `sluiced`, on loopback ports that the system chooses, ready to answer.
///
/// Threading  One thread.
/// Errors     Throws, with what the server wrote, if it does not become ready.
class ServerProcess {
public:
  /// Flags beside the data directory, and `--listen 127.0.0.1:0` if they do not say where.
  explicit ServerProcess(const std::string& data_directory, std::vector<std::string> flags = {});

  /// One for each reactor, in their order.
  [[nodiscard]] const std::vector<Endpoint>& endpoints() const noexcept { return endpoints_; }
  [[nodiscard]] std::uint16_t port() const { return endpoints_.front().port; }
  /// With `--http-listen`.
  [[nodiscard]] std::uint16_t http_port() const noexcept { return http_port_; }
  [[nodiscard]] Process& process() noexcept { return *process_; }

  /// Asks it to drain, as an init system would; the exit code.
  int stop();
  /// Ends it at once, as a crash would.
  void crash(int signal = SIGKILL);

private:
  std::unique_ptr<Process> process_;
  std::vector<Endpoint> endpoints_;
  std::uint16_t http_port_ = 0;
};

/// Where the build put a program, such as "sluiced" or "sluicectl".
[[nodiscard]] std::string program(const std::string& name);

}  // namespace sluice::test
