// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(charges_per_check_max == wire::CHARGES_PER_CHECK_MAX);
static_assert(encode_enum<wire::Mode>(Mode::release) == wire::Mode::RELEASE);
static_assert(encode_enum<wire::Outcome>(Outcome::throttled) == wire::Outcome::THROTTLED);

namespace {

/// A decision as it stands before anybody decided; leaves alone what says nothing without
/// `has_reading`.
void forget(Decision& decision) {
  decision.outcome = Outcome::unavailable;
  decision.soft_limit_passed = false;
  decision.has_reading = false;
  decision.granted = {};
  decision.overage = {};
  decision.price_micros = 0;
  decision.would_deny.count = 0;
  decision.problem = nullptr;
  decision.retry_after.reset();
}

std::uint64_t words_of(std::string_view text) {
  return text.size() / sizeof(capnp::word) + 1;
}

bool has_notes(const Decision& decision) {
  return decision.overage > Amount{} || decision.price_micros > 0 || decision.would_deny.count > 0;
}

constexpr std::uint64_t notes_words_max =
    capnp::sizeInWords<wire::DecisionNotes>() +
    (ShadowVerdicts::told_max * sizeof(std::uint32_t) - 1) / sizeof(capnp::word) + 1;

void encode_notes(const Decision& decision, wire::DecisionNotes::Builder out) {
  out.setOverage(decision.overage.raw());
  out.setPriceMicros(decision.price_micros);
  out.setWouldDenyCount(decision.would_deny.count);
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

std::string check_field(std::uint32_t index, std::string_view field, std::string_view what) {
  return invalid(join(at_index("checks", index), field), what).context;
}

}  // namespace

Result<Done> CheckDecoder::decode(capnp::List<wire::Check>::Reader list) {
  count_ = 0;
  charge_count_ = 0;
  problems_.clear();
  if (list.size() > wire::CHECKS_PER_CALL_MAX) {
    return Fault{FaultCode::invalid_argument,
                 "checks: at most " + std::to_string(wire::CHECKS_PER_CALL_MAX) + " in one call, " +
                     std::to_string(list.size()) + " were sent"};
  }
  count_ = list.size();
  if (checks_.size() < count_) {
    checks_.resize(count_);
    decisions_.resize(count_);
  }
  make_room(count_, 0);
  for (std::uint32_t index = 0; index < list.size(); ++index) {
    const wire::Check::Reader in = list[index];
    Check& check = checks_[index];
    check.tenant = TenantId{in.getTenantHigh(), in.getTenantLow()};
    forget(decisions_[index]);
    decode_charges(index, in);
    if (check.tenant == TenantId{}) [[unlikely]] {
      refuse(index, check_field(index, "tenantHigh", "and tenantLow are both zero"));
    }
    const auto mode = decode_enum<Mode>(in.getMode(), Mode::release);
    if (!mode) [[unlikely]] {
      refuse(index, check_field(index, "mode", "is not known"));
    }
    check.mode = mode.value_or(Mode::peek);
  }
  return Done{};
}

void CheckDecoder::decode_charges(std::uint32_t index, wire::Check::Reader in) {
  const std::size_t first = charge_count_;
  if (in.getAmount() > Amount::max_raw) [[unlikely]] {
    checks_[index].charges = {};
    return refuse(index, check_field(index, "amount", beyond_range));
  }
  charges_[charge_count_++] = Charge{MeterId{in.getMeter()}, Amount{in.getAmount()}};
  if (in.hasMore()) {
    const auto more = in.getMore();
    checks_[index].charges = {};
    if (more.size() >= charges_per_check_max) [[unlikely]] {
      return refuse(index, check_field(index, "more",
                                       "makes this more than " +
                                           std::to_string(charges_per_check_max) + " charges"));
    }
    // Room for these, and for the first charge of every check that is still to come.
    make_room(charge_count_ + more.size() + (count_ - index), index);
    for (std::uint32_t i = 0; i < more.size(); ++i) {
      const wire::Charge::Reader charge = more[i];
      if (charge.getAmount() > Amount::max_raw) [[unlikely]] {
        return refuse(index, check_field(index, at_index("more", i) + ".amount", beyond_range));
      }
      charges_[charge_count_++] = Charge{MeterId{charge.getMeter()}, Amount{charge.getAmount()}};
    }
  }
  checks_[index].charges = {charges_.data() + first, charge_count_ - first};
}

void CheckDecoder::refuse(std::uint32_t index, std::string text) {
  if (decisions_[index].outcome == Outcome::invalid) {
    return;  // The first problem is enough.
  }
  decisions_[index].outcome = Outcome::invalid;
  problems_.push_back(Problem{index, std::move(text)});
}

void CheckDecoder::make_room(std::size_t charges, std::uint32_t decoded) {
  if (charges_.size() >= charges) [[likely]] {
    return;
  }
  const std::vector<Charge> before = std::exchange(charges_, {});
  charges_.resize(std::max(charges, 2 * before.size()));
  std::copy(before.begin(), before.end(), charges_.begin());
  for (Check& check : std::span(checks_).first(decoded)) {
    if (!check.charges.empty()) {
      check.charges = {charges_.data() + (check.charges.data() - before.data()),
                       check.charges.size()};
    }
  }
}

std::uint64_t CheckDecoder::encoded_words() const {
  std::uint64_t words = 1 + count_ * capnp::sizeInWords<wire::Decision>();
  for (const Problem& problem : problems_) {
    words += words_of(problem.text);
  }
  for (const Decision& decision : std::span(decisions_).first(count_)) {
    words += has_notes(decision) ? notes_words_max : 0;
    words += decision.problem != nullptr ? words_of(decision.problem) : 0;
  }
  return words;
}

std::size_t CheckDecoder::bytes() const {
  return checks_.capacity() * sizeof(Check) + charges_.capacity() * sizeof(Charge) +
         decisions_.capacity() * sizeof(Decision) + problems_.capacity() * sizeof(Problem);
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
}

void encode_check(const Check& check, wire::Check::Builder out) {
  SLUICE_INVARIANT(!check.charges.empty());
  out.setTenantHigh(check.tenant.high);
  out.setTenantLow(check.tenant.low);
  out.setAmount(check.charges[0].amount.raw());
  out.setMeter(check.charges[0].meter.raw());
  out.setMode(encode_enum<wire::Mode>(check.mode));
  const auto further = check.charges.subspan(1);
  if (further.empty()) {
    return;
  }
  auto more = out.initMore(static_cast<unsigned>(further.size()));
  for (unsigned i = 0; i < further.size(); ++i) {
    more[i].setAmount(further[i].amount.raw());
    more[i].setMeter(further[i].meter.raw());
  }
}

Result<Decision> decode_decision(wire::Decision::Reader in) {
  Decision decision;
  const auto outcome = decode_enum<Outcome>(in.getOutcome(), Outcome::throttled);
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
