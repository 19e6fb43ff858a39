// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/capability.h>
#include <kj/async.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "protocol/codec.hpp"
#include "protocol/sluice.capnp.h"
#include "server/rpc/access.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

/// A method by its number, of the interface with this id.
struct CalledMethod {
  std::uint64_t interface_id;
  std::uint16_t ordinal;
};

/// Carries the management calls of one connection to the engine and back.
///
/// Role       Bounds and counts them, asks what the credential allows, finds tenants by slug, turns
///            replies into promises.
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; must outlive the promises that it makes.
/// Errors     Refuses calls beyond `calls_in_flight_max`, and all when the server is stopping.
class Management {
public:
  /// Management writes through to the store; more of it at once would only wait there.
  static constexpr std::size_t calls_in_flight_max = 64;

  Management(std::shared_ptr<Service> service, Access access, std::string peer)
      : service_(std::move(service)), access_(std::move(access)), peer_(std::move(peer)) {}

  [[nodiscard]] Engine& engine() const { return service_->engine(); }
  [[nodiscard]] ReactorIndex here() const { return service_->here; }
  [[nodiscard]] const RpcEnvironment& environment() const { return *service_->environment; }
  [[nodiscard]] const Access& access() const { return access_; }
  /// Whom the audit names for a change that a call makes.
  [[nodiscard]] Author author() const { return access_.author(); }

  /// A call of this method begins; what may be known before its parameters are read is asked of the
  /// rules. Until the next one begins, `ask_about` asks the rest.
  [[nodiscard]] std::optional<Fault> begin(CalledMethod called);
  /// Answers the present call, which `begin` refused; the audit of the tenant that it is about says
  /// so. What is an operator's is for nobody else there at all: then it throws `UNIMPLEMENTED`.
  [[nodiscard]] kj::Promise<void> refuse(
      CalledMethod called, const Fault& objection,
      capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer> context);
  /// What the present call asks for is more than its method says.
  void also_needs(Permission permission) { wanted_.permissions.add(permission); }

  /// What the present call asks for is a member's own: he needs no role that allows it.
  void needs_no_role() { wanted_.by_role = false; }

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

  /// For what is asked of all tenants at once by a method that is else about one.
  template <class T, class Question>
  [[nodiscard]] kj::Promise<Result<T>> ask_about_all(Question&& question) {
    if (!access_.covers_all()) {
      return Result<T>(denied(wanted_));
    }
    return ask<T>(std::forward<Question>(question));
  }

  /// Finds the tenant's id, then, if the credential allows it, calls `question` with it as well;
  /// and with all that the caller may do there, if it wants to know.
  template <class T, class Question>
  [[nodiscard]] kj::Promise<Result<T>> ask_about(wire::TenantRef::Reader tenant,
                                                 Question question) {
    return admit(decode_ref(tenant))
        .then([this, question = std::move(question)](
                  Result<Admitted> admitted) mutable -> kj::Promise<Result<T>> {
          if (!admitted.ok()) {
            return Result<T>(admitted.fault());
          }
          const Admitted& to = admitted.value();
          return ask<T>([&](Reply<T> reply) {
            if constexpr (std::is_invocable_v<Question&, TenantId, PermissionSet, Reply<T>>) {
              question(to.id, to.permissions, std::move(reply));
            } else {
              question(to.id, std::move(reply));
            }
          });
        });
  }

private:
  /// What a call is, and what it takes.
  struct Wanted {
    std::string_view method;
    PermissionSet permissions;
    bool by_role = true;  ///< A member needs them in the tenant.
  };
  /// A tenant that the caller may ask about, and what he may do there.
  struct Admitted {
    TenantId id;
    PermissionSet permissions = PermissionSet::all();
  };

  [[nodiscard]] kj::Promise<Result<TenantId>> locate(const Result<TenantName>& tenant);
  /// Its id, or the fault that says that it is not for this caller. Who is not for all learns the
  /// same of a tenant that is not there.
  [[nodiscard]] kj::Promise<Result<Admitted>> admit(const Result<TenantName>& tenant);
  [[nodiscard]] kj::Promise<Result<Admitted>> admit_member(TenantId tenant, Wanted wanted);
  /// Puts it into the audit of that tenant that the present call was refused.
  [[nodiscard]] kj::Promise<void> note_refusal(wire::TenantRef::Reader tenant);
  /// The fault, told to the observer.
  [[nodiscard]] Fault denied(const Wanted& wanted) const;
  /// The same of a tenant, whose audit it goes into; of none that there is, into the platform's.
  [[nodiscard]] Fault denied(const Wanted& wanted, TenantId tenant, Refusal why) const;

  std::shared_ptr<Service> service_;
  Access access_;
  std::string peer_;
  std::size_t calls_in_flight_ = 0;
  Wanted wanted_;  ///< Of the call that began last; its parameters are read before the next begins.
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
