// SPDX-License-Identifier: Apache-2.0
// Who belongs to a tenant, and what he may do there.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/member_documents.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

struct MemberWish {
  std::string tenant;
  std::string user;
  std::string email;
  std::string role = "member";
  std::string heir;
};
struct ListWish {
  std::string tenant;
  MemberQuery query;
  std::string status;
};
struct TenantsWish {
  TenantsOfQuery query;
  std::string after;
};
struct RoleWish {
  std::string tenant;
  std::string name;
  std::string permissions;
};

Cell plain(std::string text) {
  return {std::move(text), Tint::none};
}

Report member_report(const Member& member, Session& session) {
  Card card;
  card.add("user", member.user_id);
  card.add("email", member.email.empty() ? "-" : member.email);
  card.add("role", member.role);
  card.add("status", std::string{to_string(member.status)});
  card.add("invited", format_instant_in(member.invited_at, "UTC"));
  card.add("joined", member.joined_at ? format_instant_in(*member.joined_at, "UTC") : "-");
  return {document_of(member), card.print(session.style)};
}

Report change(Session& session, const MemberWish& wish, const MemberEvent& event) {
  return member_report(
      answered(session.link.management().change_member(parse_tenant_ref(wish.tenant), event)),
      session);
}

Report remove(Session& session, const MemberWish& wish) {
  const Member gone = answered(session.link.management().change_member(
      parse_tenant_ref(wish.tenant), RemoveMember{wish.user}));
  return {document_of(gone), fmt::format("removed {} ({})\n", gone.user_id, gone.role)};
}

Report list(Session& session, const ListWish& wish) {
  MemberQuery query = wish.query;
  if (!wish.status.empty()) {
    query.status = parse_member_status(wish.status);
  }
  const MemberPage page =
      answered(session.link.management().members(parse_tenant_ref(wish.tenant), query));
  Table table{{{"USER"}, {"EMAIL"}, {"ROLE"}, {"STATUS"}, {"JOINED"}}};
  for (const Member& member : page.members) {
    table.add({plain(member.user_id), plain(member.email.empty() ? "-" : member.email),
               plain(member.role), plain(std::string{to_string(member.status)}),
               plain(member.joined_at ? format_instant_in(*member.joined_at, "UTC") : "-")});
  }
  std::string text = table.print(session.style);
  if (page.more) {
    text += fmt::format("There are more: --after '{}'\n", page.members.back().user_id);
  }
  return {document_of(page), std::move(text)};
}

Report tenants(Session& session, const TenantsWish& wish) {
  TenantsOfQuery query = wish.query;
  if (!wish.after.empty()) {
    query.after = parse_tenant_id(wish.after);
    if (!query.after) {
      throw Failure{ExitCode::bad_usage,
                    {FaultCode::invalid_argument, "--after: is not the UUID of a tenant"}};
    }
  }
  const TenantsOfPage page = answered(session.link.management().tenants_of(query));
  Table table{{{"TENANT"}, {"NAME"}, {"ROLE"}, {"STATUS"}}};
  for (const TenantOf& of : page.tenants) {
    table.add({plain(of.slug), plain(of.name), plain(of.member.role),
               plain(std::string{to_string(of.member.status)})});
  }
  std::string text = table.print(session.style);
  if (page.more) {
    text += fmt::format("There are more: --after {}\n", to_string(page.tenants.back().tenant));
  }
  return {document_of(page), std::move(text)};
}

Report roles_report(const std::vector<CustomRole>& custom, Session& session) {
  Table table{{{"ROLE"}, {"MEMBERS"}, {"PERMISSIONS"}}};
  for (const CustomRole& role : custom) {
    table.add({plain(role.name), plain(std::to_string(role.members)),
               plain(to_string(role.permissions))});
  }
  return {document_of(custom), table.print(session.style)};
}

Report put_role(Session& session, const RoleWish& wish) {
  CustomRole role;
  role.name = wish.name;
  role.permissions = accept(parse_permissions(wish.permissions), "PERMISSIONS");
  return roles_report(
      answered(session.link.management().put_role(parse_tenant_ref(wish.tenant), role)), session);
}

Report remove_role(Session& session, const RoleWish& wish) {
  return roles_report(
      answered(session.link.management().remove_role(parse_tenant_ref(wish.tenant), wish.name)),
      session);
}

Report list_roles(Session& session, const RoleWish& wish) {
  return roles_report(answered(session.link.management().roles(parse_tenant_ref(wish.tenant))),
                      session);
}

CLI::App& add_about_tenant(CLI::App& group, const char* name, const char* description,
                           std::string& tenant) {
  CLI::App& command = *group.add_subcommand(name, description);
  command.add_option(tenant_positional, tenant, "Slug or UUID")->required();
  return command;
}

