// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_database.hpp"

#include <algorithm>

#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

constexpr std::uint32_t minutes_per_hour = 60;
constexpr std::uint32_t minutes_per_day = 24 * minutes_per_hour;

void add(UsagePoint& point, const UsageBucket& bucket) {
  point.meter = bucket.meter;
  point.used = point.used + bucket.used;
  point.allowed += bucket.allowed;
  point.denied += bucket.denied;
  point.throttled += bucket.throttled;
  point.overage = point.overage + bucket.overage;
  point.price_micros += bucket.price_micros;
}

}  // namespace

Result<Done> SimDatabase::check(Epoch epoch) const {
  if (epoch != epoch_ || released_) {
    return Fault{FaultCode::fenced, text("epoch ", epoch.raw(), " is over")};
  }
  return Done{};
}

Result<Ownership> SimDatabase::acquire(const Claim& claim, Duration now) {
  land_in_flight();
  const bool other = !released_ && owner_ != claim.server;
  if (other && (now < lease_until_ || claim.take_over == TakeOver::never)) {
    return Fault{FaultCode::conflict, "another server owns the shards"};
  }
  epoch_ = Epoch{epoch_.raw() + 1};
  owner_ = claim.server;
  released_ = false;
  lease_ = claim.lease;
  lease_until_ = now + lease_;
  return Ownership{epoch_, watermarks_};
}

Result<Done> SimDatabase::renew(Epoch epoch, Duration now) {
  auto checked = check(epoch);
  if (checked.ok()) {
    lease_until_ = now + lease_;
  }
  return checked;
}

Result<Done> SimDatabase::release(Epoch epoch) {
  land_in_flight();
  auto checked = check(epoch);
  released_ = released_ || checked.ok();
  return checked;
}

Result<Done> SimDatabase::create(const Deed& deed, const TenantDefinition& definition) {
  land_in_flight();
  if (auto checked = check(deed.epoch); !checked.ok()) {
    return checked;
  }
  if (rows_.contains(definition.id)) {
    return Fault{FaultCode::already_exists, "id"};
  }
  rows_[definition.id].definition = definition;
  audit_.append(deed.audit);
  events_.created(definition);
  return Done{};
}

Result<Done> SimDatabase::replace(const Deed& deed, const TenantDefinition& definition) {
  land_in_flight();
  if (auto checked = check(deed.epoch); !checked.ok()) {
    return checked;
  }
  const auto found = rows_.find(definition.id);
  if (found == rows_.end()) {
    return Fault{FaultCode::not_found, "id"};
  }
  Row& row = found->second;
  if (row.definition.version.raw() + 1 != definition.version.raw()) {
    return Fault{FaultCode::conflict, "version"};
  }
  auto grants = std::move(row.definition.shares);
  row.definition = definition;
  row.definition.shares = std::move(grants);
  std::erase_if(row.counters, [&](const auto& entry) {
    return std::ranges::find(definition.limits, entry.first, &Limit::id) == definition.limits.end();
  });
  audit_.append(deed.audit);
  events_.replaced(definition);
  return Done{};
}

Result<Done> SimDatabase::remove(const Deed& deed, TenantId id) {
  land_in_flight();
  if (auto checked = check(deed.epoch); !checked.ok()) {
    return checked;
  }
  if (rows_.erase(id) == 0) {
    return Fault{FaultCode::not_found, "id"};
  }
  audit_.append(deed.audit);
  events_.removed(id);
  if (sharing_events_ != nullptr) {
    sharing_events_->purged(id);
  }
  shares_.remove_all_of(id);
  return Done{};
}

Result<Done> SimDatabase::change_sharing(const SharedDeed& deed, const SharingChange& change) {
  land_in_flight();
  if (auto checked = check(deed.epoch); !checked.ok()) {
    return checked;
  }
  SimShares shares = shares_;
  Definitions consumers;
  if (auto written = write_sharing(change, shares, consumers); !written.ok()) {
    return written;
  }
  shares_ = std::move(shares);
  for (auto& [id, definition] : consumers) {
    rows_.at(id).definition = std::move(definition);
  }
  if (change.put) {
    books_.put_terms(*change.put);
  }
  for (const AuditDraft& event : deed.audit) {
    audit_.append(event);
  }
  if (sharing_events_ != nullptr) {
    sharing_events_->shared(deed, change);
  }
  return Done{};
}

