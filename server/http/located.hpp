// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "server/http/exchange.hpp"

namespace sluice::http {

/// Asks the gate about a tenant, which is nil if there is none; that it was refused goes into the
/// audit.
[[nodiscard]] Result<Done> permit(const Exchange& exchange, TenantId tenant);

/// Answers with a refusal of what was wanted of this tenant, by id or slug, and puts it into the
/// audit, of the platform if nobody is named: the credential has not the right, whichever tenant
/// it is.
void refuse_about(const ExchangePtr& exchange, const std::string& name, const Fault& refused);

/// Finds the tenant that the route's path names, by its id or by its slug as the store has it, asks
/// the gate about it, and goes on; or answers why not.
void with_tenant(const ExchangePtr& exchange, std::function<void(TenantId)> go_on);

/// The same of the tenant that this is the id or the slug of.
void with_tenant_named(const ExchangePtr& exchange, const std::string& name,
                       std::function<void(TenantId)> go_on);

/// The same of the tenant that the query names as the one who acts.
void with_acting_tenant(const ExchangePtr& exchange, std::function<void(TenantId)> go_on);

/// The same, with the tenant's definition.
void with_definition(const ExchangePtr& exchange,
                     std::function<void(const TenantDefinition&)> go_on);

/// A reply that hands a value on, or answers with the fault.
template <class T, class GoOn>
[[nodiscard]] Reply<T> or_fault(const ExchangePtr& exchange, GoOn go_on) {
  return [exchange, go_on = std::move(go_on)](const Result<T>& result) {
    result.ok() ? go_on(result.value()) : exchange->answer(failure(result.fault()));
  };
}

}  // namespace sluice::http
