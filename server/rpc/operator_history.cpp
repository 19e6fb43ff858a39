// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_history.hpp"

#include <utility>
#include <vector>

#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

struct UsageOfTenant {
  TenantDefinition tenant;
  TenantUsage usage;
};

void encode_usage(const UsageOfTenant& value, wire::Usage::Builder out) {
  encode_tenant(value.tenant, out.initTenant());
  auto limits = out.initLimits(static_cast<unsigned>(value.usage.limits.size()));
  for (unsigned i = 0; i < limits.size(); ++i) {
    encode_limit_usage(value.usage.limits[i], limits[i]);
  }
  out.setNowNs(value.usage.at.time_since_epoch().count());
}

}  // namespace

kj::Promise<void> answer_usage(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::UsageParams, wire::TenantAdmin::UsageResults> context) {
  const auto show_then_usage = [&engine = calls.engine(), here = calls.here()](
                                   TenantId id, const Reply<UsageOfTenant>& reply) {
    engine.show(here, id, [&engine, here, id, reply](Result<TenantDefinition> tenant) {
      if (!tenant.ok()) {
        return reply(tenant.fault());
      }
      engine.usage(here, id, [reply, tenant = tenant.value()](Result<TenantUsage> usage) {
        if (!usage.ok()) {
          return reply(usage.fault());
        }
        reply(UsageOfTenant{tenant, std::move(usage).value()});
      });
    });
  };
  return calls.ask_about<UsageOfTenant>(context.getParams().getTenant(), show_then_usage)
      .then([context](const Result<UsageOfTenant>& value) mutable {
        write_answer(context.getResults().initAnswer(), value, encode_usage);
      });
}

kj::Promise<void> answer_history(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::HistoryParams, wire::TenantAdmin::HistoryResults>
        context) {
  using Points = std::vector<UsagePoint>;
  const auto query = decode_usage_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                       TenantId id, const Reply<Points>& reply) {
    UsageQuery of_tenant = query;
    of_tenant.tenant = id;
    engine.history(here, of_tenant, reply);
  };
  return calls.ask_about<Points>(context.getParams().getTenant(), if_it_exists<Points>(calls, ask))
      .then([context](const Result<Points>& points) mutable {
        write_answer(context.getResults().initAnswer(), points, encode_history);
      });
}

kj::Promise<void> answer_closed_windows(Management& calls,
                                        capnp::CallContext<wire::TenantAdmin::ClosedWindowsParams,
                                                           wire::TenantAdmin::ClosedWindowsResults>
                                            context) {
  using Windows = std::vector<ClosedWindow>;
  const auto ask = [&engine = calls.engine(), here = calls.here()](TenantId id,
                                                                   const Reply<Windows>& reply) {
    engine.closed_windows(here, id, reply);
  };
  return calls
      .ask_about<Windows>(context.getParams().getTenant(), if_it_exists<Windows>(calls, ask))
      .then([context](const Result<Windows>& windows) mutable {
        write_answer(context.getResults().initAnswer(), windows, encode_windows);
      });
}

kj::Promise<void> answer_stored(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::StoredParams, wire::TenantAdmin::StoredResults> context) {
  const auto params = context.getParams();
  const auto ask = [&engine = calls.engine(), here = calls.here(),
                    after = EntryId{params.getAfterHigh(), params.getAfterLow()}](
                       TenantId id, Reply<StoredPage> reply) {
    engine.stored(here, id, after, std::move(reply));
  };
  return calls.ask_about<StoredPage>(params.getTenant(), ask)
      .then([context](const Result<StoredPage>& page) mutable {
        write_answer(context.getResults().initAnswer(), page, encode_stored);
      });
}

}  // namespace sluice
