// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/meter.hpp"
#include "server/http/check_call.hpp"
#include "server/http/json_writer.hpp"
#include "server/http/policies.hpp"

namespace sluice::http {

/// What programs are told of a decision. Keys are snake_case and stay as they are.
///
///   amounts     Exact, in the unit of their meter; null for "unlimited".
///   times       RFC 3339 in UTC, null for "never"; durations in milliseconds, rounded up.
///   numbers of decisions are texts, because they may be larger than 2^53.
///
/// `policy` is the limit that decided, if its name is known.
[[nodiscard]] JsonText document_of(const CheckCall::Item& item, const MeterTable& meters,
                                   const Policy* policy);
/// The same, within something larger.
void write_decision(JsonWriter& out, const CheckCall::Item& item, const MeterTable& meters,
                    const Policy* policy);

/// The sentence for people: what was objected to, or what the outcome means.
[[nodiscard]] std::string message_of(const CheckCall::Item& item);

}  // namespace sluice::http