Result<Done> SimDatabase::write_sharing(const SharingChange& change, SimShares& shares,
                                        Definitions& consumers) const {
  if (change.put) {
    auto put = rows_.contains(change.put->owner) ? shares.put(*change.put)
                                                 : Fault{FaultCode::not_found, "owner"};
    if (!put.ok()) {
      return put;
    }
  }
  for (const RequestStep& step : change.requests) {
    if (auto put = shares.put(step); !put.ok()) {
      return put;
    }
  }
  for (const TenantDefinition& consumer : change.consumers) {
    const Row* const row = find(consumer.id);
    if (row == nullptr) {
      return Fault{FaultCode::not_found, "consumer"};
    }
    TenantDefinition& before = consumers.try_emplace(consumer.id, row->definition).first->second;
    if (before.version.raw() + 1 != consumer.version.raw()) {
      return Fault{FaultCode::conflict, "version"};
    }
    before = consumer;
  }
  if (change.grants_max &&
      grants_of(change.requests.front().request.policy, consumers) > *change.grants_max) {
    return Fault{FaultCode::limit_exceeded, "max_consumers"};
  }
  if (change.swept) {
    shares.sweep(*change.swept);
  }
  return change.removed ? shares.remove(*change.removed) : Result<Done>{Done{}};
}

std::size_t SimDatabase::grants_of(PolicyId policy, const Definitions& changed) const {
  std::size_t grants = 0;
  for (const auto& [id, row] : rows_) {
    const auto now = changed.find(id);
    const auto& shares = (now == changed.end() ? row.definition : now->second).shares;
    grants += static_cast<std::size_t>(std::ranges::count(shares, policy, &SharingGrant::policy));
  }
  return grants;
}

Result<Done> SimDatabase::close_statements(Epoch epoch, const StatementClosing& closing) {
  land_in_flight();
  if (auto checked = check(epoch); !checked.ok()) {
    return checked;
  }
  books_.close(closing);
  return Done{};
}

Result<Done> SimDatabase::pay_out(const Deed& deed, const Payout& payout,
                                  std::span<const UnpaidLine> lines) {
  land_in_flight();
  if (auto checked = check(deed.epoch); !checked.ok()) {
    return checked;
  }
  auto paid = books_.pay_out(payout, lines);
  if (paid.ok()) {
    audit_.append(deed.audit);
  }
  return paid;
}

std::vector<GrantSpan> SimDatabase::grant_spans(const GrantSpanQuery& query) const {
  std::vector<GrantSpan> spans;
  for (const GrantSpan& grant : shares_.spans()) {
    const bool is_counted = !hours_.told(books_.hours_in(query.window, grant.id)).empty();
    if (spans.size() < query.count_max && books_.matches(query, grant, is_counted)) {
      spans.push_back(grant);
    }
  }
  return spans;
}

Result<Done> SimDatabase::save(const SaveBatch& batch) {
  land_in_flight();
  if (auto checked = check(batch.epoch); !checked.ok()) {
    return checked;
  }
  for (const CounterRow& counter : batch.counters) {
    const auto row = rows_.find(counter.tenant);
    if (row != rows_.end() &&
        std::ranges::find(row->second.definition.limits, counter.counter.limit, &Limit::id) !=
            row->second.definition.limits.end()) {
      row->second.counters[counter.counter.limit] = counter.counter;
    }
  }
  for (const UsageRow& usage : batch.closed_usage) {
    if (const auto row = rows_.find(usage.tenant); row != rows_.end()) {
      close(row->second, usage.bucket);
    }
  }
  for (const UsageRow& usage : batch.open_usage) {
    if (const auto row = rows_.find(usage.tenant); row != rows_.end()) {
      row->second.open_usage[{usage.bucket.meter, usage.bucket.part}] = usage.bucket;
    }
  }
  for (const auto& [tenant, entry] : batch.entries) {
    if (const auto row = rows_.find(tenant); row != rows_.end()) {
      row->second.entries[entry.id] = entry;
    }
    if (entry.use && entry.use->open.hour != Hour{}) {
      hours_.put({tenant, entry.use->owner, entry.use->open});
    }
  }
  for (const SharedHourRow& hour : batch.closed_shared) {
    hours_.put(hour);
  }
  for (const auto& [tenant, id] : batch.forgotten) {
    if (const auto row = rows_.find(tenant); row != rows_.end()) {
      row->second.entries.erase(id);
    }
  }
  for (const WindowRow& window : batch.closed_windows) {
    if (const auto row = rows_.find(window.tenant); row != rows_.end()) {
      const ClosedWindow& closed = window.window;
      row->second.windows.try_emplace({closed.limit, closed.ended_at, closed.paid_by}, closed);
    }
  }
  for (const AuditRow& row : batch.audit) {
    audit_.append(row);
  }
  for (const ThresholdCrossed& row : batch.crossed) {
    alerts_.raise(alert_of(row));
  }
  if (batch.through) {
    for (const ShardId shard : batch.shards) {
      Watermark& mark = watermarks_.at(shard.raw());
      mark = std::max(mark, Watermark{batch.epoch, *batch.through});
    }
  }
  events_.saved(batch);
  return Done{};
}

