// SPDX-License-Identifier: Apache-2.0
#include "protocol/json_methods.hpp"

#include <capnp/compat/json.h>

#include "protocol/codec.hpp"

namespace sluice {
namespace {

std::string_view view_of(kj::StringPtr text) {
  return {text.cStr(), text.size()};
}

/// Writes a tenant's id as its UUID; the nil id is null.
class TenantIdInJson final : public capnp::JsonCodec::Handler<wire::TenantId> {
public:
  void encode(const capnp::JsonCodec& /*codec*/, wire::TenantId::Reader in,
              capnp::JsonValue::Builder out) const override {
    const TenantId id{in.getHigh(), in.getLow()};
    if (id == TenantId{}) {
      out.setNull();
    } else {
      out.setString(to_string(id).c_str());
    }
  }
  void decode(const capnp::JsonCodec& /*codec*/, capnp::JsonValue::Reader in,
              wire::TenantId::Builder out) const override {
    if (in.isNull()) {
      return;
    }
    KJ_REQUIRE(in.isString(), "a tenant's id is not a text");
    const auto id = parse_tenant_id(view_of(in.getString()));
    KJ_REQUIRE(id.has_value(), "a tenant's id is not a UUID");
    out.setHigh(id->high);
    out.setLow(id->low);
  }
};

}  // namespace

class JsonMethods::Codec : public capnp::JsonCodec {
public:
  Codec() {
    addTypeHandler(tenant_id_);
    setRejectUnknownFields(true);
  }

private:
  TenantIdInJson tenant_id_;
};

JsonMethods::JsonMethods() : codec_(std::make_unique<Codec>()) {}

JsonMethods::~JsonMethods() = default;

Result<JsonMethods::Method> JsonMethods::find(std::string_view name) {
  const std::string method{name};
  KJ_IF_MAYBE (found, capnp::Schema::from<wire::Operator>().findMethodByName(method.c_str())) {
    return *found;
  }
  return Fault{FaultCode::not_found, "method: there is no " + method};
}

Result<Done> JsonMethods::read(std::string_view params, capnp::DynamicStruct::Builder into) const {
  const auto unread = kj::runCatchingExceptions([&] {
    if (!params.empty()) {
      codec_->decode(kj::arrayPtr(params.data(), params.size()), into);
    }
  });
  KJ_IF_MAYBE (wrong, unread) {
    return Fault{FaultCode::invalid_argument,
                 "body: " + std::string{view_of(wrong->getDescription())}};
  }
  return Done{};
}

// Nearly all methods answer with an `Answer` alone; the others have no fault.
Result<std::string> JsonMethods::write(capnp::DynamicStruct::Reader results) const {
  const auto text_of = [this](capnp::DynamicValue::Reader value, capnp::Type type) {
    return std::string{view_of(codec_->encode(value, type))};
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

}  // namespace sluice
