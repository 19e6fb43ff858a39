// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::Enforcement>(Enforcement::overage) == wire::Enforcement::OVERAGE);
static_assert(encode_enum<wire::Refill>(Refill::interval) == wire::Refill::INTERVAL);

namespace {

WindowRule decode_window(FieldReader& fields, wire::WindowRule::Reader in) {
  WindowRule rule;
  if (!in.getUnlimited()) {
    rule.size = fields.amount(in.getSize(), "rule.window.size");
  }
  rule.period = fields.enumerant(in.getPeriod(), Period::never, "rule.window.period");
  return rule;
}

RateRule decode_rate(FieldReader& fields, wire::RateRule::Reader in) {
  return RateRule{fields.amount(in.getAmount(), "rule.rate.amount"),
                  fields.duration(in.getPerNs(), "rule.rate.perNs"),
                  fields.amount(in.getBurst(), "rule.rate.burst"),
                  fields.enumerant(in.getRefill(), Refill::interval, "rule.rate.refill")};
}

SlidingRule decode_sliding(FieldReader& fields, wire::SlidingRule::Reader in) {
  return SlidingRule{fields.amount(in.getSize(), "rule.sliding.size"),
                     fields.duration(in.getSpanNs(), "rule.sliding.spanNs")};
}

OverageTerms decode_overage(FieldReader& fields, wire::OverageTerms::Reader in) {
  OverageTerms terms;
  terms.price_micros = fields.amount(in.getPriceMicros(), "overage.priceMicros").raw();
  terms.per = fields.amount(in.getPer(), "overage.per");
  if (in.getHasCap()) {
    terms.cap = fields.amount(in.getCap(), "overage.cap");
  }
  return terms;
}

ConcurrencyRule decode_concurrency(FieldReader& fields, wire::ConcurrencyRule::Reader in) {
  return ConcurrencyRule{fields.amount(in.getSize(), "rule.concurrency.size"),
                         fields.duration(in.getTtlNs(), "rule.concurrency.ttlNs")};
}

CreditRule decode_credit(FieldReader& fields, wire::CreditRule::Reader in) {
  return CreditRule{fields.enumerant(in.getPeriod(), Period::never, "rule.credit.period")};
}

/// Of a limit, or of its override.
template <class WireRule>
Rule decode_rule(FieldReader& fields, WireRule in) {
  switch (in.which()) {
    case decltype(in.which())::WINDOW:
      return decode_window(fields, in.getWindow());
    case decltype(in.which())::RATE:
      return decode_rate(fields, in.getRate());
    case decltype(in.which())::SLIDING:
      return decode_sliding(fields, in.getSliding());
    case decltype(in.which())::CONCURRENCY:
      return decode_concurrency(fields, in.getConcurrency());
    case decltype(in.which())::CREDIT:
      return decode_credit(fields, in.getCredit());
  }
  fields.require(false, "rule", "is of a kind that is not known");
  return WindowRule{};
}

template <class WireRule>
void encode_rule(const WindowRule& window, WireRule out) {
  auto to = out.initWindow();
  to.setUnlimited(!window.size.has_value());
  to.setSize(window.size.value_or(Amount{}).raw());
  to.setPeriod(encode_enum<wire::Period>(window.period));
}

template <class WireRule>
void encode_rule(const RateRule& rate, WireRule out) {
  auto to = out.initRate();
  to.setAmount(rate.amount.raw());
  to.setPerNs(encode_duration(rate.per));
  to.setBurst(rate.burst.raw());
  to.setRefill(encode_enum<wire::Refill>(rate.refill));
}

template <class WireRule>
void encode_rule(const SlidingRule& sliding, WireRule out) {
  auto to = out.initSliding();
  to.setSize(sliding.size.raw());
  to.setSpanNs(encode_duration(sliding.span));
}

template <class WireRule>
void encode_rule(const ConcurrencyRule& concurrency, WireRule out) {
  auto to = out.initConcurrency();
  to.setSize(concurrency.size.raw());
  to.setTtlNs(encode_duration(concurrency.ttl));
}

template <class WireRule>
void encode_rule(const CreditRule& credit, WireRule out) {
  out.initCredit().setPeriod(encode_enum<wire::Period>(credit.period));
}

Condition decode_condition(FieldReader& fields, wire::Condition::Reader in) {
  Condition condition;
  condition.label = fields.text(in.getLabel(), "when.label");
  condition.negated = in.getNegated();
  const auto values = in.getValues();
  if (fields.require(values.size() <= values_per_condition_max, "when.values",
                     "are more than " + std::to_string(values_per_condition_max))) {
    for (const auto value : values) {
      condition.values.push_back(fields.text(value, "when.values"));
    }
  }
  return condition;
}

void decode_labels(FieldReader& fields, wire::Limit::Reader in, Limit& limit) {
  const auto per = in.getPer();
  if (fields.require(per.size() <= labels_per_limit_max, "per",
                     "are more than " + std::to_string(labels_per_limit_max))) {
    for (const auto label : per) {
      limit.per.push_back(fields.text(label, "per"));
    }
  }
  const auto history = in.getHistoryBy();
  if (fields.require(history.size() <= history_labels_max, "historyBy",
                     "are more than " + std::to_string(history_labels_max))) {
    for (const auto label : history) {
      limit.history_by.push_back(fields.text(label, "historyBy"));
    }
  }
  const auto when = in.getWhen();
  if (fields.require(when.size() <= conditions_per_limit_max, "when",
                     "are more than " + std::to_string(conditions_per_limit_max))) {
    for (const auto condition : when) {
      limit.when.push_back(decode_condition(fields, condition));
    }
  }
}

void encode_labels(const Limit& limit, wire::Limit::Builder out) {
  if (!limit.per.empty()) {
    auto per = out.initPer(static_cast<unsigned>(limit.per.size()));
    for (unsigned i = 0; i < limit.per.size(); ++i) {
      per.set(i, limit.per[i]);
    }
  }
  if (!limit.history_by.empty()) {
    auto history = out.initHistoryBy(static_cast<unsigned>(limit.history_by.size()));
    for (unsigned i = 0; i < limit.history_by.size(); ++i) {
      history.set(i, limit.history_by[i]);
    }
  }
  if (limit.when.empty()) {
    return;
  }
  auto when = out.initWhen(static_cast<unsigned>(limit.when.size()));
  for (unsigned i = 0; i < limit.when.size(); ++i) {
    const Condition& condition = limit.when[i];
    when[i].setLabel(condition.label);
    when[i].setNegated(condition.negated);
    auto values = when[i].initValues(static_cast<unsigned>(condition.values.size()));
    for (unsigned value = 0; value < condition.values.size(); ++value) {
      values.set(value, condition.values[value]);
    }
  }
}

void encode_overage(const OverageTerms& terms, wire::OverageTerms::Builder out) {
  out.setPriceMicros(terms.price_micros);
  out.setPer(terms.per.raw());
  out.setHasCap(terms.cap.has_value());
  out.setCap(terms.cap.value_or(Amount{}).raw());
}

std::optional<Amount> size_of(const WindowRule& window) {
  return window.size;
}

std::optional<Amount> size_of(const RateRule& rate) {
  return rate.burst;
}

std::optional<Amount> size_of(const SlidingRule& sliding) {
  return sliding.size;
}

std::optional<Amount> size_of(const ConcurrencyRule& concurrency) {
  return concurrency.size;
}

std::optional<Amount> size_of(const CreditRule&) {
  return std::nullopt;
}

/// What grants paid of what was used, and what they have left.
Amount credit_of(const LimitUsage& usage) {
  Amount credit = excess(usage.reading.used, usage.over);
  for (const Grant& grant : usage.grants) {
    credit = credit + grant.balance;
  }
  return credit;
}

void decode_grants(FieldReader& fields, capnp::List<wire::Grant>::Reader in, LimitUsage& usage) {
  if (!fields.require(in.size() <= grants_per_tenant_max, "grants",
                      "are more than " + std::to_string(grants_per_tenant_max))) {
    return;
  }
  for (unsigned i = 0; i < in.size(); ++i) {
    usage.grants.push_back(fields.part(decode_grant(in[i], at_index("grants", i))));
    usage.grants.back().limit = usage.limit.id;
  }
}

}  // namespace

