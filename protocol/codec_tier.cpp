// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::TierMove>(TierMove::down) == wire::TierMove::DOWN);

Result<Feature> decode_feature(wire::Feature::Reader in, std::string_view path) {
  FieldReader fields(path);
  Feature feature{fields.text(in.getName(), "name"), false};
  const auto value = in.getValue();
  switch (value.which()) {
    case wire::Feature::Value::FLAG:
      feature.value = value.getFlag();
      return fields.finish(std::move(feature));
    case wire::Feature::Value::NUMBER:
      feature.value = value.getNumber();
      return fields.finish(std::move(feature));
    case wire::Feature::Value::TEXT:
      feature.value = fields.text(value.getText(), "value");
      return fields.finish(std::move(feature));
  }
  return invalid(fields.path_of("value"), "is of a kind that is not known");
}

void encode_feature(const Feature& feature, wire::Feature::Builder out) {
  out.setName(feature.name);
  auto value = out.getValue();
  if (const auto* flag = std::get_if<bool>(&feature.value)) {
    value.setFlag(*flag);
  } else if (const auto* number = std::get_if<std::int64_t>(&feature.value)) {
    value.setNumber(*number);
  } else {
    value.setText(std::get<std::string>(feature.value));
  }
}

Result<Features> decode_features(capnp::List<wire::Feature>::Reader in, std::string_view path) {
  FieldReader fields("");
  Features features;
  if (fields.require(in.size() <= features_max, path,
                     "are more than " + std::to_string(features_max))) {
    for (unsigned i = 0; i < in.size(); ++i) {
      features.push_back(fields.part(decode_feature(in[i], at_index(path, i))));
    }
  }
  return fields.finish(std::move(features));
}

void encode_features(const Features& features, capnp::List<wire::Feature>::Builder out) {
  for (unsigned i = 0; i < features.size(); ++i) {
    encode_feature(features[i], out[i]);
  }
}

std::uint64_t words_of(const Features& features) {
  std::uint64_t words = 1;
  for (const Feature& feature : features) {
    const auto* text = std::get_if<std::string>(&feature.value);
    words += capnp::sizeInWords<wire::Feature>() + feature.name.size() / sizeof(capnp::word) + 1 +
             (text == nullptr ? 0 : text->size() / sizeof(capnp::word) + 1);
  }
  return words;
}

Result<Tier> decode_tier(wire::Tier::Reader in) {
  FieldReader fields("tier");
  Tier tier;
  tier.name = fields.text(in.getName(), "name");
  tier.rank = in.getRank();
  tier.limits = fields.part(decode_limits(in.getLimits(), fields.path_of("limits")));
  tier.features = fields.part(decode_features(in.getFeatures(), fields.path_of("features")));
  tier.sla = fields.text(in.getSla(), "sla");
  tier.version = Version{in.getVersion()};
  return fields.finish(std::move(tier));
}

void encode_tier(const Tier& tier, wire::Tier::Builder out) {
  out.setName(tier.name);
  out.setRank(tier.rank);
  encode_limits(tier.limits, out.initLimits(static_cast<unsigned>(tier.limits.size())));
  encode_features(tier.features, out.initFeatures(static_cast<unsigned>(tier.features.size())));
  out.setSla(tier.sla);
  out.setVersion(tier.version.raw());
}

Result<TierCatalogue> decode_tiers(wire::TierList::Reader in) {
  FieldReader fields("");
  TierCatalogue tiers;
  const auto list = in.getTiers();
  if (fields.require(list.size() <= tiers_max, "tiers",
                     "are more than " + std::to_string(tiers_max))) {
    for (const auto& tier : list) {
      tiers.push_back(fields.part(decode_tier(tier)));
    }
  }
  return fields.finish(std::move(tiers));
}

void encode_tiers(const TierCatalogue& tiers, wire::TierList::Builder out) {
  auto list = out.initTiers(static_cast<unsigned>(tiers.size()));
  for (unsigned i = 0; i < tiers.size(); ++i) {
    encode_tier(tiers[i], list[i]);
  }
}

Result<ChangeTier> decode_change_tier(wire::Operator::ChangeTierParams::Reader in) {
  FieldReader fields("");
  ChangeTier change;
  change.tier = fields.text(in.getTier(), "tier");
  change.at_period_end = in.getAtPeriodEnd();
  change.move = fields.enumerant(in.getMove(), TierMove::down, "move");
  return fields.finish(std::move(change));
}

void encode_change_tier(const ChangeTier& change, wire::Operator::ChangeTierParams::Builder out) {
  out.setTier(change.tier);
  out.setAtPeriodEnd(change.at_period_end);
  out.setMove(encode_enum<wire::TierMove>(change.move));
}

