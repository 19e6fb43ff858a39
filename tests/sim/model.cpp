// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/model.hpp"

#include <algorithm>
#include <utility>

#include "tests/sim/lessees.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

/// What may be used of it at the most in one window.
std::uint64_t most_of(const Limit& limit) {
  std::optional<Amount> size;
  if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
    size = sliding->size;
  } else {
    size = std::get<WindowRule>(limit.rule).size;
  }
  if (limit.overage) {
    size = limit.overage->cap ? std::optional{*size + *limit.overage->cap} : std::nullopt;
  } else if (limit.enforcement == Enforcement::alert) {
    size = std::nullopt;
  }
  return size.value_or(Amount::max()).raw();
}

}  // namespace

std::uint64_t Model::Tally::most() const {
  std::uint64_t most = acknowledged + open + unknown;
  for (const GivenUp& lost : given_up) {
    most += lost.amount;
  }
  return most;
}

template <class Visit>
void Model::each_tally(TenantModel& tenant, Visit&& visit) {
  for (auto& [limit, model] : tenant.limits) {
    for (auto& [end, tally] : model.windows) {
      visit(tally);
    }
  }
  for (auto& [meter, tally] : tenant.usage) {
    visit(tally);
  }
}

void Model::learn(TenantModel& tenant, const TenantDefinition& definition) {
  std::erase_if(tenant.limits, [&](const auto& entry) {
    return std::ranges::find(definition.limits, entry.first, &Limit::id) == definition.limits.end();
  });
  for (const Limit& limit : definition.limits) {
    if (limit.meter >= leased_meter) {
      continue;  // The lessees see to them.
    }
    LimitModel& model = tenant.limits[limit.id];
    if (const auto* rate = std::get_if<RateRule>(&limit.rule)) {
      model.rate = *rate;
      continue;
    }
    model.size_max = std::max(model.size_max, most_of(limit));
    if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
      model.span = sliding->span;
    }
  }
}

void Model::created(const TenantDefinition& definition) {
  TenantModel& tenant = tenants_[definition.id];
  tenant.is_second = !created_.insert(definition.id).second;
  tenant.incarnation = ++incarnations_;
  learn(tenant, definition);
}

void Model::replaced(const TenantDefinition& definition) {
  if (const auto found = tenants_.find(definition.id); found != tenants_.end()) {
    learn(found->second, definition);
  }
}

void Model::saved(const SaveBatch& batch) {
  for (auto& [id, tenant] : tenants_) {
    if (!std::ranges::binary_search(batch.shards, shard_of(id, shards_))) {
      continue;
    }
    each_tally(tenant, [&](Tally& tally) {
      std::erase_if(tally.given_up,
                    [&](const GivenUp& lost) { return lost.by.epoch < batch.epoch; });
    });
  }
}

void Model::came_back(const ServerId& server) {
  for (auto& [id, tenant] : tenants_) {
    each_tally(tenant, [&](Tally& tally) {
      std::erase_if(tally.given_up, [&](const GivenUp& lost) {
        tally.unknown += lost.by.server == server ? lost.amount : 0;
        return lost.by.server == server;
      });
    });
  }
}

void Model::took(const Tenant& tenant, const Check& check, const Now& now,
                 std::vector<Taken>& taken) {
  const auto found = tenants_.find(tenant.id());
  if (found == tenants_.end()) {
    return;  // The store has removed it; its host will hear.
  }
  std::map<MeterId, std::uint64_t> sums;
  for (const Charge& charge : check.charges) {
    sums[charge.meter] += charge.amount.raw();
  }
  TenantState state;
  tenant.snapshot(now, state);
  for (const auto& [meter, sum] : sums) {
    const Plan::SlotRange slots = tenant.plan().slots_of(meter);
    if (sum == 0 || slots.begin >= slots.end) {
      continue;
    }
    Taken one{};
    one.from = Taken::From::meter;
    one.tenant = tenant.id();
    one.incarnation = found->second.incarnation;
    one.meter = meter;
    one.amount = sum;
    found->second.usage[meter].open += sum;
    taken.push_back(one);
    for (std::uint32_t slot = slots.begin; slot < slots.end; ++slot) {
      take(found->second, tenant, state, slot, check.mode == Mode::commit, one, taken);
    }
  }
}

