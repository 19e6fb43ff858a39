// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/json_calls.hpp"

#include <capnp/dynamic.h>

#include <optional>
#include <utility>

#include "protocol/codec.hpp"
#include "server/rpc/operator_service.hpp"
#include "server/rpc/tenant_admin_service.hpp"

namespace sluice {

namespace {

constexpr std::string_view denied = "permission denied: ";

std::string_view view_of(kj::StringPtr text) {
  return {text.cStr(), text.size()};
}

/// What a method threw instead of answering.
Fault fault_of(const kj::Exception& thrown) {
  const std::string_view reason = view_of(thrown.getDescription());
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

/// Nearly all methods answer with an `Answer` alone; the others have no fault.
Result<std::string> read_results(const capnp::JsonCodec& codec,
                                 capnp::DynamicStruct::Reader results) {
  const auto text_of = [&codec](capnp::DynamicValue::Reader value, capnp::Type type) {
    return std::string{view_of(codec.encode(value, type))};
  };
  KJ_IF_MAYBE (field, results.getSchema().findFieldByName("answer")) {
    const auto answer = results.get(*field).as<capnp::DynamicStruct>();
    KJ_IF_MAYBE (which, answer.which()) {
      if (which->getProto().getName() == "fault") {
        return decode_fault(answer.get(*which).as<wire::Fault>());
      }
      return text_of(answer.get(*which), which->getType());
    }
  }
  return text_of(results, results.getSchema());
}

}  // namespace

void TenantIdInJson::encode(const capnp::JsonCodec& /*codec*/, wire::TenantId::Reader in,
                            capnp::JsonValue::Builder out) const {
  const TenantId id{in.getHigh(), in.getLow()};
  if (id == TenantId{}) {
    out.setNull();
  } else {
    out.setString(to_string(id).c_str());
  }
}

void TenantIdInJson::decode(const capnp::JsonCodec& /*codec*/, capnp::JsonValue::Reader in,
                            wire::TenantId::Builder out) const {
  if (in.isNull()) {
    return;
  }
  KJ_REQUIRE(in.isString(), "a tenant's id is not a text");
  const auto id = parse_tenant_id(view_of(in.getString()));
  KJ_REQUIRE(id.has_value(), "a tenant's id is not a UUID");
  out.setHigh(id->high);
  out.setLow(id->low);
}

JsonCalls::JsonCalls(std::shared_ptr<Service> service) : service_(std::move(service)) {
  codec_.addTypeHandler(tenant_id_);
  codec_.setRejectUnknownFields(true);
}

void JsonCalls::call(const Access& access, const std::string& peer, std::string_view method,
                     std::string_view params, Answered answered) {
  if (service_->stopping || calls_in_flight_ >= calls_in_flight_max) {
    return answered(Fault{FaultCode::unavailable, "too many calls, or the server is stopping"});
  }
  const std::string name{method};
  KJ_IF_MAYBE (found, capnp::Schema::from<wire::Operator>().findMethodByName(name.c_str())) {
    capnp::DynamicCapability::Client administration{administration_of(service_, access, peer)};
    auto request = administration.newRequest(*found);
    const auto unread = kj::runCatchingExceptions([&] {
      if (!params.empty()) {
        codec_.decode(kj::arrayPtr(params.data(), params.size()), request);
      }
    });
    KJ_IF_MAYBE (wrong, unread) {
      return answered(Fault{FaultCode::invalid_argument,
                            "body: " + std::string{view_of(wrong->getDescription())}});
    }
    ++calls_in_flight_;
    const auto self = shared_from_this();
    const auto end = [self, answered = std::move(answered)](Result<std::string> result) {
      --self->calls_in_flight_;
      answered(std::move(result));
    };
    request.send()
        .then([self, end](const capnp::Response<capnp::DynamicStruct>& response) {
          end(read_results(self->codec_, response));
        })
        .detach([end](kj::Exception&& thrown) { end(fault_of(thrown)); });
    return;
  }
  answered(Fault{FaultCode::not_found, "method: there is no " + name});
}

}  // namespace sluice
