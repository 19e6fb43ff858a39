// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/rows.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <pqxx/binarystring>
#include <utility>
#include <vector>

#include "actors/tenant/entry_bytes.hpp"
#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/sharing/compliance.hpp"
#include "storage/limit_text/limit_text.hpp"
#include "storage/limit_text/tier_text.hpp"
#include "storage/postgres/postgres_fault.hpp"

namespace sluice::postgres {

namespace {

constexpr std::int64_t integer_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t integer_min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t checks_max = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t limit_id_max = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t meter_id_max = std::numeric_limits<std::uint16_t>::max();
/// The last whole minute that a `WallTime` can hold.
constexpr std::int64_t minute_max =
    std::chrono::floor<std::chrono::minutes>(WallTime::max()).time_since_epoch().count();

std::string_view text_of(const pqxx::field& field) {
  return {field.c_str(), field.size()};
}

/// One row of a table; names what is wrong with it.
class Row {
public:
  Row(const pqxx::row& row, std::string_view table, std::optional<TenantId> tenant = std::nullopt)
      : row_(row), table_(table), tenant_(tenant) {}

  [[nodiscard]] bool is_null(int column) const { return row_[column].is_null(); }
  [[nodiscard]] std::string_view any_text(int column) const { return text_of(row_[column]); }
  [[nodiscard]] std::string text(int column, std::string_view name) const {
    std::string text{any_text(column)};
    if (text.empty()) {
      damaged(name, "nothing");
    }
    return text;
  }
  template <class Parse>
  [[nodiscard]] auto parsed(int column, std::string_view name, Parse parse) const {
    auto value = parse(any_text(column));
    if (!value) {
      damaged(name, any_text(column));
    }
    return *std::move(value);
  }
  [[nodiscard]] std::int64_t integer(int column, std::string_view name, std::int64_t lower,
                                     std::int64_t upper) const {
    const std::string_view text = any_text(column);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < lower ||
        value > upper) {
      damaged(name, text.empty() ? "nothing" : text);
    }
    return value;
  }
  [[nodiscard]] std::uint64_t count(int column, std::string_view name) const {
    return static_cast<std::uint64_t>(integer(column, name, 0, integer_max));
  }
  [[nodiscard]] std::uint32_t number(int column, std::string_view name, std::int64_t lower,
                                     std::int64_t upper) const {
    return static_cast<std::uint32_t>(integer(column, name, lower, upper));
  }
  [[nodiscard]] Amount amount(int column, std::string_view name) const {
    return Amount{count(column, name)};
  }
  [[nodiscard]] std::optional<Amount> optional_amount(int column, std::string_view name) const {
    return is_null(column) ? std::nullopt : std::optional{amount(column, name)};
  }
  [[nodiscard]] WallTime time(int column, std::string_view name) const {
    return WallTime{Duration{integer(column, name, integer_min, integer_max)}};
  }
  [[nodiscard]] std::optional<WallTime> optional_time(int column, std::string_view name) const {
    return is_null(column) ? std::nullopt : std::optional{time(column, name)};
  }
  [[nodiscard]] EntryId entry_id(int column, std::string_view name) const {
    const auto id = parse_tenant_id(any_text(column));
    if (!id) {
      damaged(name, any_text(column));
    }
    return EntryId{id->high, id->low};
  }
  [[nodiscard]] MeterId meter(int column) const {
    return MeterId{static_cast<std::uint16_t>(integer(column, "meter", 1, meter_id_max))};
  }
  template <class Enum>
  [[nodiscard]] Enum named(int column, std::string_view name, Enum last) const {
    const std::string_view text = any_text(column);
    const std::optional<Enum> found = choice_named(text, last);
    if (!found) {
      damaged(name, '"' + std::string{text} + '"');
    }
    return *found;
  }
  [[noreturn]] void damaged(std::string_view column, std::string_view found) const {
    std::string text = "column " + std::string{column} + " of table " + std::string{table_};
    if (tenant_) {
      text += " for tenant " + to_string(*tenant_);
    }
    throw DamagedRow(text + " holds " + std::string{found});
  }

private:
  const pqxx::row& row_;
  std::string_view table_;
  std::optional<TenantId> tenant_;
};

Rule read_rule(const Row& row) {
  if (row.integer(20, "prepaid", 0, 1) == 1) {
    return CreditRule{row.named(4, "period", Period::never)};
  }
  if (!row.is_null(4)) {
    return WindowRule{row.optional_amount(5, "size"), row.named(4, "period", Period::never)};
  }
  if (!row.is_null(12)) {
    return SlidingRule{row.amount(5, "size"),
                       Duration{row.integer(12, "span_ns", span_min.count(), span_max.count())}};
  }
  if (!row.is_null(16)) {
    return ConcurrencyRule{
        row.amount(5, "size"),
        Duration{row.integer(16, "holder_ttl_ns", ttl_min.count(), ttl_max.count())}};
  }
  return RateRule{
      row.amount(6, "rate_amount"),
      Duration{row.integer(7, "rate_per_ns", rate_period_min.count(), rate_period_max.count())},
      row.amount(8, "rate_burst"), row.named(22, "rate_refill", Refill::interval)};
}

std::optional<OverageTerms> read_overage(const Row& row) {
  if (row.is_null(13)) {
    return std::nullopt;
  }
  return OverageTerms{
      .price_micros = row.count(13, "overage_price_micros"),
      .per = Amount{static_cast<std::uint64_t>(row.integer(14, "overage_per", 1, integer_max))},
      .cap = row.optional_amount(15, "overage_cap")};
}

LimitLabels read_labels(const Row& row, int column) {
  return row.is_null(column) ? LimitLabels{} : row.parsed(column, "labels", parse_labels);
}

std::optional<Override> read_override(const Row& row, int column, const Rule& rule) {
  if (row.is_null(column)) {
    return std::nullopt;
  }
  std::optional<Override> instead = parse_override(row.any_text(column), rule);
  if (!instead) {
    row.damaged("override", row.any_text(column));
  }
  return instead;
}

/// From numbers with a blank between each two.
std::vector<Percent> read_thresholds(const Row& row, int column) {
  std::vector<Percent> thresholds;
  std::string_view rest = row.any_text(column);
  while (!rest.empty()) {
    int percent = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), percent);
    if (error != std::errc{} || percent < 1 || percent > 100) {
      row.damaged("thresholds", rest);
    }
    thresholds.emplace_back(static_cast<std::uint8_t>(percent));
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 1));
  }
  if (thresholds.size() > thresholds_per_limit_max) {
    row.damaged("thresholds", std::to_string(thresholds.size()) + " values");
  }
  return thresholds;
}

}  // namespace

