// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_credit.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "actors/tenant/audit_drafts.hpp"
#include "server/auth/crypto.hpp"
#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

/// Why the tenant did not do what was asked.
Fault fault_of(const Decision& decision) {
  switch (decision.outcome) {
    case Outcome::invalid:
      SLUICE_INVARIANT(decision.problem != nullptr);
      return {FaultCode::invalid_argument, decision.problem};
    case Outcome::conflict:
      return {FaultCode::conflict, "id: was used for something else"};
    case Outcome::no_such_hold:
      return {FaultCode::not_found, "grant: there is no grant with this id"};
    case Outcome::unknown_tenant:
      return {FaultCode::not_found, "tenant: does not exist"};
    case Outcome::unavailable:
      return {FaultCode::unavailable, "credit cannot be changed now; nothing was changed"};
    case Outcome::allowed:
    case Outcome::denied:
    case Outcome::no_such_meter:
    case Outcome::throttled:
    case Outcome::hold_expired:
    case Outcome::suspended:
    case Outcome::deactivated:
    case Outcome::access_denied:
      break;
  }
  SLUICE_INVARIANT(!"a change of credit that is refused like a charge");
}

/// An id that no other change has.
EntryId any_change() {
  std::array<std::uint64_t, 2> words{};
  auth::fill_random(std::as_writable_bytes(std::span{words}));
  return {words[0], words[1]};
}

/// A change of credit on its way through the host of its tenant.
///
/// Threading  As `CheckBatch`.
/// Ownership  Owns itself until it is answered.
class CreditCheck final : public CheckBatch {
public:
  static void submit(Engine& engine, ReactorIndex here, TenantId tenant,
                     const CreditRequest& request, const Author& author, Reply<Decision> reply) {
    auto owned = std::make_unique<CreditCheck>(tenant, request, author, std::move(reply));
    CreditCheck& check = *owned;
    check.self_ = std::move(owned);
    engine.submit(here, check);
  }

  CreditCheck(TenantId tenant, const CreditRequest& request, const Author& author,
              Reply<Decision> reply)
      : request_(request),
        audit_{any_change(), audit_of_credit(tenant, request.limit, request.id, request.change)},
        reply_(std::move(reply)) {
    audit_.what.author = author;
    if (auto* const give = std::get_if<GiveCredit>(&request_.change)) {
      give->limit = request_.limit;
    } else if (auto* const reset = std::get_if<ResetCredit>(&request_.change)) {
      reset->limit = request_.limit;
    }
    check_.tenant = tenant;
    check_.mode = Mode::credit;
    check_.id = request_.id;
    check_.credit = &request_.change;
    check_.audit = &audit_;
    checks = {&check_, 1};
    decisions = {&decision_, 1};
  }
  ~CreditCheck() noexcept = default;
  CreditCheck(const CreditCheck&) = delete;
  CreditCheck& operator=(const CreditCheck&) = delete;

private:
  void completed() noexcept override {
    const auto self = std::move(self_);
    reply_(decision_);
  }
  void abandoned() noexcept override {
    const auto self = std::move(self_);
    reply_(Fault{FaultCode::outcome_unknown,
                 "whether this was done is not known: the server could not record it, or does not "
                 "own its tenants any more"});
  }

  CreditRequest request_;
  AuditRow audit_;
  Check check_{};
  Decision decision_{};
  Reply<Decision> reply_;
  std::unique_ptr<CreditCheck> self_;  ///< While in flight.
};

/// The limit that was changed: by its name, or by the grant that it has.
bool is_changed(const LimitUsage& usage, const CreditRequest& request) {
  return request.limit.empty()
             ? std::ranges::find(usage.grants, request.id, &Grant::id) != usage.grants.end()
             : usage.limit.name == request.limit;
}

Result<CreditReport> report_of(Result<TenantUsage> usage, const CreditRequest& request,
                               bool repeated) {
  if (!usage.ok()) {
    return Fault{FaultCode::outcome_unknown,
                 "the change was made, and what came of it is not known: " + usage.fault().context};
  }
  std::vector<LimitUsage>& limits = usage.value().limits;
  const auto changed = std::ranges::find_if(
      limits, [&](const LimitUsage& limit) { return is_changed(limit, request); });
  if (changed == limits.end()) {
    return Fault{FaultCode::outcome_unknown,
                 "limit: the change was made, and it was removed since"};
  }
  return CreditReport{std::move(*changed), repeated, usage.value().at};
}

/// Makes the change and replies with the limit as it is then, in three steps.
struct CreditChanging {
  Engine* engine;
  ReactorIndex here;
  TenantId tenant;
  CreditRequest request;
  Author author;
  Reply<CreditReport> reply;

  /// A tenant that is asked about a limit that is not there could only say that the name is wrong.
  void find_limit() const {
    if (request.limit.empty()) {
      return decide();
    }
    engine->usage(here, tenant, [step = *this](const Result<TenantUsage>& usage) {
      if (!usage.ok()) {
        return step.reply(usage.fault());
      }
      const auto& limits = usage.value().limits;
      if (std::ranges::none_of(limits, [&](const LimitUsage& entry) {
            return entry.limit.name == step.request.limit;
          })) {
        return step.reply(Fault{FaultCode::not_found, "limit: there is no limit of this name"});
      }
      step.decide();
    });
  }

  void decide() const {
    CreditCheck::submit(*engine, here, tenant, request, author,
                        [step = *this](const Result<Decision>& decision) {
                          if (!decision.ok()) {
                            return step.reply(decision.fault());
                          }
                          if (decision.value().outcome != Outcome::allowed) {
                            return step.reply(fault_of(decision.value()));
                          }
                          step.read_usage(decision.value());
                        });
  }

  void read_usage(const Decision& decision) const {
    engine->usage(here, tenant,
                  [step = *this, repeated = decision.repeated](Result<TenantUsage> usage) {
                    step.reply(report_of(std::move(usage), step.request, repeated));
                  });
  }
};

template <class Context>
kj::Promise<void> answer_credit(Management& calls, Context context,
                                const Result<CreditRequest>& request) {
  if (!request.ok()) {
    return answer_fault(context, request.fault());
  }
  const auto change = [engine = &calls.engine(), here = calls.here(), request = request.value(),
                       author = calls.author()](TenantId id, Reply<CreditReport> reply) {
    CreditChanging{engine, here, id, request, author, std::move(reply)}.find_limit();
  };
  return calls.ask_about<CreditReport>(context.getParams().getTenant(), change)
      .then([context](const Result<CreditReport>& report) mutable {
        write_answer(context.getResults().initAnswer(), report, encode_credit_report);
      });
}

}  // namespace

kj::Promise<void> answer_give_credit(
    Management& calls,
    capnp::CallContext<wire::Operator::GiveCreditParams, wire::Operator::GiveCreditResults>
        context) {
  return answer_credit(calls, context, decode_give(context.getParams()));
}

kj::Promise<void> answer_void_credit(
    Management& calls,
    capnp::CallContext<wire::Operator::VoidCreditParams, wire::Operator::VoidCreditResults>
        context) {
  return answer_credit(calls, context, decode_void(context.getParams()));
}

kj::Promise<void> answer_reset_credit(
    Management& calls,
    capnp::CallContext<wire::Operator::ResetCreditParams, wire::Operator::ResetCreditResults>
        context) {
  return answer_credit(calls, context, decode_reset(context.getParams()));
}

}  // namespace sluice