Result<TierChanged> decode_tier_changed(wire::TierChanged::Reader in) {
  FieldReader fields("");
  TierChanged changed{.tenant = fields.part(decode_tenant(in.getTenant()))};
  const auto exceeded = in.getExceeded();
  if (fields.require(exceeded.size() <= limits_per_tenant_max, "exceeded",
                     "are more than " + std::to_string(limits_per_tenant_max))) {
    for (const auto& each : exceeded) {
      changed.exceeded.push_back({fields.text(each.getLimit(), "exceeded.limit"),
                                  fields.amount(each.getSize(), "exceeded.size"),
                                  fields.amount(each.getUsed(), "exceeded.used")});
    }
  }
  return fields.finish(std::move(changed));
}

void encode_tier_changed(const TierChanged& changed, wire::TierChanged::Builder out) {
  encode_tenant(changed.tenant, out.initTenant());
  auto exceeded = out.initExceeded(static_cast<unsigned>(changed.exceeded.size()));
  for (unsigned i = 0; i < changed.exceeded.size(); ++i) {
    exceeded[i].setLimit(changed.exceeded[i].limit);
    exceeded[i].setSize(changed.exceeded[i].size.raw());
    exceeded[i].setUsed(changed.exceeded[i].used.raw());
  }
}

Result<TierApplyQuery> decode_apply_tier(wire::Operator::ApplyTierParams::Reader in) {
  FieldReader fields("");
  TierApplyQuery query;
  query.tier = fields.text(in.getTier(), "tier");
  if (const TenantId after = decode_id(in.getAfter()); after != TenantId{}) {
    query.after = after;
  }
  query.page_size = in.getPageSize();
  fields.require(query.page_size >= 1 && query.page_size <= tier_apply_max, "pageSize",
                 "is not from 1 to " + std::to_string(tier_apply_max));
  return fields.finish(std::move(query));
}

void encode_apply_tier(const TierApplyQuery& query, wire::Operator::ApplyTierParams::Builder out) {
  out.setTier(query.tier);
  encode_id(query.after.value_or(TenantId{}), out.initAfter());
  // Too large a size stays too large, for the server to refuse.
  out.setPageSize(static_cast<std::uint32_t>(std::min(query.page_size, tier_apply_max + 1)));
}

Result<TierApplied> decode_tier_applied(wire::TierApplied::Reader in) {
  FieldReader fields("");
  TierApplied applied;
  applied.changed = in.getChanged();
  applied.unchanged = in.getUnchanged();
  const auto refused = in.getRefused();
  if (fields.require(refused.size() <= tier_apply_max, "refused",
                     "are more than " + std::to_string(tier_apply_max))) {
    for (const auto& id : refused) {
      applied.refused.push_back(decode_id(id));
    }
  }
  applied.more = in.hasNext();
  if (applied.more) {
    applied.last = decode_id(in.getNext());
  }
  return fields.finish(std::move(applied));
}

void encode_tier_applied(const TierApplied& applied, wire::TierApplied::Builder out) {
  out.setChanged(static_cast<std::uint32_t>(applied.changed));
  out.setUnchanged(static_cast<std::uint32_t>(applied.unchanged));
  auto refused = out.initRefused(static_cast<unsigned>(applied.refused.size()));
  for (unsigned i = 0; i < applied.refused.size(); ++i) {
    encode_id(applied.refused[i], refused[i]);
  }
  if (applied.more && applied.last) {
    encode_id(*applied.last, out.initNext());
  }
}

Result<TenantFeatures> decode_tenant_features(wire::TenantFeatures::Reader in) {
  FieldReader fields("");
  TenantFeatures found;
  found.tier = fields.text(in.getTier(), "tier");
  const auto list = in.getFeatures();
  const auto own = in.getOwn();
  // Those of the tier, and as many more of its own.
  if (fields.require(list.size() <= 2 * features_max && own.size() <= features_max, "features",
                     "are more than " + std::to_string(2 * features_max))) {
    for (const auto& feature : list) {
      found.features.push_back(fields.part(decode_feature(feature, "features")));
    }
    for (const auto name : own) {
      found.own.push_back(fields.text(name, "own"));
    }
  }
  return fields.finish(std::move(found));
}

void encode_tenant_features(const TenantFeatures& features, wire::TenantFeatures::Builder out) {
  out.setTier(features.tier);
  encode_features(features.features,
                  out.initFeatures(static_cast<unsigned>(features.features.size())));
  auto own = out.initOwn(static_cast<unsigned>(features.own.size()));
  for (unsigned i = 0; i < features.own.size(); ++i) {
    own.set(i, features.own[i]);
  }
}

}  // namespace sluice
