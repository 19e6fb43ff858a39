// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_service.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace sluice {

namespace {

/// Management writes through to the store; more of it at once would only wait there.
constexpr std::size_t calls_in_flight_max = 64;

/// What a page may fill of a frame; the rest is for the call around it.
constexpr std::uint64_t page_words_max = wire::FRAME_BYTES_MAX / sizeof(capnp::word) * 3 / 4;

constexpr std::size_t busiest_max = 100;

template <class Answer, class T, class Encode>
void write(Answer answer, const Result<T>& result, Encode&& encode) {
  if (result.ok()) {
    encode(result.value(), answer.initValue());
  } else {
    encode_fault(result.fault(), answer.initFault());
  }
}

/// Writes a tenant into the context that is captured.
template <class Context>
auto write_tenant(Context context) {
  return [context](Result<TenantDefinition> tenant) mutable {
    write(context.getResults().initAnswer(), tenant, encode_tenant);
  };
}

template <class Context>
kj::Promise<void> answer_fault(Context context, const Fault& fault) {
  encode_fault(fault, context.getResults().initAnswer().initFault());
  return kj::READY_NOW;
}

template <class Answer>
void write_clock(Answer answer, const Result<WallTime>& now) {
  write(answer, now, [](WallTime wall, wire::ClockReading::Builder out) {
    out.setNowNs(wall.time_since_epoch().count());
  });
}

TenantId draw_tenant_id(WallTime now) {
  std::random_device random;
  const auto word = [&] { return (std::uint64_t{random()} << 32) | random(); };
  const std::uint64_t high = word();
  return make_tenant_id(now, high, word());
}

Fault real_time() {
  return Fault{FaultCode::invalid_argument,
               "the server runs on real time; only with --simulated-time can its clock be moved"};
}

/// The busiest of all reactors, most checks first.
std::vector<BusyTenant> busiest_of(const std::vector<ReactorStatus>& reactors) {
  std::vector<BusyTenant> busiest;
  for (const ReactorStatus& reactor : reactors) {
    busiest.insert(busiest.end(), reactor.busiest.begin(), reactor.busiest.end());
  }
  std::sort(busiest.begin(), busiest.end(), [](const BusyTenant& a, const BusyTenant& b) {
    return a.checks_per_second > b.checks_per_second;
  });
  busiest.resize(std::min(busiest.size(), busiest_max));
  return busiest;
}

}  // namespace

template <class Method>
kj::Promise<void> OperatorService::managed(Method&& method) {
  if (service_->stopping) {
    return going_away();
  }
  if (calls_in_flight_ >= calls_in_flight_max) {
    return refusal(kj::Exception::Type::OVERLOADED,
                   "more than " + std::to_string(calls_in_flight_max) +
                       " management calls at once on one connection");
  }
  ++calls_in_flight_;
  ++service_->calls_in_flight;
  return reading(method).attach(kj::defer([this] {
    --calls_in_flight_;
    --service_->calls_in_flight;
  }));
}

template <class T, class Ask>
kj::Promise<Result<T>> OperatorService::ask(Ask&& ask) {
  auto answered = kj::newPromiseAndFulfiller<Result<T>>();
  // std::function wants copies.
  const auto fulfiller = std::make_shared<kj::Own<kj::PromiseFulfiller<Result<T>>>>(
      kj::mv(answered.fulfiller));
  ask(Reply<T>(
      [fulfiller](Result<T> result) { (*fulfiller)->fulfill(Result<T>(std::move(result))); }));
  return kj::mv(answered.promise);
}

kj::Promise<Result<TenantId>> OperatorService::locate(const Result<TenantName>& tenant) {
  if (!tenant.ok()) {
    return Result<TenantId>(tenant.fault());
  }
  if (const auto* const id = std::get_if<TenantId>(&tenant.value())) {
    return Result<TenantId>(*id);
  }
  return ask<TenantId>([&](Reply<TenantId> reply) {
    service_->engine().resolve(service_->here, std::get<std::string>(tenant.value()),
                               std::move(reply));
  });
}

