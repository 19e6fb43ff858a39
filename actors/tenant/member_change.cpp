// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/member_change.hpp"

#include "actors/tenant/size_terms.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

bool is_active_owner(const Member* member) {
  return member != nullptr && member->status == MemberStatus::active &&
         member->role == to_string(Role::owner);
}

Fault conflict(const std::string& user, std::string_view what) {
  return Fault{FaultCode::conflict, "member \"" + user + "\" " + std::string{what}};
}

Fault no_member(const std::string& user) {
  return Fault{FaultCode::not_found, "there is no member \"" + user + "\""};
}

/// Keeps the counts of the membership while a member becomes another one; null: there is none.
void count(Membership& membership, const Member* before, const Member* after) {
  membership.members += after != nullptr ? 1U : 0U;
  membership.members -= before != nullptr ? 1U : 0U;
  membership.owners += is_active_owner(after) ? 1U : 0U;
  membership.owners -= is_active_owner(before) ? 1U : 0U;
  for (CustomRole& role : membership.roles) {
    role.members += after != nullptr && after->role == role.name ? 1U : 0U;
    role.members -= before != nullptr && before->role == role.name ? 1U : 0U;
  }
}

/// Carries out one event; the definition's version is not its business.
struct Changer {
  std::span<const Member> concerned;
  PermissionSet giver;
  WallTime now;
  MemberChange& change;

  [[nodiscard]] Membership& membership() const { return change.definition.membership; }
  [[nodiscard]] const Member* find(const std::string& user) const {
    const auto found = std::ranges::find(concerned, user, &Member::user_id);
    return found == concerned.end() ? nullptr : &*found;
  }

  [[nodiscard]] Result<Done> may_give(std::string_view role) const {
    const auto permissions = permissions_of(role, membership());
    if (!permissions) {
      return Fault{FaultCode::invalid_argument,
                   "role: there is no role \"" + std::string{role} + "\""};
    }
    return may_give(*permissions);
  }
  [[nodiscard]] Result<Done> may_give(PermissionSet permissions) const {
    if (!giver.has_all(permissions)) {
      return Fault{FaultCode::permission_denied, "role: allows what the credential itself has not"};
    }
    return Done{};
  }

  /// The member, if he is there and the giver may do something to him.
  [[nodiscard]] Result<Member> touch(const std::string& user) const {
    const Member* const member = find(user);
    if (member == nullptr) {
      return no_member(user);
    }
    const auto may = may_give(member->role);
    return may.ok() ? Result<Member>{*member} : may.fault();
  }
  Result<Done> put(Member member) const {
    count(membership(), find(member.user_id), &member);
    change.put.push_back(std::move(member));
    return Done{};
  }
  /// From one status to another.
  Result<Done> turn(const std::string& user, MemberStatus from, MemberStatus to) const {
    auto member = touch(user);
    if (!member.ok()) {
      return member.fault();
    }
    if (member.value().status != from) {
      return conflict(user, "is " + std::string{to_string(member.value().status)});
    }
    member.value().status = to;
    return put(std::move(member).value());
  }

