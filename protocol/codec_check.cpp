// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "actors/tenant/limit_rules.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"
#include "protocol/codec_use.hpp"
#include "protocol/mode_terms.hpp"

namespace sluice {

static_assert(charges_per_check_max == wire::CHARGES_PER_CHECK_MAX);
static_assert(labels_per_check_max == wire::LABELS_PER_CHECK_MAX);
static_assert(encode_enum<wire::Mode>(Mode::lease) == wire::Mode::LEASE);

namespace {

/// A decision as it stands before anybody decided; leaves alone what says nothing without
/// `has_reading`.
void forget(Decision& decision) {
  decision.outcome = Outcome::unavailable;
  decision.soft_limit_passed = false;
  decision.has_reading = false;
  decision.sharing = ShareVerdict::none;
  decision.use_cost_micros = 0;
  decision.repeated = false;
  decision.overrun = false;
  decision.granted = {};
  decision.overage = {};
  decision.price_micros = 0;
  decision.would_deny.count = 0;
  decision.problem = nullptr;
  decision.id = {};
  decision.retry_after.reset();
}

constexpr std::uint64_t ttl_least = encode_duration(ttl_min);
constexpr std::uint64_t ttl_most = encode_duration(ttl_max);

std::string check_field(std::uint32_t index, std::string_view field, std::string_view what) {
  return invalid(join(at_index("checks", index), field), what).context;
}

}  // namespace

Result<Done> CheckDecoder::decode(capnp::List<wire::Check>::Reader list) {
  count_ = 0;
  charge_count_ = 0;
  problems_.clear();
  explained_.clear();
  labels_.clear();
  texts_.clear();
  uses_.clear();
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
    const auto mode = decode_enum<Mode>(in.getMode(), Mode::lease);
    if (!mode) [[unlikely]] {
      refuse(index, check_field(index, "mode", "is not known"));
    }
    check.mode = mode.value_or(Mode::peek);
    check.id = {};
    check.ttl = {};
    check.labels = {};
    check.want = {};
    check.explain = false;
    check.shared = nullptr;
    if (in.hasParticulars() || is_of_reservation(check.mode)) [[unlikely]] {
      decode_particulars(index, in);
    } else {
      decode_charges(index, in);
    }
    if (check.tenant == TenantId{}) [[unlikely]] {
      refuse(index, check_field(index, "tenantHigh", "and tenantLow are both zero"));
    }
  }
  return Done{};
}

