// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/tenant.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

/// Translates between the wire and the tenant's types, in both directions, and is the only place
/// that reads foreign bytes: every field is checked here before anything else sees it. A fault
/// names the field by its path on the wire, as in `limit.rule.rate.burst`.
///
/// Threading  Free functions; `CheckDecoder` belongs to one thread.
/// Cost       Checks are decoded into plain arrays that are used again, without allocation.

/// One decoded list of checks. Reused: `decode` forgets the list before.
class CheckDecoder {
public:
  /// Decodes the list and makes room for as many decisions. A check that is malformed gets the
  /// outcome `invalid` and a problem; the others are not affected. A fault if the list as a whole
  /// is too long.
  [[nodiscard]] Result<Done> decode(capnp::List<wire::Check>::Reader list);

  [[nodiscard]] std::span<const Check> checks() const { return checks_; }
  [[nodiscard]] std::span<Decision> decisions() { return decisions_; }

  /// Writes the decisions, with the problems of invalid checks.
  void encode(capnp::List<wire::Decision>::Builder out) const;

private:
  struct Problem {
    std::uint32_t index;
    std::string text;
  };
  std::vector<Check> checks_;
  std::vector<Charge> charges_;
  std::vector<Decision> decisions_;
  std::vector<Problem> problems_;
};

/// The client's side of the same.
void encode_check(const Check& check, wire::Check::Builder out);
[[nodiscard]] Result<Decision> decode_decision(wire::Decision::Reader in, Now now);

[[nodiscard]] TenantId decode_id(wire::TenantId::Reader in);
void encode_id(TenantId id, wire::TenantId::Builder out);

[[nodiscard]] Result<Limit> decode_limit(wire::Limit::Reader in, std::string_view path);
void encode_limit(const Limit& limit, wire::Limit::Builder out);

/// Fills in the defaults; an id of zero stays zero.
[[nodiscard]] Result<TenantDefinition> decode_draft(wire::TenantDraft::Reader in);
[[nodiscard]] Result<EditTenant> decode_edit(wire::TenantDraft::Reader in);
void encode_draft(const TenantDefinition& draft, wire::TenantDraft::Builder out);

[[nodiscard]] Result<TenantDefinition> decode_tenant(wire::Tenant::Reader in);
void encode_tenant(const TenantDefinition& tenant, wire::Tenant::Builder out);

[[nodiscard]] Result<LimitUsage> decode_limit_usage(wire::LimitUsage::Reader in);
void encode_limit_usage(const LimitUsage& usage, wire::LimitUsage::Builder out);

[[nodiscard]] Result<MeterTable> decode_meters(capnp::List<wire::Meter>::Reader in);
void encode_meters(const MeterTable& meters, capnp::List<wire::Meter>::Builder out);

[[nodiscard]] Fault decode_fault(wire::Fault::Reader in);
void encode_fault(const Fault& fault, wire::Fault::Builder out);

}  // namespace sluice