/// A command that makes one event happen to somebody.
template <class EventOf>
CLI::App& add_event(CommandLine& line, CLI::App& group, const std::shared_ptr<MemberWish>& wish,
                    const char* name, const char* description, EventOf event_of) {
  CLI::App& command = add_about_tenant(group, name, description, wish->tenant);
  command.add_option("USER", wish->user, "His user id, as tokens have it")->required();
  runs(line, command, wish, [event_of](Session& session, const MemberWish& wished) {
    return change(session, wished, MemberEvent{event_of(wished)});
  });
  return command;
}

void add_newcomers(CommandLine& line, CLI::App& group) {
  const auto add = [&](const char* name, const char* description, bool invite) {
    const auto wish = std::make_shared<MemberWish>();
    CLI::App& command =
        add_event(line, group, wish, name, description, [invite](const MemberWish& wished) {
          return AddMember{wished.user, wished.email, wished.role, invite};
        });
    command.add_option("--email", wish->email, "Where he is reached");
    command.add_option("--role", wish->role, "owner, admin, member, viewer or the tenant's own")
        ->default_val("member");
  };
  add("invite", "Make somebody a member once he accepts", true);
  add("add", "Make somebody a member at once", false);
}

void add_changes(CommandLine& line, CLI::App& group) {
  const auto wish = [] { return std::make_shared<MemberWish>(); };
  add_event(line, group, wish(), "accept", "Accept an invitation",
            [](const MemberWish& wished) { return AcceptInvitation{wished.user}; });
  const auto changed = wish();
  add_event(line, group, changed, "role", "Give a member another role",
            [](const MemberWish& wished) {
              return ChangeRole{wished.user, wished.role};
            })
      .add_option("ROLE", changed->role, "owner, admin, member, viewer or the tenant's own")
      ->required();
  add_event(line, group, wish(), "suspend", "Let a member do nothing for now",
            [](const MemberWish& wished) { return SuspendMember{wished.user}; });
  add_event(line, group, wish(), "reactivate", "Let a suspended member do again what his role says",
            [](const MemberWish& wished) { return ReactivateMember{wished.user}; });
  const auto removed = wish();
  CLI::App& remove_command =
      add_about_tenant(group, "remove", "Remove a member from a tenant", removed->tenant);
  remove_command.add_option("USER", removed->user, "His user id")->required();
  runs(line, remove_command, removed, remove);
  const auto transferred = wish();
  add_event(line, group, transferred, "transfer",
            "Make an active member the owner, and USER, who was it, an admin",
            [](const MemberWish& wished) {
              return TransferOwnership{wished.user, wished.heir};
            })
      .add_option("TO", transferred->heir, "The user id of the new owner")
      ->required();
}

void add_lists(CommandLine& line, CLI::App& group) {
  const auto listed = std::make_shared<ListWish>();
  CLI::App& list_command =
      add_about_tenant(group, "list", "List the members of a tenant by user id", listed->tenant);
  list_command.add_option("--status", listed->status, "Only these")
      ->check(CLI::IsMember({"invited", "active", "suspended"}));
  list_command.add_option("--text", listed->query.text, "Only who has it in user id or email");
  list_command.add_option("--after", listed->query.after, "Only user ids above this one");
  list_command.add_option("--page-size", listed->query.page_size, "So many")
      ->check(CLI::Range(std::size_t{1}, page_size_max));
  runs(line, list_command, listed, list);

  const auto asked = std::make_shared<TenantsWish>();
  CLI::App& tenants_command =
      *group.add_subcommand("tenants", "List the tenants that somebody is a member of");
  tenants_command.add_option("USER", asked->query.user_id, "His user id")->required();
  tenants_command.add_option("--after", asked->after, "Only tenants with ids above this one")
      ->type_name("UUID");
  tenants_command.add_option("--page-size", asked->query.page_size, "So many")
      ->check(CLI::Range(std::size_t{1}, page_size_max));
  runs(line, tenants_command, asked, tenants);
}

void add_role_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("role", "Roles that a tenant makes for itself");
  group.require_subcommand(1);
  const auto put = std::make_shared<RoleWish>();
  CLI::App& put_command =
      add_about_tenant(group, "put", "Make a role, or change what it allows", put->tenant);
  put_command.add_option("NAME", put->name, "1 to 32 of a-z, 0-9, _ and -")->required();
  put_command
      .add_option("PERMISSIONS", put->permissions,
                  "With blanks between, such as \"tenant:read usage:read\"")
      ->required();
  runs(line, put_command, put, put_role);
  const auto removed = std::make_shared<RoleWish>();
  CLI::App& remove_command =
      add_about_tenant(group, "remove", "Remove a role that nobody has", removed->tenant);
  remove_command.add_option("NAME", removed->name, "Its name")->required();
  runs(line, remove_command, removed, remove_role);
  const auto listed = std::make_shared<RoleWish>();
  runs(line, add_about_tenant(group, "list", "List the roles of a tenant's own", listed->tenant),
       listed, list_roles);
}

}  // namespace

void add_member_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("member", "Who belongs to a tenant");
  group.require_subcommand(1);
  add_newcomers(line, group);
  add_changes(line, group);
  add_lists(line, group);
  add_role_commands(line);
}

}  // namespace sluice::ctl
