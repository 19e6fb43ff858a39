// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"
#include "server/rpc/operator_books.hpp"
#include "server/rpc/operator_sharing.hpp"

namespace sluice {

/// The part of the `TenantAdmin` capability that is about sharing; the rest of it is built on this.
///
/// Role       Hands each method on.
/// Threading  Confined to its reactor.
/// Ownership  Of what carries the calls.
/// Errors     As each method.
class SharingMethods : public virtual wire::TenantAdmin::Server {
protected:
  SharingMethods(std::shared_ptr<Service> service, Access access, std::string peer)
      : calls_(std::move(service), std::move(access), std::move(peer)) {}

  kj::Promise<void> putPolicy(PutPolicyContext context) override {
    return calls_.run([&] { return answer_put_policy(calls_, context); });
  }
  kj::Promise<void> removePolicy(RemovePolicyContext context) override {
    return calls_.run([&] { return answer_remove_policy(calls_, context); });
  }
  kj::Promise<void> showPolicy(ShowPolicyContext context) override {
    return calls_.run([&] { return answer_show_policy(calls_, context); });
  }
  kj::Promise<void> listPolicies(ListPoliciesContext context) override {
    return calls_.run([&] { return answer_list_policies(calls_, context); });
  }
  kj::Promise<void> requestAccess(RequestAccessContext context) override {
    return calls_.run([&] { return answer_request_access(calls_, context); });
  }
  kj::Promise<void> approveAccess(ApproveAccessContext context) override {
    return calls_.run([&] { return answer_approve_access(calls_, context); });
  }
  kj::Promise<void> rejectAccess(RejectAccessContext context) override {
    return calls_.run([&] { return answer_reject_access(calls_, context); });
  }
  kj::Promise<void> withdrawAccess(WithdrawAccessContext context) override {
    return calls_.run([&] { return answer_withdraw_access(calls_, context); });
  }
  kj::Promise<void> revokeAccess(RevokeAccessContext context) override {
    return calls_.run([&] { return answer_revoke_access(calls_, context); });
  }
  kj::Promise<void> listAccess(ListAccessContext context) override {
    return calls_.run([&] { return answer_list_access(calls_, context); });
  }

  kj::Promise<void> sharingStatements(SharingStatementsContext context) override {
    return calls_.run([&] { return answer_sharing_statements(calls_, context); });
  }
  kj::Promise<void> sharingPayouts(SharingPayoutsContext context) override {
    return calls_.run([&] { return answer_sharing_payouts(calls_, context); });
  }
  kj::Promise<void> sharingStatistics(SharingStatisticsContext context) override {
    return calls_.run([&] { return answer_sharing_statistics(calls_, context); });
  }

  Management calls_;
};

}  // namespace sluice
