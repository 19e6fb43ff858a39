// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/conditions.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/sharing/week.hpp"
#include "actors/tenant/text.hpp"

namespace sluice {
namespace {

constexpr std::size_t name_bytes_max = 32;

Fault condition_fault(std::string path, std::string_view problem) {
  return {FaultCode::invalid_argument, path.append(": ").append(problem)};
}

bool is_limit(ConditionKind kind) {
  return kind == ConditionKind::cost_limit || kind == ConditionKind::usage_limit;
}

bool takes_many(ConditionOperator op) {
  return op == ConditionOperator::in || op == ConditionOperator::nin;
}

/// The operators of a kind, as people write them.
std::string_view operators_of(ConditionKind kind) {
  switch (kind) {
    case ConditionKind::tier_minimum:
      return "gte or gt";
    case ConditionKind::cost_limit:
    case ConditionKind::usage_limit:
      return "lte or lt";
    case ConditionKind::tier_exact:
    case ConditionKind::region:
    case ConditionKind::compliance:
      return "eq, ne, in or nin";
    case ConditionKind::time_window:
    case ConditionKind::ip_allowlist:
      return "in or nin";
  }
  return {};
}

bool takes(ConditionKind kind, ConditionOperator op) {
  using enum ConditionOperator;
  switch (kind) {
    case ConditionKind::tier_minimum:
      return op == gte || op == gt;
    case ConditionKind::cost_limit:
    case ConditionKind::usage_limit:
      return op == lte || op == lt;
    case ConditionKind::tier_exact:
    case ConditionKind::region:
    case ConditionKind::compliance:
      return op == eq || op == ne || takes_many(op);
    case ConditionKind::time_window:
    case ConditionKind::ip_allowlist:
      return takes_many(op);
  }
  return false;
}

bool is_one_of(const std::vector<std::string>& names, std::string_view name) {
  return std::binary_search(names.begin(), names.end(), name);
}

std::vector<std::string> tiers_that_rank(const std::string& tier, ConditionOperator op,
                                         const TierCatalogue& tiers) {
  std::vector<std::string> names;
  const Tier* const least = find_tier(tiers, tier);
  for (const Tier& candidate : tiers) {
    if (least != nullptr && (candidate.rank > least->rank ||
                             (candidate.rank == least->rank && op == ConditionOperator::gte))) {
      names.push_back(candidate.name);
    }
  }
  return names;
}

std::string path_of_condition(std::size_t i) {
  return std::string{"policy.conditions["}.append(std::to_string(i)).append("]");
}

}  // namespace

ConsumerFacts facts_of(const TenantDefinition& definition) {
  ConsumerFacts facts{definition.tier, definition.region, definition.compliance};
  std::ranges::sort(facts.compliance);
  return facts;
}

Result<Done> check_condition(const SharingCondition& condition, std::string_view path) {
  const auto ready = ReadyCondition::of(condition, {}, path);
  return ready.ok() ? Result<Done>{Done{}} : Result<Done>{ready.fault()};
}

Result<Done> check_conditions(std::span<const SharingCondition> conditions) {
  const auto ready = ReadyConditions::of(conditions, {});
  return ready.ok() ? Result<Done>{Done{}} : Result<Done>{ready.fault()};
}

Result<Done> check_tiers(std::span<const SharingCondition> conditions, const TierCatalogue& tiers) {
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const SharingCondition& condition = conditions[i];
    if (condition.kind != ConditionKind::tier_minimum &&
        condition.kind != ConditionKind::tier_exact) {
      continue;
    }
    for (std::size_t j = 0; j < condition.values.size(); ++j) {
      if (find_tier(tiers, condition.values[j]) == nullptr) {
        return condition_fault(
            path_of_condition(i).append(".values[").append(std::to_string(j)).append("]"),
            "there is no such tier");
      }
    }
  }
  return Done{};
}

