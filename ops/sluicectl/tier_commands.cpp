// SPDX-License-Identifier: Apache-2.0
// Tiers: the catalogue of them, and which one a tenant has.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/tier_file.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct ListWish {};

struct TierWish {
  std::string tier;
};

struct PutWish {
  std::string file;
  std::optional<std::uint64_t> expected;
};

struct MoveWish {
  std::string tenant;
  ChangeTier change{};
  std::optional<std::uint64_t> expected;
};

std::optional<Version> version_from(const std::optional<std::uint64_t>& expected) {
  return expected ? std::optional{Version{*expected}} : std::nullopt;
}

/// `-` is what is piped in.
std::string read_all(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
  }
  std::istream& from = path == "-" ? std::cin : file;
  if (!from) {
    throw Failure{ExitCode::bad_usage,
                  Fault{FaultCode::invalid_argument, fmt::format("FILE: {} cannot be read", path)}};
  }
  return {std::istreambuf_iterator<char>{from}, std::istreambuf_iterator<char>{}};
}

Report list(Session& session, const ListWish& /*wish*/) {
  const TierCatalogue tiers = answered(session.link.management().tiers());
  Json all = Json::array();
  for (const Tier& tier : tiers) {
    all.push_back(document_of(tier, session.link));
  }
  return {Json{{"tiers", all}}, view_of(tiers, session.style)};
}

Report show(Session& session, const TierWish& wish) {
  const TierCatalogue tiers = answered(session.link.management().tiers());
  const Tier* const tier = find_tier(tiers, wish.tier);
  if (tier == nullptr) {
    throw Failure{
        ExitCode::refused,
        Fault{FaultCode::not_found, fmt::format("tier: there is no tier \"{}\"", wish.tier)}};
  }
  return {document_of(*tier, session.link), view_of(*tier, session.link, session.style)};
}

Report put(Session& session, const PutWish& wish) {
  const Tier tier = tier_from(read_all(wish.file), session.link);
  const Tier stored =
      answered(session.link.management().put_tier(version_from(wish.expected), tier));
  return {document_of(stored, session.link),
          fmt::format("tier {} is at version {}; its tenants stay as they are until "
                      "sluicectl tier apply {}\n",
                      stored.name, stored.version.raw(), stored.name)};
}

Report remove(Session& session, const TierWish& wish) {
  const Tier gone = answered(session.link.management().remove_tier(wish.tier));
  return {document_of(gone, session.link), fmt::format("removed tier {}\n", gone.name)};
}

Report apply(Session& session, const TierWish& wish) {
  TierApplied all;
  TierApplyQuery query{.tier = wish.tier};
  do {
    const TierApplied page = answered(session.link.management().apply_tier(query));
    all.changed += page.changed;
    all.unchanged += page.unchanged;
    all.refused.insert(all.refused.end(), page.refused.begin(), page.refused.end());
    all.more = page.more;
    query.after = page.last;
  } while (all.more);
  Json refused = Json::array();
  std::string text = fmt::format("changed: {}, had it already: {}\n", all.changed, all.unchanged);
  for (const TenantId id : all.refused) {
    refused.push_back(to_string(id));
    text += fmt::format("{} stays as it is: it has too many limits, or an override is in the way\n",
                        to_string(id));
  }
  return {Json{{"changed", all.changed}, {"unchanged", all.unchanged}, {"refused", refused}}, text,
          all.refused.empty() ? ExitCode::ok : ExitCode::refused};
}

Report move(Session& session, const MoveWish& wish) {
  const TierChanged changed = answered(session.link.management().change_tier(
      parse_tenant_ref(wish.tenant), version_from(wish.expected), wish.change));
  return {document_of(changed, session.link),
          view_of(changed.tenant, session.link, session.style) +
              view_of_exceeded(changed, session.link, session.style)};
}

void add_move(CommandLine& line, CLI::App& group, TierMove way, const std::string& name,
              const std::string& description) {
  auto wish = std::make_shared<MoveWish>();
  wish->change.move = way;
  CLI::App& command = *group.add_subcommand(name, description);
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("TIER", wish->change.tier, "Of the catalogue; see: sluicectl tier list")
      ->required();
  command.add_flag("--at-period-end", wish->change.at_period_end,
                   "When its month ends; until then another change of tier cancels it");
  command.add_option("--expect-version", wish->expected, "Only if the tenant has this version");
  runs(line, command, std::move(wish), move);
}

}  // namespace

void add_tier_moves(CommandLine& line, CLI::App& group) {
  add_move(line, group, TierMove::up, "upgrade", "Move a tenant to a tier of a higher rank");
  add_move(line, group, TierMove::down, "downgrade", "Move a tenant to a tier of a lower rank");
}

void add_tier_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("tier", "What tenants get by the plan they are on");
  group.require_subcommand(1);
  runs(line, *group.add_subcommand("list", "List the catalogue, by rank"),
       std::make_shared<ListWish>(), list);

  const auto of_one = [&](const char* name, const char* description, auto run) {
    auto wish = std::make_shared<TierWish>();
    CLI::App& command = *group.add_subcommand(name, description);
    command.add_option("TIER", wish->tier, "Its name")->required();
    runs(line, command, std::move(wish), run);
  };
  of_one("show", "Show the limits and features of a tier", show);

  auto wish = std::make_shared<PutWish>();
  CLI::App& command =
      *group.add_subcommand("put", "Add a tier, or replace the one of its name, from JSON");
  command.add_option("FILE", wish->file, "As tier show --json prints it; - for what is piped in")
      ->required();
  command.add_option("--expect-version", wish->expected, "Only if the tier has this version");
  runs(line, command, wish, put);

  of_one("remove", "Remove a tier that no tenant is of", remove);
  of_one("apply", "Give all tenants of a tier what it has now", apply);
}

}  // namespace sluice::ctl
