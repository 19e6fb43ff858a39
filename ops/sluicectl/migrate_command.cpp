// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "storage/postgres/postgres_store.hpp"

namespace sluice::ctl {
namespace {

struct MigrateWish {
  PostgresOptions postgres;
  std::string instances;
  std::uint16_t shards = 256;  ///< As sluiced has it.
  bool dry_run = false;
};

constexpr std::uint16_t shards_max = 4'096;

Report migrate(Session& /*session*/, const MigrateWish& wish) {
  PostgresOptions postgres = wish.postgres;
  if (!wish.instances.empty()) {
    postgres.instances = answered(read_instances(wish.instances));
  }
  const std::vector<Migration> steps =
      answered(wish.dry_run ? pending_migrations(postgres)
                            : migrate_postgres(postgres, ShardCount{wish.shards}));
  Json list = Json::array();
  std::string text;
  for (const Migration& step : steps) {
    list.push_back(Json{{"version", step.version}, {"title", step.title}, {"where", step.where}});
    text +=
        fmt::format("{} {}: {}{}\n", wish.dry_run ? "would take step" : "took step", step.version,
                    step.title, step.where.empty() ? "" : " (" + step.where + ")");
  }
  if (steps.empty()) {
    text = "the database is up to date\n";
  }
  return {Json{{"applied", !wish.dry_run}, {"migrations", list}}, text};
}

}  // namespace

void add_migrate_command(CommandLine& line) {
  auto wish = std::make_shared<MigrateWish>();
  CLI::App& command = *line.app.add_subcommand(
      "migrate", "Bring the tables of a PostgreSQL database up to date; sluiced does so, too");
  command
      .add_option("--postgres", wish->postgres.conninfo, "Where the database is, as libpq reads it")
      ->required()
      ->type_name("CONNINFO");
  command
      .add_option("--instances", wish->instances,
                  "File of other databases of tenants, as sluiced has it")
      ->type_name("PATH");
  command.add_option("--shards", wish->shards, "Units of ownership of a database that is made now")
      ->check(CLI::Range(std::uint16_t{1}, shards_max))
      ->default_val(wish->shards);
  command.add_flag("--dry-run", wish->dry_run, "Only say which steps are missing");
  command.footer(
      "Passwords are better kept in PGPASSWORD or ~/.pgpass.\n"
      "Example:\n"
      "  sluicectl migrate --postgres 'host=db.example dbname=sluice user=owner' --dry-run");
  runs(line, command, wish, migrate);
}

}  // namespace sluice::ctl
