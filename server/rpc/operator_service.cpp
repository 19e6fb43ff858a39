// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_service.hpp"

#include <utility>

#include "server/rpc/analytics_methods.hpp"
#include "server/rpc/answer.hpp"
#include "server/rpc/management.hpp"
#include "server/rpc/operator_alerts.hpp"
#include "server/rpc/operator_audit.hpp"
#include "server/rpc/operator_clock.hpp"
#include "server/rpc/operator_credit.hpp"
#include "server/rpc/operator_customisation.hpp"
#include "server/rpc/operator_explanations.hpp"
#include "server/rpc/operator_history.hpp"
#include "server/rpc/operator_keys.hpp"
#include "server/rpc/operator_members.hpp"
#include "server/rpc/operator_moves.hpp"
#include "server/rpc/operator_resets.hpp"
#include "server/rpc/operator_status.hpp"
#include "server/rpc/operator_tiers.hpp"
#include "server/rpc/operator_what_if.hpp"

namespace sluice {

namespace {

/// A continuation that writes the tenant as the answer.
template <class Context>
auto write_tenant(Context context) {
  return [context](const Result<TenantDefinition>& tenant) mutable {
    write_answer(context.getResults().initAnswer(), tenant, encode_tenant);
  };
}

class OperatorService final : public AnalyticsMethods {
public:
  OperatorService(std::shared_ptr<Service> service, Access access, std::string peer)
      : AnalyticsMethods(std::move(service), std::move(access), std::move(peer)) {}

