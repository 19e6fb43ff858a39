// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/client/blocking_connection.hpp"
#include "protocol/client/operator_client.hpp"
#include "protocol/codec.hpp"

namespace sluice::client {

/// The value of an `Answer`, decoded, or its fault.
template <class T, class Answer, class Decode>
[[nodiscard]] Result<T> take(Answer answer, Decode decode) {
  if (answer.isValue()) {
    return decode(answer.getValue());
  }
  if (answer.isFault()) {
    return decode_fault(answer.getFault());
  }
  return Fault{FaultCode::outcome_unknown, "answer is of a kind that is not known"};
}

/// Most changes answer with the tenant as it is afterwards.
inline constexpr auto tenant_of = [](auto& response) {
  return take<TenantDefinition>(response.getAnswer(),
                                [](auto tenant) { return decode_tenant(tenant); });
};

/// On the wire 0 takes any version.
[[nodiscard]] inline std::uint64_t encode_version(std::optional<Version> expected) {
  return expected.value_or(Version{}).raw();
}

/// A connection, for the files that the client's methods are in.
class OperatorClient::Impl : public BlockingConnection {
  using BlockingConnection::BlockingConnection;
};

}  // namespace sluice::client
