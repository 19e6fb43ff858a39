// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/books_rows.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "actors/tenant/sharing/price.hpp"
#include "storage/limit_text/bands_text.hpp"
#include "storage/sqlite/columns.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {
namespace {

constexpr std::int64_t micros_in_whole = 1'000'000;

template <class Id>
Id id_at(const Cursor& row, int column) {
  const TenantId words = id_of(row.blob(column));
  return {words.high, words.low};
}

template <class Enum>
Enum choice_at(const Cursor& row, int column, std::string_view name, Enum last,
               const Place& place) {
  return static_cast<Enum>(
      read_integer(row, column, name, 0, static_cast<std::int64_t>(last), place));
}

Resource resource_at(const Cursor& row, int column, const Place& place) {
  return {choice_at(row, column, "resource_type", ResourceType::custom, place),
          read_text(row, column + 1, "resource_id", place)};
}

std::uint64_t micros_at(const Cursor& row, int column, std::string_view name, const Place& place) {
  return static_cast<std::uint64_t>(
      read_integer(row, column, name, 0, static_cast<std::int64_t>(cost_micros_max), place));
}

/// A sum of whole currency, and beside it that of the millionths; what a store can hold.
std::uint64_t sum_at(const Cursor& row, int column, std::string_view name, const Place& place) {
  const std::uint64_t whole = read_count(row, column, name, place);
  return whole < Amount::max_raw / micros_in_whole
             ? sum_of_micros(whole * micros_in_whole, read_count(row, column + 1, name, place))
             : Amount::max_raw;
}

Pricing pricing_at(const Cursor& row, int column, const Place& place) {
  Pricing pricing{.kind = choice_at(row, column, "kind", PricingKind::tiered, place),
                  .currency = read_text(row, column + 1, "currency", place),
                  .period = choice_at(row, column + 2, "period", BillingPeriod::month, place)};
  if (!row.is_null(column + 3)) {
    pricing.meter = MeterId{
        static_cast<std::uint16_t>(read_integer(row, column + 3, "meter", 1, meter_id_max, place))};
  }
  pricing.price_micros = micros_at(row, column + 4, "price_micros", place);
  pricing.per = read_amount(row, column + 5, "per", place);
  auto bands = parse_bands(row.text(column + 6));
  if (!bands) {
    place.damaged("bands", std::string{row.text(column + 6)});
  }
  pricing.bands = *std::move(bands);
  if (!validate_pricing(pricing).ok()) {
    place.damaged("kind", "a price that cannot be");
  }
  return pricing;
}

}  // namespace

SharingTerms read_terms(const Cursor& row) {
  const TenantId owner = id_of(row.blob(2));
  const Place place{"sharing_terms", owner};
  return {.policy = id_at<PolicyId>(row, 0),
          .since = read_time(row, 1),
          .owner = owner,
          .resource = resource_at(row, 3, place),
          .pricing = pricing_at(row, 5, place),
          .revenue = {.owner_basis_points = static_cast<std::uint16_t>(read_integer(
                          row, 12, "owner_basis_points", 0, whole_in_basis_points, place)),
                      .minimum_payout_micros = micros_at(row, 13, "minimum_micros", place),
                      .schedule = choice_at(row, 14, "schedule", PayoutSchedule::monthly, place)}};
}

GrantSpan read_span(const Cursor& row) {
  GrantSpan span{.id = id_at<SharingId>(row, 0),
                 .policy = id_at<PolicyId>(row, 1),
                 .owner = id_of(row.blob(2)),
                 .consumer = id_of(row.blob(3)),
                 .granted_at = read_time(row, 4),
                 .ended_at = read_optional_time(row, 5)};
  // One that has expired ended then, and not when that was noticed.
  if (const auto expires_at = read_optional_time(row, 6)) {
    span.ended_at = std::min(span.ended_at.value_or(*expires_at), *expires_at);
  }
  return span;
}

StatementLine read_line(const Cursor& row) {
  const TenantId owner = id_of(row.blob(4));
  const Place place{"sharing_statements", owner};
  StatementLine line{.grant = id_at<SharingId>(row, 0),
                     .policy = id_at<PolicyId>(row, 3),
                     .owner = owner,
                     .consumer = id_of(row.blob(5)),
                     .resource = resource_at(row, 6, place),
                     .period = {read_time(row, 1), read_time(row, 2)},
                     .uses = read_count(row, 8, "uses", place),
                     .units = read_amount(row, 9, "units", place),
                     .currency = read_text(row, 10, "currency", place),
                     .amount_micros = micros_at(row, 11, "amount_micros", place),
                     .owner_micros = micros_at(row, 12, "owner_micros", place),
                     .platform_micros = micros_at(row, 13, "platform_micros", place)};
  line.schedule = choice_at(row, 14, "schedule", PayoutSchedule::monthly, place);
  line.minimum_payout_micros = micros_at(row, 15, "minimum_micros", place);
  line.closed_at = read_time(row, 16);
  return line;
}

Payout read_payout(const Cursor& row) {
  const TenantId owner = id_of(row.blob(0));
  const Place place{"sharing_payouts", owner};
  return {.key = {owner, read_text(row, 1, "currency", place),
                  static_cast<std::uint32_t>(read_integer(
                      row, 2, "number", 1, std::numeric_limits<std::uint32_t>::max(), place))},
          .schedule = choice_at(row, 3, "schedule", PayoutSchedule::monthly, place),
          .through = read_time(row, 4),
          .lines =
              static_cast<std::uint32_t>(read_integer(row, 5, "lines", 1, payout_lines_max, place)),
          .amount_micros = read_count(row, 6, "amount_micros", place),
          .made_at = read_time(row, 7),
          .paid_at = read_optional_time(row, 8),
          .reference = std::string{row.text(9)}};
}

CurrencySum read_total(const Cursor& row) {
  const Place place{"sharing_statements", TenantId{}};
  CurrencySum total{.currency = read_text(row, 0, "currency", place),
                    .sum = {.lines = read_count(row, 1, "count", place),
                            .uses = sum_at(row, 2, "uses", place),
                            .amount_micros = sum_at(row, 4, "amount_micros", place),
                            .owner_micros = sum_at(row, 6, "owner_micros", place)}};
  total.sum.platform_micros =
      excess(Amount{total.sum.amount_micros}, Amount{total.sum.owner_micros}).raw();
  return total;
}

UnpaidPool read_pool(const Cursor& row) {
  const TenantId owner = id_of(row.blob(0));
  const Place place{"sharing_unpaid", owner};
  return {.owner = owner,
          .currency = read_text(row, 1, "currency", place),
          .policy = id_at<PolicyId>(row, 2),
          .owner_micros = sum_at(row, 3, "owner_micros", place),
          .schedule = choice_at(row, 6, "schedule", PayoutSchedule::monthly, place),
          .minimum_payout_micros = micros_at(row, 7, "minimum_micros", place)};
}

}  // namespace sluice
