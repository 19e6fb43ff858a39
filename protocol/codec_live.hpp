// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/fault.hpp"
#include "actors/tenant/live_page.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

/// The codec of what is told of counters by label and of what is open; what codec.hpp says holds.
/// The tenant of a call the wire has by its name.

[[nodiscard]] Result<CounterQuery> decode_counter_query(
    wire::TenantAdmin::ListCountersParams::Reader in);
void encode_counter_query(const CounterQuery& query,
                          wire::TenantAdmin::ListCountersParams::Builder out);
[[nodiscard]] Result<CounterPage> decode_counters(wire::LabelCounterPage::Reader in);
void encode_counters(const CounterPage& page, wire::LabelCounterPage::Builder out);

[[nodiscard]] Result<HoldQuery> decode_hold_query(wire::TenantAdmin::ListHoldsParams::Reader in);
void encode_hold_query(const HoldQuery& query, wire::TenantAdmin::ListHoldsParams::Builder out);
[[nodiscard]] Result<HoldPage> decode_holds(wire::OpenHoldPage::Reader in);
void encode_holds(const HoldPage& page, wire::OpenHoldPage::Builder out);

}  // namespace sluice
