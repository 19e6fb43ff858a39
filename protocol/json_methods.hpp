// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/dynamic.h>
#include <capnp/schema.h>

#include <memory>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

/// The methods of `TenantAdmin` and `Operator` as JSON has them. The schema alone says what they
/// take and answer, so every method is here, and none is translated by hand: fields by their names,
/// numbers of 64 bits as texts, ids of tenants as UUIDs.
///
/// Role       Reads parameters and writes answers, for both ends of a connection; calls nothing.
/// Threading  Confined.
/// Ownership  Of what it is given, none.
/// Units      As on the wire.
/// Errors     `not_found`: there is no such method. `invalid_argument`: the parameters are not its.
/// Cost       Reads and writes by reflection, for people and scripts; not made for the hot path.
class JsonMethods {
public:
  using Method = capnp::InterfaceSchema::Method;

  JsonMethods();
  JsonMethods(const JsonMethods&) = delete;
  JsonMethods& operator=(const JsonMethods&) = delete;
  ~JsonMethods();

  [[nodiscard]] static Result<Method> find(std::string_view name);
  /// `params` is one JSON object, or empty.
  [[nodiscard]] Result<Done> read(std::string_view params,
                                  capnp::DynamicStruct::Builder into) const;
  /// The value that a method answered with; or the fault that it did.
  [[nodiscard]] Result<std::string> write(capnp::DynamicStruct::Reader results) const;

private:
  class Codec;
  std::unique_ptr<const Codec> codec_;
};

}  // namespace sluice
