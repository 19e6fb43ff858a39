// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/rows.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include "actors/tenant/entry_bytes.hpp"
#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/sharing/compliance.hpp"
#include "storage/limit_text/limit_text.hpp"
#include "storage/limit_text/tier_text.hpp"
#include "storage/sqlite/columns.hpp"

namespace sluice {

namespace {

Rule read_rule(const Cursor& row, const Place& place) {
  if (read_integer(row, 20, "prepaid", 0, 1, place) == 1) {
    return CreditRule{read_enum(row, 4, "period", Period::never, place)};
  }
  if (!row.is_null(4)) {
    return WindowRule{read_optional_amount(row, 5, "size", place),
                      read_enum(row, 4, "period", Period::never, place)};
  }
  if (!row.is_null(12)) {
    return SlidingRule{
        read_amount(row, 5, "size", place),
        Duration{read_integer(row, 12, "span_ns", span_min.count(), span_max.count(), place)}};
  }
  if (!row.is_null(16)) {
    return ConcurrencyRule{
        read_amount(row, 5, "size", place),
        Duration{read_integer(row, 16, "holder_ttl_ns", ttl_min.count(), ttl_max.count(), place)}};
  }
  return RateRule{read_amount(row, 6, "rate_amount", place),
                  Duration{read_integer(row, 7, "rate_per_ns", rate_period_min.count(),
                                        rate_period_max.count(), place)},
                  read_amount(row, 8, "rate_burst", place),
                  read_enum(row, 22, "rate_refill", Refill::interval, place)};
}

std::optional<OverageTerms> read_overage(const Cursor& row, const Place& place) {
  if (row.is_null(13)) {
    return std::nullopt;
  }
  return OverageTerms{.price_micros = read_count(row, 13, "overage_price_micros", place),
                      .per = Amount{static_cast<std::uint64_t>(
                          read_integer(row, 14, "overage_per", 1, integer_max, place))},
                      .cap = read_optional_amount(row, 15, "overage_cap", place)};
}

LimitLabels read_labels(const Cursor& row, int column, const Place& place) {
  if (row.is_null(column)) {
    return {};
  }
  std::optional<LimitLabels> labels = parse_labels(row.text(column));
  if (!labels) {
    place.damaged("labels", std::string{row.text(column)});
  }
  return std::move(*labels);
}

std::optional<Override> read_override(const Cursor& row, int column, const Rule& rule,
                                      const Place& place) {
  if (row.is_null(column)) {
    return std::nullopt;
  }
  std::optional<Override> instead = parse_override(row.text(column), rule);
  if (!instead) {
    place.damaged("override", std::string{row.text(column)});
  }
  return instead;
}

std::vector<Percent> read_thresholds(const Cursor& row, int column, const Place& place) {
  const Blob stored = row.blob(column);
  if (stored.size() > thresholds_per_limit_max) {
    place.damaged("thresholds", std::to_string(stored.size()) + " values");
  }
  std::vector<Percent> thresholds;
  thresholds.reserve(stored.size());
  for (const std::byte share : stored) {
    const auto percent = std::to_integer<std::uint8_t>(share);
    if (percent < 1 || percent > 100) {
      place.damaged("thresholds", std::to_string(percent) + " percent");
    }
    thresholds.emplace_back(percent);
  }
  return thresholds;
}

std::uint32_t read_checks(const Cursor& row, int column, std::string_view name,
                          const Place& place) {
  return static_cast<std::uint32_t>(read_integer(row, column, name, 0, checks_max, place));
}

MeterId read_meter_id(const Cursor& row, int column, const Place& place) {
  return MeterId{
      static_cast<std::uint16_t>(read_integer(row, column, "meter", 1, meter_id_max, place))};
}

Minute read_minute(const Cursor& row, int column, std::string_view name, const Place& place) {
  return Minute{static_cast<std::uint32_t>(read_integer(row, column, name, 0, minute_max, place))};
}

template <class Id>
IdBytes bytes_of_words(Id id) {
  IdBytes bytes;
  for (unsigned at = 0; at < 8; ++at) {
    bytes[at] = static_cast<std::byte>(id.high >> (56 - 8 * at));
    bytes[at + 8] = static_cast<std::byte>(id.low >> (56 - 8 * at));
  }
  return bytes;
}

/// From as many bytes as an id has.
template <class Id>
Id words_of(Blob bytes) {
  Id id;
  for (std::size_t at = 0; at < 8; ++at) {
    id.high = id.high << 8 | std::to_integer<std::uint64_t>(bytes[at]);
    id.low = id.low << 8 | std::to_integer<std::uint64_t>(bytes[at + 8]);
  }
  return id;
}

EntryId read_entry_id(const Cursor& row, int column, const Place& place) {
  const Blob bytes = row.blob(column);
  if (bytes.size() != std::tuple_size_v<IdBytes>) {
    place.damaged("id", std::to_string(bytes.size()) + " bytes");
  }
  return words_of<EntryId>(bytes);
}

std::string text_of(EntryId id) {
  return to_string(TenantId{id.high, id.low});
}

}  // namespace

IdBytes bytes_of(TenantId id) {
  return bytes_of_words(id);
}

IdBytes bytes_of(EntryId id) {
  return bytes_of_words(id);
}

TenantId id_of(Blob bytes) {
  if (bytes.size() != std::tuple_size_v<IdBytes>) {
    throw DamagedRow("a tenant id of " + std::to_string(bytes.size()) + " bytes");
  }
  return words_of<TenantId>(bytes);
}

Meter read_meter(const Cursor& row) {
  const Place place{"meters", std::nullopt};
  return Meter{
      MeterId{static_cast<std::uint16_t>(read_integer(row, 0, "id", 1, meter_id_max, place))},
      read_text(row, 1, "name", place), std::string{row.text(2)}};
}

namespace {

Lifecycle read_life(const Cursor& row, const Place& place) {
  return Lifecycle{.status = read_enum(row, 10, "status", TenantStatus::deactivated, place),
                   .trial_days = TrialDays{static_cast<std::uint16_t>(
                       read_integer(row, 11, "trial_days", 0, trial_days_max, place))},
                   .trial_ends_at = read_optional_time(row, 12),
                   .suspended_at = read_optional_time(row, 13),
                   .suspend_reason = std::string{row.text(14)},
                   .deactivated_at = read_optional_time(row, 15),
                   .purge_at = read_optional_time(row, 16)};
}

Membership read_membership(const Cursor& row, const Place& place) {
  const auto members_read = read_integer(row, 23, "members", 0, members_per_tenant_max, place);
  const auto owners = read_integer(row, 24, "owners", 0, members_read, place);
  auto custom = parse_custom_roles(row.text(25));
  if (!custom) {
    place.damaged("roles", std::string{row.text(25)});
  }
  return {static_cast<std::uint32_t>(members_read), static_cast<std::uint32_t>(owners),
          std::move(*custom)};
}

}  // namespace

TenantDefinition read_tenant(const Cursor& row) {
  TenantDefinition tenant;
  tenant.id = id_of(row.blob(0));
  const Place place{"tenants", tenant.id};
  tenant.slug = read_text(row, 1, "slug", place);
  tenant.name = read_text(row, 2, "name", place);
  tenant.tier = read_text(row, 3, "tier", place);
  tenant.timezone = read_text(row, 4, "timezone", place);
  tenant.billing_anchor_day = AnchorDay{
      static_cast<std::uint8_t>(read_integer(row, 5, "billing_anchor_day", 1, 31, place))};
  tenant.created_at = read_time(row, 6);
  tenant.updated_at = read_time(row, 7);
  tenant.version =
      Version{static_cast<std::uint64_t>(read_integer(row, 8, "version", 1, integer_max, place))};
  tenant.last_limit_id = LimitId{
      static_cast<std::uint32_t>(read_integer(row, 9, "last_limit_id", 0, limit_id_max, place))};
  tenant.life = read_life(row, place);
  tenant.region = row.text(17);
  tenant.currency = read_text(row, 18, "currency", place);
  tenant.billing = {std::string{row.text(19)}, std::string{row.text(20)}, std::string{row.text(21)},
                    std::string{row.text(22)}};
  tenant.membership = read_membership(row, place);
  if (!row.is_null(26)) {
    tenant.pending_tier =
        PendingTier{read_text(row, 26, "pending_tier", place), read_time(row, 27)};
  }
  auto features = parse_features(row.text(28));
  if (!features) {
    place.damaged("features", "what cannot be read");
  }
  tenant.features = *std::move(features);
  tenant.compliance = parse_compliance(row.text(29));
  auto unpaid = parse_unpaid(row.text(30));
  if (!unpaid) {
    place.damaged("unpaid", "what cannot be read");
  }
  tenant.life.unpaid = *std::move(unpaid);
  tenant.settings = read_text(row, 31, "settings", place);
  return tenant;
}

Member read_member(const Cursor& row, TenantId tenant) {
  const Place place{"members", tenant};
  const auto status = parse_member_status(row.text(3));
  if (!status) {
    place.damaged("status", std::string{row.text(3)});
  }
  return Member{.user_id = read_text(row, 0, "user_id", place),
                .email = std::string{row.text(1)},
                .role = read_text(row, 2, "role", place),
                .status = *status,
                .invited_at = read_time(row, 4),
                .joined_at = read_optional_time(row, 5)};
}

Limit read_limit(const Cursor& row, TenantId tenant) {
  const Place place{"limits", tenant};
  LimitLabels labels = read_labels(row, 18, place);
  const Rule rule = read_rule(row, place);
  return Limit{
      .id = LimitId{static_cast<std::uint32_t>(read_integer(row, 0, "id", 1, limit_id_max, place))},
      .name = read_text(row, 1, "name", place),
      .meter = MeterId{static_cast<std::uint16_t>(
          read_integer(row, 2, "meter", 1, meter_id_max, place))},
      .rule = rule,
      .enforcement = read_enum(row, 3, "enforcement", Enforcement::overage, place),
      .shadow = read_integer(row, 11, "shadow", 0, 1, place) != 0,
      .soft_limit = read_optional_amount(row, 9, "soft_limit", place),
      .overage = read_overage(row, place),
      .thresholds = read_thresholds(row, 10, place),
      .per = std::move(labels.per),
      .when = std::move(labels.when),
      .releases_on_expiry = read_integer(row, 17, "releases_on_expiry", 0, 1, place) != 0,
      .history_by = std::move(labels.history_by),
      .instead = read_override(row, 19, rule, place),
      .origin = read_integer(row, 21, "from_tier", 0, 1, place) == 0 ? Origin::own : Origin::tier};
}

Counter read_counter(const Cursor& row, TenantId tenant) {
  const Place place{"counters", tenant};
  return Counter{
      LimitId{static_cast<std::uint32_t>(read_integer(row, 0, "limit_id", 1, limit_id_max, place))},
      read_amount(row, 1, "used", place),
      read_time(row, 2),
      ThresholdMask{static_cast<std::uint8_t>(read_integer(row, 3, "fired", 0, 255, place))},
      read_amount(row, 4, "over_size", place),
      read_amount(row, 5, "previous", place),
      read_time(row, 6)};
}

UsageBucket read_open_usage(const Cursor& row, TenantId tenant) {
  const Place place{"open_usage", tenant};
  return UsageBucket{
      read_meter_id(row, 0, place),          read_minute(row, 1, "minute", place),
      read_amount(row, 2, "used", place),    read_checks(row, 3, "allowed", place),
      read_checks(row, 4, "denied", place),  read_checks(row, 5, "throttled", place),
      read_amount(row, 6, "overage", place), read_count(row, 7, "price_micros", place)};
}

UsagePoint read_usage(const Cursor& row, TenantId tenant) {
  const Place place{"usage", tenant};
  return UsagePoint{
      read_meter_id(row, 0, place),          start_of(read_minute(row, 1, "start", place)),
      read_amount(row, 2, "used", place),    read_count(row, 3, "allowed", place),
      read_count(row, 4, "denied", place),   read_count(row, 5, "throttled", place),
      read_amount(row, 6, "overage", place), read_count(row, 7, "price_micros", place)};
}

ClosedWindow read_window(const Cursor& row, TenantId tenant) {
  const Place place{"closed_windows", tenant};
  return ClosedWindow{
      LimitId{static_cast<std::uint32_t>(read_integer(row, 0, "limit_id", 1, limit_id_max, place))},
      read_meter_id(row, 1, place),
      read_time(row, 2),
      read_amount(row, 3, "used", place),
      read_amount(row, 4, "over_size", place),
      read_count(row, 5, "price_micros", place),
      row.is_null(6) ? EntryId{} : read_entry_id(row, 6, place)};
}

Entry read_entry(const Cursor& row, TenantId tenant) {
  const Place place{"entries", tenant};
  const EntryId id = read_entry_id(row, 0, place);
  const Blob body = row.blob(3);
  std::optional<Entry> entry = decode_entry(body);
  if (!entry) {
    place.damaged("body", std::to_string(body.size()) + " bytes that are not entry " + text_of(id));
  }
  if (entry->id != id) {
    place.damaged("id", text_of(id) + ", but the body is of entry " + text_of(entry->id));
  }
  const auto repeats = [&](std::string_view column, std::int64_t found, std::int64_t told) {
    if (found != told) {
      place.damaged(column, std::to_string(found) + ", but the body of entry " + text_of(id) +
                                " says " + std::to_string(told));
    }
  };
  repeats("state", row.integer(1), static_cast<std::int64_t>(entry->state));
  repeats("due_ns", row.integer(2), entry->due.time_since_epoch().count());
  return std::move(*entry);
}

Watermark read_watermark(const Cursor& row, std::size_t shard) {
  const Place place{"shards", std::nullopt};
  const auto expected = static_cast<std::int64_t>(shard);
  read_integer(row, 0, "shard", expected, expected, place);
  return Watermark{Epoch{read_count(row, 1, "epoch", place)},
                   Sequence{read_count(row, 2, "sequence", place)}};
}

}  // namespace sluice
