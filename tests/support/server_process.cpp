// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server_process.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace sluice::test {
namespace {

constexpr std::chrono::seconds start_patience{60};

std::vector<std::string> command(const std::string& data_directory,
                                 std::vector<std::string> flags) {
  std::vector<std::string> words{program("sluiced"), "--data-directory", data_directory};
  if (std::ranges::find(flags, "--listen") == flags.end()) {
    words.insert(words.end(), {"--listen", "127.0.0.1:0"});
  }
  words.insert(words.end(), std::make_move_iterator(flags.begin()),
               std::make_move_iterator(flags.end()));
  return words;
}

/// From a line such as `... event=ready endpoints=127.0.0.1:4711,127.0.0.1:4712 ...`.
std::vector<Endpoint> endpoints_in(const std::string& line, const std::string& key) {
  const std::size_t begin = line.find(key) + key.size();
  std::istringstream list{line.substr(begin, line.find(' ', begin) - begin)};
  std::vector<Endpoint> endpoints;
  for (std::string entry; std::getline(list, entry, ',');) {
    const std::size_t colon = entry.rfind(':');
    if (colon == std::string::npos) {
      continue;
    }
    endpoints.push_back(
        {entry.substr(0, colon), static_cast<std::uint16_t>(std::stoi(entry.substr(colon + 1)))});
  }
  return endpoints;
}

}  // namespace

std::string program(const std::string& name) {
  return std::string{SLUICE_PROGRAMS} + "/" + name;
}

ServerProcess::ServerProcess(const std::string& data_directory, std::vector<std::string> flags)
    : process_(std::make_unique<Process>(command(data_directory, std::move(flags)))) {
  const std::string line = process_->wait_for_line("event=ready", start_patience);
  if (line.empty()) {
    throw std::runtime_error("sluiced did not become ready; it wrote:\n" + process_->output());
  }
  endpoints_ = endpoints_in(line, "endpoints=");
  if (const auto http = endpoints_in(line, "http="); !http.empty()) {
    http_port_ = http.front().port;
  }
}

int ServerProcess::stop() {
  process_->signal(SIGTERM);
  return process_->wait();
}

void ServerProcess::crash(int signal) {
  process_->signal(signal);
  process_->wait();
}

}  // namespace sluice::test
