// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

namespace {

constexpr std::string_view default_tier = "none";
constexpr std::string_view default_timezone = "UTC";
constexpr std::string_view default_currency = "USD";

std::string or_default(std::string text, std::string_view value) {
  return text.empty() ? std::string(value) : text;
}

/// An edit's text, or nothing if it is empty.
std::optional<std::string> unless_empty(std::string text) {
  if (text.empty()) {
    return std::nullopt;
  }
  return text;
}

std::uint64_t text_words(std::size_t bytes) {
  return bytes / sizeof(capnp::word) + 1;
}

/// Of what few limits have: labels, conditions and an override.
std::uint64_t rare_words(const Limit& limit) {
  constexpr std::uint64_t list = 1;
  constexpr std::uint64_t pointer = 1;
  std::uint64_t words = 3 * list;
  for (const auto* const labels : {&limit.per, &limit.history_by}) {
    for (const std::string& label : *labels) {
      words += pointer + text_words(label.size());
    }
  }
  for (const Condition& condition : limit.when) {
    words += capnp::sizeInWords<wire::Condition>() + text_words(condition.label.size()) + list;
    for (const std::string& value : condition.values) {
      words += pointer + text_words(value.size());
    }
  }
  if (limit.instead) {
    words += capnp::sizeInWords<wire::Override>() + capnp::sizeInWords<wire::RateRule>() +
             text_words(limit.instead->author.size()) + text_words(limit.instead->reason.size());
  }
  return words;
}

std::uint64_t words_of_labels(const std::vector<std::string>& labels) {
  std::uint64_t words = 1;
  for (const std::string& label : labels) {
    words += 1 + text_words(label.size());
  }
  return words;
}

std::vector<std::string> read_labels(FieldReader& fields, capnp::List<capnp::Text>::Reader in) {
  std::vector<std::string> labels;
  if (fields.require(in.size() <= compliance_labels_max, "compliance", "are more than 16")) {
    for (const auto label : in) {
      labels.push_back(fields.text(label, "compliance"));
    }
  }
  return labels;
}

void write_labels(const std::vector<std::string>& labels, capnp::List<capnp::Text>::Builder out) {
  for (unsigned i = 0; i < labels.size(); ++i) {
    out.set(i, labels[i]);
  }
}

std::uint64_t words_of_unpaid(const UnpaidPayments& unpaid) {
  std::uint64_t words = 1;
  for (const UnpaidPayment& payment : unpaid) {
    words += capnp::sizeInWords<wire::UnpaidPayment>() + text_words(payment.reference.size());
  }
  return words;
}

/// Of all that is not there in every tenant.
std::uint64_t further_words(const TenantDefinition& tenant) {
  const Billing& billing = tenant.billing;
  const std::uint64_t pending =
      tenant.pending_tier
          ? capnp::sizeInWords<wire::PendingTier>() + text_words(tenant.pending_tier->tier.size())
          : 0;
  return pending + words_of_unpaid(tenant.life.unpaid) + words_of_labels(tenant.compliance) +
         words_of(tenant.features) + capnp::sizeInWords<wire::Lifecycle>() +
         capnp::sizeInWords<wire::Billing>() + text_words(tenant.life.suspend_reason.size()) +
         capnp::sizeInWords<wire::Placement>() + text_words(tenant.placement.instance.size()) +
         text_words(tenant.region.size()) + text_words(tenant.currency.size()) +
         text_words(tenant.settings.size()) + text_words(billing.company.size()) +
         text_words(billing.email.size()) + text_words(billing.address.size()) +
         text_words(billing.tax_id.size());
}

/// An upper bound of what `encode_tenant` writes.
std::uint64_t encoded_words(const TenantDefinition& tenant) {
  constexpr auto fixed =
      capnp::sizeInWords<wire::Tenant>() + capnp::sizeInWords<wire::TenantId>() + 1;
  constexpr auto fixed_per_limit =
      capnp::sizeInWords<wire::Limit>() + capnp::sizeInWords<wire::RateRule>() +
      capnp::sizeInWords<wire::OverageTerms>() + thresholds_per_limit_max / sizeof(capnp::word);
  std::uint64_t words = fixed + text_words(tenant.name.size()) + text_words(tenant.slug.size()) +
                        text_words(tenant.tier.size()) + text_words(tenant.timezone.size()) +
                        further_words(tenant);
  for (const Limit& limit : tenant.limits) {
    words += fixed_per_limit + text_words(limit.name.size()) + rare_words(limit);
  }
  return words;
}

}  // namespace

