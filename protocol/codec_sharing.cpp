// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec_sharing.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "actors/tenant/store.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::ResourceType>(ResourceType::custom) == wire::ResourceType::CUSTOM);
static_assert(encode_enum<wire::Visibility>(Visibility::everyone) == wire::Visibility::EVERYONE);
static_assert(encode_enum<wire::ConditionKind>(ConditionKind::ip_allowlist) ==
              wire::ConditionKind::IP_ALLOWLIST);
static_assert(encode_enum<wire::ConditionOperator>(ConditionOperator::nin) ==
              wire::ConditionOperator::NIN);
static_assert(encode_enum<wire::PricingKind>(PricingKind::tiered) == wire::PricingKind::TIERED);
static_assert(encode_enum<wire::BillingPeriod>(BillingPeriod::month) == wire::BillingPeriod::MONTH);
static_assert(encode_enum<wire::PayoutSchedule>(PayoutSchedule::monthly) ==
              wire::PayoutSchedule::MONTHLY);

namespace {

constexpr std::string_view too_many_of_policy = "are too many";

std::uint64_t sharing_text_words(std::size_t bytes) {
  return bytes / sizeof(capnp::word) + 1;
}

std::vector<TenantId> read_tenants(FieldReader& fields, capnp::List<wire::TenantId>::Reader in,
                                   std::string_view field) {
  std::vector<TenantId> tenants;
  if (fields.require(in.size() <= policy_tenants_max, field, "are more than 1000")) {
    for (const auto& id : in) {
      tenants.push_back(decode_id(id));
    }
  }
  return tenants;
}

void write_tenants(const std::vector<TenantId>& tenants, capnp::List<wire::TenantId>::Builder out) {
  for (unsigned i = 0; i < tenants.size(); ++i) {
    encode_id(tenants[i], out[i]);
  }
}

Result<std::vector<SharingCondition>> decode_conditions(
    capnp::List<wire::SharingCondition>::Reader in) {
  FieldReader fields("policy");
  std::vector<SharingCondition> conditions;
  fields.require(in.size() <= conditions_max, "conditions", too_many_of_policy);
  for (unsigned i = 0; i < in.size() && i < conditions_max; ++i) {
    FieldReader row(at_index("policy.conditions", i));
    SharingCondition condition;
    condition.kind = row.enumerant(in[i].getKind(), ConditionKind::ip_allowlist, "kind");
    condition.op = row.enumerant(in[i].getOperator(), ConditionOperator::nin, "operator");
    const auto values = in[i].getValues();
    if (row.require(values.size() <= condition_values_max, "value", too_many_of_policy)) {
      for (const auto value : values) {
        condition.values.push_back(row.text(value, "value"));
      }
    }
    conditions.push_back(fields.part(row.finish(std::move(condition))));
  }
  return fields.finish(std::move(conditions));
}

void encode_conditions(const std::vector<SharingCondition>& conditions,
                       capnp::List<wire::SharingCondition>::Builder out) {
  for (unsigned i = 0; i < conditions.size(); ++i) {
    out[i].setKind(encode_enum<wire::ConditionKind>(conditions[i].kind));
    out[i].setOperator(encode_enum<wire::ConditionOperator>(conditions[i].op));
    auto values = out[i].initValues(static_cast<unsigned>(conditions[i].values.size()));
    for (unsigned at = 0; at < values.size(); ++at) {
      values.set(at, conditions[i].values[at]);
    }
  }
}

Result<Pricing> decode_pricing(wire::Pricing::Reader in) {
  FieldReader fields("policy.pricing");
  Pricing pricing;
  pricing.kind = fields.enumerant(in.getKind(), PricingKind::tiered, "kind");
  pricing.period = fields.enumerant(in.getPeriod(), BillingPeriod::month, "period");
  std::string currency = fields.text(in.getCurrency(), "currency");
  pricing.currency = currency.empty() ? pricing.currency : std::move(currency);
  if (in.getMeter() != 0) {
    pricing.meter = MeterId{in.getMeter()};
  }
  pricing.price_micros = fields.amount(in.getPriceMicros(), "price_micros").raw();
  pricing.per = fields.amount(in.getPer(), "per");
  const auto bands = in.getBands();
  if (fields.require(bands.size() <= price_bands_max, "bands", too_many_of_policy)) {
    for (const auto& band : bands) {
      PriceBand one;
      if (band.getUpTo() != 0) {
        one.up_to = fields.amount(band.getUpTo(), "bands.up_to");
      }
      one.price_micros = fields.amount(band.getPriceMicros(), "bands.price_micros").raw();
      pricing.bands.push_back(one);
    }
  }
  return fields.finish(std::move(pricing));
}

void encode_pricing(const Pricing& pricing, wire::Pricing::Builder out) {
  out.setKind(encode_enum<wire::PricingKind>(pricing.kind));
  out.setCurrency(pricing.currency);
  out.setPeriod(encode_enum<wire::BillingPeriod>(pricing.period));
  out.setMeter(pricing.meter.value_or(MeterId{}).raw());
  out.setPriceMicros(pricing.price_micros);
  out.setPer(pricing.per.raw());
  auto bands = out.initBands(static_cast<unsigned>(pricing.bands.size()));
  for (unsigned i = 0; i < bands.size(); ++i) {
    bands[i].setUpTo(pricing.bands[i].up_to.value_or(Amount{}).raw());
    bands[i].setPriceMicros(pricing.bands[i].price_micros);
  }
}

Result<RevenueShare> decode_revenue(wire::RevenueShare::Reader in) {
  FieldReader fields("policy.revenue");
  RevenueShare revenue;
  revenue.owner_basis_points = in.getOwnerBasisPoints();
  revenue.minimum_payout_micros =
      fields.amount(in.getMinimumPayoutMicros(), "minimum_payout_micros").raw();
  revenue.schedule = fields.enumerant(in.getSchedule(), PayoutSchedule::monthly, "schedule");
  return fields.finish(revenue);
}

void encode_revenue(const RevenueShare& revenue, wire::RevenueShare::Builder out) {
  out.setOwnerBasisPoints(revenue.owner_basis_points);
  out.setMinimumPayoutMicros(revenue.minimum_payout_micros);
  out.setSchedule(encode_enum<wire::PayoutSchedule>(revenue.schedule));
}

/// What a wish has of it: all but who owns it and how revenue is divided.
void encode_terms(const SharingPolicy& policy, wire::SharingPolicy::Builder out) {
  encode_uuid(policy.id, out.initId());
  out.setResourceType(encode_enum<wire::ResourceType>(policy.resource.type));
  out.setResourceId(policy.resource.id);
  out.setTitle(policy.title);
  out.setVisibility(encode_enum<wire::Visibility>(policy.visibility));
  out.setPermissions(policy.permissions.bits());
  write_tenants(policy.allow, out.initAllow(static_cast<unsigned>(policy.allow.size())));
  write_tenants(policy.block, out.initBlock(static_cast<unsigned>(policy.block.size())));
  encode_conditions(policy.conditions,
                    out.initConditions(static_cast<unsigned>(policy.conditions.size())));
  encode_pricing(policy.pricing, out.initPricing());
  out.setRequiresApproval(policy.requires_approval);
  out.setMaxConsumers(policy.max_consumers.value_or(0));
  out.setHasExpiry(policy.expires_at.has_value());
  if (policy.expires_at) {
    out.setExpiresAtNs(encode_time(*policy.expires_at));
  }
}

}  // namespace