  /// Every call comes through here: none is made before the rules are asked.
  DispatchCallResult dispatchCall(
      std::uint64_t interface_id, std::uint16_t method,
      capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer> context) override {
    if (const auto objection = calls_.begin(method)) {
      return {calls_.refuse(method, *objection, context), false};
    }
    return wire::Operator::Server::dispatchCall(interface_id, method, context);
  }

protected:
  kj::Promise<void> createTenant(CreateTenantContext context) override;
  kj::Promise<void> showTenant(ShowTenantContext context) override;
  kj::Promise<void> listTenants(ListTenantsContext context) override;
  kj::Promise<void> editTenant(EditTenantContext context) override;
  kj::Promise<void> purgeTenant(PurgeTenantContext context) override;
  kj::Promise<void> putLimit(PutLimitContext context) override;
  kj::Promise<void> removeLimit(RemoveLimitContext context) override;
  kj::Promise<void> putOverride(PutOverrideContext context) override;
  kj::Promise<void> removeOverride(RemoveOverrideContext context) override;
  kj::Promise<void> changeLife(ChangeLifeContext context) override;
  kj::Promise<void> usage(UsageContext context) override {
    return calls_.run([&] { return answer_usage(calls_, context); });
  }
  kj::Promise<void> defineMeter(DefineMeterContext context) override;
  kj::Promise<void> status(StatusContext context) override {
    return calls_.run([&] { return answer_status(calls_, context); });
  }
  kj::Promise<void> advanceClock(AdvanceClockContext context) override {
    return calls_.run([&] { return answer_advance_clock(calls_, context); });
  }
  kj::Promise<void> setWallClock(SetWallClockContext context) override {
    return calls_.run([&] { return answer_set_wall_clock(calls_, context); });
  }
  kj::Promise<void> history(HistoryContext context) override {
    return calls_.run([&] { return answer_history(calls_, context); });
  }
  kj::Promise<void> closedWindows(ClosedWindowsContext context) override {
    return calls_.run([&] { return answer_closed_windows(calls_, context); });
  }
  kj::Promise<void> stored(StoredContext context) override {
    return calls_.run([&] { return answer_stored(calls_, context); });
  }
  kj::Promise<void> resets(ResetsContext context) override {
    return calls_.run([&] { return answer_resets(calls_, context); });
  }
  kj::Promise<void> giveCredit(GiveCreditContext context) override {
    return calls_.run([&] { return answer_give_credit(calls_, context); });
  }
  kj::Promise<void> voidCredit(VoidCreditContext context) override {
    return calls_.run([&] { return answer_void_credit(calls_, context); });
  }
  kj::Promise<void> resetCredit(ResetCreditContext context) override {
    return calls_.run([&] { return answer_reset_credit(calls_, context); });
  }
  kj::Promise<void> explain(ExplainContext context) override {
    return calls_.run([&] { return answer_explanations(calls_, context); });
  }
  kj::Promise<void> whatIf(WhatIfContext context) override {
    return calls_.run([&] { return answer_what_if(calls_, context); });
  }
  kj::Promise<void> meters(MetersContext context) override {
    const auto table = calls_.engine().meters();
    encode_meters(*table, context.getResults().initMeters(static_cast<unsigned>(table->size())));
    return kj::READY_NOW;
  }
  kj::Promise<void> createKey(CreateKeyContext context) override {
    return calls_.run([&] { return answer_create_key(calls_, context); });
  }
  kj::Promise<void> revokeKey(RevokeKeyContext context) override {
    return calls_.run([&] { return answer_revoke_key(calls_, context); });
  }
  kj::Promise<void> listKeys(ListKeysContext context) override {
    return calls_.run([&] { return answer_list_keys(calls_, context); });
  }
  kj::Promise<void> listTiers(ListTiersContext context) override {
    return calls_.run([&] { return answer_list_tiers(calls_, context); });
  }
  kj::Promise<void> putTier(PutTierContext context) override {
    return calls_.run([&] { return answer_put_tier(calls_, context); });
  }
  kj::Promise<void> removeTier(RemoveTierContext context) override {
    return calls_.run([&] { return answer_remove_tier(calls_, context); });
  }
  kj::Promise<void> moveTenant(MoveTenantContext context) override {
    return calls_.run([&] { return answer_move_tenant(calls_, context); });
  }
  kj::Promise<void> changeTier(ChangeTierContext context) override {
    return calls_.run([&] { return answer_change_tier(calls_, context); });
  }
  kj::Promise<void> applyTier(ApplyTierContext context) override {
    return calls_.run([&] { return answer_apply_tier(calls_, context); });
  }
  kj::Promise<void> features(FeaturesContext context) override {
    return calls_.run([&] { return answer_features(calls_, context); });
  }
  kj::Promise<void> showCustomisation(ShowCustomisationContext context) override {
    return calls_.run([&] { return answer_show_customisation(calls_, context); });
  }
  kj::Promise<void> putCustomisation(PutCustomisationContext context) override {
    return calls_.run([&] { return answer_put_customisation(calls_, context); });
  }
  kj::Promise<void> addDomain(AddDomainContext context) override {
    return calls_.run([&] { return answer_add_domain(calls_, context); });
  }
  kj::Promise<void> verifyDomain(VerifyDomainContext context) override {
    return calls_.run([&] { return answer_verify_domain(calls_, context); });
  }
  kj::Promise<void> removeDomain(RemoveDomainContext context) override {
    return calls_.run([&] { return answer_remove_domain(calls_, context); });
  }
  kj::Promise<void> listAlerts(ListAlertsContext context) override {
    return calls_.run([&] { return answer_list_alerts(calls_, context); });
  }
  kj::Promise<void> alertDeliveries(AlertDeliveriesContext context) override {
    return calls_.run([&] { return answer_alert_deliveries(calls_, context); });
  }
  kj::Promise<void> sendAlertAgain(SendAlertAgainContext context) override {
    return calls_.run([&] { return answer_send_alert_again(calls_, context); });
  }
  kj::Promise<void> testWebhook(TestWebhookContext context) override {
    return calls_.run([&] { return answer_test_webhook(calls_, context); });
  }
  kj::Promise<void> reportPayment(ReportPaymentContext context) override {
    return calls_.run([&] { return answer_report_payment(calls_, context); });
  }
  kj::Promise<void> setFeature(SetFeatureContext context) override;
  kj::Promise<void> clearFeature(ClearFeatureContext context) override;
  kj::Promise<void> addMember(AddMemberContext context) override {
    return calls_.run([&] { return answer_add_member(calls_, context); });
  }
  kj::Promise<void> acceptInvitation(AcceptInvitationContext context) override {
    return calls_.run([&] { return answer_accept_invitation(calls_, context); });
  }
  kj::Promise<void> changeMember(ChangeMemberContext context) override {
    return calls_.run([&] { return answer_change_member(calls_, context); });
  }
  kj::Promise<void> removeMember(RemoveMemberContext context) override {
    return calls_.run([&] { return answer_remove_member(calls_, context); });
  }
  kj::Promise<void> transferOwnership(TransferOwnershipContext context) override {
    return calls_.run([&] { return answer_transfer_ownership(calls_, context); });
  }
  kj::Promise<void> listMembers(ListMembersContext context) override {
    return calls_.run([&] { return answer_list_members(calls_, context); });
  }
  kj::Promise<void> putRole(PutRoleContext context) override {
    return calls_.run([&] { return answer_put_role(calls_, context); });
  }
  kj::Promise<void> removeRole(RemoveRoleContext context) override {
    return calls_.run([&] { return answer_remove_role(calls_, context); });
  }
  kj::Promise<void> listRoles(ListRolesContext context) override {
    return calls_.run([&] { return answer_list_roles(calls_, context); });
  }
  kj::Promise<void> tenantsOf(TenantsOfContext context) override {
    return calls_.run([&] { return answer_tenants_of(calls_, context); });
  }
  kj::Promise<void> auditTrail(AuditTrailContext context) override {
    return calls_.run([&] { return answer_audit_trail(calls_, context); });
  }
  kj::Promise<void> verifyAudit(VerifyAuditContext context) override {
    return calls_.run([&] { return answer_verify_audit(calls_, context); });
  }

private:
  /// Makes the change and answers with the tenant as it is then, or with why not.
  template <class Context, class Decoded>
  kj::Promise<void> amend(Context context, Result<Decoded> change);
};

kj::Promise<void> OperatorService::createTenant(CreateTenantContext context) {
  return calls_.run([&]() -> kj::Promise<void> {
    auto draft = decode_draft(context.getParams().getDraft());
    if (!draft.ok()) {
      return answer_fault(context, draft.fault());
    }
    auto owner = decode_owner(context.getParams().getDraft());
    if (!owner.ok()) {
      return answer_fault(context, owner.fault());
    }
    const auto create = [&](Reply<TenantDefinition> reply) {
      calls_.engine().create(calls_.here(), calls_.author(), std::move(draft).value(),
                             std::move(reply), std::move(owner).value());
    };
    return calls_.ask<TenantDefinition>(create).then(write_tenant(context));
  });
}

kj::Promise<void> OperatorService::showTenant(ShowTenantContext context) {
  return calls_.run([&] {
    const auto show = [this](TenantId id, Reply<TenantDefinition> reply) {
      calls_.engine().show(calls_.here(), id, std::move(reply));
    };
    return calls_.ask_about<TenantDefinition>(context.getParams().getTenant(), show)
        .then(write_tenant(context));
  });
}

kj::Promise<void> OperatorService::listTenants(ListTenantsContext context) {
  return calls_.run([&]() -> kj::Promise<void> {
    auto query = decode_query(context.getParams());
    if (!query.ok()) {
      return answer_fault(context, query.fault());
    }
    const auto list = [&](Reply<TenantPage> reply) {
      calls_.engine().list(calls_.here(), std::move(query).value(), std::move(reply));
    };
    return calls_.ask<TenantPage>(list).then([context](Result<TenantPage> page) mutable {
      if (page.ok()) {
        cut_page(page.value(), page_words_max);
      }
      write_answer(context.getResults().initAnswer(), page, encode_page);
    });
  });
}

kj::Promise<void> OperatorService::purgeTenant(PurgeTenantContext context) {
  return calls_.run([&] {
    const std::uint64_t version = context.getParams().getVersion();
    const auto expected = version == 0 ? std::nullopt : std::optional(Version{version});
    const auto remove = [this, expected](TenantId id, Reply<TenantDefinition> reply) {
      calls_.engine().remove(calls_.here(), calls_.author(), id, expected, std::move(reply));
    };
    return calls_.ask_about<TenantDefinition>(context.getParams().getTenant(), remove)
        .then(write_tenant(context));
  });
}

template <class Context, class Decoded>
kj::Promise<void> OperatorService::amend(Context context, Result<Decoded> change) {
  if (!change.ok()) {
    return answer_fault(context, change.fault());
  }
  const std::uint64_t version = context.getParams().getVersion();
  const auto expected = version == 0 ? std::nullopt : std::optional(Version{version});
  auto ask = [this, expected, change = Change{std::move(change).value()}](
                 TenantId id, Reply<TenantDefinition> reply) {
    calls_.engine().amend(calls_.here(), calls_.author(), Amendment{id, expected, change},
                          std::move(reply));
  };
  return calls_.ask_about<TenantDefinition>(context.getParams().getTenant(), std::move(ask))
      .then(write_tenant(context));
}

kj::Promise<void> OperatorService::editTenant(EditTenantContext context) {
  return calls_.run([&] {
    auto edit = decode_edit(context.getParams().getEdit());
    // What a tenant pays, and when its windows end, is not its own to change.
    if (edit.ok() &&
        (edit.value().tier || edit.value().billing_anchor_day || edit.value().currency)) {
      calls_.also_needs(Permission::billing_write);
    }
    // Nor is where it is and what it complies with, which others may trust in.
    if (edit.ok() && (edit.value().region || edit.value().compliance)) {
      calls_.also_needs(Permission::platform_write);
    }
    return amend(context, std::move(edit));
  });
}

kj::Promise<void> OperatorService::putLimit(PutLimitContext context) {
  return calls_.run([&] {
    auto limit = decode_limit(context.getParams().getLimit(), "limit");
    return amend(context, limit.ok() ? Result(PutLimit{std::move(limit).value()})
                                     : Result<PutLimit>(limit.fault()));
  });
}

kj::Promise<void> OperatorService::removeLimit(RemoveLimitContext context) {
  return calls_.run([&] {
    auto name = decode_text(context.getParams().getName(), "name");
    return amend(context, name.ok() ? Result(RemoveLimit{std::move(name).value()})
                                    : Result<RemoveLimit>(name.fault()));
  });
}

kj::Promise<void> OperatorService::putOverride(PutOverrideContext context) {
  return calls_.run([&] {
    auto limit = decode_text(context.getParams().getLimit(), "limit");
    auto instead = decode_override(context.getParams().getOverride(), "override");
    return amend(context, !limit.ok()     ? Result<PutOverride>(limit.fault())
                          : !instead.ok() ? Result<PutOverride>(instead.fault())
                                          : Result(PutOverride{std::move(limit).value(),
                                                               std::move(instead).value()}));
  });
}

kj::Promise<void> OperatorService::removeOverride(RemoveOverrideContext context) {
  return calls_.run([&] {
    auto limit = decode_text(context.getParams().getLimit(), "limit");
    return amend(context, limit.ok() ? Result(RemoveOverride{std::move(limit).value()})
                                     : Result<RemoveOverride>(limit.fault()));
  });
}

kj::Promise<void> OperatorService::changeLife(ChangeLifeContext context) {
  return calls_.run(
      [&] { return amend(context, decode_life_event(context.getParams().getEvent())); });
}

kj::Promise<void> OperatorService::setFeature(SetFeatureContext context) {
  return calls_.run([&] {
    auto feature = decode_feature(context.getParams().getFeature(), "feature");
    return amend(context, feature.ok() ? Result(SetFeature{std::move(feature).value()})
                                       : Result<SetFeature>(feature.fault()));
  });
}

kj::Promise<void> OperatorService::clearFeature(ClearFeatureContext context) {
  return calls_.run([&] {
    auto name = decode_text(context.getParams().getName(), "name");
    return amend(context, name.ok() ? Result(ClearFeature{std::move(name).value()})
                                    : Result<ClearFeature>(name.fault()));
  });
}

kj::Promise<void> OperatorService::defineMeter(DefineMeterContext context) {
  return calls_.run([&]() -> kj::Promise<void> {
    auto name = decode_text(context.getParams().getName(), "name");
    auto unit = decode_text(context.getParams().getUnit(), "unit");
    if (!name.ok() || !unit.ok()) {
      return answer_fault(context, name.ok() ? unit.fault() : name.fault());
    }
    const auto define = [&](Reply<Meter> reply) {
      calls_.engine().define_meter(calls_.here(), calls_.author(), std::move(name).value(),
                                   std::move(unit).value(), std::move(reply));
    };
    return calls_.ask<Meter>(define).then([context](const Result<Meter>& meter) mutable {
      write_answer(context.getResults().initAnswer(), meter, encode_meter);
    });
  });
}

}  // namespace

wire::Operator::Client make_operator(std::shared_ptr<Service> service, Access access,
                                     std::string peer) {
  return kj::heap<OperatorService>(std::move(service), std::move(access), std::move(peer));
}

}  // namespace sluice
