// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_clock.hpp"

#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

template <class Context>
kj::Promise<void> answer_with(Context context, const Result<WallTime>& now) {
  write_answer(context.getResults().initAnswer(), now,
               [](WallTime wall, wire::ClockReading::Builder out) {
                 out.setNowNs(wall.time_since_epoch().count());
               });
  return kj::READY_NOW;
}

Fault real_time() {
  return Fault{FaultCode::invalid_argument,
               "the server runs on real time; only with --simulated-time can its clock be moved"};
}

}  // namespace

kj::Promise<void> answer_advance_clock(
    Management& calls,
    capnp::CallContext<wire::Operator::AdvanceClockParams, wire::Operator::AdvanceClockResults>
        context) {
  ClockControl* const clock = calls.environment().simulated_clock;
  const std::uint64_t by = context.getParams().getByNs();
  if (clock == nullptr) {
    return answer_fault(context, real_time());
  }
  if (by > Amount::max_raw) {
    return answer_fault(context, {FaultCode::invalid_argument, "byNs is larger than 2^63-1"});
  }
  return answer_with(context, clock->advance(Duration{static_cast<std::int64_t>(by)}));
}

kj::Promise<void> answer_set_wall_clock(
    Management& calls,
    capnp::CallContext<wire::Operator::SetWallClockParams, wire::Operator::SetWallClockResults>
        context) {
  ClockControl* const clock = calls.environment().simulated_clock;
  if (clock == nullptr) {
    return answer_fault(context, real_time());
  }
  return answer_with(context, clock->set_wall(WallTime{Duration{context.getParams().getToNs()}}));
}

}  // namespace sluice
