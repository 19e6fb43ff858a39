// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_books.hpp"

#include <utility>

#include "protocol/codec_books.hpp"
#include "protocol/codec_sharing.hpp"
#include "server/rpc/answer.hpp"

namespace sluice {

kj::Promise<void> answer_sharing_statements(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SharingStatementsParams,
                                          wire::TenantAdmin::SharingStatementsResults>
                           context) {
  auto asked = decode_statements_asked(context.getParams());
  if (!asked.ok()) {
    return answer_fault(context, asked.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), asked = asked.value()](
                 TenantId id, Reply<StatementPage> reply) {
    StatementQuery query = asked.query;
    query.tenant = id;
    engine.statements(here, std::move(query), asked.running, std::move(reply));
  };
  return calls.ask_about<StatementPage>(context.getParams().getTenant(), std::move(ask))
      .then([context](Result<StatementPage> page) mutable {
        if (page.ok()) {
          cut_rows(page.value().lines, page.value().more, page_words_max);
        }
        write_answer(context.getResults().initAnswer(), page, encode_statement_page);
      });
}

kj::Promise<void> answer_sharing_payouts(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SharingPayoutsParams,
                                          wire::TenantAdmin::SharingPayoutsResults>
                           context) {
  auto query = decode_payout_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                 TenantId id, Reply<PayoutPage> reply) {
    PayoutQuery of_tenant = query;
    of_tenant.owner = id;
    engine.payouts(here, std::move(of_tenant), std::move(reply));
  };
  return calls.ask_about<PayoutPage>(context.getParams().getTenant(), std::move(ask))
      .then([context](Result<PayoutPage> page) mutable {
        if (page.ok()) {
          cut_rows(page.value().payouts, page.value().more, page_words_max);
        }
        write_answer(context.getResults().initAnswer(), page, encode_payout_page);
      });
}

kj::Promise<void> answer_mark_payout_paid(
    Management& calls,
    capnp::CallContext<wire::Operator::MarkPayoutPaidParams, wire::Operator::MarkPayoutPaidResults>
        context) {
  auto paid = decode_payout_paid(context.getParams());
  if (!paid.ok()) {
    return answer_fault(context, paid.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), author = calls.author(),
              paid = std::move(paid).value()](TenantId id, Reply<Payout> reply) {
    PayoutKey key = paid.key;
    key.owner = id;
    engine.mark_payout_paid(here, author, std::move(key), paid.reference, std::move(reply));
  };
  return calls.ask_about<Payout>(context.getParams().getTenant(), std::move(ask))
      .then([context](const Result<Payout>& payout) mutable {
        write_answer(context.getResults().initAnswer(), payout, encode_payout);
      });
}

kj::Promise<void> answer_sharing_statistics(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SharingStatisticsParams,
                                          wire::TenantAdmin::SharingStatisticsResults>
                           context) {
  auto query = decode_statistics_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                 TenantId id, Reply<SharingStatistics> reply) {
    SharingStatisticsQuery of_tenant = query;
    of_tenant.tenant = id;
    engine.sharing_statistics(here, std::move(of_tenant), std::move(reply));
  };
  return calls.ask_about<SharingStatistics>(context.getParams().getTenant(), std::move(ask))
      .then([context](Result<SharingStatistics> told) mutable {
        if (told.ok()) {
          cut_rows(told.value().points, told.value().cut, page_words_max);
        }
        write_answer(context.getResults().initAnswer(), told, encode_sharing_statistics);
      });
}

}  // namespace sluice
