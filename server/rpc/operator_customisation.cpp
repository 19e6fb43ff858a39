// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_customisation.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "server/auth/crypto.hpp"
#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

template <class Context>
auto write_customised(Context context) {
  return [context](const Result<Customised>& customised) mutable {
    write_answer(context.getResults().initAnswer(), customised, encode_customised);
  };
}

/// Makes the event happen to the tenant that the call names.
template <class Context>
kj::Promise<void> customise(Management& calls, Context context, CustomisationEvent event) {
  auto ask = [&engine = calls.engine(), here = calls.here(), author = calls.author(),
              event = std::move(event)](TenantId id, Reply<Customised> reply) {
    engine.customise(here, author, CustomisationWish{id, event}, std::move(reply));
  };
  return calls.ask_about<Customised>(context.getParams().getTenant(), std::move(ask))
      .then(write_customised(context));
}

std::string random_token() {
  std::array<std::uint64_t, 2> words{};
  auth::fill_random(std::as_writable_bytes(std::span{words}));
  return domain_token(words[0], words[1]);
}

}  // namespace

kj::Promise<void> answer_show_customisation(
    Management& calls, capnp::CallContext<wire::TenantAdmin::ShowCustomisationParams,
                                          wire::TenantAdmin::ShowCustomisationResults>
                           context) {
  const auto show = [&calls](TenantId id, Reply<Customised> reply) {
    calls.engine().customisation(calls.here(), id, std::move(reply));
  };
  return calls.ask_about<Customised>(context.getParams().getTenant(), show)
      .then(write_customised(context));
}

kj::Promise<void> answer_put_customisation(
    Management& calls, capnp::CallContext<wire::TenantAdmin::PutCustomisationParams,
                                          wire::TenantAdmin::PutCustomisationResults>
                           context) {
  auto put = decode_put_customisation(context.getParams());
  return put.ok() ? customise(calls, context, std::move(put).value())
                  : answer_fault(context, put.fault());
}

kj::Promise<void> answer_add_domain(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::AddDomainParams, wire::TenantAdmin::AddDomainResults>
        context) {
  auto host = decode_text(context.getParams().getHost(), "host");
  return host.ok() ? customise(calls, context, AddDomain{std::move(host).value(), random_token()})
                   : answer_fault(context, host.fault());
}

kj::Promise<void> answer_verify_domain(
    Management& calls,
    capnp::CallContext<wire::Operator::VerifyDomainParams, wire::Operator::VerifyDomainResults>
        context) {
  auto host = decode_text(context.getParams().getHost(), "host");
  auto found = decode_text(context.getParams().getFound(), "found");
  if (!host.ok() || !found.ok()) {
    return answer_fault(context, host.ok() ? found.fault() : host.fault());
  }
  return customise(calls, context, VerifyDomain{std::move(host).value(), std::move(found).value()});
}

kj::Promise<void> answer_remove_domain(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::RemoveDomainParams,
                                                          wire::TenantAdmin::RemoveDomainResults>
                                           context) {
  auto host = decode_text(context.getParams().getHost(), "host");
  return host.ok() ? customise(calls, context, RemoveDomain{std::move(host).value()})
                   : answer_fault(context, host.fault());
}

}  // namespace sluice
