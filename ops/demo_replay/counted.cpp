// SPDX-License-Identifier: Apache-2.0
#include "ops/demo_replay/counted.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <variant>

#include "ops/sluicectl/time_text.hpp"

namespace sluice::demo {

Counted counted_in(const std::vector<client::UsageReport>& usage) {
  Counted counted;
  for (const client::UsageReport& tenant : usage) {
    counted.at = tenant.now;
    for (const LimitUsage& entry : tenant.limits) {
      if (std::holds_alternative<WindowRule>(entry.limit.rule)) {
        counted.used[{tenant.tenant.slug, entry.limit.name}] = entry.reading.used;
      }
    }
  }
  return counted;
}

Result<std::vector<client::UsageReport>> read_usage(client::OperatorClient& server,
                                                    const std::vector<std::string>& slugs) {
  std::vector<client::UsageReport> all;
  for (const std::string& slug : slugs) {
    auto usage = server.usage(slug);
    if (!usage.ok()) {
      return usage.fault();
    }
    all.push_back(std::move(usage).value());
  }
  return all;
}

Result<Done> write_counted(const std::string& path, const Counted& counted) {
  std::ofstream out{path};
  out << ctl::format_instant(counted.at) << '\n';
  for (const auto& [key, used] : counted.used) {
    out << key.first << ' ' << key.second << ' ' << used.raw() << '\n';
  }
  out.close();
  if (!out) {
    return Fault{FaultCode::unavailable, fmt::format("cannot write {}", path)};
  }
  return Done{};
}

Result<Counted> read_counted(const std::string& path) {
  std::ifstream in{path};
  std::string line;
  std::getline(in, line);
  const auto at = ctl::parse_instant(line);
  if (!in || !at.ok()) {
    return Fault{FaultCode::invalid_argument,
                 fmt::format("{} does not begin with an instant", path)};
  }
  Counted counted;
  counted.at = at.value();
  while (std::getline(in, line)) {
    std::istringstream words{line};
    std::string slug;
    std::string limit;
    std::uint64_t used = 0;
    if (!(words >> slug >> limit >> used) || used > Amount::max_raw) {
      return Fault{FaultCode::invalid_argument,
                   fmt::format("{}: '{}' is not SLUG LIMIT USED", path, line)};
    }
    counted.used[{slug, limit}] = Amount{used};
  }
  return counted;
}

std::vector<std::string> differences(const Counted& before, const Counted& after) {
  std::vector<std::string> found;
  for (const auto& [key, used] : before.used) {
    const auto now = after.used.find(key);
    if (now == after.used.end()) {
      found.push_back(fmt::format("{}: '{}' is gone", key.first, key.second));
    } else if (now->second != used) {
      found.push_back(fmt::format("{}: '{}' was {} and is {}", key.first, key.second, used.raw(),
                                  now->second.raw()));
    }
  }
  return found;
}

}  // namespace sluice::demo
