// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

namespace {

/// The id of a grant that is given or named.
template <class Params>
EntryId decode_grant_id(FieldReader& fields, Params in) {
  const EntryId id{in.getIdHigh(), in.getIdLow()};
  fields.require(id != EntryId{}, "idHigh", "and idLow are both zero: a grant needs an id");
  fields.require(id.high != reserved_id_high, "idHigh", "is reserved");
  return id;
}

/// An empty one would mean none.
template <class Params>
std::string decode_limit_name(FieldReader& fields, Params in) {
  std::string name = fields.text(in.getLimit(), "limit");
  fields.require(!name.empty(), "limit", "is empty");
  return name;
}

template <class Builder>
void encode_grant_id(EntryId id, Builder out) {
  out.setIdHigh(id.high);
  out.setIdLow(id.low);
}

Recurrence decode_recurrence(FieldReader& fields, wire::Recurrence::Reader in) {
  Recurrence recurrence;
  recurrence.period = fields.enumerant(in.getPeriod(), Period::never, "recurrence.period");
  fields.require(recurrence.period != Period::minute && recurrence.period != Period::never,
                 "recurrence.period", "is not from hour to year");
  recurrence.every = in.getEvery();
  fields.require(recurrence.every >= 1 && recurrence.every <= recurrence_every_max,
                 "recurrence.every", "is not from 1 to " + std::to_string(recurrence_every_max));
  recurrence.anchor = decode_time(in.getAnchorAtNs());
  return recurrence;
}

GrantTerms decode_terms(FieldReader& fields, wire::GrantTerms::Reader in) {
  GrantTerms terms;
  terms.amount = fields.amount(in.getAmount(), "amount");
  fields.require(terms.amount > Amount{}, "amount", "is zero");
  terms.priority = in.getPriority();
  terms.effective_at = decode_time(in.getEffectiveAtNs());
  terms.expires_at = decode_time(in.getExpiresAtNs());
  fields.require(terms.expires_at > terms.effective_at, "expiresAtNs",
                 "is not after effectiveAtNs");
  if (in.hasRecurrence()) {
    terms.recurrence = decode_recurrence(fields, in.getRecurrence());
  }
  terms.rollover = Rollover{fields.amount(in.getRollover().getMin(), "rollover.min"),
                            fields.amount(in.getRollover().getMax(), "rollover.max")};
  fields.require(terms.rollover.min <= terms.rollover.max, "rollover.min",
                 "is larger than rollover.max");
  return terms;
}

}  // namespace

Result<GrantTerms> decode_grant_terms(wire::GrantTerms::Reader in, std::string_view path) {
  FieldReader fields(path);
  return fields.finish(decode_terms(fields, in));
}

void encode_grant_terms(const GrantTerms& terms, wire::GrantTerms::Builder out) {
  out.setAmount(terms.amount.raw());
  out.setPriority(terms.priority);
  out.setEffectiveAtNs(encode_time(terms.effective_at));
  out.setExpiresAtNs(encode_time(terms.expires_at));
  if (terms.recurrence) {
    auto recurrence = out.initRecurrence();
    recurrence.setPeriod(encode_enum<wire::Period>(terms.recurrence->period));
    recurrence.setEvery(terms.recurrence->every);
    recurrence.setAnchorAtNs(encode_time(terms.recurrence->anchor));
  }
  if (terms.rollover != Rollover{}) {
    auto rollover = out.initRollover();
    rollover.setMin(terms.rollover.min.raw());
    rollover.setMax(terms.rollover.max.raw());
  }
}

Result<Grant> decode_grant(wire::Grant::Reader in, std::string_view path) {
  FieldReader fields(path);
  Grant grant;
  grant.id = decode_grant_id(fields, in);
  grant.terms = fields.part(decode_grant_terms(in.getTerms(), fields.path_of("terms")));
  grant.given_at = decode_time(in.getGivenAtNs());
  grant.voided_at = decode_time(in.getVoidedAtNs());
  grant.balance = fields.amount(in.getBalance(), "balance");
  grant.paid = fields.amount(in.getPaid(), "paid");
  return fields.finish(std::move(grant));
}

void encode_grant(const Grant& grant, wire::Grant::Builder out) {
  encode_grant_id(grant.id, out);
  encode_grant_terms(grant.terms, out.initTerms());
  out.setGivenAtNs(encode_time(grant.given_at));
  out.setVoidedAtNs(encode_time(grant.voided_at));
  out.setBalance(grant.balance.raw());
  out.setPaid(grant.paid.raw());
}

Result<CreditReport> decode_credit_report(wire::CreditReport::Reader in) {
  FieldReader fields("");
  CreditReport report;
  report.usage = fields.part(decode_limit_usage(in.getUsage()));
  report.repeated = in.getRepeated();
  report.at = decode_time(in.getNowNs());
  return fields.finish(std::move(report));
}

void encode_credit_report(const CreditReport& report, wire::CreditReport::Builder out) {
  encode_limit_usage(report.usage, out.initUsage());
  out.setRepeated(report.repeated);
  out.setNowNs(encode_time(report.at));
}

Result<CreditRequest> decode_give(wire::Operator::GiveCreditParams::Reader in) {
  FieldReader fields("");
  CreditRequest request;
  request.limit = decode_limit_name(fields, in);
  request.id = decode_grant_id(fields, in);
  request.change = GiveCredit{{}, fields.part(decode_grant_terms(in.getGrant(), "grant"))};
  return fields.finish(std::move(request));
}

void encode_give(EntryId id, const GiveCredit& give,
                 wire::Operator::GiveCreditParams::Builder out) {
  out.setLimit(std::string(give.limit));
  encode_grant_id(id, out);
  encode_grant_terms(give.terms, out.initGrant());
}

Result<CreditRequest> decode_void(wire::Operator::VoidCreditParams::Reader in) {
  FieldReader fields("");
  CreditRequest request;
  request.id = decode_grant_id(fields, in);
  request.change = VoidCredit{};
  return fields.finish(std::move(request));
}

void encode_void(EntryId id, wire::Operator::VoidCreditParams::Builder out) {
  encode_grant_id(id, out);
}

Result<CreditRequest> decode_reset(wire::Operator::ResetCreditParams::Reader in) {
  FieldReader fields("");
  CreditRequest request;
  request.limit = decode_limit_name(fields, in);
  request.change = ResetCredit{{}, in.getKeepsOverage()};
  return fields.finish(std::move(request));
}

void encode_reset(const ResetCredit& reset, wire::Operator::ResetCreditParams::Builder out) {
  out.setLimit(std::string(reset.limit));
  out.setKeepsOverage(reset.keeps_overage);
}

}  // namespace sluice