Result<ReadyCondition> ReadyCondition::of(const SharingCondition& condition,
                                          const TierCatalogue& tiers, std::string_view path) {
  const std::string where{path};
  if (!takes(condition.kind, condition.op)) {
    return condition_fault(where + ".op",
                           std::string{"must be "}.append(operators_of(condition.kind)));
  }
  const bool many = takes_many(condition.op);
  if (condition.values.empty() || condition.values.size() > (many ? condition_values_max : 1)) {
    return condition_fault(where + ".values", many ? "must have 1 to 64" : "must have exactly one");
  }
  ReadyCondition ready;
  ready.kind_ = condition.kind;
  ready.negated_ = condition.op == ConditionOperator::ne || condition.op == ConditionOperator::nin;
  for (std::size_t i = 0; i < condition.values.size(); ++i) {
    const auto taken = ready.take_value(
        condition.values[i],
        std::string{where}.append(".values[").append(std::to_string(i)).append("]"));
    if (!taken.ok()) {
      return taken.fault();
    }
  }
  if (condition.kind == ConditionKind::tier_minimum) {
    ready.names_ = tiers_that_rank(condition.values.front(), condition.op, tiers);
  }
  std::ranges::sort(ready.names_);
  if (is_limit(condition.kind) && condition.op == ConditionOperator::lte) {
    ready.bounded_ = ready.below_ < std::numeric_limits<std::uint64_t>::max();
    ready.below_ += ready.bounded_ ? 1U : 0U;
  }
  return ready;
}

Result<Done> ReadyCondition::take_value(const std::string& value, const std::string& path) {
  if (value.empty() || value.size() > condition_value_bytes_max) {
    return condition_fault(path, "must have 1 to 64 bytes");
  }
  switch (kind_) {
    case ConditionKind::tier_minimum:
    case ConditionKind::tier_exact:
    case ConditionKind::region:
    case ConditionKind::compliance:
      if (value.size() > name_bytes_max || !is_spelt_in(value, {.digits = true, .extra = "_-"})) {
        return condition_fault(path, "must be a name: a to z, digits, _ and -, up to 32");
      }
      names_.push_back(value);
      return Done{};
    case ConditionKind::cost_limit:
    case ConditionKind::usage_limit: {
      const char* const end = value.data() + value.size();
      const auto parsed = std::from_chars(value.data(), end, below_);
      if (parsed.ec != std::errc{} || parsed.ptr != end || below_ > Amount::max_raw) {
        return condition_fault(path, "must be a whole number from 0 to 2^63-1");
      }
      return Done{};
    }
    case ConditionKind::time_window: {
      auto window = parse_window(value, path);
      if (!window.ok()) {
        return window.fault();
      }
      windows_.push_back(std::move(window).value());
      return Done{};
    }
    case ConditionKind::ip_allowlist: {
      const auto network = PeerNetwork::parse(value);
      if (!network) {
        return condition_fault(path,
                               "must be an address, or a network such as 10.0.0.0/8 or "
                               "2001:db8::/32 without bits beyond its prefix");
      }
      networks_.push_back(*network);
      return Done{};
    }
  }
  return Done{};
}

Result<ReadyCondition::DailyWindow> ReadyCondition::parse_window(std::string_view text,
                                                                 const std::string& path) {
  const Fault malformed =
      condition_fault(path, "must be like \"09:00-17:00\", \"mon-fri 22:00-06:00 Europe/Berlin\"");
  std::uint8_t days = every_day;
  if (const std::size_t blank = text.find(' ');
      blank != std::string_view::npos && text.find(':') > blank) {
    const auto parsed = parse_days(text.substr(0, blank));
    if (!parsed) {
      return malformed;
    }
    days = *parsed;
    text.remove_prefix(blank + 1);
  }
  const std::size_t blank = text.find(' ');
  const std::string_view times = text.substr(0, blank);
  constexpr std::size_t dash_at = 5;
  if (times.size() <= dash_at || times[dash_at] != '-') {
    return malformed;
  }
  const auto begin = parse_time_of_day(times.substr(0, dash_at));
  const auto end = parse_time_of_day(times.substr(dash_at + 1));
  if (!begin || !end || *begin == *end || *begin == seconds_per_day) {
    return malformed;
  }
  const std::string_view zone =
      blank == std::string_view::npos ? std::string_view{"UTC"} : text.substr(blank + 1);
  auto calendar = Calendar::of(zone, AnchorDay{1});
  if (!calendar.ok()) {
    return condition_fault(path, "names no IANA time zone behind the times");
  }
  return DailyWindow{std::move(calendar).value(), days, *begin, *end};
}

bool ReadyCondition::DailyWindow::has(WallTime at) const noexcept {
  const ClockReading shown = calendar.reading_at(at);
  const auto begins_on = [this](std::uint32_t weekday) { return (days >> weekday & 1U) != 0; };
  const bool begun = shown.second_of_day >= begin;
  const bool not_over = shown.second_of_day < end;
  if (begin < end) {
    return begins_on(shown.weekday) && begun && not_over;
  }
  const std::uint32_t day_before = shown.weekday == 0 ? 6U : shown.weekday - 1U;
  return (begins_on(shown.weekday) && begun) || (begins_on(day_before) && not_over);
}

