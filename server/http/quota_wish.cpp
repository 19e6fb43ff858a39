// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/limit_rules.hpp"
#include "protocol/text/amount_text.hpp"
#include "protocol/text/time_text.hpp"
#include "server/http/tenant_bodies.hpp"

namespace sluice::http {
namespace {

constexpr std::string_view amount_schema =
    R"({"oneOf":[{"type":"integer","minimum":0},{"type":"string"}]})";

template <std::optional<std::string> QuotaWish::*field>
Wrong read_word(const Json& value, QuotaWish& into) {
  return read_text(value, (into.*field).emplace());
}

template <std::optional<Json> QuotaWish::*field>
Wrong keep(const Json& value, QuotaWish& into) {
  into.*field = value;
  return std::nullopt;
}

Wrong read_shadow(const Json& value, QuotaWish& into) {
  if (!value.is_boolean()) {
    return "must be true or false";
  }
  into.shadow = value.get<bool>();
  return std::nullopt;
}

Wrong read_history(const Json& value, QuotaWish& into) {
  if (!value.is_array() || value.size() > history_labels_max) {
    return "must be a list of at most 4 labels";
  }
  std::vector<std::string>& labels = into.history_by.emplace();
  for (const Json& each : value) {
    std::string label;
    if (Wrong wrong = read_text(each, label)) {
      return wrong;
    }
    if (!is_label_name(label)) {
      return "each must match [a-z0-9][a-z0-9_-]{0,31}";
    }
    if (std::ranges::find(labels, label) != labels.end()) {
      return label + " is there twice";
    }
    labels.push_back(std::move(label));
  }
  return std::nullopt;
}

constexpr std::array<Member<QuotaWish>, 11> quota_members{{
    {"meter", R"({"type":"string","description":"Of a quota that is new."})", false,
     read_word<&QuotaWish::meter>},
    {"kind",
     R"({"type":"string","description":"Of a quota that is new; window if it is not said.",)"
     R"("enum":["window","rate","sliding","concurrency"]})",
     false, read_word<&QuotaWish::kind>},
    {"limit",
     R"({"description":"An amount, or null for unlimited (windows only); of a rate so much for )"
     R"(each per.","oneOf":[{"type":"integer","minimum":0},{"type":"string"},{"type":"null"}]})",
     false, keep<&QuotaWish::limit>},
    {"period",
     R"({"type":"string","description":"Of a window; month if it is not said.",)"
     R"("enum":["minute","hour","day","week","month","year","never"]})",
     false, read_word<&QuotaWish::period>},
    {"per",
     R"({"type":"string","description":"A duration: of a rate, of a sliding window, or for how )"
     R"(long a holder may be in flight."})",
     false, read_word<&QuotaWish::per>},
    {"burst", amount_schema, false, keep<&QuotaWish::burst>},
    {"refill",
     R"({"type":"string","description":"Of a rate; greedy if it is not said. By interval all of )"
     R"(the limit comes back at once, whenever per is over.","enum":["greedy","interval"]})",
     false, read_word<&QuotaWish::refill>},
    {"enforcement", R"({"type":"string","enum":["block","alert","throttle","overage"]})", false,
     read_word<&QuotaWish::enforcement>},
    {"softLimit", R"({"oneOf":[{"type":"integer","minimum":0},{"type":"string"},{"type":"null"}]})",
     false, keep<&QuotaWish::soft_limit>},
    {"shadow", R"({"type":"boolean"})", false, read_shadow},
    {"historyBy",
     R"({"type":"array","maxItems":4,"uniqueItems":true,"description":"Labels for whose values )"
     R"(the history of the meter is kept, too.",)"
     R"("items":{"type":"string","pattern":"^[a-z0-9][a-z0-9_-]{0,31}$"}})",
     false, read_history},
}};

Fault wrong(std::string_view field, std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string{field} + ": " + std::string{what}};
}

/// Works a wish out, member by member; keeps the first fault.
class Drafting {
public:
  Drafting(const QuotaWish& wish, Limit& limit, const Meter& meter)
      : wish_(wish), limit_(limit), unit_(text::amount_unit_of(meter)) {}

  Result<Done> draft(bool is_new) {
    if (is_new) {
      begin_rule();
    } else if (wish_.kind) {
      object("kind", "is that of the quota already; a quota of another kind is another quota");
    }
    if (!fault_) {
      std::visit([this](auto& rule) { fill(rule); }, limit_.rule);
      fill_rest();
    }
    return fault_ ? Result<Done>(*fault_) : Result<Done>(Done{});
  }

private:
  void object(std::string_view field, std::string_view what) {
    if (!fault_) {
      fault_ = wrong(field, what);
    }
  }

  void begin_rule() {
    const std::string kind = wish_.kind.value_or("window");
    if (kind == "window") {
      limit_.rule = WindowRule{std::nullopt, Period::month};
    } else if (kind == "rate") {
      limit_.rule = RateRule{};
      limit_.thresholds.clear();
    } else if (kind == "sliding") {
      limit_.rule = SlidingRule{};
    } else if (kind == "concurrency") {
      limit_.rule = ConcurrencyRule{};
    } else {
      return object("kind", "is none of window, rate, sliding and concurrency");
    }
    if (!wish_.limit) {
      object("limit", "is missing");
    }
    if (kind != "window" && !wish_.per) {
      object("per", "is missing");
    }
  }

