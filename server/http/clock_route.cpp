// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "protocol/text/time_text.hpp"
#include "server/http/check_routes.hpp"

namespace sluice::http {
namespace {

Result<WallTime> move_clock(const Json& wish, ClockControl& clock) {
  const auto member = wish.begin();
  if (wish.size() != 1 || !member.value().is_string() ||
      (member.key() != "advance" && member.key() != "set")) {
    return Fault{FaultCode::invalid_argument,
                 "advance: must be a duration such as \"1h\", or instead set an instant"};
  }
  const std::string value = member.value().get<std::string>();
  if (member.key() == "advance") {
    const auto by = text::parse_duration(value);
    return by.ok() ? clock.advance(by.value())
                   : Fault{by.fault().code, "advance: " + by.fault().context};
  }
  const auto to = text::parse_instant(value);
  return to.ok() ? clock.set_wall(to.value())
                 : Fault{to.fault().code, "set: " + to.fault().context};
}

}  // namespace

void answer_clock(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto wish = parse_object(exchange->request.body);
  if (!wish.ok()) {
    return exchange->answer(malformed(wish.fault()));
  }
  const auto now = move_clock(wish.value(), *exchange->service->environment->on.simulated_clock);
  exchange->answer(now.ok() ? success(Json{{"now", instant_or_null(now.value())}})
                            : failure(now.fault()));
}

}  // namespace sluice::http
