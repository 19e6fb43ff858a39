// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_sharing.hpp"

#include <utility>

#include "protocol/codec_sharing.hpp"
#include "server/rpc/answer.hpp"
#include "server/rpc/sharing_rules.hpp"

namespace sluice {

namespace {

template <class Context>
auto write_policy(Context context) {
  return [context](const Result<SharingPolicy>& policy) mutable {
    write_answer(context.getResults().initAnswer(), policy, encode_policy);
  };
}

/// Makes the step that was decoded, by the tenant that the call names.
template <class Context, class Wish>
kj::Promise<void> change_access(Management& calls, Context context, Result<Wish> wish,
                                TenantId Wish::*actor) {
  if (!wish.ok()) {
    return answer_fault(context, wish.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), author = calls.author(),
              wish = std::move(wish).value(), actor](TenantId id, Reply<SharingRequest> reply) {
    Wish of_tenant = wish;
    of_tenant.*actor = id;
    engine.change_access(here, author, std::move(of_tenant), std::move(reply));
  };
  return calls.ask_about<SharingRequest>(context.getParams().getTenant(), std::move(ask))
      .then([context](const Result<SharingRequest>& request) mutable {
        write_answer(context.getResults().initAnswer(), request, encode_request);
      });
}

}  // namespace

kj::Promise<void> answer_put_policy(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::PutPolicyParams, wire::TenantAdmin::PutPolicyResults>
        context) {
  auto wish = decode_put_policy(context.getParams());
  if (!wish.ok()) {
    return answer_fault(context, wish.fault());
  }
  if (changes_revenue(calls.engine(), wish.value())) {
    calls.also_needs(Permission::billing_write);
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), author = calls.author(),
              wish = std::move(wish).value()](TenantId id, Reply<SharingPolicy> reply) {
    auto owned = owned_by(engine, here, author, id, wish);
    if (!owned.ok()) {
      return reply(owned.fault());
    }
    engine.put_policy(here, author, std::move(owned).value(), std::move(reply));
  };
  return calls.ask_about<SharingPolicy>(context.getParams().getTenant(), std::move(ask))
      .then(write_policy(context));
}

kj::Promise<void> answer_remove_policy(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::RemovePolicyParams,
                                                          wire::TenantAdmin::RemovePolicyResults>
                                           context) {
  const PolicyId policy = decode_policy_id(context.getParams().getPolicy());
  auto ask = [&engine = calls.engine(), here = calls.here(), author = calls.author(), policy](
                 TenantId id, Reply<SharingPolicy> reply) {
    engine.remove_policy(here, author, id, policy, std::move(reply));
  };
  return calls.ask_about<SharingPolicy>(context.getParams().getTenant(), std::move(ask))
      .then(write_policy(context));
}

kj::Promise<void> answer_show_policy(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ShowPolicyParams, wire::TenantAdmin::ShowPolicyResults>
        context) {
  const PolicyId policy = decode_policy_id(context.getParams().getPolicy());
  auto ask = [&engine = calls.engine(), here = calls.here(), author = calls.author(), policy](
                 TenantId id, const Reply<SharingPolicy>& reply) {
    reply(policy_for(engine, here, author, id, policy));
  };
  return calls.ask_about<SharingPolicy>(context.getParams().getTenant(), std::move(ask))
      .then(write_policy(context));
}

kj::Promise<void> answer_list_policies(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::ListPoliciesParams,
                                                          wire::TenantAdmin::ListPoliciesResults>
                                           context) {
  auto query = decode_policy_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                 TenantId id, Reply<PolicyPage> reply) {
    PolicyQuery of_tenant = query;
    of_tenant.tenant = id;
    engine.policies(here, of_tenant, std::move(reply));
  };
  return calls.ask_about<PolicyPage>(context.getParams().getTenant(), std::move(ask))
      .then([context](Result<PolicyPage> page) mutable {
        if (page.ok()) {
          cut_rows(page.value().policies, page.value().more, page_words_max);
        }
        write_answer(context.getResults().initAnswer(), page, encode_policy_page);
      });
}

kj::Promise<void> answer_request_access(Management& calls,
                                        capnp::CallContext<wire::TenantAdmin::RequestAccessParams,
                                                           wire::TenantAdmin::RequestAccessResults>
                                            context) {
  auto wish = decode_request_access(context.getParams());
  if (wish.ok() && !wish.value().peer) {
    wish.value().peer = address_of(calls.author().address);
  }
  return change_access(calls, context, std::move(wish), &RequestAccess::consumer);
}

kj::Promise<void> answer_approve_access(Management& calls,
                                        capnp::CallContext<wire::TenantAdmin::ApproveAccessParams,
                                                           wire::TenantAdmin::ApproveAccessResults>
                                            context) {
  return change_access(calls, context, decode_approve_access(context.getParams()),
                       &ApproveAccess::owner);
}

kj::Promise<void> answer_reject_access(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::RejectAccessParams,
                                                          wire::TenantAdmin::RejectAccessResults>
                                           context) {
  return change_access(calls, context, decode_reject_access(context.getParams()),
                       &RejectAccess::owner);
}

kj::Promise<void> answer_withdraw_access(
    Management& calls, capnp::CallContext<wire::TenantAdmin::WithdrawAccessParams,
                                          wire::TenantAdmin::WithdrawAccessResults>
                           context) {
  return change_access(calls, context, decode_withdraw_access(context.getParams()),
                       &WithdrawAccess::consumer);
}

kj::Promise<void> answer_revoke_access(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::RevokeAccessParams,
                                                          wire::TenantAdmin::RevokeAccessResults>
                                           context) {
  return change_access(calls, context, decode_revoke_access(context.getParams()),
                       &RevokeAccess::owner);
}

kj::Promise<void> answer_list_access(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListAccessParams, wire::TenantAdmin::ListAccessResults>
        context) {
  auto query = decode_sharing_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                 TenantId id, Reply<SharingPage> reply) {
    SharingQuery of_tenant = query;
    of_tenant.tenant = id;
    engine.access(here, of_tenant, std::move(reply));
  };
  return calls
      .ask_about<SharingPage>(context.getParams().getTenant(),
                              if_it_exists<SharingPage>(calls, std::move(ask)))
      .then([context](Result<SharingPage> page) mutable {
        if (page.ok()) {
          cut_rows(page.value().requests, page.value().more, page_words_max);
        }
        write_answer(context.getResults().initAnswer(), page, encode_sharing_page);
      });
}

}  // namespace sluice
