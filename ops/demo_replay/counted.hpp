// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::demo {

/// What every window of every tenant had counted at one moment, kept across a restart of the
/// server. As a file: the moment in RFC 3339 on the first line, then `SLUG LIMIT USED` on each.
struct Counted {
  WallTime at;
  std::map<std::pair<std::string, std::string>, Amount> used;  ///< By tenant and limit.
  friend bool operator==(const Counted&, const Counted&) = default;
};

/// Rates are left out: they refill while nobody looks.
[[nodiscard]] Counted counted_in(const std::vector<client::UsageReport>& usage);

/// Asks the server for the usage of these tenants.
[[nodiscard]] Result<std::vector<client::UsageReport>> read_usage(
    client::OperatorClient& server, const std::vector<std::string>& slugs);

[[nodiscard]] Result<Done> write_counted(const std::string& path, const Counted& counted);
[[nodiscard]] Result<Counted> read_counted(const std::string& path);

/// One sentence for each number that is not what it was.
[[nodiscard]] std::vector<std::string> differences(const Counted& before, const Counted& after);

}  // namespace sluice::demo
