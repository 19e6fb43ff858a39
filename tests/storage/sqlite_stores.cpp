// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_store.hpp"
#include "tests/storage/store_contract.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {

namespace {

class SqliteDatabase final : public Database {
public:
  Result<StoreFactory> open(ShardCount shards) override {
    return open_sqlite(directory_.path() / "sluice.db", shards);
  }

private:
  TemporaryDirectory directory_;
};

}  // namespace

std::vector<StoreKind> all_stores() {
  return {{"Sqlite", [] { return std::make_unique<SqliteDatabase>(); }}};
}

std::vector<StoreKind> all_places() {
  return all_stores();
}

}  // namespace sluice::test