void Model::take(TenantModel& model, const Tenant& tenant, const TenantState& state,
                 std::uint32_t slot, bool was_reserved, Taken taken, std::vector<Taken>& all) {
  const PlannedLimit& planned = tenant.plan().planned()[slot];
  const auto limit = model.limits.find(planned.id);
  if (limit == model.limits.end()) {
    return;  // The store has removed it; its host will hear.
  }
  taken.limit = planned.id;
  if (limit->second.rate && was_reserved) {
    return;
  }
  if (limit->second.rate) {
    taken.from = Taken::From::rate;
    taken.at = limit->second.admissions.size();
    const WallTime step = state.counters.at(slot).paced_until;
    limit->second.admissions.push_back({lenient_, step, taken.amount, false});
  } else {
    const Counter& counter = state.counters.at(slot);
    const std::uint64_t most = most_of(tenant.plan().limits()[slot]);
    if (was_reserved) {  // Perhaps under a larger limit.
      limit->second.size_max = std::max(limit->second.size_max, counter.used.raw());
    }
    expect(was_reserved || counter.used.raw() <= most, "limit ", planned.id.raw(), " of tenant ",
           number_of(tenant.id()), " admitted ", counter.used.raw(), " over ", most);
    taken.from = Taken::From::window;
    taken.end = counter.until;
    limit->second.windows[counter.until].open += taken.amount;
  }
  all.push_back(taken);
}

Model::Tally* Model::tally_of(const Taken& taken) {
  const auto found = tenants_.find(taken.tenant);
  if (found == tenants_.end() || found->second.incarnation != taken.incarnation) {
    return nullptr;
  }
  if (taken.from == Taken::From::meter) {
    return &found->second.usage[taken.meter];
  }
  const auto limit = found->second.limits.find(taken.limit);
  return limit == found->second.limits.end() ? nullptr : &limit->second.windows[taken.end];
}

void Model::settle(const Taken& taken, bool acknowledged) {
  if (taken.from == Taken::From::rate) {
    const auto found = tenants_.find(taken.tenant);
    if (found != tenants_.end() && found->second.incarnation == taken.incarnation) {
      const auto limit = found->second.limits.find(taken.limit);
      if (limit != found->second.limits.end() && taken.at < limit->second.admissions.size()) {
        limit->second.admissions[taken.at].acknowledged = acknowledged;
      }
    }
    return;
  }
  if (Tally* tally = tally_of(taken)) {
    tally->open -= taken.amount;
    (acknowledged ? tally->acknowledged : tally->unknown) += taken.amount;
  }
}

void Model::confirm(const Taken& taken) {
  if (taken.from == Taken::From::rate) {
    settle(taken, true);
  } else if (Tally* tally = tally_of(taken)) {
    const std::uint64_t known = std::min(tally->unknown, taken.amount);
    tally->unknown -= known;
    tally->acknowledged += known;
  }
}

void Model::reserved(const Tenant& tenant, std::span<const Charge> charges, const Now& now) const {
  if (!tenants_.contains(tenant.id())) {
    return;
  }
  for (const LimitUsage& usage : tenant.usage(now)) {
    const bool is_meant =
        std::ranges::find(charges, usage.limit.meter, &Charge::meter) != charges.end();
    if (is_meant && !std::holds_alternative<RateRule>(usage.limit.rule)) {
      const std::uint64_t taken = (usage.reading.used + usage.reading.held).raw();
      expect(taken <= most_of(usage.limit), "limit ", usage.limit.id.raw(), " of tenant ",
             number_of(tenant.id()), " has ", taken, " used and held, over ", most_of(usage.limit));
    }
  }
}

void Model::fall_back(const SimDatabase& database, const FormerOwner& given_up_by) {
  forget_rates();
  // Of a window that is over, the final count may be stored before the tenant's newer state is.
  const auto give_up = [&](Tally& tally, std::uint64_t stored, std::uint64_t closed) {
    const std::uint64_t before = tally.acknowledged;
    tally.acknowledged = std::min(before, stored);
    const std::uint64_t known = std::max(std::min(before, closed), tally.acknowledged);
    tally.unknown += known - tally.acknowledged;
    if (before > known) {
      tally.given_up.push_back({given_up_by, before - known});
    }
  };
  for (auto& [id, tenant] : tenants_) {
    for (auto& [limit, model] : tenant.limits) {
      for (auto& [end, tally] : model.windows) {
        if (model.span) {
          const std::uint64_t stored = database.counted_of_span(id, limit, end, *model.span);
          give_up(tally, stored, stored);
        } else {
          give_up(tally, database.counted_of(id, limit, end), database.used_of(id, limit, end));
        }
      }
    }
    for (auto& [meter, tally] : tenant.usage) {
      const std::uint64_t stored = database.history_of(id, meter);
      give_up(tally, stored, stored);
    }
  }
}

