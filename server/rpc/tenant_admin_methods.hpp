// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "server/rpc/analytics_methods.hpp"
#include "server/rpc/operator_alerts.hpp"
#include "server/rpc/operator_audit.hpp"
#include "server/rpc/operator_customisation.hpp"
#include "server/rpc/operator_explanations.hpp"
#include "server/rpc/operator_history.hpp"
#include "server/rpc/operator_members.hpp"
#include "server/rpc/operator_resets.hpp"
#include "server/rpc/operator_tiers.hpp"
#include "server/rpc/operator_what_if.hpp"

namespace sluice {

/// All of the `TenantAdmin` capability but the question who may call it; a member's capability and
/// an operator's are built on this.
///
/// Role       Hands each method on.
/// Threading  Confined to its reactor.
/// Ownership  As what it is built on.
/// Errors     As each method.
class TenantAdminMethods : public AnalyticsMethods {
protected:
  TenantAdminMethods(std::shared_ptr<Service> service, Access access, std::string peer)
      : AnalyticsMethods(std::move(service), std::move(access), std::move(peer)) {}

  kj::Promise<void> showTenant(ShowTenantContext context) override;
  kj::Promise<void> editTenant(EditTenantContext context) override;
  kj::Promise<void> usage(UsageContext context) override {
    return calls_.run([&] { return answer_usage(calls_, context); });
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
};

}  // namespace sluice