TenantId decode_id(wire::TenantId::Reader in) {
  return TenantId{in.getHigh(), in.getLow()};
}

void encode_id(TenantId id, wire::TenantId::Builder out) {
  out.setHigh(id.high);
  out.setLow(id.low);
}

Result<TenantName> decode_ref(wire::TenantRef::Reader in) {
  FieldReader fields("tenant");
  switch (in.which()) {
    case wire::TenantRef::ID: {
      const TenantId id = decode_id(in.getId());
      fields.require(id != TenantId{}, "id", "is all zero");
      return fields.finish(TenantName{id});
    }
    case wire::TenantRef::SLUG: {
      std::string slug = fields.text(in.getSlug(), "slug");
      fields.require(!slug.empty(), "slug", "is empty");
      return fields.finish(TenantName{std::move(slug)});
    }
  }
  return invalid("tenant", "is of a kind that is not known");
}

void encode_ref(const TenantName& tenant, wire::TenantRef::Builder out) {
  if (const auto* const id = std::get_if<TenantId>(&tenant)) {
    encode_id(*id, out.initId());
  } else {
    out.setSlug(std::get<std::string>(tenant));
  }
}

Result<Placement> decode_placement(wire::Placement::Reader in, const std::string& path) {
  FieldReader fields(path);
  Placement placement;
  placement.isolation =
      fields.enumerant(in.getIsolation(), Isolation::dedicated_instance, "isolation");
  placement.instance = fields.text(in.getInstance(), "instance");
  return fields.finish(std::move(placement));
}

void encode_placement(const Placement& placement, wire::Placement::Builder out) {
  out.setIsolation(encode_enum<wire::Isolation>(placement.isolation));
  out.setInstance(placement.instance);
}

Result<TenantDefinition> decode_draft(wire::TenantDraft::Reader in) {
  FieldReader fields("draft");
  TenantDefinition draft;
  draft.id = decode_id(in.getId());
  draft.slug = fields.text(in.getSlug(), "slug");
  draft.name = or_default(fields.text(in.getName(), "name"), draft.slug);
  draft.tier = or_default(fields.text(in.getTier(), "tier"), default_tier);
  draft.timezone = or_default(fields.text(in.getTimezone(), "timezone"), default_timezone);
  if (in.getBillingAnchorDay() != 0) {
    draft.billing_anchor_day = AnchorDay{in.getBillingAnchorDay()};
  }
  draft.limits = fields.part(decode_limits(in.getLimits(), fields.path_of("limits")));
  draft.life.trial_days = TrialDays{in.getTrialDays()};
  draft.region = fields.text(in.getRegion(), "region");
  draft.currency = or_default(fields.text(in.getCurrency(), "currency"), default_currency);
  draft.billing = fields.part(decode_billing(in.getBilling(), fields.path_of("billing")));
  draft.placement = fields.part(decode_placement(in.getPlacement(), fields.path_of("placement")));
  draft.compliance = read_labels(fields, in.getCompliance());
  draft.settings = or_default(fields.text(in.getSettings(), "settings"), no_settings);
  return fields.finish(std::move(draft));
}

void encode_draft(const TenantDefinition& draft, wire::TenantDraft::Builder out) {
  encode_id(draft.id, out.initId());
  out.setName(draft.name);
  out.setSlug(draft.slug);
  out.setTier(draft.tier);
  out.setTimezone(draft.timezone);
  out.setBillingAnchorDay(draft.billing_anchor_day.raw());
  encode_limits(draft.limits, out.initLimits(static_cast<unsigned>(draft.limits.size())));
  out.setTrialDays(draft.life.trial_days.raw());
  out.setRegion(draft.region);
  out.setCurrency(draft.currency);
  encode_billing(draft.billing, out.initBilling());
  encode_placement(draft.placement, out.initPlacement());
  write_labels(draft.compliance,
               out.initCompliance(static_cast<unsigned>(draft.compliance.size())));
  out.setSettings(draft.settings);
}

