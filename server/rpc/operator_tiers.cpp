// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_tiers.hpp"

#include <optional>
#include <utility>

#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

/// On the wire 0 takes any version.
std::optional<Version> expected_of(std::uint64_t version) {
  return version == 0 ? std::nullopt : std::optional(Version{version});
}

}  // namespace

kj::Promise<void> answer_list_tiers(
    Management& calls,
    capnp::CallContext<wire::Operator::ListTiersParams, wire::Operator::ListTiersResults> context) {
  encode_tiers(*calls.engine().tiers(), context.getResults().initAnswer().initValue());
  return kj::READY_NOW;
}

kj::Promise<void> answer_put_tier(
    Management& calls,
    capnp::CallContext<wire::Operator::PutTierParams, wire::Operator::PutTierResults> context) {
  auto tier = decode_tier(context.getParams().getTier());
  if (!tier.ok()) {
    return answer_fault(context, tier.fault());
  }
  const auto put = [&](Reply<Tier> reply) {
    calls.engine().put_tier(calls.here(), calls.author(), std::move(tier).value(),
                            expected_of(context.getParams().getVersion()), std::move(reply));
  };
  return calls.ask<Tier>(put).then([context](const Result<Tier>& stored) mutable {
    write_answer(context.getResults().initAnswer(), stored, encode_tier);
  });
}

kj::Promise<void> answer_remove_tier(
    Management& calls,
    capnp::CallContext<wire::Operator::RemoveTierParams, wire::Operator::RemoveTierResults>
        context) {
  auto name = decode_text(context.getParams().getName(), "name");
  if (!name.ok()) {
    return answer_fault(context, name.fault());
  }
  const auto remove = [&](Reply<Tier> reply) {
    calls.engine().remove_tier(calls.here(), calls.author(), std::move(name).value(),
                               std::move(reply));
  };
  return calls.ask<Tier>(remove).then([context](const Result<Tier>& removed) mutable {
    write_answer(context.getResults().initAnswer(), removed, encode_tier);
  });
}

kj::Promise<void> answer_change_tier(
    Management& calls,
    capnp::CallContext<wire::Operator::ChangeTierParams, wire::Operator::ChangeTierResults>
        context) {
  const auto params = context.getParams();
  auto change = decode_change_tier(params);
  if (!change.ok()) {
    return answer_fault(context, change.fault());
  }
  const auto move = [&engine = calls.engine(), here = calls.here(), author = calls.author(),
                     expected = expected_of(params.getVersion()),
                     change = std::move(change).value()](TenantId id, Reply<TierChanged> reply) {
    engine.change_tier(here, author, id, expected, change, std::move(reply));
  };
  return calls.ask_about<TierChanged>(params.getTenant(), move)
      .then([context](const Result<TierChanged>& changed) mutable {
        write_answer(context.getResults().initAnswer(), changed, encode_tier_changed);
      });
}

kj::Promise<void> answer_apply_tier(
    Management& calls,
    capnp::CallContext<wire::Operator::ApplyTierParams, wire::Operator::ApplyTierResults> context) {
  auto query = decode_apply_tier(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto apply = [&](Reply<TierApplied> reply) {
    calls.engine().apply_tier(calls.here(), calls.author(), std::move(query).value(),
                              std::move(reply));
  };
  return calls.ask<TierApplied>(apply).then([context](const Result<TierApplied>& applied) mutable {
    write_answer(context.getResults().initAnswer(), applied, encode_tier_applied);
  });
}

kj::Promise<void> answer_features(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::FeaturesParams, wire::TenantAdmin::FeaturesResults>
        context) {
  const auto show = [&calls](TenantId id, Reply<TenantDefinition> reply) {
    calls.engine().show(calls.here(), id, std::move(reply));
  };
  return calls.ask_about<TenantDefinition>(context.getParams().getTenant(), show)
      .then([context,
             tiers = calls.engine().tiers()](const Result<TenantDefinition>& tenant) mutable {
        const auto told = tenant.ok()
                              ? Result<TenantFeatures>{tell_features(tenant.value(), *tiers)}
                              : Result<TenantFeatures>{tenant.fault()};
        write_answer(context.getResults().initAnswer(), told, encode_tenant_features);
      });
}

}  // namespace sluice
