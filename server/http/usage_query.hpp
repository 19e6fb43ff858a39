// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "actors/tenant/store.hpp"
#include "protocol/text/usage_csv.hpp"
#include "server/http/answers.hpp"
#include "server/http/exchange.hpp"
#include "server/http/json.hpp"
#include "server/http/tenant_bodies.hpp"

namespace sluice::http {

/// What the questions about usage have in common.

/// What the query asks for, with 30 days before now where it says nothing; the tenant is not yet
/// known. `invalid_argument` names the parameter.
[[nodiscard]] Result<UsageQuery> usage_query_in(const Exchange& exchange);
/// Nothing if the query names no meter.
[[nodiscard]] Result<std::optional<MeterId>> meter_in(const Exchange& exchange);
[[nodiscard]] Result<Granularity> granularity_in(const Request& request);
/// The instant in the query; a date is its midnight in UTC.
[[nodiscard]] Result<WallTime> instant_in(const Request& request, std::string_view name,
                                          WallTime otherwise);

[[nodiscard]] std::string_view name_of(Granularity granularity);
[[nodiscard]] Json range_document(const UsageRange& range);

/// Whether the caller wants rows for a spreadsheet: by `format=csv`, or by `Accept`. A fault if the
/// format is neither that nor json.
[[nodiscard]] Result<bool> wants_csv(const Request& request);
[[nodiscard]] Response csv(std::string body);
/// As the engine has them now.
[[nodiscard]] text::MeterName meter_names(const Exchange& exchange);

/// Why a range cannot be told. The engine names the fields as the native interface does.
[[nodiscard]] Response failure_of_range(const Fault& fault);

/// Goes on with whether rows are wanted, or answers that there is no such format.
template <class GoOn>
void with_format(const ExchangePtr& exchange, GoOn go_on) {
  const auto as_csv = wants_csv(exchange->request);
  as_csv.ok() ? go_on(as_csv.value()) : exchange->answer(failure(as_csv.fault()));
}

}  // namespace sluice::http
