// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_keys.hpp"

#include <optional>
#include <string>
#include <utility>

#include "server/auth/api_key_text.hpp"
#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

Fault wrong(std::string what) {
  return Fault{FaultCode::invalid_argument, std::move(what)};
}

/// Nobody gives what he has not.
std::optional<Fault> objection_to(const ApiKey& key, const Access& access) {
  if (!access.has(key.permissions)) {
    return Fault{FaultCode::permission_denied,
                 "draft.scopes hold what the credential itself has not"};
  }
  if (access.principal() != nullptr && key.expires_at > access.principal()->expires_at) {
    return Fault{FaultCode::permission_denied,
                 "draft.expiresAt is later than that of the credential itself"};
  }
  return std::nullopt;
}

/// An id, or the field that is wrong; without a text nothing.
Result<std::optional<KeyId>> decode_key_id(capnp::Text::Reader in, const char* field) {
  const auto text = decode_text(in, field);
  if (!text.ok() || text.value().empty()) {
    return text.ok() ? Result<std::optional<KeyId>>{std::nullopt} : text.fault();
  }
  const auto id = parse_key_id(text.value());
  if (!id) {
    return wrong(std::string{field} + " is not 16 hexadecimal digits");
  }
  return std::optional(*id);
}

}  // namespace

kj::Promise<void> answer_create_key(
    Management& calls,
    capnp::CallContext<wire::Operator::CreateKeyParams, wire::Operator::CreateKeyResults> context) {
  auto draft = decode_key_draft(context.getParams().getDraft());
  if (!draft.ok()) {
    return answer_fault(context, draft.fault());
  }
  ApiKey key = std::move(draft).value();
  if (const auto objection = objection_to(key, calls.access())) {
    return answer_fault(context, *objection);
  }
  auth::MintedKey minted = auth::mint_api_key();
  key.id = minted.id;
  key.hash = minted.hash;
  const auto add = [&](Reply<ApiKey> reply) {
    calls.engine().add_key(calls.here(), calls.author(), std::move(key), std::move(reply));
  };
  return calls.ask<ApiKey>(add).then(
      [context, text = std::move(minted.text)](const Result<ApiKey>& added) mutable {
        write_answer(context.getResults().initAnswer(), added,
                     [&](const ApiKey& stored, wire::NewApiKey::Builder out) {
                       encode_key(stored, out.initKey());
                       out.setText(text);
                     });
      });
}

kj::Promise<void> answer_revoke_key(
    Management& calls,
    capnp::CallContext<wire::Operator::RevokeKeyParams, wire::Operator::RevokeKeyResults> context) {
  const auto id = decode_key_id(context.getParams().getId(), "id");
  if (!id.ok() || !id.value()) {
    return answer_fault(context, id.ok() ? wrong("id is empty") : id.fault());
  }
  const auto remove = [&](Reply<ApiKey> reply) {
    calls.engine().remove_key(calls.here(), calls.author(), *id.value(), std::move(reply));
  };
  return calls.ask<ApiKey>(remove).then([context](const Result<ApiKey>& removed) mutable {
    write_answer(context.getResults().initAnswer(), removed, encode_key);
  });
}

kj::Promise<void> answer_list_keys(
    Management& calls,
    capnp::CallContext<wire::Operator::ListKeysParams, wire::Operator::ListKeysResults> context) {
  const auto params = context.getParams();
  const auto after = decode_key_id(params.getAfter(), "after");
  if (!after.ok()) {
    return answer_fault(context, after.fault());
  }
  const std::uint32_t page_size = params.getPageSize();
  if (page_size < 1 || page_size > page_size_max) {
    return answer_fault(context,
                        wrong("pageSize is outside 1 to " + std::to_string(page_size_max)));
  }
  encode_key_page(
      page_of(calls.engine().keys(), after.value().value_or(KeyId{}), page_size, page_words_max),
      context.getResults().initAnswer().initValue());
  return kj::READY_NOW;
}

}  // namespace sluice
