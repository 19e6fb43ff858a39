// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::Verdict>(Verdict::full) == wire::Verdict::FULL);

namespace {

constexpr std::uint64_t explanation_words_max =
    capnp::sizeInWords<wire::Explanation>() + 1 +
    limits_per_tenant_max * capnp::sizeInWords<wire::ConsideredLimit>();
constexpr std::uint64_t frame_words_max = wire::FRAME_BYTES_MAX / sizeof(capnp::word);
// The rest of a frame is for what else is in the answer.
static_assert(explanations_told_max * explanation_words_max <= frame_words_max * 3 / 4);
static_assert(CheckDecoder::explained_per_call_max * explanation_words_max <= frame_words_max / 4);

void encode_considered(const ConsideredLimit& limit, wire::ConsideredLimit::Builder out) {
  const LimitReading& reading = limit.reading;
  out.setLimit(reading.limit.raw());
  out.setMeter(reading.meter.raw());
  out.setVerdict(encode_enum<wire::Verdict>(limit.verdict));
  out.setShadow(limit.shadow);
  out.setAmount(limit.amount.raw());
  out.setUnlimited(!reading.size.has_value());
  out.setSize(reading.size.value_or(Amount{}).raw());
  out.setUsed(reading.used.raw());
  out.setHeld(reading.held.raw());
  out.setRemaining(reading.remaining.raw());
  out.setResetsAtNs(encode_time(reading.resets_at));
  out.setHasWait(limit.wait.has_value());
  out.setWaitNs(encode_duration(limit.wait.value_or(Duration{})));
}

ConsideredLimit decode_considered(wire::ConsideredLimit::Reader in, std::string_view path,
                                  FieldReader& fields) {
  ConsideredLimit limit;
  limit.reading.limit = LimitId{in.getLimit()};
  limit.reading.meter = MeterId{in.getMeter()};
  limit.verdict = fields.enumerant(in.getVerdict(), Verdict::full, join(path, "verdict"));
  limit.shadow = in.getShadow();
  limit.amount = fields.amount(in.getAmount(), join(path, "amount"));
  if (!in.getUnlimited()) {
    limit.reading.size = fields.amount(in.getSize(), join(path, "size"));
  }
  limit.reading.used = fields.amount(in.getUsed(), join(path, "used"));
  limit.reading.held = fields.amount(in.getHeld(), join(path, "held"));
  limit.reading.remaining = fields.amount(in.getRemaining(), join(path, "remaining"));
  limit.reading.resets_at = decode_time(in.getResetsAtNs());
  if (in.getHasWait()) {
    limit.wait = fields.duration(in.getWaitNs(), join(path, "waitNs"));
  }
  return limit;
}

}  // namespace

std::uint64_t words_of(const Explanation& explanation) {
  return capnp::sizeInWords<wire::Explanation>() + 1 +
         explanation.limits.size() * capnp::sizeInWords<wire::ConsideredLimit>();
}

void encode_explanation(const Explanation& explanation, wire::Explanation::Builder out) {
  out.setDecision(explanation.decision.raw());
  out.setAtNs(encode_time(explanation.at));
  out.setMode(encode_enum<wire::Mode>(explanation.mode));
  out.setOutcome(encode_enum<wire::Outcome>(explanation.outcome));
  out.setSharing(encode_enum<wire::ShareVerdict>(explanation.sharing));
  auto limits = out.initLimits(static_cast<unsigned>(explanation.limits.size()));
  for (unsigned i = 0; i < limits.size(); ++i) {
    encode_considered(explanation.limits[i], limits[i]);
  }
}

Result<Explanation> decode_explanation(wire::Explanation::Reader in, std::string_view path) {
  FieldReader fields(path);
  Explanation explanation;
  explanation.decision = DecisionId{in.getDecision()};
  explanation.at = decode_time(in.getAtNs());
  explanation.mode = fields.enumerant(in.getMode(), Mode::lease, "mode");
  explanation.outcome = fields.enumerant(in.getOutcome(), Outcome::access_denied, "outcome");
  explanation.sharing = fields.enumerant(in.getSharing(), share_verdict_last, "sharing");
  const auto limits = in.getLimits();
  if (fields.require(limits.size() <= limits_per_tenant_max, "limits",
                     "are more than " + std::to_string(limits_per_tenant_max))) {
    explanation.limits.reserve(limits.size());
    for (unsigned i = 0; i < limits.size(); ++i) {
      explanation.limits.push_back(decode_considered(limits[i], at_index("limits", i), fields));
    }
  }
  return fields.finish(std::move(explanation));
}

void encode_explanations(const std::vector<Explanation>& explanations,
                         wire::Explanations::Builder out) {
  auto list = out.initExplanations(static_cast<unsigned>(explanations.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    encode_explanation(explanations[i], list[i]);
  }
}

Result<std::vector<Explanation>> decode_explanations(wire::Explanations::Reader in) {
  FieldReader fields("");
  std::vector<Explanation> explanations;
  const auto list = in.getExplanations();
  if (fields.require(list.size() <= explanations_told_max, "explanations",
                     "are more than " + std::to_string(explanations_told_max))) {
    for (unsigned i = 0; i < list.size(); ++i) {
      explanations.push_back(fields.part(decode_explanation(list[i], at_index("explanations", i))));
    }
  }
  return fields.finish(std::move(explanations));
}

Result<ExplanationQuery> decode_explanation_query(wire::TenantAdmin::ExplainParams::Reader in) {
  FieldReader fields("");
  ExplanationQuery query;
  query.decision = DecisionId{in.getDecision()};
  query.count_max = in.getCountMax();
  fields.require(query.count_max >= 1 && query.count_max <= explanations_told_max, "countMax",
                 "is not from 1 to " + std::to_string(explanations_told_max));
  return fields.finish(query);
}

void encode_explanation_query(const ExplanationQuery& query,
                              wire::TenantAdmin::ExplainParams::Builder out) {
  out.setDecision(query.decision.raw());
  // Too many stay too many, for the server to refuse.
  out.setCountMax(static_cast<std::uint32_t>(std::min(query.count_max, explanations_told_max + 1)));
}

}  // namespace sluice
