// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_audit.hpp"

#include <optional>
#include <utility>

#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

/// Asks about the tenant that the parameters name, or about the platform, whose chain is nil.
template <class T, class Params, class Question>
kj::Promise<Result<T>> ask(Management& calls, Params params, Question question) {
  return params.hasTenant() ? calls.ask_about<T>(params.getTenant(), std::move(question))
                            : calls.ask_about_all<T>(
                                  [&](Reply<T> reply) { question(TenantId{}, std::move(reply)); });
}

/// Follows a chain to its end, a part at a time, so that others are read in between.
void follow(Engine& engine, ReactorIndex here, TenantId chain, std::optional<AuditMark> from,
            Reply<AuditCheck> reply) {
  engine.check_audit(here, chain, from,
                     [&engine, here, chain, reply = std::move(reply)](Result<AuditCheck> check) {
                       if (check.ok() && check.value().more) {
                         return follow(engine, here, chain, check.value().through, reply);
                       }
                       reply(std::move(check));
                     });
}

}  // namespace

kj::Promise<void> answer_audit_trail(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::AuditTrailParams, wire::TenantAdmin::AuditTrailResults>
        context) {
  auto query = decode_audit_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto question = [&engine = calls.engine(), here = calls.here(),
                         query = std::move(query).value()](TenantId chain, Reply<AuditPage> reply) {
    AuditQuery of_chain = query;
    of_chain.tenant = chain;
    engine.audit(here, std::move(of_chain), std::move(reply));
  };
  return ask<AuditPage>(calls, context.getParams(), question)
      .then([context](Result<AuditPage> page) mutable {
        if (page.ok()) {
          cut_audit_page(page.value(), page_words_max);
        }
        write_answer(context.getResults().initAnswer(), page, encode_audit_page);
      });
}

kj::Promise<void> answer_verify_audit(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::VerifyAuditParams, wire::TenantAdmin::VerifyAuditResults>
        context) {
  const auto question = [&engine = calls.engine(), here = calls.here()](TenantId chain,
                                                                        Reply<AuditCheck> reply) {
    follow(engine, here, chain, std::nullopt, std::move(reply));
  };
  return ask<AuditCheck>(calls, context.getParams(), question)
      .then([context](const Result<AuditCheck>& check) mutable {
        write_answer(context.getResults().initAnswer(), check, encode_audit_check);
      });
}

}  // namespace sluice
