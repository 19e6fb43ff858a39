// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/instances.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "actors/tenant/placement.hpp"
#include "storage/postgres/conninfo.hpp"

namespace sluice::postgres {

namespace {

constexpr std::chrono::minutes instance_idle_max{1};

std::string without_blanks(const std::string& text) {
  constexpr const char* blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  return first == std::string::npos ? std::string{}
                                    : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

Result<Session*> Instances::session(const std::string& name) {
  const auto now = std::chrono::steady_clock::now();
  close_idle(now);
  auto at = pool_.find(name);
  if (at == pool_.end()) {
    const auto options = options_of_instance(options_, name);
    if (!options.ok()) {
      return options.fault();
    }
    auto conninfo = complete_conninfo(options.value());
    if (!conninfo.ok()) {
      return in_instance(name, conninfo.fault());
    }
    at = pool_.emplace(name, Pooled{}).first;
    at->second.session = std::make_unique<Session>(std::move(conninfo).value(), options.value());
  }
  at->second.used_at = now;
  return at->second.session.get();
}

void Instances::close_idle(std::chrono::steady_clock::time_point now) {
  std::erase_if(
      pool_, [&](const auto& pooled) { return now - pooled.second.used_at > instance_idle_max; });
}

Result<PostgresOptions> options_of_instance(const PostgresOptions& center,
                                            const std::string& name) {
  const auto at = center.instances.find(name);
  if (at == center.instances.end()) {
    std::string known;
    for (const auto& instance : center.instances) {
      known.append(known.empty() ? "" : ", ").append(instance.first);
    }
    return Fault{FaultCode::invalid_argument, "instance: there is no instance \"" + name +
                                                  "\" in --instances" +
                                                  (known.empty() ? "" : "; there are " + known)};
  }
  PostgresOptions options = center;
  options.conninfo = at->second;
  options.instances.clear();
  return options;
}

Fault in_instance(const std::string& name, const Fault& fault) {
  return Fault{fault.code, "instance " + name + ": " + fault.context};
}

}  // namespace sluice::postgres

namespace sluice {

Result<std::map<std::string, std::string>> read_instances(const std::string& path) {
  const auto wrong = [&](const std::string& what) {
    return Fault{FaultCode::invalid_argument, "instances: " + path + what};
  };
  std::ifstream in{path};
  if (!in) {
    return wrong(" cannot be read: " + std::generic_category().message(errno));
  }
  std::map<std::string, std::string> instances;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const std::string where = ", line " + std::to_string(number) + ": ";
    const std::string text = postgres::without_blanks(line);
    if (text.empty() || text.front() == '#') {
      continue;
    }
    const std::size_t equals = text.find('=');
    const std::string name = postgres::without_blanks(text.substr(0, equals));
    if (equals == std::string::npos || !is_instance_name(name)) {
      return wrong(where + "is not of the form name = conninfo, with a name of [a-z0-9_-]{1,32}");
    }
    if (!instances.emplace(name, postgres::without_blanks(text.substr(equals + 1))).second) {
      return wrong(where + name + " is named twice");
    }
    if (instances.size() > instances_max) {
      return wrong(": more than instances_max (32) instances");
    }
  }
  return instances;
}

}  // namespace sluice
