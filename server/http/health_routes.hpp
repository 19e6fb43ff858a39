// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/routes.hpp"

namespace sluice::http {

/// What those ask who look after the server.

void answer_healthz(const ExchangePtr& exchange, const Route& route);
void answer_readyz(const ExchangePtr& exchange, const Route& route);
void answer_version(const ExchangePtr& exchange, const Route& route);
void answer_metrics(const ExchangePtr& exchange, const Route& route);

}  // namespace sluice::http
