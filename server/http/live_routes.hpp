// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "server/http/routes.hpp"

namespace sluice::http {

/// The operations that tell what is live of a tenant, as its host has it: counters by label, and
/// what is open.

void answer_counters(const ExchangePtr& exchange, const Route& route);
void answer_reservations(const ExchangePtr& exchange, const Route& route);

inline constexpr std::string_view counter_parameters =
    R"([{"name":"type","in":"query","schema":{"type":"string"},)"
    R"("description":"Only of the limit of this name."},)"
    R"({"name":"labels","in":"query","schema":{"type":"string"},)"
    R"("description":"Only with all of these values: name=value, name=value."},)"
    R"({"name":"after","in":"query","schema":{"type":"string","format":"uuid"},)"
    R"("description":"Goes on behind this id: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":500,)"
    R"("default":100}}])";

inline constexpr std::string_view reservation_parameters =
    R"([{"name":"labels","in":"query","schema":{"type":"string"},)"
    R"("description":"Only with all of these values: name=value, name=value."},)"
    R"({"name":"after","in":"query","schema":{"type":"string","format":"uuid"},)"
    R"("description":"Goes on behind this id: the next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":500,)"
    R"("default":100}}])";

inline constexpr std::array live_routes{
    Route{.path = "/api/v1/tenants/{tenant}/counters",
          .area = Area::tenant,
          .answer = answer_counters,
          .summary = "A page of the counters of limits by label, as they are now.",
          .parameters = counter_parameters,
          .permission = Permission::usage_read},
    Route{.path = "/api/v1/tenants/{tenant}/reservations",
          .area = Area::tenant,
          .answer = answer_reservations,
          .summary = "A page of the reservations and leases that are open.",
          .parameters = reservation_parameters,
          .permission = Permission::usage_read},
};

}  // namespace sluice::http
