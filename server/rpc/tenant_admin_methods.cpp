// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/tenant_admin_methods.hpp"

#include "server/rpc/amended.hpp"

namespace sluice {

kj::Promise<void> TenantAdminMethods::showTenant(ShowTenantContext context) {
  return calls_.run([&] {
    const auto show = [this](TenantId id, Reply<TenantDefinition> reply) {
      calls_.engine().show(calls_.here(), id, std::move(reply));
    };
    return calls_.ask_about<TenantDefinition>(context.getParams().getTenant(), show)
        .then(write_tenant(context));
  });
}

kj::Promise<void> TenantAdminMethods::editTenant(EditTenantContext context) {
  return calls_.run([&] {
    auto edit = decode_edit(context.getParams().getEdit());
    // What a tenant pays, and when its windows end, is not its own to change.
    if (edit.ok() &&
        (edit.value().tier || edit.value().billing_anchor_day || edit.value().currency)) {
      calls_.also_needs(Permission::billing_write);
    }
    // Nor is where it is and what it complies with, which others may trust in.
    if (edit.ok() && (edit.value().region || edit.value().compliance)) {
      calls_.also_needs(Permission::platform_write);
    }
    return answer_amended(calls_, context, std::move(edit));
  });
}

}  // namespace sluice
