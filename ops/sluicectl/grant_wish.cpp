// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/grant_wish.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "ops/sluicectl/rule_wish.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

Result<WallTime> instant_from(std::string_view option, const std::optional<std::string>& text,
                              WallTime otherwise) {
  return text ? named(option, parse_instant(*text)) : otherwise;
}

/// How many periods, and of which kind; the anchor is still to come.
Result<Recurrence> parse_every(std::string_view text) {
  Recurrence recurrence;
  std::string_view name = text;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), recurrence.every);
  if (error == std::errc{}) {
    name.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    name.remove_prefix(name.starts_with(' ') ? 1 : 0);
  }
  if (name.ends_with('s')) {
    name.remove_suffix(1);
  }
  const auto period = period_from(name);
  if (!period || *period == Period::minute || *period == Period::never ||
      error == std::errc::result_out_of_range) {
    return wrong_option("--every", fmt::format("'{}' is not a number of hours, days, weeks, months "
                                               "or years; write for example '1 month' or '90 days'",
                                               text));
  }
  recurrence.period = *period;
  return recurrence;
}

Result<std::optional<Recurrence>> recurrence_from(const GrantWish& wish) {
  if (!wish.every) {
    return wish.anchor ? Result<std::optional<Recurrence>>(
                             wrong_option("--anchor", "is of what recurs; give --every as well"))
                       : std::optional<Recurrence>{};
  }
  if (!wish.anchor && !wish.effective) {
    return wrong_option("--anchor", "has to say when it is full again for once, or --effective");
  }
  auto recurrence = parse_every(*wish.every);
  if (!recurrence.ok()) {
    return recurrence.fault();
  }
  const auto anchor = wish.anchor ? named("--anchor", parse_instant(*wish.anchor))
                                  : named("--effective", parse_instant(*wish.effective));
  if (!anchor.ok()) {
    return anchor.fault();
  }
  recurrence.value().anchor = anchor.value();
  return std::optional{recurrence.value()};
}

Result<Rollover> rollover_from(const std::optional<std::string>& text, AmountUnit unit) {
  if (!text) {
    return Rollover{};
  }
  const std::string_view both = *text;
  const std::size_t dots = both.find("..");
  if (dots == std::string_view::npos) {
    return wrong_option("--rollover",
                        fmt::format("'{}' is not MIN..MAX; write for example 0..500", both));
  }
  const auto min = named("--rollover", parse_amount(both.substr(0, dots), unit));
  const auto max = named("--rollover", parse_amount(both.substr(dots + 2), unit));
  if (!min.ok() || !max.ok()) {
    return min.ok() ? max.fault() : min.fault();
  }
  return Rollover{min.value(), max.value()};
}

}  // namespace

Result<GrantTerms> grant_terms_from(const GrantWish& wish, AmountUnit unit) {
  const auto amount = named("AMOUNT", parse_amount(wish.amount, unit));
  if (!amount.ok()) {
    return amount.fault();
  }
  const auto effective = instant_from("--effective", wish.effective, GrantTerms{}.effective_at);
  if (!effective.ok()) {
    return effective.fault();
  }
  const auto expires = instant_from("--expires", wish.expires, wall_time_never);
  if (!expires.ok()) {
    return expires.fault();
  }
  const auto recurrence = recurrence_from(wish);
  if (!recurrence.ok()) {
    return recurrence.fault();
  }
  const auto rollover = rollover_from(wish.rollover, unit);
  if (!rollover.ok()) {
    return rollover.fault();
  }
  return GrantTerms{amount.value(),     static_cast<std::uint8_t>(wish.priority),
                    effective.value(),  expires.value(),
                    recurrence.value(), rollover.value()};
}

}  // namespace sluice::ctl
