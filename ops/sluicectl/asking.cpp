// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/asking.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/documents.hpp"

namespace sluice::ctl {
namespace {

/// An id that no tenant has is still asked about: "unknown tenant" is an answer to a check. A slug
/// that nobody has cannot be asked about.
void find_tenant(const std::string& text, ServerLink& link, AskedCheck& asked) {
  const client::TenantRef ref = parse_tenant_ref(text);
  auto found = link.management().show(ref);
  if (!found.ok() && found.fault().code == FaultCode::not_found) {
    if (const TenantId* const id = std::get_if<TenantId>(&ref)) {
      asked.tenant_id = *id;
      return;
    }
  }
  asked.tenant = answered(std::move(found));
  asked.tenant_id = asked.tenant->id;
}

}  // namespace

Charge charge_from(const std::string& text, ServerLink& link) {
  const std::size_t equals = text.find('=');
  const Meter meter = link.meter(text.substr(0, equals), "METER");
  if (equals == std::string::npos) {
    return Charge{meter.id, Amount{1}};
  }
  return Charge{meter.id,
                accept(parse_amount(text.substr(equals + 1), amount_unit_of(meter)), meter.name)};
}

Charge used_from(const std::string& text, ServerLink& link) {
  if (text.find('=') == std::string::npos) {
    throw Failure{ExitCode::bad_usage,
                  Fault{FaultCode::invalid_argument,
                        fmt::format("{0}: say how much was used, as in {0}=100", text)}};
  }
  return charge_from(text, link);
}

Report ask(Session& session, const std::string& tenant, AskedCheck asked) {
  find_tenant(tenant, session.link, asked);
  asked.answer = session.link.gateway().check(
      Check{asked.tenant_id, asked.charges, asked.mode, asked.id, asked.ttl});
  return {document_of(asked, session.link), view_of(asked, session.link, session.style),
          exit_of(asked.answer.decision.outcome)};
}

}  // namespace sluice::ctl
