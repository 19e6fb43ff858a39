// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/share_wish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "protocol/text/sharing_json.hpp"

namespace sluice::ctl {
namespace {

[[noreturn]] void bad_share(std::string_view field, std::string_view what) {
  throw Failure{ExitCode::bad_usage,
                Fault{FaultCode::invalid_argument, fmt::format("{}: {}", field, what)}};
}

/// `-` is what is piped in.
Json read_policy_file(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
  }
  std::istream& from = path == "-" ? std::cin : file;
  const std::string text{std::istreambuf_iterator<char>{from}, std::istreambuf_iterator<char>{}};
  Json json = Json::parse(text, nullptr, false);
  if (!from || json.is_discarded()) {
    bad_share("--file", path + " cannot be read as JSON");
  }
  return json;
}

/// The policy of this resource among those of the tenant, or those that it may ask for.
std::optional<SharingPolicy> find_policy(Session& session, const std::string& tenant,
                                         const Resource& resource, bool discover) {
  PolicyQuery query;
  query.discover = discover;
  query.type = resource.type;
  query.page_size = page_size_max;
  while (true) {
    PolicyPage page = answered(session.link.management().policies(parse_tenant_ref(tenant), query));
    for (SharingPolicy& policy : page.policies) {
      if (policy.resource == resource) {
        return std::move(policy);
      }
    }
    if (!page.more) {
      return std::nullopt;
    }
    query.after = page.policies.back().id;
  }
}

Resource resource_from(const std::string& text) {
  auto resource = parse_resource(text);
  if (!resource) {
    bad_share("RESOURCE",
              "must be TYPE/ID, with one of service, model, dataset, api, workflow, "
              "custom");
  }
  return *std::move(resource);
}

std::vector<std::string> unless_none(const std::vector<std::string>& given) {
  return given == std::vector<std::string>{"none"} ? std::vector<std::string>{} : given;
}

std::vector<TenantId> tenants_from(Session& session, const std::vector<std::string>& names) {
  std::vector<TenantId> tenants;
  for (const std::string& name : names) {
    const auto id = parse_tenant_id(name);
    tenants.push_back(id ? *id
                         : answered(session.link.management().show(parse_tenant_ref(name))).id);
  }
  return tenants;
}

void put_options(Session& session, const ShareWish& wish, SharingPolicy& policy) {
  policy.title = wish.title.value_or(policy.title);
  if (wish.visibility) {
    policy.visibility = parse_visibility(*wish.visibility).value_or(policy.visibility);
  }
  if (!wish.permissions.empty()) {
    policy.permissions = share_permissions_from(wish.permissions);
  }
  if (!wish.allow.empty()) {
    policy.allow = tenants_from(session, unless_none(wish.allow));
  }
  if (!wish.block.empty()) {
    policy.block = tenants_from(session, unless_none(wish.block));
  }
  if (!wish.conditions.empty()) {
    policy.conditions.clear();
    for (const std::string& text : unless_none(wish.conditions)) {
      policy.conditions.push_back(accept(condition_from(text), "--condition"));
    }
  }
  policy.requires_approval = wish.requires_approval.value_or(policy.requires_approval);
  if (wish.max_consumers) {
    policy.max_consumers =
        *wish.max_consumers == 0 ? std::nullopt : std::optional{*wish.max_consumers};
  }
  if (wish.expires_at) {
    policy.expires_at =
        *wish.expires_at == "never"
            ? std::nullopt
            : std::optional{accept(parse_instant(*wish.expires_at), "--expires-at")};
  }
}

}  // namespace

