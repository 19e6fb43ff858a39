// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/shared_hours.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

constexpr const char* put_hours_sql =
    "INSERT INTO shared_hours AS h (grant_id, hour, policy, consumer, owner, uses, units, denied)"
    " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[],"
    " $6::bigint[], $7::bigint[], $8::bigint[])"
    " AS given (grant_id, hour, policy, consumer, owner, uses, units, denied)"
    " ORDER BY grant_id, hour"
    " ON CONFLICT (grant_id, hour) DO UPDATE SET uses = greatest(h.uses, excluded.uses),"
    " units = greatest(h.units, excluded.units), denied = greatest(h.denied, excluded.denied)";

constexpr const char* select_hours_sql =
    "SELECT grant_id, hour, policy, consumer, owner, uses, units, denied FROM shared_hours"
    " WHERE grant_id = ANY ($1::uuid[]) AND hour >= $2 AND hour < $3 ORDER BY grant_id, hour";

/// The start of the stretch that holds `hour`. 1970 began on a Thursday, weeks begin on Mondays.
const char* start_of_stretch(SharedStretch stretch) {
  switch (stretch) {
    case SharedStretch::hour:
      return "hour";
    case SharedStretch::day:
      return "hour - hour % 24";
    case SharedStretch::week:
      return "hour - (hour + 72) % 168";
    case SharedStretch::month:
      return "extract(epoch FROM date_trunc('month', to_timestamp(hour * 3600)"
             " AT TIME ZONE 'UTC'))::bigint / 3600";
  }
  SLUICE_INVARIANT(!"a stretch outside of its enum");
}

std::string select_uses_sql(const SharedUseQuery& query) {
  return std::string{
      "SELECT grant_id, start, policy, consumer, owner,"
      " least(sum(uses), 9223372036854775807)::bigint,"
      " least(sum(units), 9223372036854775807)::bigint,"
      " least(sum(denied), 9223372036854775807)::bigint"
      " FROM (SELECT *, greatest(1, "}
      .append(start_of_stretch(query.stretch))
      .append(") AS start FROM shared_hours WHERE ")
      .append(query.side == SharingSide::owner ? "owner" : "consumer")
      .append(
          " = $1 AND hour >= $2 AND hour < $3 AND ($4::uuid IS NULL OR policy = $4)"
          " AND ($5::uuid IS NULL OR grant_id = $5)) AS hours"
          " WHERE (start, grant_id) > ($6::bigint, $7::uuid)"
          " GROUP BY start, grant_id, policy, consumer, owner ORDER BY start, grant_id LIMIT $8");
}

template <class Id>
Id shared_id_in(const pqxx::row& row, int column) {
  const TenantId id = read_tenant_id(row, column);
  return Id{id.high, id.low};
}

SharedHourRow read_shared_hour(const pqxx::row& row) {
  return {.consumer = read_tenant_id(row, 3),
          .owner = read_tenant_id(row, 4),
          .hour = {.grant = shared_id_in<SharingId>(row, 0),
                   .policy = shared_id_in<PolicyId>(row, 2),
                   .hour = Hour{row[1].as<std::uint32_t>()},
                   .uses = row[5].as<std::uint64_t>(),
                   .units = Amount{row[6].as<std::uint64_t>()},
                   .denied = row[7].as<std::uint64_t>()}};
}

template <class Id>
TenantId plain(Id id) {
  return {id.high, id.low};
}

/// Each hour once, with the greatest numbers that are said of it.
class HoursOfBatch {
public:
  explicit HoursOfBatch(const SaveBatch& batch) {
    for (const SharedHourRow& row : batch.closed_shared) {
      add(row);
    }
    for (const EntryRow& row : batch.entries) {
      if (row.entry.use && row.entry.use->open.hour != Hour{}) {
        add({row.tenant, row.entry.use->owner, row.entry.use->open});
      }
    }
  }
  [[nodiscard]] const auto& all() const { return hours_; }

private:
  void add(const SharedHourRow& row) {
    const auto [place, added] = hours_.try_emplace(std::pair{row.hour.grant, row.hour.hour}, row);
    SharedHour& hour = place->second.hour;
    hour.uses = std::max(hour.uses, row.hour.uses);
    hour.units = std::max(hour.units, row.hour.units);
    hour.denied = std::max(hour.denied, row.hour.denied);
  }

  std::map<std::pair<SharingId, Hour>, SharedHourRow> hours_;
};

}  // namespace

void put_shared_hours(Transaction& transaction, const SaveBatch& batch) {
  const HoursOfBatch hours{batch};
  if (hours.all().empty()) {
    return;
  }
  ArrayText grant, hour, policy, consumer, owner, uses, units, denied;
  for (const auto& [key, row] : hours.all()) {
    grant.add(plain(row.hour.grant));
    hour.add(row.hour.hour.raw());
    policy.add(plain(row.hour.policy));
    consumer.add(row.consumer);
    owner.add(row.owner);
    uses.add(row.hour.uses);
    units.add(row.hour.units.raw());
    denied.add(row.hour.denied);
  }
  transaction.run(put_hours_sql, grant.text(), hour.text(), policy.text(), consumer.text(),
                  owner.text(), uses.text(), units.text(), denied.text());
}

SharedUsePage select_shared_uses(Transaction& transaction, const SharedUseQuery& query) {
  const SharedUseCursor after = query.after.value_or(SharedUseCursor{});
  const pqxx::result rows = transaction.search(
      select_uses_sql(query), to_string(query.tenant), hour_from(query.from), hour_from(query.to),
      query.policy ? std::optional{to_string(*query.policy)} : std::nullopt,
      query.grant ? std::optional{to_string(*query.grant)} : std::nullopt, after.start.raw(),
      to_string(after.grant), query.page_size + 1);
  SharedUsePage page;
  for (const auto& row : rows) {
    page.rows.push_back(read_shared_hour(row));
  }
  page.more = page.rows.size() > query.page_size;
  if (page.more) {
    page.rows.pop_back();
  }
  return page;
}

std::vector<SharedHourRow> select_shared_hours(Transaction& transaction,
                                               const SharedUsageQuery& query) {
  ArrayText grants;
  for (const SharingId grant : query.grants) {
    grants.add(plain(grant));
  }
  const pqxx::result rows =
      transaction.run(select_hours_sql, grants.text(), query.from.raw(), query.to.raw());
  std::vector<SharedHourRow> hours;
  for (const auto& row : rows) {
    hours.push_back(read_shared_hour(row));
  }
  return hours;
}

}  // namespace sluice::postgres