Result<EditTenant> decode_edit(wire::TenantDraft::Reader in) {
  FieldReader fields("edit");
  fields.require(decode_id(in.getId()) == TenantId{}, "id", "cannot be changed");
  fields.require(in.getLimits().size() == 0, "limits", "are changed by putLimit and removeLimit");
  fields.require(in.getOwnerUserId().size() == 0 && in.getOwnerEmail().size() == 0, "ownerUserId",
                 "is given to transferOwnership");
  fields.require(!in.hasPlacement(), "placement", "is changed by moveTenant");
  EditTenant edit;
  edit.name = unless_empty(fields.text(in.getName(), "name"));
  edit.slug = unless_empty(fields.text(in.getSlug(), "slug"));
  edit.tier = unless_empty(fields.text(in.getTier(), "tier"));
  edit.timezone = unless_empty(fields.text(in.getTimezone(), "timezone"));
  if (in.getBillingAnchorDay() != 0) {
    edit.billing_anchor_day = AnchorDay{in.getBillingAnchorDay()};
  }
  fields.require(in.getTrialDays() == 0, "trialDays", "can be given only to a new tenant");
  if (in.hasRegion()) {
    edit.region = fields.text(in.getRegion(), "region");
  }
  if (in.hasCompliance()) {
    edit.compliance = read_labels(fields, in.getCompliance());
  }
  edit.currency = unless_empty(fields.text(in.getCurrency(), "currency"));
  edit.settings = unless_empty(fields.text(in.getSettings(), "settings"));
  const auto billing = in.getBilling();
  if (billing.hasCompany()) {
    edit.company = fields.text(billing.getCompany(), "billing.company");
  }
  if (billing.hasEmail()) {
    edit.email = fields.text(billing.getEmail(), "billing.email");
  }
  if (billing.hasAddress()) {
    edit.address = fields.text(billing.getAddress(), "billing.address");
  }
  if (billing.hasTaxId()) {
    edit.tax_id = fields.text(billing.getTaxId(), "billing.taxId");
  }
  return fields.finish(std::move(edit));
}

void encode_edit(const EditTenant& edit, wire::TenantDraft::Builder out) {
  out.setName(edit.name.value_or(""));
  out.setSlug(edit.slug.value_or(""));
  out.setTier(edit.tier.value_or(""));
  out.setTimezone(edit.timezone.value_or(""));
  out.setBillingAnchorDay(edit.billing_anchor_day.value_or(AnchorDay{}).raw());
  if (edit.region) {
    out.setRegion(*edit.region);
  }
  if (edit.compliance) {
    write_labels(*edit.compliance,
                 out.initCompliance(static_cast<unsigned>(edit.compliance->size())));
  }
  out.setCurrency(edit.currency.value_or(""));
  out.setSettings(edit.settings.value_or(""));
  auto billing = out.initBilling();
  if (edit.company) {
    billing.setCompany(*edit.company);
  }
  if (edit.email) {
    billing.setEmail(*edit.email);
  }
  if (edit.address) {
    billing.setAddress(*edit.address);
  }
  if (edit.tax_id) {
    billing.setTaxId(*edit.tax_id);
  }
}

Result<TenantDefinition> decode_tenant(wire::Tenant::Reader in) {
  FieldReader fields("tenant");
  TenantDefinition tenant;
  tenant.id = decode_id(in.getId());
  tenant.name = fields.text(in.getName(), "name");
  tenant.slug = fields.text(in.getSlug(), "slug");
  tenant.tier = fields.text(in.getTier(), "tier");
  tenant.timezone = fields.text(in.getTimezone(), "timezone");
  tenant.billing_anchor_day = AnchorDay{in.getBillingAnchorDay()};
  tenant.created_at = decode_time(in.getCreatedAtNs());
  tenant.updated_at = decode_time(in.getUpdatedAtNs());
  tenant.version = Version{in.getVersion()};
  tenant.limits = fields.part(decode_limits(in.getLimits(), fields.path_of("limits")));
  tenant.life = fields.part(decode_life(in.getLife(), fields.path_of("life")));
  tenant.region = fields.text(in.getRegion(), "region");
  tenant.currency = fields.text(in.getCurrency(), "currency");
  tenant.billing = fields.part(decode_billing(in.getBilling(), fields.path_of("billing")));
  if (in.hasPendingTier()) {
    const auto pending = in.getPendingTier();
    tenant.pending_tier = PendingTier{fields.text(pending.getTier(), "pendingTier.tier"),
                                      decode_time(pending.getAtNs())};
  }
  tenant.features = fields.part(decode_features(in.getFeatures(), fields.path_of("features")));
  tenant.placement = fields.part(decode_placement(in.getPlacement(), fields.path_of("placement")));
  tenant.compliance = read_labels(fields, in.getCompliance());
  tenant.settings = fields.text(in.getSettings(), "settings");
  return fields.finish(std::move(tenant));
}