Result<Override> decode_override(wire::Override::Reader in, std::string_view path) {
  FieldReader fields(path);
  Override instead;
  instead.rule = decode_rule(fields, in.getRule());
  if (in.getHasSoftLimit()) {
    instead.soft_limit = fields.amount(in.getSoftLimit(), "softLimit");
  }
  instead.expires_at = decode_time(in.getExpiresAtNs());
  instead.author = fields.text(in.getAuthor(), "author");
  instead.reason = fields.text(in.getReason(), "reason");
  return fields.finish(std::move(instead));
}

void encode_override(const Override& instead, wire::Override::Builder out) {
  std::visit([&out](const auto& rule) { encode_rule(rule, out.initRule()); }, instead.rule);
  out.setHasSoftLimit(instead.soft_limit.has_value());
  out.setSoftLimit(instead.soft_limit.value_or(Amount{}).raw());
  out.setExpiresAtNs(encode_time(instead.expires_at));
  out.setAuthor(instead.author);
  out.setReason(instead.reason);
}

Result<Limit> decode_limit(wire::Limit::Reader in, std::string_view path) {
  FieldReader fields(path);
  Limit limit;
  limit.id = LimitId{in.getId()};
  limit.name = fields.text(in.getName(), "name");
  limit.meter = MeterId{in.getMeter()};
  limit.enforcement = fields.enumerant(in.getEnforcement(), Enforcement::overage, "enforcement");
  limit.rule = decode_rule(fields, in.getRule());
  if (in.getHasSoftLimit()) {
    limit.soft_limit = fields.amount(in.getSoftLimit(), "softLimit");
  }
  const auto thresholds = in.getThresholds();
  limit.thresholds.clear();
  if (fields.require(thresholds.size() <= thresholds_per_limit_max, "thresholds",
                     "are more than " + std::to_string(thresholds_per_limit_max))) {
    for (const std::uint8_t threshold : thresholds) {
      limit.thresholds.push_back(Percent{threshold});
    }
  }
  limit.shadow = in.getShadow();
  if (in.hasOverage()) {
    limit.overage = decode_overage(fields, in.getOverage());
  }
  decode_labels(fields, in, limit);
  limit.releases_on_expiry = in.getReleasesOnExpiry();
  limit.origin = in.getFromTier() ? Origin::tier : Origin::own;
  if (in.hasOverride()) {
    limit.instead = fields.part(decode_override(in.getOverride(), fields.path_of("override")));
  }
  return fields.finish(std::move(limit));
}

