// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/books_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "actors/tenant/sharing/price.hpp"
#include "storage/limit_text/bands_text.hpp"
#include "storage/postgres/postgres_fault.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {
namespace {

WallTime instant_in(const pqxx::row& row, int column) {
  return WallTime{Duration{row[column].as<std::int64_t>()}};
}

std::optional<WallTime> optional_instant_in(const pqxx::row& row, int column) {
  return row[column].is_null() ? std::nullopt : std::optional{instant_in(row, column)};
}

template <class Id>
Id words_in(const pqxx::row& row, int column) {
  const TenantId id = read_tenant_id(row, column);
  return Id{id.high, id.low};
}

/// A choice that is stored as its number, which the table's checks keep within its bounds.
template <class Enum>
Enum numbered_in(const pqxx::row& row, int column) {
  return static_cast<Enum>(row[column].as<int>());
}

Resource resource_in(const pqxx::row& row, int column) {
  return {numbered_in<ResourceType>(row, column), row[column + 1].as<std::string>()};
}

Pricing pricing_in(const pqxx::row& row, int column, TenantId owner) {
  Pricing pricing{.kind = numbered_in<PricingKind>(row, column),
                  .currency = row[column + 1].as<std::string>(),
                  .period = numbered_in<BillingPeriod>(row, column + 2)};
  if (!row[column + 3].is_null()) {
    pricing.meter = MeterId{row[column + 3].as<std::uint16_t>()};
  }
  pricing.price_micros = row[column + 4].as<std::uint64_t>();
  pricing.per = Amount{row[column + 5].as<std::uint64_t>()};
  auto bands = parse_bands(row[column + 6].as<std::string>());
  if (bands) {
    pricing.bands = *std::move(bands);
  }
  if (!bands || !validate_pricing(pricing).ok()) {
    throw DamagedRow("table sharing_terms for tenant " + to_string(owner) +
                     " holds a price that cannot be");
  }
  return pricing;
}

}  // namespace

SharingTerms read_terms(const pqxx::row& row) {
  const TenantId owner = read_tenant_id(row, 2);
  SharingTerms terms{.policy = words_in<PolicyId>(row, 0),
                     .since = instant_in(row, 1),
                     .owner = owner,
                     .resource = resource_in(row, 3),
                     .pricing = pricing_in(row, 5, owner),
                     .revenue = {.owner_basis_points = row[12].as<std::uint16_t>(),
                                 .minimum_payout_micros = row[13].as<std::uint64_t>(),
                                 .schedule = numbered_in<PayoutSchedule>(row, 14)}};
  if (!validate_revenue(terms.revenue).ok()) {
    throw DamagedRow("table sharing_terms for tenant " + to_string(owner) +
                     " holds a share that cannot be");
  }
  return terms;
}

GrantSpan read_span(const pqxx::row& row) {
  GrantSpan span{.id = words_in<SharingId>(row, 0),
                 .policy = words_in<PolicyId>(row, 1),
                 .owner = read_tenant_id(row, 2),
                 .consumer = read_tenant_id(row, 3),
                 .granted_at = instant_in(row, 4),
                 .ended_at = optional_instant_in(row, 5)};
  // One that has expired ended then, and not when that was noticed.
  if (const auto expires_at = optional_instant_in(row, 6)) {
    span.ended_at = std::min(span.ended_at.value_or(*expires_at), *expires_at);
  }
  return span;
}

StatementLine read_line(const pqxx::row& row) {
  StatementLine line{.grant = words_in<SharingId>(row, 0),
                     .policy = words_in<PolicyId>(row, 3),
                     .owner = read_tenant_id(row, 4),
                     .consumer = read_tenant_id(row, 5),
                     .resource = resource_in(row, 6),
                     .period = {instant_in(row, 1), instant_in(row, 2)},
                     .uses = row[8].as<std::uint64_t>(),
                     .units = Amount{row[9].as<std::uint64_t>()},
                     .currency = row[10].as<std::string>(),
                     .amount_micros = row[11].as<std::uint64_t>(),
                     .owner_micros = row[12].as<std::uint64_t>(),
                     .platform_micros = row[13].as<std::uint64_t>()};
  line.schedule = numbered_in<PayoutSchedule>(row, 14);
  line.minimum_payout_micros = row[15].as<std::uint64_t>();
  line.closed_at = instant_in(row, 16);
  return line;
}

Payout read_payout(const pqxx::row& row) {
  return {.key = {read_tenant_id(row, 0), row[1].as<std::string>(), row[2].as<std::uint32_t>()},
          .schedule = numbered_in<PayoutSchedule>(row, 3),
          .through = instant_in(row, 4),
          .lines = row[5].as<std::uint32_t>(),
          .amount_micros = row[6].as<std::uint64_t>(),
          .made_at = instant_in(row, 7),
          .paid_at = optional_instant_in(row, 8),
          .reference = row[9].as<std::string>()};
}

CurrencySum read_total(const pqxx::row& row) {
  return {.currency = row[0].as<std::string>(),
          .sum = {.lines = row[1].as<std::uint64_t>(),
                  .uses = row[2].as<std::uint64_t>(),
                  .amount_micros = row[3].as<std::uint64_t>(),
                  .owner_micros = row[4].as<std::uint64_t>(),
                  .platform_micros = row[5].as<std::uint64_t>()}};
}

UnpaidPool read_pool(const pqxx::row& row) {
  return {.owner = read_tenant_id(row, 0),
          .currency = row[1].as<std::string>(),
          .policy = words_in<PolicyId>(row, 2),
          .owner_micros = row[3].as<std::uint64_t>(),
          .schedule = numbered_in<PayoutSchedule>(row, 4),
          .minimum_payout_micros = row[5].as<std::uint64_t>()};
}

}  // namespace sluice::postgres
