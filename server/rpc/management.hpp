// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "protocol/codec.hpp"
#include "protocol/sluice.capnp.h"
#include "server/rpc/service.hpp"

namespace sluice {

/// Carries the management calls of one connection to the engine and back.
///
/// Role       Bounds and counts them, finds tenants by slug, turns replies into promises.
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; must outlive the promises that it makes.
/// Errors     Refuses calls beyond `calls_in_flight_max`, and all when the server is stopping.
class Management {
public:
  /// Management writes through to the store; more of it at once would only wait there.
  static constexpr std::size_t calls_in_flight_max = 64;

  explicit Management(std::shared_ptr<Service> service) : service_(std::move(service)) {}

  [[nodiscard]] Engine& engine() const { return service_->engine(); }
  [[nodiscard]] ReactorIndex here() const { return service_->here; }
  [[nodiscard]] const RpcEnvironment& environment() const { return *service_->environment; }

  /// Runs a method of a call.
  template <class Method>
  [[nodiscard]] kj::Promise<void> run(Method&& method) {
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
    return reading(std::forward<Method>(method)).attach(kj::defer([this] {
      --calls_in_flight_;
      --service_->calls_in_flight;
    }));
  }

  /// Calls `question` with the reply that it has to give to the engine.
  template <class T, class Question>
  [[nodiscard]] kj::Promise<Result<T>> ask(Question&& question) {
    auto answered = kj::newPromiseAndFulfiller<Result<T>>();
    // std::function wants copies.
    const auto fulfiller =
        std::make_shared<kj::Own<kj::PromiseFulfiller<Result<T>>>>(kj::mv(answered.fulfiller));
    question(Reply<T>([fulfiller](Result<T> result) { (*fulfiller)->fulfill(std::move(result)); }));
    return kj::mv(answered.promise);
  }

  /// Finds the tenant's id, then calls `question` with it as well.
  template <class T, class Question>
  [[nodiscard]] kj::Promise<Result<T>> ask_about(wire::TenantRef::Reader tenant,
                                                 Question question) {
    return locate(decode_ref(tenant))
        .then([this, question = std::move(question)](
                  Result<TenantId> id) mutable -> kj::Promise<Result<T>> {
          if (!id.ok()) {
            return Result<T>(id.fault());
          }
          return ask<T>([&](Reply<T> reply) { question(id.value(), std::move(reply)); });
        });
  }

private:
  [[nodiscard]] kj::Promise<Result<TenantId>> locate(const Result<TenantName>& tenant) {
    if (!tenant.ok()) {
      return Result<TenantId>(tenant.fault());
    }
    if (const auto* const id = std::get_if<TenantId>(&tenant.value())) {
      return Result<TenantId>(*id);
    }
    return ask<TenantId>([&](Reply<TenantId> reply) {
      engine().resolve(here(), std::get<std::string>(tenant.value()), std::move(reply));
    });
  }

  std::shared_ptr<Service> service_;
  std::size_t calls_in_flight_ = 0;
};

/// For `ask_about`, where who is asked knows nothing of a tenant that there is not: this tells that
/// there is none.
template <class T, class Question>
[[nodiscard]] auto if_it_exists(Management& calls, Question question) {
  return [&engine = calls.engine(), here = calls.here(), question = std::move(question)](
             TenantId id, Reply<T> reply) {
    engine.show(here, id,
                [id, question, reply = std::move(reply)](const Result<TenantDefinition>& tenant) {
                  if (!tenant.ok()) {
                    return reply(tenant.fault());
                  }
                  question(id, reply);
                });
  };
}

}  // namespace sluice