template <class T, class Ask>
kj::Promise<Result<T>> OperatorService::ask_about(wire::TenantRef::Reader tenant, Ask about) {
  return locate(decode_ref(tenant))
      .then([this, about = std::move(about)](Result<TenantId> id) mutable
            -> kj::Promise<Result<T>> {
        if (!id.ok()) {
          return Result<T>(id.fault());
        }
        return ask<T>([&](Reply<T> reply) { about(id.value(), std::move(reply)); });
      });
}

kj::Promise<Result<TenantDefinition>> OperatorService::amend(wire::TenantRef::Reader tenant,
                                                             std::uint64_t version,
                                                             Change change) {
  return ask_about<TenantDefinition>(
      tenant, [this, version, change = std::move(change)](
                  TenantId id, Reply<TenantDefinition> reply) mutable {
        Amendment amendment{id, std::nullopt, std::move(change)};
        if (version != 0) {
          amendment.expected = Version{version};
        }
        service_->engine().amend(service_->here, std::move(amendment), std::move(reply));
      });
}

kj::Promise<void> OperatorService::createTenant(CreateTenantContext context) {
  return managed([&]() -> kj::Promise<void> {
    auto draft = decode_draft(context.getParams().getDraft());
    if (!draft.ok()) {
      return answer_fault(context, draft.fault());
    }
    if (draft.value().id == TenantId{}) {
      draft.value().id = draw_tenant_id(service_->wall());
    }
    return ask<TenantDefinition>([&](Reply<TenantDefinition> reply) {
             service_->engine().create(service_->here, std::move(draft).value(), std::move(reply));
           })
        .then(write_tenant(context));
  });
}

kj::Promise<void> OperatorService::showTenant(ShowTenantContext context) {
  return managed([&] {
    return ask_about<TenantDefinition>(context.getParams().getTenant(),
                                       [this](TenantId id, Reply<TenantDefinition> reply) {
                                         service_->engine().show(service_->here, id,
                                                                 std::move(reply));
                                       })
        .then(write_tenant(context));
  });
}

kj::Promise<void> OperatorService::listTenants(ListTenantsContext context) {
  return managed([&]() -> kj::Promise<void> {
    auto query = decode_query(context.getParams());
    if (!query.ok()) {
      return answer_fault(context, query.fault());
    }
    return ask<TenantPage>([&](Reply<TenantPage> reply) {
             service_->engine().list(service_->here, std::move(query).value(), std::move(reply));
           })
        .then([context](Result<TenantPage> page) mutable {
          if (page.ok()) {
            cut_page(page.value(), page_words_max);
          }
          write(context.getResults().initAnswer(), page, encode_page);
        });
  });
}

kj::Promise<void> OperatorService::editTenant(EditTenantContext context) {
  return managed([&]() -> kj::Promise<void> {
    const auto params = context.getParams();
    auto edit = decode_edit(params.getEdit());
    if (!edit.ok()) {
      return answer_fault(context, edit.fault());
    }
    return amend(params.getTenant(), params.getVersion(), std::move(edit).value())
        .then(write_tenant(context));
  });
}

kj::Promise<void> OperatorService::deleteTenant(DeleteTenantContext context) {
  return managed([&] {
    return ask_about<TenantDefinition>(context.getParams().getTenant(),
                                       [this](TenantId id, Reply<TenantDefinition> reply) {
                                         service_->engine().remove(service_->here, id,
                                                                   std::move(reply));
                                       })
        .then(write_tenant(context));
  });
}

kj::Promise<void> OperatorService::putLimit(PutLimitContext context) {
  return managed([&]() -> kj::Promise<void> {
    const auto params = context.getParams();
    auto limit = decode_limit(params.getLimit(), "limit");
    if (!limit.ok()) {
      return answer_fault(context, limit.fault());
    }
    return amend(params.getTenant(), params.getVersion(), PutLimit{std::move(limit).value()})
        .then(write_tenant(context));
  });
}

kj::Promise<void> OperatorService::removeLimit(RemoveLimitContext context) {
  return managed([&]() -> kj::Promise<void> {
    const auto params = context.getParams();
    auto name = decode_text(params.getName(), "name");
    if (!name.ok()) {
      return answer_fault(context, name.fault());
    }
    return amend(params.getTenant(), params.getVersion(), RemoveLimit{std::move(name).value()})
        .then(write_tenant(context));
  });
}

