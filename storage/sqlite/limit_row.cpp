// SPDX-License-Identifier: Apache-2.0
// How a limit is written; how it is read is in rows.cpp.
#include "actors/tenant/limit_names.hpp"
#include "storage/limit_text/limit_text.hpp"
#include "storage/sqlite/rows.hpp"

namespace sluice {

namespace {

std::optional<std::uint64_t> raw(const std::optional<Amount>& amount) {
  return amount ? std::optional{amount->raw()} : std::nullopt;
}

}  // namespace

LimitRow::LimitRow(const Limit& limit)
    : enforcement(name_of(limit.enforcement)),
      rate_refill(name_of(Refill::greedy)),
      labels(labels_text(limit)),
      instead(override_text(limit)) {
  if (const auto* window = std::get_if<WindowRule>(&limit.rule)) {
    period = name_of(window->period);
    if (window->size) {
      size = window->size->raw();
    }
  } else if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
    size = sliding->size.raw();
    span_ns = sliding->span.count();
  } else if (const auto* concurrency = std::get_if<ConcurrencyRule>(&limit.rule)) {
    size = concurrency->size.raw();
    holder_ttl_ns = concurrency->ttl.count();
  } else if (const auto* credit = std::get_if<CreditRule>(&limit.rule)) {
    period = name_of(credit->period);
    prepaid = 1;
  } else {
    const auto& rate = std::get<RateRule>(limit.rule);
    rate_amount = rate.amount.raw();
    rate_per_ns = rate.per.count();
    rate_burst = rate.burst.raw();
    rate_refill = name_of(rate.refill);
  }
  soft_limit = raw(limit.soft_limit);
  if (limit.overage) {
    overage_price_micros = limit.overage->price_micros;
    overage_per = limit.overage->per.raw();
    overage_cap = raw(limit.overage->cap);
  }
  for (const Percent threshold : limit.thresholds) {
    thresholds.push_back(static_cast<std::byte>(threshold.raw()));
  }
}

}  // namespace sluice
