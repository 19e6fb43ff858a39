// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/routes.hpp"

namespace sluice::http {

/// The operations of a gateway. Each answers the exchange, now or later.

/// One check of the route's mode (`normal` leaves it to the body).
void answer_check(const ExchangePtr& exchange, const Route& route);
/// A list of checks of any modes; each has an answer of its own.
void answer_checks(const ExchangePtr& exchange, const Route& route);
/// A check that stands in the header and the query, for proxies: see docs/http.md.
void answer_auth(const ExchangePtr& exchange, const Route& route);
/// Which policy shares a resource; from memory.
void answer_resource(const ExchangePtr& exchange, const Route& route);
/// Moves a simulated clock.
void answer_clock(const ExchangePtr& exchange, const Route& route);

}  // namespace sluice::http
