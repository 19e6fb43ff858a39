// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/compat/json.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "protocol/sluice.capnp.h"
#include "server/rpc/access.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

/// Writes a tenant's id as its UUID; the nil id is null.
class TenantIdInJson final : public capnp::JsonCodec::Handler<wire::TenantId> {
public:
  void encode(const capnp::JsonCodec& codec, wire::TenantId::Reader in,
              capnp::JsonValue::Builder out) const override;
  void decode(const capnp::JsonCodec& codec, capnp::JsonValue::Reader in,
              wire::TenantId::Builder out) const override;
};

/// The methods of `TenantAdmin` and `Operator` for those who write JSON. What a method takes and
/// answers is said by the schema alone, so every method is here, and none is translated by hand:
/// fields by their names, numbers of 64 bits as texts, ids of tenants as UUIDs.
///
/// Role       Reads the parameters, makes the call by the capability that `access` has, and writes
///            what it answers. The rules of the native interface hold, as it is that interface.
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; lives on while a call is under way.
/// Errors     `not_found`: there is no such method. `invalid_argument`: the parameters are not its.
///            `unavailable`: there are `calls_in_flight_max`. Otherwise what the call answers.
/// Cost       Reads and writes by reflection, for people and scripts; not made for the hot path.
class JsonCalls : public std::enable_shared_from_this<JsonCalls> {
public:
  static constexpr std::size_t calls_in_flight_max = 64;

  explicit JsonCalls(std::shared_ptr<Service> service);

  /// The value that the method answers, as JSON.
  using Answered = std::function<void(Result<std::string>)>;
  /// `params` is one JSON object, or empty. `answered` is called once, in a later turn or in this.
  void call(const Access& access, const std::string& peer, std::string_view method,
            std::string_view params, Answered answered);

private:
  std::shared_ptr<Service> service_;
  TenantIdInJson tenant_id_;
  capnp::JsonCodec codec_;
  std::size_t calls_in_flight_ = 0;
};

}  // namespace sluice
