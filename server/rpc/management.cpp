// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/management.hpp"

#include "server/rpc/method_rules.hpp"

namespace sluice {

namespace {

/// Refused to everybody who has to show a credential.
constexpr MethodRule unknown_method{"a method without a rule", Reach::platform,
                                    Permission::platform_write};

}  // namespace

std::optional<Fault> Management::begin(std::uint16_t method) {
  const bool has_rule = method < operator_rules.size();
  const MethodRule rule = has_rule ? operator_rules[method] : unknown_method;
  wanted_ = Wanted{rule.name, {rule.permission}};
  if (access_.principal() == nullptr) {
    return std::nullopt;
  }
  if (!access_.stands(service_->wall())) {
    return no_longer_good();
  }
  bool allowed = has_rule;
  switch (rule.reach) {
    case Reach::nothing:
      break;
    case Reach::tenant:
      allowed = allowed && (access_.is_member() || access_.has(wanted_.permissions));
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

Fault Management::denied(const Wanted& wanted, TenantId tenant) const {
  engine().record_denial(here(), author(), tenant, to_string(wanted.permissions));
  return denied(wanted);
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
          return Result<Admitted>(denied(wanted, found.ok() ? found.value() : TenantId{}));
        }
        if (access_.is_member()) {
          return admit_member(found.value(), wanted);
        }
        return access_.has(wanted.permissions)
                   ? Result(Admitted{found.value(), auth::to_be_given_by(*access_.principal())})
                   : Result<Admitted>(denied(wanted, found.value()));
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
        return role.value().has_all(wanted.permissions) ? Result(Admitted{tenant, role.value()})
                                                        : denied(wanted, tenant);
      });
}

}  // namespace sluice
