// SPDX-License-Identifier: Apache-2.0
// How a client comes to know which policy shares a resource.
#include <utility>

#include "protocol/client/blocking_connection.hpp"
#include "protocol/client/client_impl.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_sharing.hpp"
#include "protocol/codec_use.hpp"

namespace sluice::client {

Result<PolicyId> Client::Impl::resource(const Resource& resource) {
  if (const auto known = resources_.find(resource)) {
    return *known;
  }
  // Rare enough for a connection of its own.
  BlockingConnection connection(OperatorOptions{options_.host, options_.port, options_.name,
                                                options_.connect_timeout, options_.connect_timeout,
                                                options_.credential, options_.tls});
  const auto opened = connection.open();
  if (!opened.ok()) {
    return opened.fault();
  }
  auto asked = connection.ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.gateway.resolveResourceRequest();
        encode_resource(resource, request);
        return request;
      },
      [](auto& response) -> Result<PolicyId> {
        const auto answer = response.getAnswer();
        if (answer.isFault()) {
          return decode_fault(answer.getFault());
        }
        return decode_policy_id(answer.getValue());
      });
  if (asked.ok()) {
    resources_.remember(resource, asked.value());
  }
  return asked;
}

Result<PolicyId> Client::resource(const Resource& resource) {
  return impl_->resource(resource);
}

}  // namespace sluice::client
