// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "actors/tenant/store.hpp"
#include "actors/tenant/usage.hpp"
#include "protocol/codec_field.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

/// Points of usage and parts of it between wire and memory, which several answers have.
///
/// Role       Pure functions.
/// Threading  None.
/// Ownership  Copies.
/// Units      As the schema says.
/// Errors     Noted in the reader of fields.

[[nodiscard]] PartRef decode_part(wire::UsagePart::Reader in, const std::string& at,
                                  FieldReader& fields);
void encode_part(const UsagePart& part, wire::UsagePart::Builder out);
[[nodiscard]] UsagePoint decode_usage_point(wire::UsagePoint::Reader in, const std::string& at,
                                            FieldReader& fields);
void encode_usage_point(const UsagePoint& point, wire::UsagePoint::Builder out);

/// Which values a question is about.
template <class Params>
void decode_part_asked(Params in, FieldReader& fields, UsageQuery& query) {
  query.label = fields.text(in.getLabel(), "label");
  if (in.getHasValue()) {
    query.value = fields.text(in.getValue(), "value");
  }
  fields.require(!query.value || !query.label.empty(), "value", "is of no label");
}
template <class Params>
void encode_part_asked(const UsageQuery& query, Params out) {
  out.setLabel(query.label);
  out.setValue(query.value.value_or(""));
  out.setHasValue(query.value.has_value());
}

}  // namespace sluice
