// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/client/blocking_connection.hpp"
#include "protocol/client/operator_client.hpp"
#include "protocol/codec.hpp"

namespace sluice::client {

/// The connection behind an operator's client.
class OperatorClient::Impl : public BlockingConnection {
  using BlockingConnection::BlockingConnection;
};

/// The value of an `Answer`, decoded, or its fault.
template <class T, class Answer, class Decode>
Result<T> take(Answer answer, Decode decode) {
  if (answer.isValue()) {
    return decode(answer.getValue());
  }
  if (answer.isFault()) {
    return decode_fault(answer.getFault());
  }
  return Fault{FaultCode::outcome_unknown, "answer is of a kind that is not known"};
}

}  // namespace sluice::client