  Result<Done> operator()(const AddMember& add) const {
    Member member{add.user_id, add.email, add.role, MemberStatus::active, now, now};
    if (add.invite) {
      member.status = MemberStatus::invited;
      member.joined_at.reset();
    }
    if (auto valid = validate(member); !valid.ok()) {
      return valid;
    }
    if (auto may = may_give(add.role); !may.ok()) {
      return may;
    }
    if (find(add.user_id) != nullptr) {
      return Fault{FaultCode::already_exists, "user_id: \"" + add.user_id + "\" is a member"};
    }
    if (membership().members >= members_per_tenant_max) {
      return Fault{FaultCode::limit_exceeded, "members_per_tenant_max (100000)"};
    }
    return put(std::move(member));
  }
  Result<Done> operator()(const AcceptInvitation& accept) const {
    const Member* const member = find(accept.user_id);
    if (member == nullptr) {
      return no_member(accept.user_id);
    }
    if (member->status != MemberStatus::invited) {
      return conflict(accept.user_id, "is " + std::string{to_string(member->status)});
    }
    Member joined = *member;
    joined.status = MemberStatus::active;
    joined.joined_at = now;
    return put(std::move(joined));
  }
  Result<Done> operator()(const ChangeRole& wish) const {
    auto member = touch(wish.user_id);
    if (!member.ok()) {
      return member.fault();
    }
    if (auto may = may_give(wish.role); !may.ok()) {
      return may;
    }
    member.value().role = wish.role;
    return put(std::move(member).value());
  }
  Result<Done> operator()(const SuspendMember& suspend) const {
    return turn(suspend.user_id, MemberStatus::active, MemberStatus::suspended);
  }
  Result<Done> operator()(const ReactivateMember& reactivate) const {
    return turn(reactivate.user_id, MemberStatus::suspended, MemberStatus::active);
  }
  Result<Done> operator()(const RemoveMember& remove) const {
    auto member = touch(remove.user_id);
    if (!member.ok()) {
      return member.fault();
    }
    count(membership(), &member.value(), nullptr);
    change.removed = std::move(member).value();
    return Done{};
  }
  Result<Done> operator()(const TransferOwnership& transfer) const {
    const Member* const from = find(transfer.from);
    const Member* const to = find(transfer.to);
    if (from == nullptr || to == nullptr) {
      return no_member(from == nullptr ? transfer.from : transfer.to);
    }
    if (!is_active_owner(from)) {
      return conflict(transfer.from, "is no active owner");
    }
    if (to->status != MemberStatus::active || is_active_owner(to)) {
      return conflict(transfer.to, is_active_owner(to) ? "is an owner" : "is not active");
    }
    if (auto may = may_give(from->role); !may.ok()) {
      return may;
    }
    Member owner = *to;
    owner.role = to_string(Role::owner);
    Member admin = *from;
    admin.role = to_string(Role::admin);
    static_cast<void>(put(std::move(owner)));
    return put(std::move(admin));
  }
  Result<Done> operator()(const PutRole& wish) const {
    auto& roles = membership().roles;
    const CustomRole role{wish.name, wish.permissions};
    if (auto valid = validate(role); !valid.ok()) {
      return valid;
    }
    const auto place = std::ranges::lower_bound(roles, role.name, {}, &CustomRole::name);
    const bool known = place != roles.end() && place->name == role.name;
    PermissionSet touched = role.permissions;
    touched.add(known ? place->permissions : PermissionSet{});
    if (auto may = may_give(touched); !may.ok()) {
      return may;
    }
    if (known) {
      place->permissions = role.permissions;
      return Done{};
    }
    if (roles.size() >= custom_roles_max) {
      return Fault{FaultCode::limit_exceeded, "custom_roles_max (32)"};
    }
    roles.insert(place, role);
    return Done{};
  }
  Result<Done> operator()(const RemoveRole& remove) const {
    auto& roles = membership().roles;
    const auto found = std::ranges::find(roles, remove.name, &CustomRole::name);
    if (found == roles.end()) {
      return Fault{FaultCode::not_found,
                   "role: there is no role \"" + remove.name + "\" to remove"};
    }
    if (auto may = may_give(found->permissions); !may.ok()) {
      return may;
    }
    if (found->members > 0) {
      return Fault{FaultCode::conflict, "role: " + std::to_string(found->members) +
                                            " members have \"" + remove.name + "\""};
    }
    roles.erase(found);
    return Done{};
  }
};

/// Whether a limit counts members, and has no place for the first.
bool keeps_everybody_out(const Limit& limit, const MeterTable& meters) {
  const auto* const window = std::get_if<WindowRule>(&limit.rule);
  const auto meter = std::ranges::find(meters, limit.meter, &Meter::id);
  const bool counts_members = window != nullptr && window->period == Period::never &&
                              meter != meters.end() && meter->name == users_meter &&
                              limit.per.empty() && limit.when.empty();
  return counts_members && !limit.shadow &&
         !SizeTerms{window->size, limit}.fits(Amount{}, Amount{1});
}

}  // namespace

Result<MemberChange> change_members(TenantDefinition current, std::span<const Member> concerned,
                                    const MemberWish& wish, WallTime now) {
  const std::uint32_t owners = current.membership.owners;
  MemberChange change{std::move(current)};
  if (auto done = std::visit(Changer{concerned, wish.giver, now, change}, wish.event); !done.ok()) {
    return done.fault();
  }
  if (change.definition.membership.owners == 0) {
    if (owners > 0) {
      return Fault{FaultCode::conflict, "the last active owner of a tenant stays one"};
    }
    if (std::holds_alternative<AddMember>(wish.event)) {
      return Fault{FaultCode::conflict,
                   "role: a tenant has an active owner before it has other members"};
    }
  }
  change.definition.version = Version{change.definition.version.raw() + 1};
  change.definition.updated_at = now;
  return change;
}

Result<MemberChange> with_owner(TenantDefinition founded, const Member& owner,
                                const MeterTable& meters) {
  const auto full = std::ranges::find_if(
      founded.limits, [&](const Limit& limit) { return keeps_everybody_out(limit, meters); });
  if (full != founded.limits.end()) {
    return Fault{FaultCode::quota_exceeded,
                 "limit \"" + full->name + "\" has no place for an owner"};
  }
  const AddMember add{owner.user_id, owner.email, std::string{to_string(Role::owner)}};
  const WallTime now = founded.created_at;
  MemberChange change{std::move(founded)};
  const auto added = Changer{{}, PermissionSet::all(), now, change}(add);
  return added.ok() ? Result<MemberChange>{std::move(change)} : added.fault();
}

}  // namespace sluice
