// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/memory_store.hpp"

#include <algorithm>
#include <utility>

#include "tests/actors/runtime/memory_rows.hpp"
#include "tests/actors/runtime/memory_sharing_store.hpp"

namespace sluice::testing {

/// One connection to a `MemoryDatabase`.
class MemoryStore final : public MemorySharingStore {
public:
  using MemorySharingStore::MemorySharingStore;

  Result<ShardCount> shards() override { return ShardCount{memory_shards}; }

  Result<MeterTable> meters() override {
    const auto guard = database_.enter();
    return database_.read_fault_ ? Result<MeterTable>{*database_.read_fault_} : database_.meters_;
  }

  Result<Ownership> acquire(const Claim& /*claim*/) override {
    const auto guard = database_.enter();
    database_.while_owning_();
    if (database_.write_fault_) {
      return *database_.write_fault_;
    }
    database_.epoch_ = Epoch{database_.epoch_.raw() + 1};
    return Ownership{database_.epoch_, database_.stored_};
  }
  Result<Done> renew(Epoch epoch) override {
    const auto guard = database_.enter();
    database_.while_owning_();
    database_.asked();
    return database_.write(epoch, [] { return Done{}; });
  }
  Result<Rest> prepare_months(Epoch epoch, WallTime /*now*/) override {
    const auto guard = database_.enter();
    const auto prepared = database_.write(epoch, [] { return Done{}; });
    database_.months_prepared_ += prepared.ok() ? 1U : 0U;
    database_.asked();
    return prepared.ok() ? Result<Rest>{Rest::none} : prepared.fault();
  }
  Result<Done> release(Epoch epoch) override {
    return database_.write(epoch, [] { return Done{}; });
  }

  Result<Meter> define_meter(const Deed& deed, std::string_view name,
                             std::string_view unit) override {
    const auto guard = database_.enter();
    MeterTable& meters = database_.meters_;
    const Meter meter{MeterId{static_cast<std::uint16_t>(meters.size() + 1)}, std::string{name},
                      std::string{unit}};
    const auto written = database_.write(deed, [&]() -> Result<Done> {
      if (std::any_of(meters.begin(), meters.end(),
                      [&](const Meter& other) { return other.name == name; })) {
        return Fault{FaultCode::already_exists, "name: is taken"};
      }
      meters.push_back(meter);
      return Done{};
    });
    return written.ok() ? Result<Meter>{meter} : written.fault();
  }

  Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override {
    auto guard = database_.enter();
    ++database_.loads_;
    database_.asked();
    if (database_.read_fault_) {
      return *database_.read_fault_;
    }
    std::vector<TenantRecord> records;
    for (const TenantId id : ids) {
      if (std::count(database_.damaged_.begin(), database_.damaged_.end(), id) > 0) {
        return Fault{FaultCode::data_damaged, "tenant " + to_string(id)};
      }
      if (const auto found = database_.tenants_.find(id); found != database_.tenants_.end()) {
        records.push_back(found->second);
      }
    }
    if (std::exchange(database_.hold_next_load_, false)) {
      database_.load_held_ = true;
      database_.asked();
      database_.changed_.wait(guard, [this] { return !database_.load_held_; });
    }
    return records;
  }

  Result<std::vector<TenantDefinition>> definitions(std::span<const TenantId> ids) override {
    const auto guard = database_.enter();
    if (database_.read_fault_) {
      return *database_.read_fault_;
    }
    std::vector<TenantDefinition> definitions;
    for (const TenantId id : ids) {
      const auto& damaged = database_.damaged_definitions_;
      if (std::count(damaged.begin(), damaged.end(), id) > 0) {
        return Fault{FaultCode::data_damaged, "tenant " + to_string(id)};
      }
      if (const auto found = database_.tenants_.find(id); found != database_.tenants_.end()) {
        definitions.push_back(found->second.definition);
      }
    }
    return definitions;
  }

  Result<std::optional<TenantId>> resolve(std::string_view slug) override {
    const auto guard = database_.enter();
    using Found = Result<std::optional<TenantId>>;
    return database_.read_fault_ ? Found{*database_.read_fault_}
                                 : Found{owner_of_slug(database_.tenants_, slug)};
  }

  Result<TenantPage> list(const TenantQuery& query) override {
    const auto guard = database_.enter();
    if (database_.read_fault_) {
      return *database_.read_fault_;
    }
    TenantPage page;
    for (const auto& [id, record] : database_.tenants_) {
      const TenantDefinition& tenant = record.definition;
      const bool matches =
          (!query.after || id > *query.after) &&
          (query.tier.empty() || tenant.tier == query.tier) &&
          (query.region.empty() || tenant.region == query.region) &&
          (!query.status || tenant.life.status == *query.status) &&
          (query.text.empty() || tenant.name.find(query.text) != std::string::npos ||
           tenant.slug.find(query.text) != std::string::npos);
      if (matches && page.tenants.size() == query.page_size) {
        page.more = true;
        break;
      }
      if (matches) {
        page.tenants.push_back(tenant);
      }
    }
    return page;
  }

