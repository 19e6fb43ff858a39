// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/json_calls.hpp"

#include <capnp/dynamic.h>

#include <utility>

#include "server/rpc/operator_service.hpp"
#include "server/rpc/tenant_admin_service.hpp"

namespace sluice {

namespace {

constexpr std::string_view denied = "permission denied: ";

/// What a method threw instead of answering.
Fault fault_of(const kj::Exception& thrown) {
  const kj::StringPtr description = thrown.getDescription();
  const std::string_view reason{description.cStr(), description.size()};
  if (reason.starts_with(denied)) {
    return {FaultCode::permission_denied, std::string{reason.substr(denied.size())}};
  }
  const bool ours = thrown.getType() == kj::Exception::Type::FAILED;
  return {ours ? FaultCode::invalid_argument : FaultCode::unavailable, std::string{reason}};
}

/// What the caller has, as if it had every method: it refuses those that it has not itself, as it
/// does on the wire.
wire::Operator::Client administration_of(const std::shared_ptr<Service>& service,
                                         const Access& access, const std::string& peer) {
  return access.is_operator() ? make_operator(service, access, peer)
                              : make_tenant_admin(service, access, peer).castAs<wire::Operator>();
}

}  // namespace

JsonCalls::JsonCalls(std::shared_ptr<Service> service) : service_(std::move(service)) {}

void JsonCalls::call(const Access& access, const std::string& peer, std::string_view method,
                     std::string_view params, Answered answered) {
  if (service_->stopping || calls_in_flight_ >= calls_in_flight_max) {
    return answered(Fault{FaultCode::unavailable, "too many calls, or the server is stopping"});
  }
  const auto found = JsonMethods::find(method);
  if (!found.ok()) {
    return answered(found.fault());
  }
  capnp::DynamicCapability::Client administration{administration_of(service_, access, peer)};
  auto request = administration.newRequest(found.value());
  if (const auto read = methods_.read(params, request); !read.ok()) {
    return answered(read.fault());
  }
  ++calls_in_flight_;
  const auto self = shared_from_this();
  const auto end = [self, answered = std::move(answered)](Result<std::string> result) {
    --self->calls_in_flight_;
    answered(std::move(result));
  };
  request.send()
      .then([self, end](const capnp::Response<capnp::DynamicStruct>& response) {
        end(self->methods_.write(response));
      })
      .detach([end](kj::Exception&& thrown) { end(fault_of(thrown)); });
}

}  // namespace sluice
