// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/definition.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

/// What a result holds; a fault fails the test with its sentence.
template <class T>
T must(Result<T> result) {
  if (!result.ok()) {
    throw std::runtime_error(std::string{to_string(result.fault().code)} + ": " +
                             result.fault().context);
  }
  return std::move(result).value();
}

/// A window limit on `api_requests`, the first meter.
[[nodiscard]] Limit window_limit(const std::string& name, std::uint64_t size, Period period,
                                 Enforcement enforcement = Enforcement::block);
/// A rate limit on the same meter.
[[nodiscard]] Limit rate_limit(const std::string& name, std::uint64_t amount, Duration per,
                               std::uint64_t burst);
[[nodiscard]] TenantDefinition draft(const std::string& slug, std::vector<Limit> limits);

/// A tenant with `size` requests a month, which the test spends.
inline constexpr MeterId api_requests{1};

/// A real server with a data directory of its own, an operator and a gateway client.
///
/// Threading  One thread; clients made by `client` are as thread-safe as any.
class Served {
public:
  explicit Served(std::vector<std::string> flags = {});

  [[nodiscard]] ServerProcess& server() { return *server_; }
  [[nodiscard]] client::OperatorClient& administrator() { return *operator_; }
  [[nodiscard]] client::Client& gateway() { return *gateway_; }
  [[nodiscard]] std::unique_ptr<client::Client> client(client::ClientOptions options = {});

  [[nodiscard]] TenantId create(const std::string& slug, std::vector<Limit> limits);
  /// One check of one charge on `api_requests`.
  [[nodiscard]] client::Answer spend(TenantId tenant, std::uint64_t amount,
                                     Mode mode = Mode::normal);
  [[nodiscard]] Amount used(TenantId tenant, std::size_t limit = 0);

  /// Stops the server as an init system would and starts it again on the same data, with the same
  /// flags but for those given here.
  void restart(std::vector<std::string> further_flags = {});
  /// The first half of `restart`; the exit code.
  int stop();
  /// As the first half, but as a crash would.
  void crash();
  void start(std::vector<std::string> further_flags = {});
  /// Other flags from the next start on.
  void use_flags(std::vector<std::string> flags) { flags_ = std::move(flags); }

  [[nodiscard]] std::string data_directory() const { return directory_.path() / "data"; }

private:
  TemporaryDirectory directory_;
  std::vector<std::string> flags_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<client::OperatorClient> operator_;
  std::unique_ptr<client::Client> gateway_;
};

}  // namespace sluice::test
