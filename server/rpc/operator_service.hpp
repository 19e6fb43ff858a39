// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "protocol/codec.hpp"
#include "protocol/sluice.capnp.h"
#include "server/rpc/service.hpp"

namespace sluice {

/// Manages tenants and meters, and tells how the server is.
///
/// Role       Decodes, asks the engine, encodes; decides nothing.
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; may outlive its connection.
/// Errors     Faults are answers. Throws for a call whose encoding is broken, for too many calls at
///            once, and when the server is stopping.
class OperatorService final : public wire::Operator::Server {
public:
  explicit OperatorService(std::shared_ptr<Service> service) : service_(std::move(service)) {}

protected:
  kj::Promise<void> createTenant(CreateTenantContext context) override;
  kj::Promise<void> showTenant(ShowTenantContext context) override;
  kj::Promise<void> listTenants(ListTenantsContext context) override;
  kj::Promise<void> editTenant(EditTenantContext context) override;
  kj::Promise<void> deleteTenant(DeleteTenantContext context) override;
  kj::Promise<void> putLimit(PutLimitContext context) override;
  kj::Promise<void> removeLimit(RemoveLimitContext context) override;
  kj::Promise<void> usage(UsageContext context) override;
  kj::Promise<void> defineMeter(DefineMeterContext context) override;
  kj::Promise<void> status(StatusContext context) override;
  kj::Promise<void> advanceClock(AdvanceClockContext context) override;
  kj::Promise<void> setWallClock(SetWallClockContext context) override;

private:
  template <class Method>
  kj::Promise<void> managed(Method&& method);
  template <class T, class Ask>
  kj::Promise<Result<T>> ask(Ask&& ask);
  /// Finds the tenant's id, then asks the engine about it.
  template <class T, class Ask>
  kj::Promise<Result<T>> ask_about(wire::TenantRef::Reader tenant, Ask ask);
  kj::Promise<Result<TenantId>> locate(const Result<TenantName>& tenant);
  kj::Promise<Result<TenantDefinition>> amend(wire::TenantRef::Reader tenant,
                                              std::uint64_t version, Change change);

  std::shared_ptr<Service> service_;
  std::size_t calls_in_flight_ = 0;
};

}  // namespace sluice