void SimDatabase::close(Row& row, const UsageBucket& bucket) {
  const std::uint32_t minute = bucket.minute.raw();
  const UsedPart used{bucket.meter, bucket.part};
  if (row.minutes.try_emplace({used, bucket.minute}, bucket).second) {
    add(row.hours[{used, minute / minutes_per_hour}], bucket);
    add(row.days[{used, minute / minutes_per_day}], bucket);
  }
}

bool SimDatabase::land_in_flight() {
  if (!in_flight_) {
    return false;
  }
  const SaveBatch batch = *std::exchange(in_flight_, std::nullopt);
  return save(batch).ok();
}

std::vector<TenantRecord> SimDatabase::load(std::span<const TenantId> ids) const {
  std::vector<TenantRecord> records;
  for (const TenantId id : ids) {
    const Row* row = find(id);
    if (row == nullptr) {
      continue;
    }
    TenantRecord record{row->definition, {}, {}, {}};
    for (const auto& [limit, counter] : row->counters) {
      record.counters.push_back(counter);
    }
    for (const auto& [used, bucket] : row->open_usage) {
      record.open_usage.push_back(bucket);
    }
    for (const auto& [entry_id, entry] : row->entries) {
      record.entries.push_back(entry);
    }
    records.push_back(std::move(record));
  }
  return records;
}

std::uint64_t SimDatabase::history_of(TenantId id, MeterId meter) const {
  const Row* row = find(id);
  const UsedPart whole{meter, PartRef{}};
  std::uint64_t used = 0;
  for (const auto& [key, bucket] : row->minutes) {
    used += key.first == whole ? bucket.used.raw() : 0;
  }
  const auto open = row->open_usage.find(whole);
  if (open != row->open_usage.end() && !row->minutes.contains({whole, open->second.minute})) {
    used += open->second.used.raw();
  }
  return used;
}

std::uint64_t SimDatabase::counted_of(TenantId id, LimitId limit, WallTime end) const {
  const auto& counters = find(id)->counters;
  const auto open = counters.find(limit);
  if (open == counters.end() || open->second.until < end) {
    return 0;  // It does not know of this window yet.
  }
  return open->second.until == end ? open->second.used.raw() : used_of(id, limit, end);
}

std::uint64_t SimDatabase::used_of(TenantId id, LimitId limit, WallTime end) const {
  const Row* row = find(id);
  if (const auto closed = row->windows.find({limit, end, EntryId{}});
      closed != row->windows.end()) {
    return closed->second.used.raw();
  }
  const auto open = row->counters.find(limit);
  return open != row->counters.end() && open->second.until == end ? open->second.used.raw() : 0;
}

std::uint64_t SimDatabase::counted_of_span(TenantId id, LimitId limit, WallTime end,
                                           Duration span) const {
  const auto& counters = find(id)->counters;
  const auto open = counters.find(limit);
  if (open == counters.end()) {
    return 0;
  }
  const Counter& counter = open->second;
  return counter.until == end          ? counter.used.raw()
         : counter.until == end + span ? counter.previous.raw()
                                       : 0;
}

}  // namespace sluice::sim