void encode_limit(const Limit& limit, wire::Limit::Builder out) {
  out.setId(limit.id.raw());
  out.setName(limit.name);
  out.setMeter(limit.meter.raw());
  out.setEnforcement(encode_enum<wire::Enforcement>(limit.enforcement));
  std::visit([&out](const auto& rule) { encode_rule(rule, out.initRule()); }, limit.rule);
  out.setHasSoftLimit(limit.soft_limit.has_value());
  out.setSoftLimit(limit.soft_limit.value_or(Amount{}).raw());
  auto thresholds = out.initThresholds(static_cast<unsigned>(limit.thresholds.size()));
  for (unsigned i = 0; i < limit.thresholds.size(); ++i) {
    thresholds.set(i, limit.thresholds[i].raw());
  }
  out.setShadow(limit.shadow);
  if (limit.overage) {
    encode_overage(*limit.overage, out.initOverage());
  }
  encode_labels(limit, out);
  out.setReleasesOnExpiry(limit.releases_on_expiry);
  out.setFromTier(limit.origin == Origin::tier);
  if (limit.instead) {
    encode_override(*limit.instead, out.initOverride());
  }
}

Result<std::vector<Limit>> decode_limits(capnp::List<wire::Limit>::Reader in,
                                         std::string_view path) {
  FieldReader fields("");
  std::vector<Limit> limits;
  if (fields.require(in.size() <= limits_per_tenant_max, path,
                     "are more than " + std::to_string(limits_per_tenant_max))) {
    limits.reserve(in.size());
    for (unsigned i = 0; i < in.size(); ++i) {
      limits.push_back(fields.part(decode_limit(in[i], at_index(path, i))));
    }
  }
  return fields.finish(std::move(limits));
}

void encode_limits(const std::vector<Limit>& limits, capnp::List<wire::Limit>::Builder out) {
  for (unsigned i = 0; i < limits.size(); ++i) {
    encode_limit(limits[i], out[i]);
  }
}

Result<LimitUsage> decode_limit_usage(wire::LimitUsage::Reader in) {
  FieldReader fields("");
  LimitUsage usage;
  usage.limit = fields.part(decode_limit(in.getLimit(), "limit"));
  usage.reading.limit = usage.limit.id;
  usage.reading.meter = usage.limit.meter;
  // An override that is told of with usage is in force.
  const Rule& rule = usage.limit.instead ? usage.limit.instead->rule : usage.limit.rule;
  usage.reading.size = std::visit([](const auto& kind) { return size_of(kind); }, rule);
  usage.reading.used = fields.amount(in.getUsed(), "used");
  usage.reading.remaining = fields.amount(in.getRemaining(), "remaining");
  usage.reading.resets_at = decode_time(in.getResetsAtNs());
  usage.window = Window{decode_time(in.getWindowStartNs()), usage.reading.resets_at};
  usage.over = fields.amount(in.getOverage(), "overage");
  usage.price_micros = fields.amount(in.getPriceMicros(), "priceMicros").raw();
  usage.reading.held = fields.amount(in.getHeld(), "held");
  usage.leased = fields.amount(in.getLeased(), "leased");
  decode_grants(fields, in.getGrants(), usage);
  if (std::holds_alternative<CreditRule>(usage.limit.rule)) {
    usage.reading.size = credit_of(usage);
  }
  return fields.finish(std::move(usage));
}

void encode_limit_usage(const LimitUsage& usage, wire::LimitUsage::Builder out) {
  encode_limit(usage.limit, out.initLimit());
  out.setUsed(usage.reading.used.raw());
  out.setRemaining(usage.reading.remaining.raw());
  out.setWindowStartNs(encode_time(usage.window.start));
  out.setResetsAtNs(encode_time(usage.reading.resets_at));
  out.setOverage(usage.over.raw());
  out.setPriceMicros(usage.price_micros);
  out.setHeld(usage.reading.held.raw());
  out.setLeased(usage.leased.raw());
  if (usage.grants.empty()) {
    return;
  }
  auto grants = out.initGrants(static_cast<unsigned>(usage.grants.size()));
  for (unsigned i = 0; i < usage.grants.size(); ++i) {
    encode_grant(usage.grants[i], grants[i]);
  }
}

}  // namespace sluice