TenantId read_tenant_id(const pqxx::row& row, int column) {
  const std::string_view text = text_of(row[column]);
  const std::optional<TenantId> id = parse_tenant_id(text);
  if (!id) {
    throw DamagedRow("\"" + std::string{text} + "\" as the id of a tenant");
  }
  return *id;
}

Meter read_meter(const pqxx::row& from) {
  const Row row{from, "meters"};
  return Meter{MeterId{static_cast<std::uint16_t>(row.integer(0, "id", 1, meter_id_max))},
               row.text(1, "name"), std::string{row.any_text(2)}};
}

namespace {

Lifecycle read_life(const Row& row) {
  return Lifecycle{
      .status = row.named(10, "status", TenantStatus::deactivated),
      .trial_days =
          TrialDays{static_cast<std::uint16_t>(row.integer(11, "trial_days", 0, trial_days_max))},
      .trial_ends_at = row.optional_time(12, "trial_ends_at_ns"),
      .suspended_at = row.optional_time(13, "suspended_at_ns"),
      .suspend_reason = std::string{row.any_text(14)},
      .deactivated_at = row.optional_time(15, "deactivated_at_ns"),
      .purge_at = row.optional_time(16, "purge_at_ns")};
}

Membership read_membership(const Row& row) {
  const std::uint32_t members = row.number(23, "members", 0, members_per_tenant_max);
  return {members, row.number(24, "owners", 0, members),
          row.parsed(25, "roles", parse_custom_roles)};
}

}  // namespace