void add_share_options(CLI::App& command, ShareWish& wish) {
  command.add_option("RESOURCE", wish.resource, "TYPE/ID, such as model/gpt-x")->required();
  command.add_option("--file", wish.file,
                     "Terms, as share policy show --json prints them; - for what is piped in");
  command.add_option("--title", wish.title, "For people");
  command.add_option("--visibility", wish.visibility, "Who may see it and ask; default: private")
      ->check(CLI::IsMember({"private", "tenant", "marketplace", "public"}));
  command.add_option("--permission", wish.permissions,
                     "The most that a grant may have; default: read");
  command.add_option("--allow", wish.allow,
                     "All tenants that a visibility of tenant is for; or none");
  command.add_option("--block", wish.block, "All tenants that get nothing; or none");
  command.add_option("--condition", wish.conditions,
                     "All conditions, each as 'KIND OPERATOR VALUE,VALUE'; or none");
  command.add_flag_callback(
      "--approval", [&wish] { wish.requires_approval = true; },
      "The owner decides requests, as with a new policy");
  command.add_flag_callback(
      "--no-approval", [&wish] { wish.requires_approval = false; }, "Whoever may ask is granted");
  command.add_option("--max-consumers", wish.max_consumers,
                     "Grants that stand at a time; 0: any number");
  command.add_option("--expires-at", wish.expires_at, "RFC 3339, or never");
  command.add_option("--expect-version", wish.expected, "Only if the policy has this version");
}

PolicyWish policy_wish_of(Session& session, const ShareWish& wish) {
  const Resource resource = resource_from(wish.resource);
  const auto stored = find_policy(session, wish.tenant, resource, false);
  PolicyWish wished;
  if (!wish.file.empty()) {
    wished =
        accept(text::parse_policy(read_policy_file(wish.file), session.link.meters()), "--file");
  } else if (stored) {
    wished.policy = *stored;
    wished.expected = stored->version;  // What it was made of has to be what it replaces.
  } else {
    wished.policy.permissions.add(SharePermission::read);
  }
  wished.policy.id = stored ? stored->id : PolicyId{};
  wished.policy.resource = resource;
  if (wish.expected) {
    wished.expected = Version{*wish.expected};
  }
  put_options(session, wish, wished.policy);
  return wished;
}

PolicyId policy_named(Session& session, const std::string& tenant, const std::string& text,
                      Whose whose) {
  if (text.find('/') == std::string::npos) {
    return policy_id_from(text, "POLICY");
  }
  const Resource resource = resource_from(text);
  std::optional<SharingPolicy> found;
  if (whose != Whose::others) {
    found = find_policy(session, tenant, resource, false);
  }
  if (!found && whose != Whose::own) {
    found = find_policy(session, tenant, resource, true);
  }
  if (!found) {
    throw Failure{ExitCode::refused, Fault{FaultCode::not_found,
                                           "there is no policy of " + text + " for this tenant"}};
  }
  return found->id;
}

std::optional<PolicyId> policy_if_named(Session& session, const std::string& tenant,
                                        SharingSide side, const std::string& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  if (text.find('/') == std::string::npos) {
    return policy_id_from(text, "--policy");
  }
  const Whose whose = side == SharingSide::owner ? Whose::own : Whose::others;
  return policy_named(session, tenant, text, whose);
}

PolicyId policy_id_from(const std::string& text, std::string_view field) {
  const auto id = parse_policy_id(text);
  if (!id) {
    bad_share(field, "is not the UUID of a policy");
  }
  return *id;
}

SharingId sharing_id_from(const std::string& text, std::string_view field) {
  const auto id = parse_sharing_id(text);
  if (!id) {
    bad_share(field, "is not the UUID of a request");
  }
  return *id;
}

SharePermissions share_permissions_from(const std::vector<std::string>& names) {
  SharePermissions permissions;
  for (const std::string& name : names) {
    const auto permission = parse_share_permission(name);
    if (!permission) {
      bad_share("--permission", "must be one of read, execute, modify, share, delete, admin");
    }
    permissions.add(*permission);
  }
  return permissions;
}

Result<SharingCondition> condition_from(const std::string& text) {
  const std::size_t first = text.find(' ');
  const std::size_t second = first == std::string::npos ? first : text.find(' ', first + 1);
  const auto kind = parse_condition_kind(text.substr(0, first));
  const auto op = second == std::string::npos
                      ? std::nullopt
                      : parse_condition_operator(text.substr(first + 1, second - first - 1));
  if (!kind || !op) {
    return Fault{FaultCode::invalid_argument,
                 "must be KIND OPERATOR VALUE, as in 'region in eu,us'"};
  }
  SharingCondition condition{*kind, *op, {}};
  std::size_t begin = second + 1;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    condition.values.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return condition;
}

}  // namespace sluice::ctl