PolicyId decode_policy_id(wire::SharingUuid::Reader in) {
  return {in.getHigh(), in.getLow()};
}
SharingId decode_sharing_id(wire::SharingUuid::Reader in) {
  return {in.getHigh(), in.getLow()};
}
void encode_uuid(PolicyId id, wire::SharingUuid::Builder out) {
  out.setHigh(id.high);
  out.setLow(id.low);
}
void encode_uuid(SharingId id, wire::SharingUuid::Builder out) {
  out.setHigh(id.high);
  out.setLow(id.low);
}

Result<SharingPolicy> decode_policy(wire::SharingPolicy::Reader in) {
  FieldReader fields("policy");
  SharingPolicy policy;
  policy.id = decode_policy_id(in.getId());
  policy.owner = decode_id(in.getOwner());
  policy.resource.type =
      fields.enumerant(in.getResourceType(), ResourceType::custom, "resource.type");
  policy.resource.id = fields.text(in.getResourceId(), "resource.id");
  policy.title = fields.part(decode_text(in.getTitle(), "policy.title", 4 * 200));
  policy.visibility = fields.enumerant(in.getVisibility(), Visibility::everyone, "visibility");
  policy.permissions = SharePermissions::of_bits(in.getPermissions());
  policy.allow = read_tenants(fields, in.getAllow(), "allow");
  policy.block = read_tenants(fields, in.getBlock(), "block");
  policy.conditions = fields.part(decode_conditions(in.getConditions()));
  policy.pricing = fields.part(decode_pricing(in.getPricing()));
  policy.revenue = fields.part(decode_revenue(in.getRevenue()));
  policy.requires_approval = in.getRequiresApproval();
  if (in.getMaxConsumers() != 0) {
    policy.max_consumers = in.getMaxConsumers();
  }
  if (in.getHasExpiry()) {
    policy.expires_at = decode_time(in.getExpiresAtNs());
  }
  policy.created_at = decode_time(in.getCreatedAtNs());
  policy.updated_at = decode_time(in.getUpdatedAtNs());
  policy.version = Version{in.getVersion()};
  return fields.finish(std::move(policy));
}

