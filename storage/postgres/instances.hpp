// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "actors/tenant/fault.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// The connections of one store to other databases.
///
/// Role       Opens one when it is needed, closes it when nobody needed it for a while.
/// Threading  Confined to that of its store.
/// Ownership  Owns the sessions; a pointer to one is good until the next call.
/// Errors     `invalid_argument` for a name that is not configured.
/// Bounds     One for each instance that is configured.
class Instances {
public:
  explicit Instances(PostgresOptions options) : options_(std::move(options)) {}

  [[nodiscard]] Result<Session*> session(const std::string& name);

private:
  struct Pooled {
    std::unique_ptr<Session> session;
    std::chrono::steady_clock::time_point used_at;
  };
  void close_idle(std::chrono::steady_clock::time_point now);

  PostgresOptions options_;
  std::map<std::string, Pooled> pool_;
};

/// The options of an instance: those of the center, but for where it is. `invalid_argument` if
/// there is none of that name.
[[nodiscard]] Result<PostgresOptions> options_of_instance(const PostgresOptions& center,
                                                          const std::string& name);
/// Says in which database it was that something went wrong.
[[nodiscard]] Fault in_instance(const std::string& name, const Fault& fault);

}  // namespace sluice::postgres
