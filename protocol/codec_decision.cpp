// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::Outcome>(Outcome::access_denied) == wire::Outcome::ACCESS_DENIED);

namespace {

std::uint64_t words_of(std::string_view text) {
  return text.size() / sizeof(capnp::word) + 1;
}

/// Asked of every decision, so without a branch for each part.
bool has_notes(const Decision& decision) {
  const std::uint64_t held = decision.has_reading ? decision.reading.held.raw() : 0;
  const unsigned flags = decision.repeated | decision.overrun | decision.would_deny.count |
                         static_cast<unsigned>(decision.sharing);
  return (decision.overage.raw() | decision.price_micros | held | decision.id.raw() | flags) != 0;
}

constexpr std::uint64_t notes_words_max =
    capnp::sizeInWords<wire::DecisionNotes>() +
    (ShadowVerdicts::told_max * sizeof(std::uint32_t) - 1) / sizeof(capnp::word) + 1;

void encode_notes(const Decision& decision, wire::DecisionNotes::Builder out) {
  out.setOverage(decision.overage.raw());
  out.setPriceMicros(decision.price_micros);
  out.setWouldDenyCount(decision.would_deny.count);
  out.setRepeated(decision.repeated);
  out.setOverrun(decision.overrun);
  out.setDecision(decision.id.raw());
  out.setSharing(encode_enum<wire::ShareVerdict>(decision.sharing));
  out.setUseCostMicros(std::min(decision.use_cost_micros, Amount::max_raw));
  if (decision.has_reading) {
    out.setHeld(decision.reading.held.raw());
  }
  const auto told = decision.would_deny.told();
  if (told.empty()) {
    return;
  }
  auto limits = out.initWouldDeny(static_cast<unsigned>(told.size()));
  for (unsigned i = 0; i < told.size(); ++i) {
    limits.set(i, told[i].raw());
  }
}

/// Reads them into `decision`.
Result<Done> decode_notes(wire::DecisionNotes::Reader in, Decision& decision) {
  FieldReader fields("notes");
  decision.overage = fields.amount(in.getOverage(), "overage");
  decision.price_micros = fields.amount(in.getPriceMicros(), "priceMicros").raw();
  decision.repeated = in.getRepeated();
  decision.overrun = in.getOverrun();
  decision.id = DecisionId{in.getDecision()};
  decision.sharing = fields.enumerant(in.getSharing(), share_verdict_last, "sharing");
  decision.use_cost_micros = fields.amount(in.getUseCostMicros(), "useCostMicros").raw();
  decision.reading.held = fields.amount(in.getHeld(), "held");
  const auto limits = in.getWouldDeny();
  const std::size_t told = std::min<std::size_t>(in.getWouldDenyCount(), ShadowVerdicts::told_max);
  if (fields.require(limits.size() == told, "wouldDeny",
                     "are not the first " + std::to_string(told) + " of wouldDenyCount")) {
    for (unsigned i = 0; i < limits.size(); ++i) {
      decision.would_deny.limits[i] = LimitId{limits[i]};
    }
    decision.would_deny.count = in.getWouldDenyCount();
  }
  return fields.finish(Done{});
}

}  // namespace

std::uint64_t CheckDecoder::encoded_words() const {
  std::uint64_t words = 1 + count_ * capnp::sizeInWords<wire::Decision>();
  for (const Problem& problem : problems_) {
    words += words_of(problem.text);
  }
  for (const Decision& decision : std::span(decisions_).first(count_)) {
    words += has_notes(decision) ? notes_words_max : 0;
    words += decision.problem != nullptr ? words_of(decision.problem) : 0;
  }
  for (const Explained& explained : explained_) {
    words += words_of(explained.explanation);
  }
  return words;
}

void CheckDecoder::encode(capnp::List<wire::Decision>::Builder out) const {
  SLUICE_INVARIANT(out.size() == count_);
  for (std::uint32_t index = 0; index < count_; ++index) {
    const Decision& decision = decisions_[index];
    wire::Decision::Builder to = out[index];
    to.setOutcome(encode_enum<wire::Outcome>(decision.outcome));
    to.setSoftLimitPassed(decision.soft_limit_passed);
    if (decision.has_reading) {
      const LimitReading& reading = decision.reading;
      to.setMeter(reading.meter.raw());
      to.setLimit(reading.limit.raw());
      to.setUnlimited(!reading.size.has_value());
      to.setSize(reading.size.value_or(Amount{}).raw());
      to.setUsed(reading.used.raw());
      to.setRemaining(reading.remaining.raw());
      to.setResetsAtNs(encode_time(reading.resets_at));
    }
    if (decision.retry_after) {
      to.setHasRetryAfter(true);
      to.setRetryAfterNs(encode_duration(*decision.retry_after));
    }
    to.setGranted(decision.granted.raw());
    if (has_notes(decision)) [[unlikely]] {
      encode_notes(decision, to.initNotes());
    }
    if (decision.problem != nullptr) [[unlikely]] {
      to.setProblem(decision.problem);
    }
  }
  for (const Problem& problem : problems_) {
    out[problem.index].setProblem(problem.text);
  }
  for (const auto& [index, explanation] : explained_) {
    if (explanation.decision != DecisionId{}) {
      encode_explanation(explanation, out[index].getNotes().initExplanation());
    }
  }
}

Result<Decision> decode_decision(wire::Decision::Reader in) {
  Decision decision;
  const auto outcome = decode_enum<Outcome>(in.getOutcome(), Outcome::access_denied);
  if (!outcome) [[unlikely]] {
    return invalid("outcome", "is not known");
  }
  if ((in.getSize() | in.getUsed() | in.getRemaining() | in.getRetryAfterNs() | in.getGranted()) >
      Amount::max_raw) [[unlikely]] {
    return invalid("size, used, remaining, retryAfterNs or granted", beyond_range);
  }
  decision.outcome = *outcome;
  decision.soft_limit_passed = in.getSoftLimitPassed();
  decision.has_reading = in.getLimit() != 0;
  if (decision.has_reading) {
    decision.reading.limit = LimitId{in.getLimit()};
    decision.reading.meter = MeterId{in.getMeter()};
    if (!in.getUnlimited()) {
      decision.reading.size = Amount{in.getSize()};
    }
    decision.reading.used = Amount{in.getUsed()};
    decision.reading.remaining = Amount{in.getRemaining()};
    decision.reading.resets_at = decode_time(in.getResetsAtNs());
  }
  if (in.getHasRetryAfter()) {
    decision.retry_after = Duration{static_cast<std::int64_t>(in.getRetryAfterNs())};
  }
  decision.granted = Amount{in.getGranted()};
  if (in.hasNotes()) [[unlikely]] {
    if (const auto noted = decode_notes(in.getNotes(), decision); !noted.ok()) {
      return noted.fault();
    }
  }
  return decision;
}

Result<std::string> decode_problem(wire::Decision::Reader in) {
  return decode_text(in.getProblem(), "problem");
}

}  // namespace sluice
