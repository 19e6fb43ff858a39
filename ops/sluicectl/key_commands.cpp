// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/member_documents.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct CreateWish {
  std::string name;
  std::string kind;
  std::string scopes;
  std::vector<std::string> tenants;
  std::string expires;
};
struct ListWish {};
struct RevokeWish {
  std::string id;
};

std::string expiry_of(const ApiKey& key) {
  return format_instant_in(key.expires_at, "UTC");
}

std::string tenants_of(const ApiKey& key) {
  return !key.tenants               ? "all"
         : key.tenants->size() == 1 ? to_string(key.tenants->front())
                                    : fmt::format("{} tenants", key.tenants->size());
}

/// The ids of tenants that are named by id or slug.
std::vector<TenantId> ids_of(Session& session, const std::vector<std::string>& names) {
  std::vector<TenantId> ids;
  for (const std::string& name : names) {
    const auto id = parse_tenant_id(name);
    ids.push_back(id ? *id : answered(session.link.management().show(name)).id);
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

ApiKey draft_of(Session& session, const CreateWish& wish) {
  ApiKey draft;
  draft.name = wish.name;
  draft.kind = wish.kind == "gateway" ? CallerKind::gateway : CallerKind::operator_;
  const std::string fallback = draft.kind == CallerKind::gateway ? "checks:write" : "";
  const std::string& scopes = wish.scopes.empty() ? fallback : wish.scopes;
  if (scopes.empty()) {
    throw Failure{ExitCode::bad_usage,
                  {FaultCode::invalid_argument,
                   "--scopes: an operator's key needs some, such as \"*:read\" or \"*\""}};
  }
  draft.permissions = accept(parse_permissions(scopes), "--scopes");
  if (!wish.expires.empty()) {
    draft.expires_at = accept(parse_instant(wish.expires), "--expires");
  }
  if (!wish.tenants.empty()) {
    draft.tenants = ids_of(session, wish.tenants);
  }
  return draft;
}

Report create(Session& session, const CreateWish& wish) {
  const auto made = answered(session.link.management().create_key(draft_of(session, wish)));
  Json document = document_of(made.key);
  document["key"] = made.text;
  Card card;
  card.add("id", to_string(made.key.id));
  card.add("name", made.key.name);
  card.add("kind", std::string{to_string(made.key.kind)});
  card.add("scopes", to_string(made.key.permissions));
  card.add("tenants", tenants_of(made.key));
  card.add("expires", expiry_of(made.key));
  card.add("key", made.text);
  return {document,
          card.print(session.style) +
              "Keep the key now: it is not shown again. Whoever has it may do all this.\n"};
}

Report list(Session& session, const ListWish& /*wish*/) {
  const auto keys = answered(session.link.management().keys());
  Json all = Json::array();
  Table table{{{"ID"}, {"NAME"}, {"KIND"}, {"SCOPES"}, {"TENANTS"}, {"EXPIRES"}}};
  for (const ApiKey& key : keys) {
    all.push_back(document_of(key));
    table.add({{to_string(key.id), Tint::none},
               {key.name, Tint::none},
               {std::string{to_string(key.kind)}, Tint::none},
               {to_string(key.permissions), Tint::none},
               {tenants_of(key), Tint::none},
               {expiry_of(key), Tint::none}});
  }
  return {Json{{"keys", all}}, table.print(session.style)};
}

Report revoke(Session& session, const RevokeWish& wish) {
  const auto id = parse_key_id(wish.id);
  if (!id) {
    throw Failure{
        ExitCode::bad_usage,
        {FaultCode::invalid_argument,
         "ID: write the 16 digits of the key's id, not the key; see: sluicectl key list"}};
  }
  const ApiKey key = answered(session.link.management().revoke_key(*id));
  return {document_of(key), fmt::format("key {} ({}) is revoked\n", to_string(key.id), key.name)};
}

}  // namespace

void add_key_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("key", "Make, list and revoke API keys");
  group.require_subcommand(1);

  auto created = std::make_shared<CreateWish>();
  CLI::App& create_command = *group.add_subcommand("create", "Make an API key; it is shown once");
  create_command.add_option("NAME", created->name, "What it is for, to people")->required();
  create_command.add_option("--kind", created->kind, "gateway (spends) or operator (manages)")
      ->required()
      ->check(CLI::IsMember({"gateway", "operator"}));
  create_command.add_option("--scopes", created->scopes,
                            "Of an operator: permissions with blanks between; \"*\" for all, "
                            "\"*:read\" for those that change nothing");
  create_command.add_option("--tenant", created->tenants,
                            "Only for this tenant; may be given several times");
  create_command.add_option("--expires", created->expires,
                            "When it ends, such as 2027-01-01; by default never");
  runs(line, create_command, created, create);

  runs(line, *group.add_subcommand("list", "List the keys, without their secrets"),
       std::make_shared<ListWish>(), list);

  auto revoked = std::make_shared<RevokeWish>();
  CLI::App& revoke_command =
      *group.add_subcommand("revoke", "End a key, and every connection made with it, at once");
  revoke_command.add_option("ID", revoked->id, "The key's id")->required();
  runs(line, revoke_command, revoked, revoke);
}

}  // namespace sluice::ctl
