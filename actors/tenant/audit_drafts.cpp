// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/audit_drafts.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/tenant/audit_json.hpp"
#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/sharing/compliance.hpp"

namespace sluice {
namespace {

using audit::Fields;
using audit::json;
using audit::list;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string texts(const std::vector<std::string>& values) {
  return list(values, [](const std::string& value) { return json(std::string_view{value}); });
}

std::string rule_json(const Rule& rule) {
  Fields out;
  std::visit(
      Overloaded{[&](const WindowRule& window) {
                   out.add("size", window.size).add("period", name_of(window.period));
                 },
                 [&](const RateRule& rate) {
                   out.add("rate", rate.amount).add("per_ns", rate.per);
                   out.add("burst", rate.burst).add("refill", name_of(rate.refill));
                 },
                 [&](const SlidingRule& sliding) {
                   out.add("size", sliding.size).add("span_ns", sliding.span);
                 },
                 [&](const ConcurrencyRule& held) {
                   out.add("in_flight", held.size).add("ttl_ns", held.ttl);
                 },
                 [&](const CreditRule& credit) { out.add("credit", name_of(credit.period)); }},
      rule);
  return out.object();
}

std::string overage_json(const std::optional<OverageTerms>& terms) {
  return terms ? Fields{}
                     .add("price_micros", terms->price_micros)
                     .add("per", terms->per)
                     .add("cap", terms->cap)
                     .object()
               : "null";
}

std::string override_json(const std::optional<Override>& instead) {
  return instead ? Fields{}
                       .add_json("rule", rule_json(instead->rule))
                       .add("soft_limit", instead->soft_limit)
                       .add("expires_at_ns", instead->expires_at)
                       .add("author", std::string_view{instead->author})
                       .add("reason", std::string_view{instead->reason})
                       .object()
                 : "null";
}

Fields fields_of(const Limit& limit) {
  Fields out;
  out.add("meter", limit.meter.raw())
      .add_json("rule", rule_json(limit.rule))
      .add("enforcement", name_of(limit.enforcement))
      .add("shadow", limit.shadow)
      .add("soft_limit", limit.soft_limit)
      .add_json("overage", overage_json(limit.overage))
      .add_json("thresholds", list(limit.thresholds, [](Percent p) { return json(p.raw()); }))
      .add_json("per", texts(limit.per))
      .add_json("when", list(limit.when,
                             [](const Condition& condition) {
                               return Fields{}
                                   .add("label", std::string_view{condition.label})
                                   .add("negated", condition.negated)
                                   .add_json("values", texts(condition.values))
                                   .object();
                             }))
      .add("releases_on_expiry", limit.releases_on_expiry)
      .add_json("history_by", texts(limit.history_by))
      .add_json("override", override_json(limit.instead));
  return out;
}

Fields fields_of(const TenantDefinition& tenant) {
  const auto& pending = tenant.pending_tier;
  Fields out;
  out.add("name", std::string_view{tenant.name})
      .add("slug", std::string_view{tenant.slug})
      .add("tier", std::string_view{tenant.tier})
      .add("timezone", std::string_view{tenant.timezone})
      .add("billing_anchor_day", tenant.billing_anchor_day.raw())
      .add("region", std::string_view{tenant.region})
      .add("currency", std::string_view{tenant.currency})
      .add("company", std::string_view{tenant.billing.company})
      .add("email", std::string_view{tenant.billing.email})
      .add("address", std::string_view{tenant.billing.address})
      .add("tax_id", std::string_view{tenant.billing.tax_id})
      .add("compliance", std::string_view{compliance_text(tenant.compliance)})
      .add("status", name_of(tenant.life.status))
      .add("trial_ends_at_ns", tenant.life.trial_ends_at)
      .add("suspend_reason", std::string_view{tenant.life.suspend_reason})
      .add("purge_at_ns", tenant.life.purge_at)
      .add_json("unpaid", list(tenant.life.unpaid,
                               [](const UnpaidPayment& payment) {
                                 return json(std::string_view{payment.reference});
                               }))
      .add("pending_tier", pending ? std::optional{std::string_view{pending->tier}} : std::nullopt)
      .add("pending_tier_at_ns", pending ? std::optional{pending->at} : std::nullopt)
      .add_json("settings", tenant.settings);
  return out;
}

Fields fields_of(const Tier& tier) {
  Fields out;
  out.add("rank", tier.rank).add("sla", std::string_view{tier.sla});
  return out;
}

Fields with_limits(const TenantDefinition& tenant) {
  Fields out = fields_of(tenant);
  out.add_json("limits", list(tenant.limits, [](const Limit& limit) {
                 return json(std::string_view{limit.name});
               }));
  return out;
}

const Limit* find(const std::vector<Limit>& limits, const std::string& name) {
  const auto found = std::ranges::find(limits, name, &Limit::name);
  return found == limits.end() ? nullptr : &*found;
}

void tell_limit(AuditDraft& draft, const TenantDefinition& before, const TenantDefinition& after) {
  const Limit* const was = find(before.limits, draft.subject);
  const Limit* const is = find(after.limits, draft.subject);
  if (was != nullptr && is != nullptr) {
    Fields old = fields_of(*was);
    Fields now = fields_of(*is);
    Fields::keep_differences(old, now);
    draft.before = old.text();
    draft.after = now.text();
    return;
  }
  draft.before = was != nullptr ? fields_of(*was).text() : "";
  draft.after = is != nullptr ? fields_of(*is).text() : "";
}

/// The limits that are not the same among the others, by name.
Fields limits_unlike(const std::vector<Limit>& limits, const std::vector<Limit>& others) {
  Fields out;
  for (const Limit& limit : limits) {
    const Limit* const there = find(others, limit.name);
    if (there == nullptr || *there != limit) {
      out.add_json(limit.name, fields_of(limit).object());
    }
  }
  return out;
}

/// What is not empty on both sides, under this name.
void tell_what_differs(std::string_view name, const Fields& was, const Fields& is, Fields& old,
                       Fields& now) {
  if (!was.empty() || !is.empty()) {
    old.add_what_fits(name, was);
    now.add_what_fits(name, is);
  }
}

Fields fields_of(std::span<const ExceededLimit> exceeded) {
  Fields out;
  for (const ExceededLimit& over : exceeded) {
    out.add_json(over.limit, Fields{}.add("size", over.size).add("used", over.used).object());
  }
  return out;
}

/// With every limit that came, went or became another one, and what the tenant has too much of now.
void tell_tenant(AuditDraft& draft, const TenantDefinition& before, const TenantDefinition& after,
                 std::span<const ExceededLimit> exceeded) {
  Fields old = fields_of(before);
  Fields now = fields_of(after);
  Fields::keep_differences(old, now);
  if (!exceeded.empty()) {
    now.add_what_fits("exceeded", fields_of(exceeded));
  }
  tell_what_differs("limits", limits_unlike(before.limits, after.limits),
                    limits_unlike(after.limits, before.limits), old, now);
  draft.before = old.text();
  draft.after = now.text();
}

std::string value_json(const FeatureValue& value) {
  return std::visit(Overloaded{[](const std::string& text) { return json(std::string_view{text}); },
                               [](auto plain) { return json(plain); }},
                    value);
}

std::string feature_json(const Features& features, const std::string& name) {
  const Feature* const feature = find_feature(features, name);
  return feature == nullptr ? "" : Fields{}.add_json("value", value_json(feature->value)).object();
}

/// The features that are not the same among the others, by name.
Fields features_unlike(const Features& features, const Features& others) {
  Fields out;
  for (const Feature& feature : features) {
    const Feature* const there = find_feature(others, feature.name);
    if (there == nullptr || *there != feature) {
      out.add_json(feature.name, value_json(feature.value));
    }
  }
  return out;
}

std::string isolation_json(const TenantDefinition& tenant) {
  return Fields{}.add("isolation", std::string_view{to_string(tenant.placement)}).object();
}

/// The keys that are like that, by id, as far as there is room.
void add_keys(Fields& out, std::string_view name, std::span<const ApiKey> keys,
              bool (*are_like_that)(const ApiKey&)) {
  std::vector<std::string> ids;
  Fields named;
  ids.reserve(keys.size());  // The fields have views of them.
  for (const ApiKey& key : keys) {
    if (are_like_that(key)) {
      ids.push_back(to_string(key.id));
      named.add(ids.back(), std::string_view{key.name});
    }
  }
  if (!named.empty()) {
    out.add_what_fits(name, named);
  }
}

AuditAction action_of(const LifeEvent& event) {
  return std::visit(Overloaded{[](const Convert&) { return AuditAction::tenant_converted; },
                               [](const Suspend&) { return AuditAction::tenant_suspended; },
                               [](const Reactivate&) { return AuditAction::tenant_reactivated; },
                               [](const Deactivate&) { return AuditAction::tenant_deactivated; },
                               [](const Restore&) { return AuditAction::tenant_restored; },
                               [](const PaymentFailed&) { return AuditAction::payment_reported; },
                               [](const PaymentCame&) { return AuditAction::payment_reported; },
                               [](const EndTrial&) { return AuditAction::trial_ended; },
                               [](const EndGrace&) { return AuditAction::tenant_suspended; }},
                    event);
}

}  // namespace

AuditDraft audit_of_creation(const TenantDefinition& created, const Member* owner) {
  AuditDraft draft{.tenant = created.id, .action = AuditAction::tenant_created};
  draft.subject = created.slug;
  Fields out = with_limits(created);
  if (created.placement != Placement{}) {
    out.add("isolation", std::string_view{to_string(created.placement)});
  }
  if (owner != nullptr) {
    out.add("owner", std::string_view{owner->user_id});
  }
  draft.after = out.text();
  return draft;
}

AuditDraft audit_of_purge(const TenantDefinition& purged, std::span<const ApiKey> keys) {
  AuditDraft draft{.tenant = purged.id, .action = AuditAction::tenant_purged};
  draft.subject = purged.slug;
  draft.before = with_limits(purged).text();
  Fields out;
  add_keys(out, "keys_revoked", keys, [](const ApiKey& key) { return key.tenants->size() == 1; });
  add_keys(out, "keys_narrowed", keys, [](const ApiKey& key) { return key.tenants->size() > 1; });
  draft.after = out.empty() ? "" : out.text();
  return draft;
}

AuditDraft audit_of_change(const Change& change, const TenantDefinition& before,
                           const TenantDefinition& after, std::span<const ExceededLimit> exceeded) {
  AuditDraft draft{.tenant = after.id};
  const auto about_limit = [&](AuditAction action, const std::string& name) {
    draft.action = action;
    draft.subject = name;
    tell_limit(draft, before, after);
  };
  const auto about_tenant = [&](AuditAction action) {
    draft.action = action;
    draft.subject = after.slug;
    tell_tenant(draft, before, after, exceeded);
  };
  const auto about_tier = [&](AuditAction action) {
    draft.action = action;
    draft.subject = after.tier;
    tell_tenant(draft, before, after, exceeded);
  };
  const auto about_feature = [&](AuditAction action, const std::string& name) {
    draft.action = action;
    draft.subject = name;
    draft.before = feature_json(before.features, name);
    draft.after = feature_json(after.features, name);
  };
  std::visit(
      Overloaded{
          [&](const PutLimit& put) { about_limit(AuditAction::limit_put, put.limit.name); },
          [&](const RemoveLimit& gone) { about_limit(AuditAction::limit_removed, gone.name); },
          [&](const PutOverride& put) { about_limit(AuditAction::override_put, put.name); },
          [&](const RemoveOverride& gone) {
            about_limit(AuditAction::override_removed, gone.name);
          },
          [&](const EditTenant&) { about_tenant(AuditAction::tenant_edited); },
          [&](const LifeEvent& event) { about_tenant(action_of(event)); },
          [&](const ChangeTier&) { about_tier(AuditAction::tier_changed); },
          [&](const ApplyTier&) { about_tier(AuditAction::tier_applied); },
          [&](const TakePendingTier&) { about_tier(AuditAction::tier_taken); },
          [&](const SetFeature& set) { about_feature(AuditAction::feature_set, set.feature.name); },
          [&](const ClearFeature& clear) {
            about_feature(AuditAction::feature_cleared, clear.name);
          },
          [&](const MoveRows&) {
            draft.action = AuditAction::tenant_moved;
            draft.subject = after.slug;
            draft.before = isolation_json(before);
            draft.after = isolation_json(after);
          }},
      change);
  return draft;
}

AuditDraft audit_of_tier(const Tier* before, const Tier* after) {
  const Tier none;
  const Tier& was = before == nullptr ? none : *before;
  const Tier& is = after == nullptr ? none : *after;
  Fields old = fields_of(was);
  Fields now = fields_of(is);
  if (before != nullptr && after != nullptr) {
    Fields::keep_differences(old, now);
  }
  tell_what_differs("features", features_unlike(was.features, is.features),
                    features_unlike(is.features, was.features), old, now);
  tell_what_differs("limits", limits_unlike(was.limits, is.limits),
                    limits_unlike(is.limits, was.limits), old, now);
  AuditDraft draft{.action = after == nullptr ? AuditAction::tier_removed : AuditAction::tier_put};
  draft.subject = (after == nullptr ? before : after)->name;
  draft.before = before == nullptr ? "" : old.text();
  draft.after = after == nullptr ? "" : now.text();
  return draft;
}

AuditDraft audit_of_meter(const Meter& meter) {
  AuditDraft draft{.action = AuditAction::meter_defined};
  draft.subject = meter.name;
  draft.after = Fields{}.add("unit", std::string_view{meter.unit}).object();
  return draft;
}

AuditDraft audit_of_credit(TenantId tenant, std::string_view limit, EntryId id,
                           const CreditChange& change) {
  AuditDraft draft{.tenant = tenant};
  Fields out;
  out.add("id", std::string_view{to_string(TenantId{id.high, id.low})});
  std::visit(Overloaded{[&](const GiveCredit& give) {
                          draft.action = AuditAction::credit_given;
                          out.add("amount", give.terms.amount)
                              .add("priority", give.terms.priority)
                              .add("effective_at_ns", give.terms.effective_at)
                              .add("expires_at_ns", give.terms.expires_at);
                        },
                        [&](const VoidCredit&) { draft.action = AuditAction::credit_voided; },
                        [&](const ResetCredit& reset) {
                          draft.action = AuditAction::credit_reset;
                          out.add("keeps_overage", reset.keeps_overage);
                        }},
             change);
  draft.subject = limit;
  draft.after = out.text();
  return draft;
}

AuditDraft audit_of_denial(TenantId tenant, std::string_view what, std::uint64_t suppressed) {
  AuditDraft draft{.tenant = tenant, .action = AuditAction::access_denied};
  draft.subject = what;
  if (suppressed > 0) {
    draft.after = Fields{}.add("suppressed_before", suppressed).object();
  }
  return draft;
}

}  // namespace sluice