void encode_tenant(const TenantDefinition& tenant, wire::Tenant::Builder out) {
  encode_id(tenant.id, out.initId());
  out.setName(tenant.name);
  out.setSlug(tenant.slug);
  out.setTier(tenant.tier);
  out.setTimezone(tenant.timezone);
  out.setBillingAnchorDay(tenant.billing_anchor_day.raw());
  out.setCreatedAtNs(encode_time(tenant.created_at));
  out.setUpdatedAtNs(encode_time(tenant.updated_at));
  out.setVersion(tenant.version.raw());
  encode_limits(tenant.limits, out.initLimits(static_cast<unsigned>(tenant.limits.size())));
  encode_life(tenant.life, out.initLife());
  out.setRegion(tenant.region);
  out.setCurrency(tenant.currency);
  encode_billing(tenant.billing, out.initBilling());
  if (tenant.pending_tier) {
    out.initPendingTier().setTier(tenant.pending_tier->tier);
    out.getPendingTier().setAtNs(encode_time(tenant.pending_tier->at));
  }
  encode_features(tenant.features, out.initFeatures(static_cast<unsigned>(tenant.features.size())));
  encode_placement(tenant.placement, out.initPlacement());
  write_labels(tenant.compliance,
               out.initCompliance(static_cast<unsigned>(tenant.compliance.size())));
  out.setSettings(tenant.settings);
}

Result<TenantQuery> decode_query(wire::Operator::ListTenantsParams::Reader in) {
  FieldReader fields("");
  TenantQuery query;
  query.tier = fields.text(in.getTier(), "tier");
  query.text = fields.text(in.getText(), "text");
  query.region = fields.text(in.getRegion(), "region");
  if (in.getHasStatus()) {
    query.status = fields.enumerant(in.getStatus(), TenantStatus::deactivated, "status");
  }
  const TenantId after = decode_id(in.getAfter());
  if (after != TenantId{}) {
    query.after = after;
  }
  query.page_size = in.getPageSize();
  fields.require(query.page_size >= 1 && query.page_size <= page_size_max, "pageSize",
                 "is not from 1 to " + std::to_string(page_size_max));
  return fields.finish(std::move(query));
}

void encode_query(const TenantQuery& query, wire::Operator::ListTenantsParams::Builder out) {
  out.setTier(query.tier);
  out.setText(query.text);
  out.setRegion(query.region);
  out.setHasStatus(query.status.has_value());
  if (query.status) {
    out.setStatus(encode_enum<wire::TenantStatus>(*query.status));
  }
  encode_id(query.after.value_or(TenantId{}), out.initAfter());
  // Too large a size stays too large, for the server to refuse.
  out.setPageSize(static_cast<std::uint32_t>(std::min(query.page_size, page_size_max + 1)));
}

Result<TenantPage> decode_page(wire::TenantPage::Reader in) {
  FieldReader fields("");
  TenantPage page;
  const auto tenants = in.getTenants();
  if (fields.require(tenants.size() <= page_size_max, "tenants",
                     "are more than " + std::to_string(page_size_max))) {
    for (const auto& tenant : tenants) {
      page.tenants.push_back(fields.part(decode_tenant(tenant)));
    }
  }
  page.more = in.getMore();
  return fields.finish(std::move(page));
}

void cut_page(TenantPage& page, std::uint64_t words_max) {
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < page.tenants.size(); ++i) {
    words += encoded_words(page.tenants[i]);
    // A page without a tenant would be no progress.
    if (words > words_max && i > 0) {
      page.tenants.resize(i);
      page.more = true;
    }
  }
}

void encode_page(const TenantPage& page, wire::TenantPage::Builder out) {
  auto tenants = out.initTenants(static_cast<unsigned>(page.tenants.size()));
  for (unsigned i = 0; i < page.tenants.size(); ++i) {
    encode_tenant(page.tenants[i], tenants[i]);
  }
  out.setMore(page.more);
}

}  // namespace sluice
