// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that speaks JSON.
#include <capnp/message.h>

#include "protocol/client/operator_client_impl.hpp"
#include "protocol/json_methods.hpp"

namespace sluice::client {
namespace {

/// What the server handed out that has the method.
capnp::DynamicCapability::Client capability_with(JsonMethods::Method method, Session& session) {
  if (method.getContainingInterface() == capnp::Schema::from<wire::TenantAdmin>()) {
    return wire::TenantAdmin::Client{session.admin};
  }
  return wire::Operator::Client{session.platform};
}

}  // namespace

Result<std::string> OperatorClient::ask_in_json(std::string_view method, std::string_view params) {
  const JsonMethods methods;
  const auto found = JsonMethods::find(method);
  if (!found.ok()) {
    return found.fault();
  }
  capnp::MallocMessageBuilder message;
  const auto asked = message.initRoot<capnp::DynamicStruct>(found.value().getParamType());
  if (const auto read = methods.read(params, asked); !read.ok()) {
    return read.fault();
  }
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = capability_with(found.value(), session).newRequest(found.value());
        static_cast<void>(methods.read(params, request));  // As it was read before.
        return request;
      },
      [&methods](auto& response) { return methods.write(response); });
}

}  // namespace sluice::client
