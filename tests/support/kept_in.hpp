// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/postgres.hpp"

namespace sluice::test {

/// Where a real server keeps its tenants.
enum class StoreKind : std::uint8_t { sqlite, postgres };

/// A store for one server, which it is told of by its flags.
///
/// Threading  One thread.
/// Ownership  Owns a PostgreSQL, if it is one; the file of the other is the server's.
class KeptIn {
public:
  explicit KeptIn(StoreKind kind) {
    if (kind == StoreKind::postgres) {
      postgres_.emplace();
    }
  }

  [[nodiscard]] std::vector<std::string> with(std::vector<std::string> flags) const {
    if (postgres_) {
      flags.insert(flags.end(), {"--postgres", postgres_->conninfo()});
    }
    return flags;
  }

private:
  std::optional<PostgresServer> postgres_;
};

/// The name of a test that has a `StoreKind`.
[[nodiscard]] inline std::string name_of_store(const ::testing::TestParamInfo<StoreKind>& info) {
  return info.param == StoreKind::postgres ? "Postgres" : "Sqlite";
}

}  // namespace sluice::test
