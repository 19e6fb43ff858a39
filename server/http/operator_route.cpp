// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "server/http/answers.hpp"
#include "server/http/api_routes.hpp"
#include "server/rpc/rpc_server.hpp"

namespace sluice::http {

void answer_operator(const ExchangePtr& exchange, const Route& /*route*/) {
  const Request& request = exchange->request;
  if (const auto body = parse_object(request.body); !body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  const Foundations& on = exchange->service->environment->on;
  const auto access = on.authorize.access_of(request);
  if (!access.ok()) {
    return exchange->answer(failure(access.fault()));
  }
  on.native.call_in_json(exchange->service->here, access.value(), request.peer,
                         exchange->parts.at(0), request.body,
                         [exchange](const Result<std::string>& answered) {
                           exchange->answer(answered.ok() ? success(Json::parse(answered.value()))
                                                          : failure(answered.fault()));
                         });
}

}  // namespace sluice::http
