// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/blocking_connection.hpp"

namespace sluice::client {

namespace {

std::string in_ms(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

Fault lost_call(Effect effect, const std::string& why) {
  switch (effect) {
    case Effect::question:
      return Fault{FaultCode::unavailable, why};
    case Effect::change:
      return Fault{FaultCode::outcome_unknown, "the change may or may not have been made: " + why};
  }
  SLUICE_INVARIANT(false);
}

}  // namespace

BlockingConnection::BlockingConnection(OperatorOptions options) : options_(std::move(options)) {}

BlockingConnection::~BlockingConnection() {
  Loop::Scope scope(loop_);
  hang_up();
}

Result<Done> BlockingConnection::open() {
  Loop::Scope scope(loop_);
  return connect();
}

void BlockingConnection::hang_up() {
  watch_ = nullptr;
  session_ = nullptr;
}

Result<Done> BlockingConnection::connect() {
  // Notices a connection that was lost since the last call, which takes a few turns.
  while (session_ && !lost_ && loop_.turn({}, {})) {
  }
  if (session_ && !lost_) {
    return Done{};
  }
  hang_up();
  if (!introduction_) {
    auto made = introduce(options_.name, options_.credential, options_.tls, options_.host);
    if (!made.ok()) {
      return made.fault();
    }
    introduction_ = std::move(made).value();
  }
  const Address address{options_.host, options_.port};
  Outstanding<Result<std::unique_ptr<Session>>> out;
  out.arrival = dial(loop_, address, *introduction_)
                    .then([&out](auto&& dialled) { out.answer = std::move(dialled); })
                    .eagerlyEvaluate(nullptr);
  await(out, Steady::now() + options_.connect_timeout);
  if (!out.answer) {
    return Fault{FaultCode::unavailable, "cannot reach sluiced at " + to_string(address) +
                                             ": no answer within " +
                                             in_ms(options_.connect_timeout)};
  }
  if (!out.answer->ok()) {
    return out.answer->fault();
  }
  session_ = std::move(*out.answer).value();
  server_ = session_->server;
  lost_ = false;
  watch_ = lost(*session_).then([this] { lost_ = true; }).eagerlyEvaluate([this](auto&&) {
    lost_ = true;
  });
  return Done{};
}

Fault BlockingConnection::not_in_time(Effect effect) const {
  return lost_call(effect, "no answer within " + in_ms(options_.call_timeout));
}

Fault BlockingConnection::fault_of(const kj::Exception& exception, Effect effect) {
  const std::string reason = reason_of(exception);
  if (const auto code = refusal_code(reason)) {
    return Fault{*code, reason};  // Asked before anything was done.
  }
  switch (exception.getType()) {
    case kj::Exception::Type::DISCONNECTED:
      return lost_call(effect, "the connection was lost: " + reason);
    case kj::Exception::Type::OVERLOADED:
      return Fault{FaultCode::unavailable, reason};
    case kj::Exception::Type::UNIMPLEMENTED:
    case kj::Exception::Type::FAILED:
      return Fault{FaultCode::invalid_argument, reason};
  }
  return lost_call(effect, reason);
}

}  // namespace sluice::client