kj::Promise<void> OperatorService::usage(UsageContext context) {
  struct Both {
    TenantDefinition tenant;
    TenantUsage usage;
  };
  return managed([&] {
    const auto show = [this](TenantId id, Reply<Both> reply) {
      Engine& engine = service_->engine();
      const ReactorIndex here = service_->here;
      engine.show(here, id, [&engine, here, id, reply](Result<TenantDefinition> tenant) {
        if (!tenant.ok()) {
          return reply(tenant.fault());
        }
        engine.usage(here, id,
                     [reply, tenant = std::move(tenant).value()](Result<TenantUsage> usage) {
                       if (!usage.ok()) {
                         return reply(usage.fault());
                       }
                       reply(Both{tenant, std::move(usage).value()});
                     });
      });
    };
    return ask_about<Both>(context.getParams().getTenant(), show)
        .then([context](Result<Both> both) mutable {
          write(context.getResults().initAnswer(), both,
                [](const Both& value, wire::Usage::Builder out) {
                  encode_tenant(value.tenant, out.initTenant());
                  auto limits = out.initLimits(static_cast<unsigned>(value.usage.limits.size()));
                  for (unsigned i = 0; i < limits.size(); ++i) {
                    encode_limit_usage(value.usage.limits[i], limits[i]);
                  }
                  out.setNowNs(value.usage.at.time_since_epoch().count());
                });
        });
  });
}

kj::Promise<void> OperatorService::defineMeter(DefineMeterContext context) {
  return managed([&]() -> kj::Promise<void> {
    auto name = decode_text(context.getParams().getName(), "name");
    auto unit = decode_text(context.getParams().getUnit(), "unit");
    if (!name.ok() || !unit.ok()) {
      return answer_fault(context, name.ok() ? unit.fault() : name.fault());
    }
    return ask<Meter>([&](Reply<Meter> reply) {
             service_->engine().define_meter(service_->here, std::move(name).value(),
                                             std::move(unit).value(), std::move(reply));
           })
        .then([context](Result<Meter> meter) mutable {
          write(context.getResults().initAnswer(), meter, encode_meter);
        });
  });
}

kj::Promise<void> OperatorService::status(StatusContext context) {
  return managed([&] {
    return ask<std::vector<ReactorStatus>>([&](Reply<std::vector<ReactorStatus>> reply) {
             service_->engine().status(service_->here, std::move(reply));
           })
        .then([this, context](Result<std::vector<ReactorStatus>> reactors) mutable
              -> kj::Promise<void> {
          if (!reactors.ok()) {
            return refusal(kj::Exception::Type::OVERLOADED, reactors.fault().context);
          }
          const RpcEnvironment& environment = *service_->environment;
          const Now now = environment.clock.now();
          ServerStatus status;
          status.server = environment.server;
          status.now = now.wall;
          status.uptime = now.steady - environment.started;
          status.simulated_time = environment.simulated_clock != nullptr;
          status.busiest = busiest_of(reactors.value());
          status.reactors = std::move(reactors).value();
          for (std::size_t i = 0; i < status.reactors.size(); ++i) {
            status.reactors[i].connections = environment.connections[i].load();
          }
          encode_status(status, context.getResults().initStatus());
          return kj::READY_NOW;
        });
  });
}

kj::Promise<void> OperatorService::advanceClock(AdvanceClockContext context) {
  return managed([&]() -> kj::Promise<void> {
    ClockControl* const clock = service_->environment->simulated_clock;
    const std::uint64_t by = context.getParams().getByNs();
    if (clock == nullptr) {
      return answer_fault(context, real_time());
    }
    if (by > Amount::max_raw) {
      return answer_fault(context, {FaultCode::invalid_argument, "byNs is larger than 2^63-1"});
    }
    write_clock(context.getResults().initAnswer(),
                clock->advance(Duration{static_cast<std::int64_t>(by)}));
    return kj::READY_NOW;
  });
}

kj::Promise<void> OperatorService::setWallClock(SetWallClockContext context) {
  return managed([&]() -> kj::Promise<void> {
    ClockControl* const clock = service_->environment->simulated_clock;
    if (clock == nullptr) {
      return answer_fault(context, real_time());
    }
    write_clock(context.getResults().initAnswer(),
                clock->set_wall(WallTime{Duration{context.getParams().getToNs()}}));
    return kj::READY_NOW;
  });
}

}  // namespace sluice