void Model::lose_removals() {
  std::erase_if(tenants_, [](const auto& entry) { return entry.second.is_second; });
}

void Model::lose_journal() {
  forget_rates();
  lose_removals();
  for (auto& [id, tenant] : tenants_) {
    each_tally(tenant, [](Tally& tally) { tally.unknown += std::exchange(tally.acknowledged, 0); });
  }
}

void Model::check(const Tenant& tenant, const Now& now) const {
  const auto found = tenants_.find(tenant.id());
  if (found == tenants_.end()) {
    return;
  }
  TenantState state;
  tenant.snapshot(now, state);
  for (const Counter& counter : state.counters) {
    const auto limit = found->second.limits.find(counter.limit);
    if (limit != found->second.limits.end() && !limit->second.rate) {
      check_window(tenant.id(), limit->second, counter);
    }
  }
}

void Model::check_window(TenantId tenant, const LimitModel& limit, const Counter& counter) const {
  const std::uint64_t used = counter.used.raw();
  const auto where = [&] {
    return text("tenant ", number_of(tenant), " limit ", counter.limit.raw(), " window ending ",
                counter.until.time_since_epoch().count(), ": ");
  };
  const auto open = limit.windows.find(counter.until);
  const std::uint64_t least = open == limit.windows.end() ? 0 : open->second.acknowledged;
  const std::uint64_t most = open == limit.windows.end() ? 0 : open->second.most();
  if (used < least || used > most) {
    throw Failure{where() + text("used ", used, " but acknowledged ", least, ", at most ", most)};
  }
  // Made only for a failure: this is looked at after every step.
  if (used > limit.size_max) {
    throw Failure{where() + text("used ", used, " over ", limit.size_max)};
  }
  if (counter.over > counter.used) {
    throw Failure{where() + "more is above its size than was used"};
  }
  if (limit.span) {
    check_previous(limit, counter, where);
  }
  for (const auto& [end, tally] : limit.windows) {
    if (tally.acknowledged > 0 && end != counter.until &&
        (end > counter.until || wall_max_ < end)) {
      throw Failure{where() + text("it is open, and not the one that ends ",
                                   end.time_since_epoch().count(), " with ", tally.acknowledged,
                                   " acknowledged")};
    }
  }
}

void Model::check_previous(const LimitModel& limit, const Counter& counter,
                           const std::function<std::string()>& where) {
  const auto before = limit.windows.find(counter.until - *limit.span);
  const std::uint64_t previous = counter.previous.raw();
  const std::uint64_t least = before == limit.windows.end() ? 0 : before->second.acknowledged;
  const std::uint64_t most = before == limit.windows.end() ? 0 : before->second.most();
  if (previous < least || previous > most) {
    throw Failure{where() + text("of the span before, ", previous, " but acknowledged ", least,
                                 ", at most ", most)};
  }
}

void Model::check_stored(const SimDatabase& database, TenantId id, bool windows_complete) const {
  const SimDatabase::Row& row = *database.find(id);
  const auto found = tenants_.find(id);
  if (found == tenants_.end()) {
    return;
  }
  const TenantModel& tenant = found->second;
  for (const auto& [limit_id, limit] : tenant.limits) {
    const auto open = row.counters.find(limit_id);
    if (open != row.counters.end() && !limit.rate) {
      check_window(id, limit, open->second);
    }
    for (const auto& [end, tally] : limit.windows) {
      if (limit.span) {
        break;  // Spans leave no history.
      }
      const std::uint64_t used = database.used_of(id, limit_id, end);
      // A window that had no place may still come back from a journal.
      expect(!windows_complete ||
                 ((used >= tally.acknowledged || !history_is_sure()) && used <= tally.most()),
             "tenant ", number_of(id), " limit ", limit_id.raw(), " stored ", used,
             " of the window that ends ", end.time_since_epoch().count(), ", acknowledged ",
             tally.acknowledged, ", at most ", tally.most());
    }
  }
  for (const auto& [meter, tally] : tenant.usage) {
    const std::uint64_t used = database.history_of(id, meter);
    expect((used >= tally.acknowledged || !history_is_sure()) && used <= tally.most(), "tenant ",
           number_of(id), " meter ", meter.raw(), " has a history of ", used, ", acknowledged ",
           tally.acknowledged, ", at most ", tally.most());
  }
}

}  // namespace sluice::sim
