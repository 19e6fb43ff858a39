// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_members.hpp"

#include <string>
#include <utility>

#include "server/rpc/answer.hpp"
#include "server/rpc/tenants_of.hpp"

namespace sluice {

namespace {

/// What a page may fill of a frame; the rest is for the call around it.
constexpr std::uint64_t page_bytes_max = wire::FRAME_BYTES_MAX * 3 / 4;

std::uint64_t bytes_of(const Member& member) {
  constexpr std::uint64_t fixed = 128;  // The structs, and the ends of texts.
  return fixed + member.user_id.size() + member.email.size() + member.role.size();
}
std::uint64_t bytes_of(const TenantOf& of) {
  return bytes_of(of.member) + of.slug.size() + of.name.size();
}

/// Leaves out of a page what does not fit into a frame; one row is left at least.
template <class Row>
void cut_rows(std::vector<Row>& rows, bool& more) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bytes += bytes_of(rows[i]);
    if (i > 0 && bytes > page_bytes_max) {
      rows.resize(i);
      more = true;
    }
  }
}

/// Makes the event happen, and answers as `write` says.
template <class Context, class Write>
kj::Promise<void> change(Management& calls, Context context, Result<MemberEvent> event,
                         Write write) {
  if (!event.ok()) {
    return answer_fault(context, event.fault());
  }
  auto ask = [&calls, event = std::move(event).value()](TenantId tenant, PermissionSet giver,
                                                        Reply<MemberAnswer> reply) {
    calls.engine().change_members(calls.here(), calls.author(), MemberWish{tenant, event, giver},
                                  std::move(reply));
  };
  return calls.ask_about<MemberAnswer>(context.getParams().getTenant(), std::move(ask))
      .then([context, write](const Result<MemberAnswer>& answer) mutable {
        write_answer(context.getResults().initAnswer(), answer, write);
      });
}

void write_member(const MemberAnswer& answer, wire::Member::Builder out) {
  SLUICE_INVARIANT(answer.member.has_value());
  encode_member(*answer.member, out);
}

void write_roles(const MemberAnswer& answer, wire::Roles::Builder out) {
  encode_roles(answer.tenant.membership.roles, out);
}

/// An event that is about one text.
template <class Event>
Result<MemberEvent> event_of(capnp::Text::Reader in, const char* field) {
  auto text = decode_text(in, field);
  return text.ok() ? Result(MemberEvent{Event{std::move(text).value()}})
                   : Result<MemberEvent>(text.fault());
}

}  // namespace

kj::Promise<void> answer_add_member(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::AddMemberParams, wire::TenantAdmin::AddMemberResults>
        context) {
  return change(calls, context, decode_new_member(context.getParams()), write_member);
}

kj::Promise<void> answer_accept_invitation(
    Management& calls, capnp::CallContext<wire::TenantAdmin::AcceptInvitationParams,
                                          wire::TenantAdmin::AcceptInvitationResults>
                           context) {
  const auto* const caller = calls.access().principal();
  const auto user = context.getParams().getUserId();
  if (calls.access().is_member() && caller->user == std::string_view{user.begin(), user.size()}) {
    calls.needs_no_role();
  }
  return change(calls, context, event_of<AcceptInvitation>(user, "userId"), write_member);
}

kj::Promise<void> answer_change_member(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::ChangeMemberParams,
                                                          wire::TenantAdmin::ChangeMemberResults>
                                           context) {
  return change(calls, context, decode_member_change(context.getParams()), write_member);
}

kj::Promise<void> answer_remove_member(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::RemoveMemberParams,
                                                          wire::TenantAdmin::RemoveMemberResults>
                                           context) {
  return change(calls, context, event_of<RemoveMember>(context.getParams().getUserId(), "userId"),
                write_member);
}

kj::Promise<void> answer_transfer_ownership(
    Management& calls, capnp::CallContext<wire::TenantAdmin::TransferOwnershipParams,
                                          wire::TenantAdmin::TransferOwnershipResults>
                           context) {
  auto from = decode_text(context.getParams().getFrom(), "from");
  auto to = decode_text(context.getParams().getTo(), "to");
  auto event =
      !from.ok() ? Result<MemberEvent>(from.fault())
      : !to.ok()
          ? Result<MemberEvent>(to.fault())
          : Result(MemberEvent{TransferOwnership{std::move(from).value(), std::move(to).value()}});
  return change(calls, context, std::move(event), write_member);
}

kj::Promise<void> answer_list_members(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListMembersParams, wire::TenantAdmin::ListMembersResults>
        context) {
  auto query = decode_member_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), query = std::move(query).value()](
                 TenantId tenant, const Reply<MemberPage>& reply) {
    MemberQuery of_tenant = query;
    of_tenant.tenant = tenant;
    engine.members(here, std::move(of_tenant), reply);
  };
  return calls
      .ask_about<MemberPage>(context.getParams().getTenant(),
                             if_it_exists<MemberPage>(calls, std::move(ask)))
      .then([context](Result<MemberPage> page) mutable {
        if (page.ok()) {
          cut_rows(page.value().members, page.value().more);
        }
        write_answer(context.getResults().initAnswer(), page, encode_member_page);
      });
}

kj::Promise<void> answer_put_role(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::PutRoleParams, wire::TenantAdmin::PutRoleResults>
        context) {
  auto role = decode_role(context.getParams().getRole());
  return change(calls, context,
                role.ok()
                    ? Result(MemberEvent{PutRole{role.value().name, role.value().permissions}})
                    : Result<MemberEvent>(role.fault()),
                write_roles);
}

kj::Promise<void> answer_remove_role(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::RemoveRoleParams, wire::TenantAdmin::RemoveRoleResults>
        context) {
  return change(calls, context, event_of<RemoveRole>(context.getParams().getName(), "name"),
                write_roles);
}

kj::Promise<void> answer_list_roles(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListRolesParams, wire::TenantAdmin::ListRolesResults>
        context) {
  const auto show = [&calls](TenantId tenant, Reply<TenantDefinition> reply) {
    calls.engine().show(calls.here(), tenant, std::move(reply));
  };
  return calls.ask_about<TenantDefinition>(context.getParams().getTenant(), show)
      .then([context](const Result<TenantDefinition>& tenant) mutable {
        write_answer(context.getResults().initAnswer(), tenant,
                     [](const TenantDefinition& of, wire::Roles::Builder out) {
                       encode_roles(of.membership.roles, out);
                     });
      });
}

kj::Promise<void> answer_tenants_of(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::TenantsOfParams, wire::TenantAdmin::TenantsOfResults>
        context) {
  auto query = decode_tenants_of_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  if (const auto objection = object_to_user(calls.access(), query.value().user_id)) {
    return answer_fault(context, *objection);
  }
  const auto ask = [&](Reply<TenantsOfPage> reply) {
    tell_tenants_of(calls.engine(), calls.here(), calls.access(), query.value(), reply);
  };
  return calls.ask<TenantsOfPage>(ask).then([context](Result<TenantsOfPage> page) mutable {
    if (page.ok()) {
      cut_rows(page.value().tenants, page.value().more);
    }
    write_answer(context.getResults().initAnswer(), page, encode_tenants_of);
  });
}

}  // namespace sluice
