// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/management.hpp"

#include <capnp/dynamic.h>

#include <span>

#include "server/rpc/answer.hpp"
#include "server/rpc/method_rules.hpp"

namespace sluice {

namespace {

/// Refused to everybody who has to show a credential.
constexpr MethodRule unknown_method{"a method without a rule", Reach::platform,
                                    Permission::platform_write, false};

/// The rule of the method, or null: there is none.
const MethodRule* rule_of(CalledMethod called) {
  std::span<const MethodRule> rules;
  if (called.interface_id == capnp::typeId<wire::TenantAdmin>()) {
    rules = tenant_admin_rules;
  } else if (called.interface_id == capnp::typeId<wire::Operator>()) {
    rules = operator_rules;
  }
  return called.ordinal < rules.size() ? &rules[called.ordinal] : nullptr;
}

/// Whether the capability that this caller was given has no such method.
bool is_withheld(const Access& access, CalledMethod called) {
  return called.interface_id == capnp::typeId<wire::Operator>() && !access.is_operator();
}

/// Answers a call of a method of this rule with a fault: in all that answer, the answer is the only
/// thing.
kj::Promise<void> answer_refusal(const MethodRule& rule, const Fault& fault,
                                 capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer> context) {
  if (!rule.answers) {
    return fault.code == FaultCode::unauthenticated
               ? unauthenticated(fault)
               : refusal(kj::Exception::Type::FAILED, "permission denied: " + fault.context);
  }
  // The results of one method stand for those of all: each is a struct with an `Answer` alone.
  using Results = wire::TenantAdmin::ShowTenantResults;
  encode_fault(fault, context.getResults().initAs<Results>().initAnswer().initFault());
  return kj::READY_NOW;
}

/// The tenant that a call of a method with this reach names.
wire::TenantRef::Reader tenant_of(CalledMethod called, capnp::AnyPointer::Reader params) {
  const capnp::InterfaceSchema schema = called.interface_id == capnp::typeId<wire::Operator>()
                                            ? capnp::Schema::from<wire::Operator>()
                                            : capnp::Schema::from<wire::TenantAdmin>();
  const auto type = schema.getMethods()[called.ordinal].getParamType();
  return params.getAs<capnp::DynamicStruct>(type).get("tenant").as<wire::TenantRef>();
}

}  // namespace

std::optional<Fault> Management::begin(CalledMethod called) {
  const MethodRule* const known = rule_of(called);
  const MethodRule& rule = known != nullptr ? *known : unknown_method;
  wanted_ = Wanted{rule.name, {rule.permission}};
  if (access_.principal() == nullptr) {
    return std::nullopt;
  }
  if (!access_.stands(service_->wall())) {
    return no_longer_good();
  }
  bool allowed = known != nullptr && !is_withheld(access_, called);
  switch (rule.reach) {
    case Reach::nothing:
      break;
    case Reach::tenant:
      allowed = allowed && (access_.is_member() || access_.has(wanted_.permissions));
      break;
    case Reach::user:
      allowed = allowed &&
                (access_.is_member() || (access_.covers_all() && access_.has(wanted_.permissions)));
      break;
    case Reach::platform:
      allowed = allowed && access_.covers_all() && access_.has(wanted_.permissions);
      break;
  }
  return allowed ? std::nullopt : std::optional(denied(wanted_));
}

Fault Management::denied(const Wanted& wanted) const {
  environment().observer.access_denied(peer_, access_.principal()->credential, wanted.method);
  return Fault{FaultCode::permission_denied, std::string{wanted.method} + " needs " +
                                                 to_string(wanted.permissions) +
                                                 ", which this credential has not, or not here"};
}

Fault Management::denied(const Wanted& wanted, TenantId tenant, Refusal why) const {
  engine().record_denial(here(), author(), tenant, to_string(wanted.permissions), why);
  return denied(wanted);
}

kj::Promise<void> Management::refuse(
    CalledMethod called, const Fault& objection,
    capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer> context) {
  const MethodRule* const known = rule_of(called);
  auto answer = [rule = known != nullptr ? *known : unknown_method, objection, context,
                 withheld = is_withheld(access_, called)]() mutable -> kj::Promise<void> {
    if (withheld && objection.code == FaultCode::permission_denied) {
      return refusal(kj::Exception::Type::UNIMPLEMENTED, "permission denied: " + objection.context);
    }
    return answer_refusal(rule, objection, context);
  };
  const bool is_of_tenant = known != nullptr && known->reach == Reach::tenant;
  if (!is_of_tenant || objection.code != FaultCode::permission_denied) {
    return answer();
  }
  return run([&] { return note_refusal(tenant_of(called, context.getParams())); })
      .then(std::move(answer));
}

kj::Promise<void> Management::note_refusal(wire::TenantRef::Reader tenant) {
  return locate(decode_ref(tenant)).then([this, wanted = wanted_](const Result<TenantId>& found) {
    const TenantId whose = found.ok() ? found.value() : TenantId{};
    engine().record_denial(
        here(), author(), whose, to_string(wanted.permissions),
        access_.covers(whose) ? Refusal::right_missing : Refusal::foreign_tenant);
  });
}

kj::Promise<Result<TenantId>> Management::locate(const Result<TenantName>& tenant) {
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

kj::Promise<Result<Management::Admitted>> Management::admit(const Result<TenantName>& tenant) {
  // Later calls begin while this one waits.
  return locate(tenant).then(
      [this, wanted = wanted_](Result<TenantId> found) -> kj::Promise<Result<Admitted>> {
        if (access_.principal() == nullptr) {
          return found.ok() ? Result(Admitted{found.value()}) : Result<Admitted>(found.fault());
        }
        const bool is_hidden = !found.ok() && found.fault().code == FaultCode::not_found;
        if (!found.ok() && (access_.covers_all() || !is_hidden)) {
          return Result<Admitted>(found.fault());
        }
        if (!found.ok() || !access_.covers(found.value())) {
          return Result<Admitted>(
              denied(wanted, found.ok() ? found.value() : TenantId{}, Refusal::foreign_tenant));
        }
        if (access_.is_member()) {
          return admit_member(found.value(), wanted);
        }
        return access_.has(wanted.permissions)
                   ? Result(Admitted{found.value(), access_.principal()->permissions})
                   : Result<Admitted>(denied(wanted, found.value(), Refusal::right_missing));
      });
}

kj::Promise<Result<Management::Admitted>> Management::admit_member(TenantId tenant, Wanted wanted) {
  if (!wanted.by_role) {
    return Result(Admitted{tenant, PermissionSet{}});
  }
  const auto find = [&](const Reply<PermissionSet>& reply) {
    environment().doorkeepers.roles->find(*access_.principal(), tenant, here().raw(), reply);
  };
  return ask<PermissionSet>(find).then(
      [this, tenant, wanted](const Result<PermissionSet>& role) -> Result<Admitted> {
        if (!role.ok()) {
          return role.fault();
        }
        if (role.value().has_all(wanted.permissions)) {
          return Admitted{tenant, role.value()};
        }
        // Who may do nothing there is no member of it.
        const bool is_member = role.value() != PermissionSet{};
        return denied(wanted, tenant, is_member ? Refusal::right_missing : Refusal::foreign_tenant);
      });
}

}  // namespace sluice
