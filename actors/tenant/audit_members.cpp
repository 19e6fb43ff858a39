// SPDX-License-Identifier: Apache-2.0
// What the audit says of changes of members and roles.
#include <algorithm>
#include <string>
#include <variant>

#include "actors/tenant/audit_drafts.hpp"
#include "actors/tenant/audit_json.hpp"

namespace sluice {

namespace {

using audit::Fields;

struct Said {
  AuditAction action;
  const std::string& subject;  ///< A user's id or a role's name.
};

struct Sayer {
  Said operator()(const AddMember& add) const {
    return {add.invite ? AuditAction::member_invited : AuditAction::member_added, add.user_id};
  }
  Said operator()(const AcceptInvitation& accept) const {
    return {AuditAction::invitation_accepted, accept.user_id};
  }
  Said operator()(const ChangeRole& change) const {
    return {AuditAction::member_role_changed, change.user_id};
  }
  Said operator()(const SuspendMember& suspend) const {
    return {AuditAction::member_suspended, suspend.user_id};
  }
  Said operator()(const ReactivateMember& reactivate) const {
    return {AuditAction::member_reactivated, reactivate.user_id};
  }
  Said operator()(const RemoveMember& remove) const {
    return {AuditAction::member_removed, remove.user_id};
  }
  Said operator()(const TransferOwnership& transfer) const {
    return {AuditAction::ownership_transferred, transfer.to};
  }
  Said operator()(const PutRole& put) const { return {AuditAction::role_put, put.name}; }
  Said operator()(const RemoveRole& remove) const {
    return {AuditAction::role_removed, remove.name};
  }
};

std::string told(const Member& member) {
  return Fields{}
      .add("email", std::string_view{member.email})
      .add("role", std::string_view{member.role})
      .add("status", to_string(member.status))
      .object();
}

template <class Members>
void tell_members(std::string& text, const Members& members) {
  Fields out;
  for (const Member& member : members) {
    out.add_json(member.user_id, told(member));
  }
  text = out.text();
}

void tell_role(std::string& text, const TenantDefinition& tenant, const std::string& name) {
  const auto& roles = tenant.membership.roles;
  const auto role = std::ranges::find(roles, name, &CustomRole::name);
  if (role != roles.end()) {
    text = Fields{}.add("permissions", std::string_view{to_string(role->permissions)}).text();
  }
}

}  // namespace

AuditDraft audit_of_members(const MemberEvent& event, const TenantDefinition& before,
                            std::span<const Member> concerned, const MemberChange& change) {
  const Said said = std::visit(Sayer{}, event);
  AuditDraft draft{.tenant = before.id, .action = said.action, .subject = said.subject};
  if (std::holds_alternative<PutRole>(event) || std::holds_alternative<RemoveRole>(event)) {
    tell_role(draft.before, before, said.subject);
    tell_role(draft.after, change.definition, said.subject);
    return draft;
  }
  if (!concerned.empty()) {
    tell_members(draft.before, concerned);
  }
  if (!change.put.empty()) {
    tell_members(draft.after, change.put);
  }
  return draft;
}

}  // namespace sluice
