// SPDX-License-Identifier: Apache-2.0
#include <variant>

#include "actors/tenant/invariant.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::TenantStatus>(TenantStatus::deactivated) ==
              wire::TenantStatus::DEACTIVATED);

namespace {

std::optional<WallTime> decode_optional_time(std::int64_t ns) {
  const WallTime time = decode_time(ns);
  return time == wall_time_never ? std::nullopt : std::optional{time};
}

std::int64_t encode_optional_time(const std::optional<WallTime>& time) {
  return encode_time(time.value_or(wall_time_never));
}

}  // namespace

Result<Lifecycle> decode_life(wire::Lifecycle::Reader in, std::string_view path) {
  FieldReader fields(path);
  Lifecycle life;
  life.status = fields.enumerant(in.getStatus(), TenantStatus::deactivated, "status");
  life.trial_days = TrialDays{in.getTrialDays()};
  life.trial_ends_at = decode_optional_time(in.getTrialEndsAtNs());
  life.suspended_at = decode_optional_time(in.getSuspendedAtNs());
  life.suspend_reason = fields.text(in.getSuspendReason(), "suspendReason");
  life.deactivated_at = decode_optional_time(in.getDeactivatedAtNs());
  life.purge_at = decode_optional_time(in.getPurgeAtNs());
  const auto unpaid = in.getUnpaid();
  if (fields.require(unpaid.size() <= unpaid_payments_max, "unpaid", "are more than 16")) {
    for (const auto payment : unpaid) {
      life.unpaid.push_back({fields.text(payment.getReference(), "unpaid.reference"),
                             decode_time(payment.getSuspendsAtNs())});
    }
  }
  return fields.finish(std::move(life));
}

void encode_life(const Lifecycle& life, wire::Lifecycle::Builder out) {
  out.setStatus(encode_enum<wire::TenantStatus>(life.status));
  out.setTrialDays(life.trial_days.raw());
  out.setTrialEndsAtNs(encode_optional_time(life.trial_ends_at));
  out.setSuspendedAtNs(encode_optional_time(life.suspended_at));
  out.setSuspendReason(life.suspend_reason);
  out.setDeactivatedAtNs(encode_optional_time(life.deactivated_at));
  out.setPurgeAtNs(encode_optional_time(life.purge_at));
  auto unpaid = out.initUnpaid(static_cast<unsigned>(life.unpaid.size()));
  for (unsigned i = 0; i < life.unpaid.size(); ++i) {
    unpaid[i].setReference(life.unpaid[i].reference);
    unpaid[i].setSuspendsAtNs(encode_time(life.unpaid[i].suspends_at));
  }
}

Result<Billing> decode_billing(wire::Billing::Reader in, std::string_view path) {
  FieldReader fields(path);
  Billing billing;
  billing.company = fields.text(in.getCompany(), "company");
  billing.email = fields.text(in.getEmail(), "email");
  billing.address = fields.text(in.getAddress(), "address");
  billing.tax_id = fields.text(in.getTaxId(), "taxId");
  return fields.finish(std::move(billing));
}

void encode_billing(const Billing& billing, wire::Billing::Builder out) {
  out.setCompany(billing.company);
  out.setEmail(billing.email);
  out.setAddress(billing.address);
  out.setTaxId(billing.tax_id);
}

Result<LifeEvent> decode_life_event(wire::LifeEvent::Reader in) {
  FieldReader fields("event");
  switch (in.which()) {
    case wire::LifeEvent::CONVERT:
      return LifeEvent{Convert{}};
    case wire::LifeEvent::SUSPEND:
      return fields.finish(LifeEvent{Suspend{fields.text(in.getSuspend(), "suspend")}});
    case wire::LifeEvent::REACTIVATE:
      return LifeEvent{Reactivate{}};
    case wire::LifeEvent::DEACTIVATE:
      return LifeEvent{Deactivate{}};
    case wire::LifeEvent::RESTORE:
      return LifeEvent{Restore{}};
  }
  return invalid("event", "is of a kind that is not known");
}

void encode_life_event(const LifeEvent& event, wire::LifeEvent::Builder out) {
  struct Write {
    wire::LifeEvent::Builder out;
    void operator()(const Convert& /*event*/) { out.setConvert(); }
    void operator()(const Suspend& event) { out.setSuspend(event.reason); }
    void operator()(const Reactivate& /*event*/) { out.setReactivate(); }
    void operator()(const Deactivate& /*event*/) { out.setDeactivate(); }
    void operator()(const Restore& /*event*/) { out.setRestore(); }
    void operator()(const PaymentFailed& /*event*/) {
      SLUICE_INVARIANT(!"a payment is reported, not wished for");
    }
    void operator()(const PaymentCame& /*event*/) {
      SLUICE_INVARIANT(!"a payment is reported, not wished for");
    }
    void operator()(const EndTrial& /*event*/) {
      SLUICE_INVARIANT(!"the end of a trial is nobody's wish");
    }
    void operator()(const EndGrace& /*event*/) {
      SLUICE_INVARIANT(!"the end of a grace is nobody's wish");
    }
  };
  std::visit(Write{out}, event);
}

}  // namespace sluice