bool ReadyCondition::holds_of(const ConsumerFacts& facts) const noexcept {
  switch (kind_) {
    case ConditionKind::tier_minimum:
    case ConditionKind::tier_exact:
      return is_one_of(names_, facts.tier) != negated_;
    case ConditionKind::region:
      return is_one_of(names_, facts.region) != negated_;
    case ConditionKind::compliance: {
      const auto is_named = [this](const std::string& label) { return is_one_of(names_, label); };
      return std::ranges::any_of(facts.compliance, is_named) != negated_;
    }
    case ConditionKind::cost_limit:
    case ConditionKind::usage_limit:
    case ConditionKind::time_window:
    case ConditionKind::ip_allowlist:
      return true;
  }
  return false;
}

bool ReadyCondition::holds_at(const UseFacts& facts) const noexcept {
  switch (kind_) {
    case ConditionKind::tier_minimum:
    case ConditionKind::tier_exact:
    case ConditionKind::region:
    case ConditionKind::compliance:
      return true;
    case ConditionKind::cost_limit:
      return !bounded_ || facts.cost_micros < below_;
    case ConditionKind::usage_limit:
      return !bounded_ || facts.units.raw() < below_;
    case ConditionKind::time_window: {
      const auto has = [&](const DailyWindow& window) { return window.has(facts.at); };
      return std::ranges::any_of(windows_, has) != negated_;
    }
    case ConditionKind::ip_allowlist: {
      if (facts.peer == nullptr) {
        return false;
      }
      const auto has = [&](const PeerNetwork& network) { return network.has(*facts.peer); };
      return std::ranges::any_of(networks_, has) != negated_;
    }
  }
  return false;
}

Result<ReadyConditions> ReadyConditions::of(std::span<const SharingCondition> conditions,
                                            const TierCatalogue& tiers) {
  if (conditions.size() > conditions_max) {
    return condition_fault("policy.conditions", "there are too many (16)");
  }
  ReadyConditions all;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    auto ready = ReadyCondition::of(conditions[i], tiers, path_of_condition(i));
    if (!ready.ok()) {
      return ready.fault();
    }
    all.ranks_tiers_ |= conditions[i].kind == ConditionKind::tier_minimum;
    all.limits_use_ |= is_limit(conditions[i].kind);
    all.conditions_.push_back(std::move(ready).value());
  }
  return all;
}

ShareVerdict ReadyConditions::verdict(const ConsumerFacts& consumer,
                                      const UseFacts& use) const noexcept {
  for (const ReadyCondition& condition : conditions_) {
    if (!condition.holds_of(consumer) || !condition.holds_at(use)) {
      return refusal_by(condition.kind());
    }
  }
  return ShareVerdict::admitted;
}

ShareVerdict ReadyConditions::verdict_of_consumer(const ConsumerFacts& consumer) const noexcept {
  for (const ReadyCondition& condition : conditions_) {
    if (!condition.holds_of(consumer)) {
      return refusal_by(condition.kind());
    }
  }
  return ShareVerdict::admitted;
}

ShareVerdict ReadyConditions::verdict_of_use(const UseFacts& use) const noexcept {
  for (const ReadyCondition& condition : conditions_) {
    if (!condition.holds_at(use)) {
      return refusal_by(condition.kind());
    }
  }
  return ShareVerdict::admitted;
}

ShareVerdict refusal_by(ConditionKind kind) noexcept {
  switch (kind) {
    case ConditionKind::tier_minimum:
      return ShareVerdict::tier_minimum;
    case ConditionKind::tier_exact:
      return ShareVerdict::tier_exact;
    case ConditionKind::region:
      return ShareVerdict::region;
    case ConditionKind::compliance:
      return ShareVerdict::compliance;
    case ConditionKind::cost_limit:
      return ShareVerdict::cost_limit;
    case ConditionKind::usage_limit:
      return ShareVerdict::usage_limit;
    case ConditionKind::time_window:
      return ShareVerdict::time_window;
    case ConditionKind::ip_allowlist:
      return ShareVerdict::ip_allowlist;
  }
  return ShareVerdict::no_grant;
}

}  // namespace sluice
