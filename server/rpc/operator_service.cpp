// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_service.hpp"

#include <utility>

#include "server/rpc/amended.hpp"
#include "server/rpc/answer.hpp"
#include "server/rpc/management.hpp"
#include "server/rpc/operator_alerts.hpp"
#include "server/rpc/operator_analytics.hpp"
#include "server/rpc/operator_books.hpp"
#include "server/rpc/operator_clock.hpp"
#include "server/rpc/operator_credit.hpp"
#include "server/rpc/operator_customisation.hpp"
#include "server/rpc/operator_keys.hpp"
#include "server/rpc/operator_listings.hpp"
#include "server/rpc/operator_moves.hpp"
#include "server/rpc/operator_status.hpp"
#include "server/rpc/operator_tiers.hpp"
#include "server/rpc/tenant_admin_methods.hpp"

namespace sluice {

namespace {

class OperatorService final : public TenantAdminMethods, public wire::Operator::Server {
public:
  OperatorService(std::shared_ptr<Service> service, Access access, std::string peer)
      : TenantAdminMethods(std::move(service), std::move(access), std::move(peer)) {}

  /// Every call comes through here: none is made before the rules are asked.
  DispatchCallResult dispatchCall(
      std::uint64_t interface_id, std::uint16_t method,
      capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer> context) override {
    const CalledMethod called{interface_id, method};
    if (const auto objection = calls_.begin(called)) {
      return {calls_.refuse(called, *objection, context), false};
    }
    return wire::Operator::Server::dispatchCall(interface_id, method, context);
  }

protected:
  kj::Promise<void> createTenant(CreateTenantContext context) override;
  kj::Promise<void> listTenants(ListTenantsContext context) override;
  kj::Promise<void> purgeTenant(PurgeTenantContext context) override;
  kj::Promise<void> putLimit(PutLimitContext context) override;
  kj::Promise<void> removeLimit(RemoveLimitContext context) override;
  kj::Promise<void> putOverride(PutOverrideContext context) override;
  kj::Promise<void> removeOverride(RemoveOverrideContext context) override;
  kj::Promise<void> changeLife(ChangeLifeContext context) override;
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
  kj::Promise<void> giveCredit(GiveCreditContext context) override {
    return calls_.run([&] { return answer_give_credit(calls_, context); });
  }
  kj::Promise<void> voidCredit(VoidCreditContext context) override {
    return calls_.run([&] { return answer_void_credit(calls_, context); });
  }
  kj::Promise<void> resetCredit(ResetCreditContext context) override {
    return calls_.run([&] { return answer_reset_credit(calls_, context); });
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
  kj::Promise<void> verifyDomain(VerifyDomainContext context) override {
    return calls_.run([&] { return answer_verify_domain(calls_, context); });
  }
  kj::Promise<void> reportPayment(ReportPaymentContext context) override {
    return calls_.run([&] { return answer_report_payment(calls_, context); });
  }
  kj::Promise<void> markPayoutPaid(MarkPayoutPaidContext context) override {
    return calls_.run([&] { return answer_mark_payout_paid(calls_, context); });
  }
  kj::Promise<void> featureListing(FeatureListingContext context) override {
    return calls_.run([&] { return answer_feature_listing(calls_, context); });
  }
  kj::Promise<void> topTenants(TopTenantsContext context) override {
    return calls_.run([&] { return answer_top_tenants(calls_, context); });
  }
  kj::Promise<void> platformStatistics(PlatformStatisticsContext context) override {
    return calls_.run([&] { return answer_platform_statistics(calls_, context); });
  }
  kj::Promise<void> setFeature(SetFeatureContext context) override;
  kj::Promise<void> clearFeature(ClearFeatureContext context) override;
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

kj::Promise<void> OperatorService::putLimit(PutLimitContext context) {
  return calls_.run([&] {
    auto limit = decode_limit(context.getParams().getLimit(), "limit");
    return answer_amended(
        calls_, context,
        limit.ok() ? Result(PutLimit{std::move(limit).value()}) : Result<PutLimit>(limit.fault()));
  });
}

kj::Promise<void> OperatorService::removeLimit(RemoveLimitContext context) {
  return calls_.run([&] {
    auto name = decode_text(context.getParams().getName(), "name");
    return answer_amended(calls_, context,
                          name.ok() ? Result(RemoveLimit{std::move(name).value()})
                                    : Result<RemoveLimit>(name.fault()));
  });
}

kj::Promise<void> OperatorService::putOverride(PutOverrideContext context) {
  return calls_.run([&] {
    auto limit = decode_text(context.getParams().getLimit(), "limit");
    auto instead = decode_override(context.getParams().getOverride(), "override");
    return answer_amended(calls_, context,
                          !limit.ok()     ? Result<PutOverride>(limit.fault())
                          : !instead.ok() ? Result<PutOverride>(instead.fault())
                                          : Result(PutOverride{std::move(limit).value(),
                                                               std::move(instead).value()}));
  });
}

kj::Promise<void> OperatorService::removeOverride(RemoveOverrideContext context) {
  return calls_.run([&] {
    auto limit = decode_text(context.getParams().getLimit(), "limit");
    return answer_amended(calls_, context,
                          limit.ok() ? Result(RemoveOverride{std::move(limit).value()})
                                     : Result<RemoveOverride>(limit.fault()));
  });
}

kj::Promise<void> OperatorService::changeLife(ChangeLifeContext context) {
  return calls_.run([&] {
    return answer_amended(calls_, context, decode_life_event(context.getParams().getEvent()));
  });
}

kj::Promise<void> OperatorService::setFeature(SetFeatureContext context) {
  return calls_.run([&] {
    auto feature = decode_feature(context.getParams().getFeature(), "feature");
    return answer_amended(calls_, context,
                          feature.ok() ? Result(SetFeature{std::move(feature).value()})
                                       : Result<SetFeature>(feature.fault()));
  });
}

kj::Promise<void> OperatorService::clearFeature(ClearFeatureContext context) {
  return calls_.run([&] {
    auto name = decode_text(context.getParams().getName(), "name");
    return answer_amended(calls_, context,
                          name.ok() ? Result(ClearFeature{std::move(name).value()})
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