  Result<std::vector<TierCount>> tenant_counts() override {
    const auto guard = database_.enter();
    std::map<std::string, std::uint64_t> counts;
    for (const auto& [id, record] : database_.tenants_) {
      ++counts[record.definition.tier];
    }
    std::vector<TierCount> all;
    for (const auto& [tier, tenants] : counts) {
      all.push_back({tier, tenants});
    }
    return all;
  }

  Result<std::vector<DueTenant>> due(const DueQuery& query) override {
    const auto guard = database_.enter();
    database_.asked();
    std::vector<DueTenant> due;
    for (const auto& [id, record] : database_.tenants_) {
      const auto at = next_due(record.definition);
      if (at && *at <= query.by && (!query.after || DueTenant{*at, id} > *query.after)) {
        due.push_back({*at, id});
      }
    }
    std::ranges::sort(due);
    due.resize(std::min(due.size(), query.count_max));
    using Due = Result<std::vector<DueTenant>>;
    return database_.read_fault_ ? Due{*database_.read_fault_} : Due{std::move(due)};
  }

  Result<Done> create(const Deed& deed, const TenantDefinition& definition) override {
    return database_.write(deed, [&] { return insert(definition); });
  }

  Result<Done> replace(const Deed& deed, const TenantDefinition& definition) override {
    return database_.write(deed, [&] { return update(definition); });
  }

  /// In as many parts as it was told to.
  Result<Rest> prepare_move(Epoch epoch, const TenantDefinition& /*definition*/,
                            const Placement& /*to*/) override {
    Rest rest = Rest::none;
    const auto done = database_.write(epoch, [&]() -> Result<Done> {
      rest = database_.parts_left_ == 0 ? Rest::none : Rest::some;
      database_.parts_left_ -= rest == Rest::some ? 1 : 0;
      return Done{};
    });
    return done.ok() ? Result<Rest>{rest} : done.fault();
  }
  Result<Done> move(const Deed& deed, const TenantDefinition& definition) override {
    return replace(deed, definition);
  }
  void give_up_move() override {
    const auto guard = database_.enter();
    database_.moves_given_up_ += database_.parts_left_ == 0 ? 0 : 1;
    database_.parts_left_ = 0;
  }
  Result<Rest> sweep(Epoch epoch) override {
    const auto done = database_.write(epoch, [&]() -> Result<Done> {
      ++database_.sweeps_;
      return Done{};
    });
    return done.ok() ? Result<Rest>{Rest::none} : done.fault();
  }

  Result<Done> change_members(const Deed& deed, const MemberChange& change) override {
    return database_.write(deed, [&] {
      const TenantDefinition& definition = change.definition;
      auto done = definition.version == Version{1} ? insert(definition) : update(definition);
      if (done.ok()) {
        database_.members_.write(change);
      }
      return done;
    });
  }
  Result<MemberPage> members(const MemberQuery& query) override {
    const auto guard = database_.enter();
    return database_.members_.page(query);
  }
  Result<std::optional<Member>> member(TenantId tenant, std::string_view user_id) override {
    const auto guard = database_.enter();
    using Found = Result<std::optional<Member>>;
    return database_.read_fault_ ? Found{*database_.read_fault_}
                                 : Found{database_.members_.find(tenant, user_id)};
  }
  Result<TenantsOfPage> tenants_of(const TenantsOfQuery& query) override {
    const auto guard = database_.enter();
    TenantsOfPage page = database_.members_.tenants_of(query);
    for (TenantOf& of : page.tenants) {
      of.slug = database_.tenants_.at(of.tenant).definition.slug;
      of.name = database_.tenants_.at(of.tenant).definition.name;
    }
    return page;
  }

  Result<Done> remove(const Deed& deed, TenantId id) override {
    return database_.write(deed, [&]() -> Result<Done> {
      database_.forget_what_belongs_to(id);
      return database_.tenants_.erase(id) == 1 ? Result<Done>{Done{}}
                                               : Fault{FaultCode::not_found, "tenant"};
    });
  }

  Result<Done> save(const SaveBatch& batch) override {
    auto guard = database_.enter();
    ++database_.saves_;
    database_.rows_saved_ += batch.counters.size();
    database_.save_held_ = database_.hold_saves_;
    database_.asked();
    database_.changed_.wait(guard, [this] { return !database_.hold_saves_; });
    database_.save_held_ = false;
    auto written = database_.write(batch.epoch, [&]() -> Result<Done> {
      if (database_.refused_ != TenantId{} &&
          std::ranges::find(batch.counters, database_.refused_, &CounterRow::tenant) !=
              batch.counters.end()) {
        return Fault{FaultCode::invalid_argument, "used: is refused"};
      }
      for (const CounterRow& row : batch.counters) {
        save_row(database_.tenants_, row);
      }
      for (const UsageRow& row : batch.open_usage) {
        save_row(database_.tenants_, row);
      }
      for (const EntryRow& row : batch.entries) {
        save_entry(database_.tenants_, row.tenant, row.entry.id, &row.entry);
        if (row.entry.use && row.entry.use->open.hour != Hour{}) {
          database_.books_.put_hour({row.tenant, row.entry.use->owner, row.entry.use->open});
        }
      }
      for (const SharedHourRow& row : batch.closed_shared) {
        database_.books_.put_hour(row);
      }
      for (const ForgottenRow& row : batch.forgotten) {
        save_entry(database_.tenants_, row.tenant, row.id, nullptr);
      }
      for (const AuditRow& row : batch.audit) {
        database_.audit_.append(row);
      }
      for (const ThresholdCrossed& row : batch.crossed) {
        database_.alerts_.raise(alert_of(row));
      }
      for (const UsageRow& row : batch.closed_usage) {
        if (std::ranges::find(database_.closed_usage_, row) == database_.closed_usage_.end()) {
          database_.closed_usage_.push_back(row);
        }
      }
      for (const ShardId shard : batch.shards) {
        Watermark& stored = database_.stored_[shard.raw()];
        stored = std::max(stored, Watermark{batch.epoch, batch.through.value_or(Sequence{})});
      }
      return Done{};
    });
    database_.asked();
    return written;
  }