  [[nodiscard]] Amount amount(const Json& value, std::string_view field) {
    if (value.is_number_unsigned() && value.get<std::uint64_t>() <= Amount::max_raw) {
      return Amount{value.get<std::uint64_t>()};
    }
    if (value.is_string()) {
      const auto parsed = text::parse_amount(value.get<std::string>(), unit_);
      if (parsed.ok()) {
        return parsed.value();
      }
      object(field, parsed.fault().context);
    } else {
      object(field, "must be a whole number from 0 to 2^63-1, or a text such as \"10k\"");
    }
    return Amount{};
  }

  void fill_size(Amount& size) {
    if (wish_.limit) {
      size = amount(*wish_.limit, "limit");
    }
  }

  void fill_per(Duration& per) {
    if (!wish_.per) {
      return;
    }
    const auto parsed = text::parse_duration(*wish_.per);
    parsed.ok() ? void(per = parsed.value()) : object("per", parsed.fault().context);
  }

  void refuse(bool said, std::string_view field) {
    if (said) {
      object(field, "is not of a quota of this kind");
    }
  }

  void fill(WindowRule& rule) {
    refuse(wish_.per.has_value(), "per");
    refuse(wish_.burst.has_value(), "burst");
    refuse(wish_.refill.has_value(), "refill");
    if (wish_.limit && wish_.limit->is_null()) {
      rule.size.reset();
      limit_.soft_limit.reset();
      limit_.thresholds.clear();
    } else if (wish_.limit) {
      rule.size = amount(*wish_.limit, "limit");
    }
    if (wish_.period) {
      const auto period = choice_named(*wish_.period, Period::never);
      period ? void(rule.period = *period)
             : object("period", "is none of minute to year and never");
    }
  }
  void fill(RateRule& rule) {
    refuse(wish_.period.has_value(), "period");
    fill_size(rule.amount);
    fill_per(rule.per);
    if (wish_.burst) {
      rule.burst = amount(*wish_.burst, "burst");
    } else if (wish_.limit) {
      rule.burst = rule.amount;
    }
    if (wish_.refill) {
      const auto refill = choice_named(*wish_.refill, Refill::interval);
      refill ? void(rule.refill = *refill) : object("refill", "is none of greedy and interval");
    }
  }
  void fill(SlidingRule& rule) {
    refuse(wish_.period.has_value(), "period");
    refuse(wish_.burst.has_value(), "burst");
    refuse(wish_.refill.has_value(), "refill");
    fill_size(rule.size);
    fill_per(rule.span);
  }
  void fill(ConcurrencyRule& rule) {
    refuse(wish_.period.has_value(), "period");
    refuse(wish_.burst.has_value(), "burst");
    refuse(wish_.refill.has_value(), "refill");
    fill_size(rule.size);
    fill_per(rule.ttl);
  }
  void fill(CreditRule& /*rule*/) {
    refuse(wish_.limit.has_value(), "limit");
    refuse(wish_.period.has_value(), "period");
    refuse(wish_.per.has_value(), "per");
    refuse(wish_.burst.has_value(), "burst");
    refuse(wish_.refill.has_value(), "refill");
  }

  void fill_rest() {
    if (wish_.enforcement) {
      const auto named = choice_named(*wish_.enforcement, Enforcement::overage);
      named ? void(limit_.enforcement = *named)
            : object("enforcement", "is none of block, alert, throttle and overage");
    }
    if (wish_.soft_limit && wish_.soft_limit->is_null()) {
      limit_.soft_limit.reset();
    } else if (wish_.soft_limit) {
      limit_.soft_limit = amount(*wish_.soft_limit, "softLimit");
    }
    limit_.shadow = wish_.shadow.value_or(limit_.shadow);
    limit_.history_by = wish_.history_by.value_or(limit_.history_by);
  }

  const QuotaWish& wish_;
  Limit& limit_;
  text::AmountUnit unit_;
  std::optional<Fault> fault_;
};

}  // namespace

std::span<const Member<QuotaWish>> members_of_quota() {
  return quota_members;
}

Result<Limit> limit_from(const QuotaWish& wish, const std::string& name, const Limit* current,
                         const MeterTable& meters) {
  // A new one that is called like a meter is of that meter.
  const auto meter = current == nullptr || wish.meter
                         ? std::ranges::find(meters, wish.meter.value_or(name), &Meter::name)
                         : std::ranges::find(meters, current->meter, &Meter::id);
  if (meter == meters.end()) {
    return wrong("meter", wish.meter ? "there is none of this name"
                                     : "is missing: there is no quota of this type yet");
  }
  if (current != nullptr && current->meter != meter->id) {
    return wrong("meter", "is another one than that of the quota");
  }
  Limit limit = current != nullptr ? *current : Limit{};
  limit.name = name;
  limit.meter = meter->id;
  const auto drafted = Drafting(wish, limit, *meter).draft(current == nullptr);
  return drafted.ok() ? Result<Limit>(std::move(limit)) : Result<Limit>(drafted.fault());
}

}  // namespace sluice::http