void encode_policy(const SharingPolicy& policy, wire::SharingPolicy::Builder out) {
  encode_terms(policy, out);
  encode_id(policy.owner, out.initOwner());
  encode_revenue(policy.revenue, out.initRevenue());
  out.setCreatedAtNs(encode_time(policy.created_at));
  out.setUpdatedAtNs(encode_time(policy.updated_at));
  out.setVersion(policy.version.raw());
}

std::uint64_t words_of(const SharingPolicy& policy) {
  constexpr std::uint64_t list = 2;
  constexpr std::uint64_t id_words = 2;
  std::uint64_t words =
      capnp::sizeInWords<wire::SharingPolicy>() + capnp::sizeInWords<wire::Pricing>() +
      capnp::sizeInWords<wire::RevenueShare>() + 2 * id_words + 4 * list +
      id_words * (policy.allow.size() + policy.block.size()) + 2 * policy.pricing.bands.size() +
      sharing_text_words(policy.resource.id.size()) + sharing_text_words(policy.title.size()) +
      sharing_text_words(policy.pricing.currency.size());
  for (const SharingCondition& condition : policy.conditions) {
    words += capnp::sizeInWords<wire::SharingCondition>() + list;
    for (const std::string& value : condition.values) {
      words += 1 + sharing_text_words(value.size());
    }
  }
  return words;
}

Result<PolicyPage> decode_policy_page(wire::SharingPolicyPage::Reader in) {
  FieldReader fields("");
  PolicyPage page;
  const auto policies = in.getPolicies();
  if (fields.require(policies.size() <= page_size_max, "policies", "are more than 1000")) {
    for (const auto& policy : policies) {
      page.policies.push_back(fields.part(decode_policy(policy)));
    }
  }
  page.more = in.getMore();
  return fields.finish(std::move(page));
}

void encode_policy_page(const PolicyPage& page, wire::SharingPolicyPage::Builder out) {
  auto policies = out.initPolicies(static_cast<unsigned>(page.policies.size()));
  for (unsigned i = 0; i < policies.size(); ++i) {
    encode_policy(page.policies[i], policies[i]);
  }
  out.setMore(page.more);
}

Result<PolicyWish> decode_put_policy(wire::TenantAdmin::PutPolicyParams::Reader in) {
  auto policy = decode_policy(in.getPolicy());
  if (!policy.ok()) {
    return policy.fault();
  }
  PolicyWish wish;
  wish.policy = std::move(policy).value();
  wish.keeps_revenue = !in.getPolicy().hasRevenue();
  if (in.getVersion() != 0) {
    wish.expected = Version{in.getVersion()};
  }
  return wish;
}

void encode_put_policy(const PolicyWish& wish, wire::TenantAdmin::PutPolicyParams::Builder out) {
  encode_terms(wish.policy, out.initPolicy());
  if (!wish.keeps_revenue) {
    encode_revenue(wish.policy.revenue, out.getPolicy().initRevenue());
  }
  out.setVersion(wish.expected.value_or(Version{}).raw());
}

Result<PolicyQuery> decode_policy_query(wire::TenantAdmin::ListPoliciesParams::Reader in) {
  FieldReader fields("");
  PolicyQuery query;
  query.discover = in.getDiscover();
  if (in.getHasType()) {
    query.type = fields.enumerant(in.getType(), ResourceType::custom, "type");
  }
  if (const PolicyId after = decode_policy_id(in.getAfter()); after != PolicyId{}) {
    query.after = after;
  }
  query.page_size = in.getPageSize();
  fields.require(query.page_size >= 1 && query.page_size <= page_size_max, "pageSize",
                 "is not from 1 to 1000");
  return fields.finish(std::move(query));
}

void encode_policy_query(const PolicyQuery& query,
                         wire::TenantAdmin::ListPoliciesParams::Builder out) {
  out.setDiscover(query.discover);
  out.setHasType(query.type.has_value());
  if (query.type) {
    out.setType(encode_enum<wire::ResourceType>(*query.type));
  }
  encode_uuid(query.after.value_or(PolicyId{}), out.initAfter());
  out.setPageSize(static_cast<std::uint32_t>(std::min(query.page_size, page_size_max + 1)));
}

}  // namespace sluice
