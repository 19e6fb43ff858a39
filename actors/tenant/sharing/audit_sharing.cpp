// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/audit_sharing.hpp"

#include <string>
#include <utility>

#include "actors/tenant/audit_json.hpp"
#include "actors/tenant/invariant.hpp"
#include "actors/tenant/sharing/policy_rules.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"

namespace sluice {

namespace {

using audit::Fields;

std::string told_texts(const std::vector<std::string>& texts) {
  return audit::list(texts, [](const std::string& text) { return audit::json(text); });
}

std::string told_tenants(const std::vector<TenantId>& tenants) {
  return audit::list(tenants,
                     [](TenantId id) { return audit::json(std::string_view{to_string(id)}); });
}

std::string told_pricing(const Pricing& pricing) {
  return Fields{}
      .add("kind", to_string(pricing.kind))
      .add("currency", std::string_view{pricing.currency})
      .add("period", to_string(pricing.period))
      .add("meter", pricing.meter ? std::optional{pricing.meter->raw()} : std::nullopt)
      .add("price_micros", pricing.price_micros)
      .add("per", pricing.per)
      .add_json("bands", audit::list(pricing.bands,
                                     [](const PriceBand& band) {
                                       return Fields{}
                                           .add("up_to", band.up_to)
                                           .add("price_micros", band.price_micros)
                                           .object();
                                     }))
      .object();
}

std::string told_revenue(const RevenueShare& revenue) {
  return Fields{}
      .add("owner_basis_points", revenue.owner_basis_points)
      .add("minimum_payout_micros", revenue.minimum_payout_micros)
      .add("schedule", to_string(revenue.schedule))
      .object();
}

/// The lists last: what is cut is cut from the end.
Fields fields_of_policy(const SharingPolicy& policy) {
  Fields fields;
  fields.add("resource", std::string_view{to_string(policy.resource)})
      .add("title", std::string_view{policy.title})
      .add("visibility", to_string(policy.visibility))
      .add("permissions", std::string_view{to_string(policy.permissions)})
      .add("requires_approval", policy.requires_approval)
      .add("max_consumers", policy.max_consumers)
      .add("expires_at_ns", policy.expires_at)
      .add_json("pricing", told_pricing(policy.pricing))
      .add_json("revenue", told_revenue(policy.revenue))
      .add_json("conditions", audit::list(policy.conditions,
                                          [](const SharingCondition& condition) {
                                            return Fields{}
                                                .add("kind", to_string(condition.kind))
                                                .add("operator", to_string(condition.op))
                                                .add_json("values", told_texts(condition.values))
                                                .object();
                                          }))
      .add_json("block", told_tenants(policy.block))
      .add_json("allow", told_tenants(policy.allow));
  return fields;
}

std::string told_request(const SharingRequest& request) {
  return Fields{}
      .add("policy", std::string_view{to_string(request.policy)})
      .add("owner", std::string_view{to_string(request.owner)})
      .add("consumer", std::string_view{to_string(request.consumer)})
      .add("state", to_string(request.state))
      .add("permissions", std::string_view{to_string(request.permissions)})
      .add("expires_at_ns", request.expires_at)
      .add("message", std::string_view{request.message})
      .add("reason", std::string_view{request.reason})
      .text();
}

AuditAction action_of(SharingState state) {
  switch (state) {
    case SharingState::pending:
      return AuditAction::access_requested;
    case SharingState::approved:
      return AuditAction::access_approved;
    case SharingState::rejected:
      return AuditAction::access_rejected;
    case SharingState::withdrawn:
      return AuditAction::access_withdrawn;
    case SharingState::revoked:
      return AuditAction::access_revoked;
    case SharingState::expired:
      return AuditAction::access_expired;
  }
  invariant_broken("a state of a request", __FILE__, __LINE__);
}

}  // namespace

std::vector<AuditDraft> audit_of_access(const SharingRequest* before, const SharingRequest& after,
                                        TenantId actor) {
  AuditDraft draft{.action = action_of(after.state), .subject = to_string(after.id)};
  draft.before = before == nullptr ? "" : told_request(*before);
  draft.after = told_request(after);
  const bool consumer_acts = actor == after.consumer;
  draft.tenant = consumer_acts ? after.consumer : after.owner;
  std::vector<AuditDraft> drafts{draft};
  draft.tenant = consumer_acts ? after.owner : after.consumer;
  drafts.push_back(std::move(draft));
  return drafts;
}

bool is_denied_use(ShareVerdict verdict) noexcept {
  return verdict == ShareVerdict::blocked || verdict == ShareVerdict::no_grant ||
         verdict == ShareVerdict::made_private;
}

AuditDraft audit_of_denied_use(const DeniedUse& use, std::uint64_t suppressed) {
  AuditDraft draft{.tenant = use.owner,
                   .action = AuditAction::access_denied,
                   .subject = std::string{"use."}.append(to_string(use.permission))};
  Fields fields;
  fields.add("consumer", std::string_view{to_string(use.consumer)})
      .add("resource", std::string_view{to_string(use.resource)})
      .add("sharing", std::string_view{to_string(use.verdict)});
  if (suppressed > 0) {
    fields.add("suppressed_before", suppressed);
  }
  draft.after = fields.text();
  return draft;
}

Author author_for(const Author& author, TenantId actor, TenantId chain) {
  if (author.kind != "member" || actor == chain) {
    return author;
  }
  return {.kind = author.kind,
          .name = "of tenant " + to_string(actor),
          .credential = {},
          .address = {}};
}

AuditDraft audit_of_policy(const SharingPolicy* before, const SharingPolicy* after) {
  SLUICE_INVARIANT(before != nullptr || after != nullptr);
  const SharingPolicy& policy = after != nullptr ? *after : *before;
  AuditDraft draft{
      .tenant = policy.owner,
      .action = after != nullptr ? AuditAction::policy_put : AuditAction::policy_removed,
      .subject = to_string(policy.id)};
  if (before != nullptr && after != nullptr) {
    Fields old = fields_of_policy(*before);
    Fields now = fields_of_policy(*after);
    Fields::keep_differences(old, now);
    draft.before = old.text();
    draft.after = now.text();
  } else if (before != nullptr) {
    draft.before = fields_of_policy(*before).text();
  } else {
    draft.after = fields_of_policy(*after).text();
  }
  return draft;
}

}  // namespace sluice
