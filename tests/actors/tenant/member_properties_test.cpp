// SPDX-License-Identifier: Apache-2.0
// Goal    Whatever happens to members in whatever order, the counts are those of the members, and
//         a tenant with members has an active owner.
// Method  RapidCheck draws events about a few people; the membership is compared with what a list
//         of the members says, and what is allowed with rules that look at that list only.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "actors/tenant/member_change.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace sluice {
namespace {

using People = std::map<std::string, Member>;

std::uint32_t owners(const People& people) {
  return static_cast<std::uint32_t>(std::ranges::count_if(people, [](const auto& row) {
    return row.second.role == "owner" && row.second.status == MemberStatus::active;
  }));
}

MemberEvent event_of(int kind, const std::string& who, const std::string& other,
                     const std::string& role) {
  switch (kind) {
    case 0:
      return AddMember{who, "", role, false};
    case 1:
      return AddMember{who, "", role, true};
    case 2:
      return AcceptInvitation{who};
    case 3:
      return ChangeRole{who, role};
    case 4:
      return SuspendMember{who};
    case 5:
      return ReactivateMember{who};
    case 6:
      return RemoveMember{who};
    case 7:
      return TransferOwnership{who, other};
    case 8:
      return PutRole{"own-" + who, {Permission::usage_read}};
    default:
      return RemoveRole{"own-" + who};
  }
}

/// Whether the event may happen, by the list alone; what it does is checked by the counts.
bool may_happen(const MemberEvent& event, const People& people,
                const std::vector<CustomRole>& custom) {
  const auto has_status = [&](const std::string& user, MemberStatus status) {
    return people.contains(user) && people.at(user).status == status;
  };
  const auto is_role = [&](const std::string& role) {
    return parse_role(role) || std::ranges::find(custom, role, &CustomRole::name) != custom.end();
  };
  const auto is_last = [&](const std::string& user) {
    return has_status(user, MemberStatus::active) && people.at(user).role == "owner" &&
           owners(people) == 1;
  };
  if (const auto* const add = std::get_if<AddMember>(&event)) {
    const bool has_owner = owners(people) > 0 || (add->role == "owner" && !add->invite);
    return !people.contains(add->user_id) && is_role(add->role) && has_owner;
  }
  if (const auto* const accept = std::get_if<AcceptInvitation>(&event)) {
    return has_status(accept->user_id, MemberStatus::invited);
  }
  if (const auto* const change = std::get_if<ChangeRole>(&event)) {
    return people.contains(change->user_id) && is_role(change->role) &&
           (!is_last(change->user_id) || change->role == "owner");
  }
  if (const auto* const suspend = std::get_if<SuspendMember>(&event)) {
    return has_status(suspend->user_id, MemberStatus::active) && !is_last(suspend->user_id);
  }
  if (const auto* const reactivate = std::get_if<ReactivateMember>(&event)) {
    return has_status(reactivate->user_id, MemberStatus::suspended);
  }
  if (const auto* const remove = std::get_if<RemoveMember>(&event)) {
    return people.contains(remove->user_id) && !is_last(remove->user_id);
  }
  if (const auto* const transfer = std::get_if<TransferOwnership>(&event)) {
    return has_status(transfer->from, MemberStatus::active) &&
           people.at(transfer->from).role == "owner" &&
           has_status(transfer->to, MemberStatus::active) &&
           people.at(transfer->to).role != "owner";
  }
  if (const auto* const remove = std::get_if<RemoveRole>(&event)) {
    return is_role(remove->name) && std::ranges::none_of(people, [&](const auto& row) {
             return row.second.role == remove->name;
           });
  }
  return true;
}

RC_GTEST_PROP(MemberProperties, CountsAreThoseOfTheMembersAndAnOwnerStays, ()) {
  TenantDefinition tenant = definition();
  People people;
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 10), rc::gen::inRange(0, 4), rc::gen::inRange(0, 4),
                     rc::gen::inRange(0, 6)));
  const std::vector<std::string> users{"a", "b", "c", "d"};
  const std::vector<std::string> named{"owner", "owner", "admin", "viewer", "own-a", "own-b"};
  for (const auto& [kind, who, other, role] : steps) {
    const MemberEvent event =
        event_of(kind, users[static_cast<std::size_t>(who)], users[static_cast<std::size_t>(other)],
                 named[static_cast<std::size_t>(role)]);
    std::vector<Member> concerned;
    for (const std::string& user : concerned_by(event)) {
      if (people.contains(user)) {
        concerned.push_back(people.at(user));
      }
    }
    const auto changed = change_members(tenant, concerned, {tenant.id, event}, noon);
    RC_ASSERT(changed.ok() == may_happen(event, people, tenant.membership.roles));
    if (!changed.ok()) {
      continue;
    }
    RC_ASSERT(changed.value().definition.version.raw() == tenant.version.raw() + 1);
    tenant = changed.value().definition;
    for (const Member& member : changed.value().put) {
      people[member.user_id] = member;
    }
    if (changed.value().removed) {
      people.erase(changed.value().removed->user_id);
    }
    RC_ASSERT(tenant.membership.members == people.size());
    RC_ASSERT(tenant.membership.owners == owners(people));
    RC_ASSERT(people.empty() == (owners(people) == 0));
    for (const CustomRole& custom : tenant.membership.roles) {
      RC_ASSERT(custom.members == std::ranges::count_if(people, [&](const auto& row) {
                  return row.second.role == custom.name;
                }));
    }
    RC_ASSERT(parse_custom_roles(to_text(tenant.membership.roles)) == tenant.membership.roles);
  }
}

}  // namespace
}  // namespace sluice
