// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/codec.hpp"
#include "tests/protocol/client/stand_in.hpp"

namespace sluice::client {

inline constexpr TenantId made_by_server{1, 2};
inline constexpr ClosedWindow closed_window{LimitId{4}, MeterId{5}, WallTime{Duration{6}},
                                            Amount{7}};

inline constexpr EntryId some_grant{8, 9};

/// Takes every draft but those of two names: "taken" is a fault, and "silence" is never answered.
class Desk final : public wire::Operator::Server {
protected:
  kj::Promise<void> createTenant(CreateTenantContext context) override {
    auto tenant = decode_draft(context.getParams().getDraft()).value();
    if (tenant.slug == "silence") {
      return kj::NEVER_DONE;
    }
    auto answer = context.getResults().initAnswer();
    if (tenant.slug == "taken") {
      encode_fault(Fault{FaultCode::already_exists, "slug \"taken\" is taken"}, answer.initFault());
      return kj::READY_NOW;
    }
    tenant.id = made_by_server;
    tenant.version = Version{1};
    encode_tenant(tenant, answer.initValue());
    return kj::READY_NOW;
  }

  kj::Promise<void> showTenant(ShowTenantContext) override { return kj::NEVER_DONE; }

  kj::Promise<void> editTenant(EditTenantContext context) override {
    const auto params = context.getParams();
    TenantDefinition tenant;
    tenant.name = decode_edit(params.getEdit()).value().name.value_or("unchanged");
    tenant.version = Version{params.getVersion() + 1};
    encode_tenant(tenant, context.getResults().initAnswer().initValue());
    return kj::READY_NOW;
  }

  kj::Promise<void> usage(UsageContext) override {
    return kj::Exception(kj::Exception::Type::OVERLOADED, __FILE__, __LINE__,
                         kj::str("too much to do"));
  }

  /// One point that says what was asked for.
  kj::Promise<void> history(HistoryContext context) override {
    const auto params = context.getParams();
    auto answer = context.getResults().initAnswer();
    const auto query = decode_usage_query(params);
    if (!query.ok()) {
      encode_fault(query.fault(), answer.initFault());
      return kj::READY_NOW;
    }
    SLUICE_INVARIANT(std::get<std::string>(decode_ref(params.getTenant()).value()) == "acme");
    const auto granularity = static_cast<std::uint64_t>(query.value().granularity);
    encode_history({{query.value().meter.value_or(MeterId{}), query.value().from,
                     Amount{query.value().points_max}, granularity, 0, 0}},
                   answer.initValue());
    return kj::READY_NOW;
  }

  kj::Promise<void> closedWindows(ClosedWindowsContext context) override {
    const auto tenant = decode_ref(context.getParams().getTenant()).value();
    auto answer = context.getResults().initAnswer();
    if (tenant != TenantName{made_by_server}) {
      encode_fault(Fault{FaultCode::not_found, "there is no such tenant"}, answer.initFault());
      return kj::READY_NOW;
    }
    encode_windows({closed_window}, answer.initValue());
    return kj::READY_NOW;
  }

  /// As many as were asked for, by the name of the limit.
  kj::Promise<void> resets(ResetsContext context) override {
    const auto params = context.getParams();
    SLUICE_INVARIANT(std::get<std::string>(decode_ref(params.getTenant()).value()) == "acme");
    encode_resets({params.getLimit(), WallTime{}, {WallTime{Duration{params.getCount()}}}},
                  context.getResults().initAnswer().initValue());
    return kj::READY_NOW;
  }

  /// Answers with the grant and the name of the limit that were asked for.
  kj::Promise<void> giveCredit(GiveCreditContext context) override {
    const auto params = context.getParams();
    auto answer = context.getResults().initAnswer();
    const auto request = decode_give(params);
    if (!request.ok()) {
      encode_fault(request.fault(), answer.initFault());
      return kj::READY_NOW;
    }
    SLUICE_INVARIANT(std::get<std::string>(decode_ref(params.getTenant()).value()) == "acme");
    CreditReport report;
    report.usage.limit.name = request.value().limit;
    Grant& grant = report.usage.grants.emplace_back();
    grant.id = request.value().id;
    grant.terms = std::get<GiveCredit>(request.value().change).terms;
    encode_credit_report(report, answer.initValue());
    return kj::READY_NOW;
  }

  kj::Promise<void> voidCredit(VoidCreditContext context) override {
    const auto request = decode_void(context.getParams()).value();
    auto answer = context.getResults().initAnswer();
    if (request.id != some_grant) {
      encode_fault(Fault{FaultCode::not_found, "grant: there is none"}, answer.initFault());
      return kj::READY_NOW;
    }
    encode_credit_report({{}, true, WallTime{Duration{7}}}, answer.initValue());
    return kj::READY_NOW;
  }

  /// What is owed is 1 if it is to be kept.
  kj::Promise<void> resetCredit(ResetCreditContext context) override {
    const auto request = decode_reset(context.getParams()).value();
    CreditReport report;
    report.usage.limit.name = request.limit;
    report.usage.over = Amount{std::get<ResetCredit>(request.change).keeps_overage ? 1U : 0U};
    encode_credit_report(report, context.getResults().initAnswer().initValue());
    return kj::READY_NOW;
  }

  /// One explanation, made of the question.
  kj::Promise<void> explain(ExplainContext context) override {
    auto answer = context.getResults().initAnswer();
    const auto query = decode_explanation_query(context.getParams());
    if (!query.ok()) {
      encode_fault(query.fault(), answer.initFault());
      return kj::READY_NOW;
    }
    SLUICE_INVARIANT(decode_ref(context.getParams().getTenant()).value() ==
                     TenantName{made_by_server});
    encode_explanations({{query.value().decision,
                          WallTime{Duration{static_cast<std::int64_t>(query.value().count_max)}}}},
                        answer.initValue());
    return kj::READY_NOW;
  }

  /// One row that says what was asked for.
  kj::Promise<void> whatIf(WhatIfContext context) override {
    const auto params = context.getParams();
    const auto query = decode_what_if_query(params).value();
    WhatIfRow row{query.after.value_or(TenantId{}), query.limit.name, {}};
    if (params.hasTenant()) {
      row.slug += " of " + std::get<std::string>(decode_ref(params.getTenant()).value());
    }
    encode_what_if_page({{row}, query.page_size, made_by_server},
                        context.getResults().initAnswer().initValue());
    return kj::READY_NOW;
  }

  kj::Promise<void> status(StatusContext context) override {
    ServerStatus status;
    status.ownership = {Epoch{3}, false, Duration{0}};
    encode_status(status, context.getResults().initStatus());
    return kj::READY_NOW;
  }

  kj::Promise<void> advanceClock(AdvanceClockContext context) override {
    const auto by = static_cast<std::int64_t>(context.getParams().getByNs());
    context.getResults().initAnswer().initValue().setNowNs(1000 + by);
    return kj::READY_NOW;
  }
};

}  // namespace sluice::client