TenantDefinition read_tenant(const pqxx::row& from) {
  TenantDefinition tenant;
  tenant.id = read_tenant_id(from, 0);
  const Row row{from, "tenants", tenant.id};
  tenant.slug = row.text(1, "slug");
  tenant.name = row.text(2, "name");
  tenant.tier = row.text(3, "tier");
  tenant.timezone = row.text(4, "timezone");
  tenant.billing_anchor_day =
      AnchorDay{static_cast<std::uint8_t>(row.integer(5, "billing_anchor_day", 1, 31))};
  tenant.created_at = row.time(6, "created_at_ns");
  tenant.updated_at = row.time(7, "updated_at_ns");
  tenant.version = Version{static_cast<std::uint64_t>(row.integer(8, "version", 1, integer_max))};
  tenant.last_limit_id = LimitId{row.number(9, "last_limit_id", 0, limit_id_max)};
  tenant.life = read_life(row);
  tenant.region = row.any_text(17);
  tenant.currency = row.text(18, "currency");
  tenant.billing = {std::string{row.any_text(19)}, std::string{row.any_text(20)},
                    std::string{row.any_text(21)}, std::string{row.any_text(22)}};
  tenant.membership = read_membership(row);
  if (!row.is_null(26)) {
    tenant.pending_tier =
        PendingTier{row.text(26, "pending_tier"), row.time(27, "pending_tier_at_ns")};
  }
  tenant.features = row.parsed(28, "features", parse_features);
  tenant.compliance = parse_compliance(row.any_text(29));
  tenant.life.unpaid = row.parsed(30, "unpaid", parse_unpaid);
  tenant.settings = row.text(31, "settings");
  tenant.placement = read_placement(from);
  return tenant;
}

Member read_member(const pqxx::row& from, TenantId tenant) {
  const Row row{from, "members", tenant};
  const auto status = parse_member_status(row.any_text(3));
  if (!status) {
    row.damaged("status", row.any_text(3));
  }
  return Member{.user_id = row.text(0, "user_id"),
                .email = std::string{row.any_text(1)},
                .role = row.text(2, "role"),
                .status = *status,
                .invited_at = row.time(4, "invited_at_ns"),
                .joined_at = row.optional_time(5, "joined_at_ns")};
}

Limit read_limit(const pqxx::row& from, TenantId tenant) {
  const Row row{from, "limits", tenant};
  LimitLabels labels = read_labels(row, 18);
  const Rule rule = read_rule(row);
  return Limit{.id = LimitId{row.number(0, "id", 1, limit_id_max)},
               .name = row.text(1, "name"),
               .meter = row.meter(2),
               .rule = rule,
               .enforcement = row.named(3, "enforcement", Enforcement::overage),
               .shadow = row.integer(11, "shadow", 0, 1) != 0,
               .soft_limit = row.optional_amount(9, "soft_limit"),
               .overage = read_overage(row),
               .thresholds = read_thresholds(row, 10),
               .per = std::move(labels.per),
               .when = std::move(labels.when),
               .releases_on_expiry = row.integer(17, "releases_on_expiry", 0, 1) != 0,
               .history_by = std::move(labels.history_by),
               .instead = read_override(row, 19, rule),
               .origin = row.integer(21, "from_tier", 0, 1) == 0 ? Origin::own : Origin::tier};
}

Counter read_counter(const pqxx::row& from, TenantId tenant) {
  const Row row{from, "counters", tenant};
  return Counter{LimitId{row.number(0, "limit_id", 1, limit_id_max)},
                 row.amount(1, "used"),
                 row.time(2, "until_ns"),
                 ThresholdMask{static_cast<std::uint8_t>(row.integer(3, "fired", 0, 255))},
                 row.amount(4, "over_size"),
                 row.amount(5, "previous"),
                 row.time(6, "paced_until_ns")};
}

