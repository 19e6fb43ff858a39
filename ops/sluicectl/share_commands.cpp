// SPDX-License-Identifier: Apache-2.0
// What tenants share: policies, requests and grants.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/peer_address.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/share_views.hpp"
#include "ops/sluicectl/share_wish.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "protocol/text/sharing_json.hpp"

namespace sluice::ctl {
namespace {

struct PolicyOf {
  std::string tenant;
  std::string policy;
};
struct PolicyList {
  std::string tenant;
  std::string type;
  std::string after;
  std::size_t page_size = 50;
};
struct AccessAsked {
  std::string tenant;
  std::string policy;
  std::vector<std::string> permissions;
  std::string message;
  std::string ip;
};
struct AccessDecided {
  std::string tenant;
  std::string request;
  std::vector<std::string> permissions;
  std::string expires_at;
  std::string reason;
};
struct AccessList {
  std::string tenant;
  std::string side = "owner";
  std::string policy;
  std::string state;
  std::string after;
  std::size_t page_size = 50;
};

PolicyPage policies_of(Session& session, const PolicyList& wish, bool discover) {
  PolicyQuery query;
  query.discover = discover;
  query.page_size = wish.page_size;
  if (!wish.type.empty()) {
    query.type = parse_resource_type(wish.type);
  }
  if (!wish.after.empty()) {
    query.after = policy_id_from(wish.after, "--after");
  }
  return answered(session.link.management().policies(parse_tenant_ref(wish.tenant), query));
}

Report put(Session& session, const ShareWish& wish) {
  const PolicyWish wished = policy_wish_of(session, wish);
  return policy_report(
      answered(session.link.management().put_policy(parse_tenant_ref(wish.tenant), wished)),
      session);
}

Report show(Session& session, const PolicyOf& wish) {
  const PolicyId id = policy_named(session, wish.tenant, wish.policy, Whose::any);
  return policy_report(
      answered(session.link.management().policy(parse_tenant_ref(wish.tenant), id)), session);
}

Report remove(Session& session, const PolicyOf& wish) {
  const PolicyId id = policy_named(session, wish.tenant, wish.policy, Whose::own);
  const SharingPolicy gone =
      answered(session.link.management().remove_policy(parse_tenant_ref(wish.tenant), id));
  return {text::json_of(gone, session.link.meters()),
          fmt::format("removed the policy of {}; nobody can use it any more\n",
                      to_string(gone.resource))};
}

Report list(Session& session, const PolicyList& wish) {
  return policies_report(policies_of(session, wish, false), session);
}

Report discover(Session& session, const PolicyList& wish) {
  return policies_report(policies_of(session, wish, true), session);
}

Report change(Session& session, const std::string& tenant, const AccessWish& wish) {
  return request_report(
      answered(session.link.management().change_access(parse_tenant_ref(tenant), wish)), session);
}

Report request(Session& session, const AccessAsked& wish) {
  RequestAccess asked;
  asked.policy = policy_named(session, wish.tenant, wish.policy, Whose::others);
  asked.permissions = share_permissions_from(wish.permissions);
  asked.message = wish.message;
  if (!wish.ip.empty()) {
    asked.peer = parse_peer_address(wish.ip);
    if (!asked.peer) {
      throw Failure{ExitCode::bad_usage,
                    Fault{FaultCode::invalid_argument, "--ip: is no IPv4 or IPv6 address"}};
    }
  }
  return change(session, wish.tenant, asked);
}

Report approve(Session& session, const AccessDecided& wish) {
  ApproveAccess approve;
  approve.id = sharing_id_from(wish.request, "REQUEST");
  approve.permissions = share_permissions_from(wish.permissions);
  approve.reason = wish.reason;
  if (!wish.expires_at.empty()) {
    approve.expires_at = accept(parse_instant(wish.expires_at), "--expires-at");
  }
  return change(session, wish.tenant, approve);
}

Report reject(Session& session, const AccessDecided& wish) {
  return change(session, wish.tenant,
                RejectAccess{{}, sharing_id_from(wish.request, "REQUEST"), wish.reason});
}

Report withdraw(Session& session, const AccessDecided& wish) {
  return change(session, wish.tenant, WithdrawAccess{{}, sharing_id_from(wish.request, "REQUEST")});
}

Report revoke(Session& session, const AccessDecided& wish) {
  return change(session, wish.tenant,
                RevokeAccess{{}, sharing_id_from(wish.request, "REQUEST"), wish.reason});
}

Report requests(Session& session, const AccessList& wish) {
  SharingQuery query;
  query.side = wish.side == "consumer" ? SharingSide::consumer : SharingSide::owner;
  query.page_size = wish.page_size;
  query.policy = policy_if_named(session, wish.tenant, query.side, wish.policy);
  if (!wish.state.empty()) {
    query.state = parse_sharing_state(wish.state);
  }
  if (!wish.after.empty()) {
    query.after = sharing_id_from(wish.after, "--after");
  }
  return requests_report(
      answered(session.link.management().access(parse_tenant_ref(wish.tenant), query)), session);
}

Report grants(Session& session, const AccessList& wish) {
  AccessList standing = wish;
  standing.state = to_string(SharingState::approved);
  return requests(session, standing);
}

CLI::App& add_for_tenant(CLI::App& group, const char* name, const char* description,
                         std::string& tenant) {
  CLI::App& command = *group.add_subcommand(name, description);
  command.add_option(tenant_positional, tenant, "Slug or UUID of who acts")->required();
  return command;
}

void add_policy_list(CommandLine& line, CLI::App& group, const char* name, const char* description,
                     Report (*run)(Session&, const PolicyList&)) {
  auto wish = std::make_shared<PolicyList>();
  CLI::App& command = add_for_tenant(group, name, description, wish->tenant);
  command.add_option("--type", wish->type, "Only of this type")
      ->check(CLI::IsMember({"service", "model", "dataset", "api", "workflow", "custom"}));
  command.add_option("--after", wish->after, "Goes on behind this policy");
  command.add_option("--page-size", wish->page_size, "1 to 1000");
  runs(line, command, wish, run);
}

void add_policy_commands(CommandLine& line, CLI::App& share) {
  CLI::App& group = *share.add_subcommand("policy", "What a tenant shares, and on what terms");
  group.require_subcommand(1);
  auto wish = std::make_shared<ShareWish>();
  CLI::App& command =
      add_for_tenant(group, "put", "Share a resource, or change on what terms", wish->tenant);
  add_share_options(command, *wish);
  runs(line, command, wish, put);
  const auto of_one = [&](const char* name, const char* description, auto run) {
    auto named = std::make_shared<PolicyOf>();
    CLI::App& one = add_for_tenant(group, name, description, named->tenant);
    one.add_option("POLICY", named->policy, "UUID, or the resource as TYPE/ID")->required();
    runs(line, one, named, run);
  };
  of_one("show", "Show a policy; of another tenant's, what is for this one", show);
  of_one("remove", "Share a resource no more, and end all grants of it", remove);
  add_policy_list(line, group, "list", "List what a tenant shares", list);
}

CLI::App& add_decision(CommandLine& line, CLI::App& group, const char* name,
                       const char* description, const std::shared_ptr<AccessDecided>& wish,
                       Report (*run)(Session&, const AccessDecided&)) {
  CLI::App& command = add_for_tenant(group, name, description, wish->tenant);
  command.add_option("REQUEST", wish->request, "UUID of the request")->required();
  runs(line, command, wish, run);
  return command;
}

void add_decisions(CommandLine& line, CLI::App& share) {
  auto approved = std::make_shared<AccessDecided>();
  CLI::App& approval = add_decision(line, share, "approve", "Grant what is asked for, as the owner",
                                    approved, approve);
  approval.add_option("--permission", approved->permissions, "Only these of what is asked for");
  approval.add_option("--expires-at", approved->expires_at, "RFC 3339: then the grant ends");
  approval.add_option("--reason", approved->reason, "For the consumer");
  auto rejected = std::make_shared<AccessDecided>();
  add_decision(line, share, "reject", "Refuse a request, as the owner", rejected, reject)
      .add_option("--reason", rejected->reason, "For the consumer");
  auto revoked = std::make_shared<AccessDecided>();
  add_decision(line, share, "revoke", "End a grant, as the owner, at once", revoked, revoke)
      .add_option("--reason", revoked->reason, "For the consumer");
  add_decision(line, share, "withdraw", "Take back a request, as the consumer",
               std::make_shared<AccessDecided>(), withdraw);
}

void add_access_list(CommandLine& line, CLI::App& group, const char* name, const char* description,
                     bool with_state, Report (*run)(Session&, const AccessList&)) {
  auto wish = std::make_shared<AccessList>();
  CLI::App& command = add_for_tenant(group, name, description, wish->tenant);
  command.add_option("--as", wish->side, "What the tenant is in them")
      ->check(CLI::IsMember({"owner", "consumer"}));
  command.add_option("--policy", wish->policy, "Only of this one: UUID, or TYPE/ID");
  if (with_state) {
    command.add_option("--state", wish->state, "Only in this state")
        ->check(
            CLI::IsMember({"pending", "approved", "rejected", "withdrawn", "revoked", "expired"}));
  }
  command.add_option("--after", wish->after, "Goes on behind this request");
  command.add_option("--page-size", wish->page_size, "1 to 1000");
  runs(line, command, wish, run);
}

}  // namespace

void add_share_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("share", "What tenants let each other use");
  group.require_subcommand(1);
  add_policy_commands(line, group);
  add_policy_list(line, group, "discover", "List what others let a tenant ask for", discover);
  auto asked = std::make_shared<AccessAsked>();
  CLI::App& command =
      add_for_tenant(group, "request", "Ask for access to what another shares", asked->tenant);
  command.add_option("POLICY", asked->policy, "UUID, or the resource as TYPE/ID")->required();
  command.add_option("--permission", asked->permissions, "Only these; otherwise all it gives");
  command.add_option("--message", asked->message, "For the owner");
  command.add_option("--ip", asked->ip, "From where it asks, if that is not here")
      ->type_name("ADDRESS");
  runs(line, command, asked, request);
  add_decisions(line, group);
  add_access_list(line, group, "requests", "List who asked for what", true, requests);
  add_access_list(line, group, "grants", "List the grants that stand", false, grants);
  add_books_commands(line, group);
}

}  // namespace sluice::ctl