  Result<std::vector<ClosedWindow>> closed_windows(TenantId /*id*/) override {
    return std::vector<ClosedWindow>{};
  }

  Result<std::vector<ApiKey>> api_keys() override { return database_.keys_.all(); }
  Result<Done> add_api_key(const Deed& deed, const ApiKey& key) override {
    return database_.write(deed, [&] { return database_.keys_.add(key); });
  }
  Result<Done> remove_api_key(const Deed& deed, KeyId id) override {
    return database_.write(deed, [&] { return database_.keys_.remove(id); });
  }

  Result<Done> record(const Deed& deed) override {
    return database_.write(deed, [] { return Done{}; });
  }
  Result<std::vector<EndingTrial>> ending_trials(const TrialQuery& query) override {
    const auto guard = database_.enter();
    std::vector<EndingTrial> trials;
    for (const auto& [id, record] : database_.tenants_) {
      const Lifecycle& life = record.definition.life;
      if (life.status == TenantStatus::trial && *life.trial_ends_at >= query.from &&
          *life.trial_ends_at < query.to) {
        trials.push_back({*life.trial_ends_at, id, life.trial_days});
      }
    }
    return trials;  // Fewer than a page: tests have some.
  }
  Result<AuditPage> audit_page(const AuditQuery& query) override {
    const auto guard = database_.enter();
    return database_.read_fault_ ? Result<AuditPage>{*database_.read_fault_}
                                 : database_.audit_.page(query);
  }
  Result<AuditCheck> check_audit(TenantId chain, const std::optional<AuditMark>& from) override {
    const auto guard = database_.enter();
    if (database_.read_fault_) {
      return *database_.read_fault_;
    }
    return database_.audit_.has(chain) || !database_.tenants_.contains(chain)
               ? database_.audit_.check(chain, from)
               : check_of_no_chain();
  }
  Result<Done> forget_audit(Epoch epoch, WallTime before) override {
    return database_.write(epoch, [&] {
      database_.audit_.forget(before);
      database_.asked();
      return Done{};
    });
  }
  Result<Customised> customisation(TenantId tenant) override {
    const auto guard = database_.enter();
    return database_.read_fault_ ? Result<Customised>{*database_.read_fault_}
                                 : database_.customisations_.find(tenant);
  }
  Result<Done> change_customisation(const Deed& deed, const CustomisationChange& change) override {
    return database_.write(deed, [&]() -> Result<Done> {
      return database_.tenants_.contains(change.tenant) ? database_.customisations_.write(change)
                                                        : Fault{FaultCode::not_found, "tenant"};
    });
  }
  Result<std::vector<HostedDomain>> hosted_domains() override {
    return database_.customisations_.hosted();
  }
  Result<std::vector<HostedDomain>> pending_domains(WallTime added_before,
                                                    std::size_t count_max) override {
    const auto guard = database_.enter();
    return database_.customisations_.pending(added_before, count_max);
  }
  Result<TierCatalogue> tiers() override { return database_.tiers_.all(); }
  Result<Done> put_tier(const Deed& deed, const Tier& tier) override {
    return database_.write(deed, [&] { return database_.tiers_.put(tier); });
  }
  Result<Done> remove_tier(const Deed& deed, std::string_view name) override {
    return database_.write(deed, [&] { return database_.tiers_.remove(name); });
  }

private:
  Result<Done> insert(const TenantDefinition& definition) {
    if (database_.tenants_.contains(definition.id)) {
      return Fault{FaultCode::already_exists, "id: is taken"};
    }
    if (owner_of_slug(database_.tenants_, definition.slug)) {
      return Fault{FaultCode::already_exists, "slug: is taken"};
    }
    database_.tenants_[definition.id] = TenantRecord{definition, {}, {}, {}};
    return Done{};
  }
};

MemoryDatabase::MemoryDatabase() : meters_(default_meters()) {}

StoreFactory MemoryDatabase::stores() {
  return [this]() -> Result<std::unique_ptr<Store>> {
    const auto guard = enter();
    if (opening_fault_) {
      return *opening_fault_;
    }
    return std::unique_ptr<Store>{std::make_unique<MemoryStore>(*this)};
  };
}

}  // namespace sluice::testing