UsageBucket read_open_usage(const pqxx::row& from, TenantId tenant) {
  const Row row{from, "open_usage", tenant};
  return UsageBucket{row.meter(0),
                     Minute{row.number(1, "minute", 0, minute_max)},
                     row.amount(2, "used"),
                     row.number(3, "allowed", 0, checks_max),
                     row.number(4, "denied", 0, checks_max),
                     row.number(5, "throttled", 0, checks_max),
                     row.amount(6, "overage"),
                     row.count(7, "price_micros")};
}

UsagePoint read_usage(const pqxx::row& from, TenantId tenant) {
  const Row row{from, "usage", tenant};
  return UsagePoint{row.meter(0),
                    start_of(Minute{row.number(1, "start", 0, minute_max)}),
                    row.amount(2, "used"),
                    row.count(3, "allowed"),
                    row.count(4, "denied"),
                    row.count(5, "throttled"),
                    row.amount(6, "overage"),
                    row.count(7, "price_micros")};
}

ClosedWindow read_window(const pqxx::row& from, TenantId tenant) {
  const Row row{from, "closed_windows", tenant};
  return ClosedWindow{LimitId{row.number(0, "limit_id", 1, limit_id_max)},
                      row.meter(1),
                      row.time(2, "ended_at_ns"),
                      row.amount(3, "used"),
                      row.amount(4, "over_size"),
                      row.count(5, "price_micros"),
                      row.is_null(6) ? EntryId{} : row.entry_id(6, "paid_by")};
}

Entry read_entry(const pqxx::row& from, TenantId tenant) {
  const Row row{from, "entries", tenant};
  const std::string id = row.text(0, "id");
  const pqxx::binarystring stored{from[3]};
  const auto body = std::as_bytes(std::span{stored.data(), stored.size()});
  std::optional<Entry> entry = decode_entry(body);
  if (!entry) {
    row.damaged("body", std::to_string(body.size()) + " bytes that are not entry " + id);
  }
  if (const std::string told = to_string(TenantId{entry->id.high, entry->id.low}); told != id) {
    row.damaged("id", id + ", but the body is of entry " + told);
  }
  const auto repeats = [&](int column, std::string_view name, std::int64_t told) {
    if (const auto found = row.integer(column, name, integer_min, integer_max); found != told) {
      row.damaged(name, std::to_string(found) + ", but the body of entry " + id + " says " +
                            std::to_string(told));
    }
  };
  repeats(1, "state", static_cast<std::int64_t>(entry->state));
  repeats(2, "due_ns", entry->due.time_since_epoch().count());
  return std::move(*entry);
}

Watermark read_watermark(const pqxx::row& from, std::size_t shard) {
  const Row row{from, "shards"};
  const auto expected = static_cast<std::int64_t>(shard);
  static_cast<void>(row.integer(0, "shard", expected, expected));
  return Watermark{Epoch{row.count(1, "epoch")}, Sequence{row.count(2, "sequence")}};
}

ShardCount read_shards(const pqxx::row& from) {
  const Row row{from, "meta"};
  constexpr std::int64_t shards_max = std::numeric_limits<std::uint16_t>::max();
  return ShardCount{static_cast<std::uint16_t>(row.integer(0, "shards", 1, shards_max))};
}

void ArrayText::add(std::string_view text) {
  values_ += values_.empty() ? "\"" : ",\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      values_ += '\\';
    }
    values_ += character;
  }
  values_ += '"';
}

void ArrayText::add(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  values_ += values_.empty() ? R"("\\x)" : R"(,"\\x)";
  for (const std::byte byte : bytes) {
    values_ += digits[std::to_integer<std::size_t>(byte >> 4)];
    values_ += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  values_ += '"';
}

}  // namespace sluice::postgres