bool CheckDecoder::has_charges(std::uint32_t index, wire::Check::Reader in,
                               wire::Particulars::Reader particulars) {
  const bool has_id = particulars.getIdHigh() != 0 || particulars.getIdLow() != 0;
  const Say charges = charges_of(checks_[index].mode, has_id);
  const bool none = in.getMeter() == 0 && in.getAmount() == 0 && !in.hasMore();
  if (charges == Say::nothing && !none) {
    refuse(index, check_field(index, "meter",
                              "and amount and more must be empty: a cancel has no charges"));
  }
  const bool may_have_none = charges == Say::perhaps || names_policy(particulars);
  return charges != Say::nothing && !(may_have_none && none);
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

void CheckDecoder::decode_particulars(std::uint32_t index, wire::Check::Reader in) {
  Check& check = checks_[index];
  const ModeTerms terms = terms_of(check.mode);
  const wire::Particulars::Reader particulars = in.getParticulars();
  if (has_charges(index, in, particulars)) {
    decode_charges(index, in);
  } else {
    check.charges = {};
  }
  const auto require = [&](bool holds, std::string_view field, std::string_view what) {
    if (!holds) {
      refuse(index, check_field(index, field, what));
    }
  };
  check.id = EntryId{particulars.getIdHigh(), particulars.getIdLow()};
  const bool has_id = check.id != EntryId{};
  require(has_id || terms.id != Say::something, "particulars.idHigh",
          "and idLow are both zero: this mode needs an id");
  require(!has_id || terms.id != Say::nothing, "particulars.idHigh",
          "and idLow are not for a peek, which is not remembered");
  require(check.id.high != reserved_id_high, "particulars.idHigh", "is reserved");
  const std::uint64_t ttl = particulars.getTtlNs();
  if (terms.ttl == Say::nothing) {
    require(ttl == 0, "particulars.ttlNs", "is only for reserve, extend and lease");
  } else {
    const bool none = ttl == 0 && terms.ttl == Say::perhaps;
    require(none || (ttl >= ttl_least && ttl <= ttl_most), "particulars.ttlNs", ttl_out_of_range);
  }
  check.ttl = Duration{static_cast<std::int64_t>(std::min(ttl, ttl_most))};
  const std::uint64_t want = particulars.getWant();
  require(want <= Amount::max_raw, "particulars.want", beyond_range);
  require(want == 0 || check.mode == Mode::lease, "particulars.want", "is only for lease");
  check.want = Amount{std::min(want, Amount::max_raw)};
  check.explain = particulars.getExplain();
  require(!check.explain || terms.explain != Say::nothing, "particulars.explain", not_explained);
  if (check.explain && explained_.size() < explained_per_call_max) {
    explained_.push_back({index});
  }
  if (particulars.hasLabels()) {
    require(terms.labels != Say::nothing, "particulars.labels",
            "are those of the reservation already");
    decode_labels(index, particulars.getLabels());
  }
  if (!speaks_of_use(particulars)) [[likely]] {
    return;
  }
  auto use = decode_use(particulars, check.mode);
  if (!use.ok()) {
    refuse(index, join(at_index("checks", index) + ".particulars", use.fault().context));
  } else if (use.value()) {
    SharedUse& shared = uses_.next();
    shared = *use.value();
    check.shared = &shared;
  }
}

Explanation* CheckDecoder::explanation_of(std::uint32_t index) {
  const auto found = std::ranges::lower_bound(explained_, index, {}, &Explained::index);
  return found != explained_.end() && found->index == index ? &found->explanation : nullptr;
}

std::string_view CheckDecoder::kept(std::string_view text) {
  return texts_.next().assign(text);
}

void CheckDecoder::decode_labels(std::uint32_t index, capnp::List<wire::Label>::Reader list) {
  if (list.size() > labels_per_check_max) {
    return refuse(index, check_field(index, "particulars.labels",
                                     "are more than " + std::to_string(labels_per_check_max)));
  }
  auto& labels = labels_.next();
  for (unsigned i = 0; i < list.size(); ++i) {
    const auto text = [](capnp::Text::Reader from) {
      return std::string_view{from.begin(), from.size()};
    };
    const auto object = [&](std::string_view field, std::string_view what) {
      refuse(index, check_field(index, join(at_index("particulars.labels", i), field), what));
    };
    const std::string_view name = text(list[i].getName());
    const std::string_view value = text(list[i].getValue());
    if (!is_label_name(name)) {
      return object("name", "is not [a-z0-9][a-z0-9_-]{0,31}");
    }
    if (value.empty() || !is_label_value(value)) {
      return object("value", "is not 1 to 64 bytes of UTF-8");
    }
    if (std::ranges::count(std::span{labels}.first(i), name, &Label::name) > 0) {
      return object("name", "is there twice");
    }
    labels[i] = Label{kept(name), kept(value)};
  }
  checks_[index].labels = std::span{labels}.first(list.size());
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

std::size_t CheckDecoder::bytes() const {
  return checks_.capacity() * sizeof(Check) + charges_.capacity() * sizeof(Charge) +
         decisions_.capacity() * sizeof(Decision) + problems_.capacity() * sizeof(Problem) +
         labels_.kept() * labels_per_check_max * sizeof(Label) +
         texts_.kept() * (sizeof(std::string) + label_value_bytes_max) +
         uses_.kept() * sizeof(SharedUse) +
         explained_.size() * (sizeof(Explained) + limits_per_tenant_max * sizeof(ConsideredLimit));
}

namespace {

template <class Init>
void put_text(std::string_view text, const Init& init) {
  capnp::Text::Builder place = init(static_cast<unsigned>(text.size()));
  std::ranges::copy(text, place.begin());
}

bool has_particulars(const Check& check) {
  return check.id != EntryId{} || !check.labels.empty() || check.explain || check.shared != nullptr;
}

void encode_particulars(const Check& check, wire::Particulars::Builder out) {
  out.setIdHigh(check.id.high);
  out.setIdLow(check.id.low);
  out.setTtlNs(encode_duration(check.ttl));
  out.setWant(check.want.raw());
  out.setExplain(check.explain);
  if (check.shared != nullptr) {
    encode_use(*check.shared, out);
  }
  if (check.labels.empty()) {
    return;
  }
  auto labels = out.initLabels(static_cast<unsigned>(check.labels.size()));
  for (unsigned i = 0; i < check.labels.size(); ++i) {
    put_text(check.labels[i].name, [&](unsigned size) { return labels[i].initName(size); });
    put_text(check.labels[i].value, [&](unsigned size) { return labels[i].initValue(size); });
  }
}

}  // namespace

void encode_check(const Check& check, wire::Check::Builder out) {
  out.setTenantHigh(check.tenant.high);
  out.setTenantLow(check.tenant.low);
  out.setMode(encode_enum<wire::Mode>(check.mode));
  if (has_particulars(check)) [[unlikely]] {
    encode_particulars(check, out.initParticulars());
  }
  if (check.charges.empty()) [[unlikely]] {
    SLUICE_INVARIANT(charges_of(check.mode, check.id != EntryId{}) != Say::something ||
                     check.shared != nullptr);
    return;
  }
  out.setAmount(check.charges[0].amount.raw());
  out.setMeter(check.charges[0].meter.raw());
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

namespace {

std::uint64_t particulars_words(const Check& check) {
  std::uint64_t words = capnp::sizeInWords<wire::Particulars>();
  if (!check.labels.empty()) {
    words += 1 + check.labels.size() * capnp::sizeInWords<wire::Label>();
  }
  words += check.shared == nullptr ? 0 : use_words_max;
  for (const Label& label : check.labels) {
    words += label.name.size() / sizeof(capnp::word) + 1;
    words += label.value.size() / sizeof(capnp::word) + 1;
  }
  return words;
}

}  // namespace

std::uint64_t further_words_of(const Check& check) {
  const std::size_t more = check.charges.empty() ? 0 : check.charges.size() - 1;
  return (more > 0 ? 1 + more * capnp::sizeInWords<wire::Charge>() : 0) +
         (has_particulars(check) ? particulars_words(check) : 0);
}

}  // namespace sluice
