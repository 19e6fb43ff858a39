// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/lessees.hpp"

#include <algorithm>
#include <array>

#include "tests/sim/trace.hpp"

namespace sluice::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::array lifetimes{Duration{5s}, Duration{60s}, Duration{1h}};
constexpr std::array<const char*, 4> users{"ann", "bob", "cyd", "dot"};
constexpr std::size_t leases_picked_from = 12;
constexpr std::uint64_t label_size = 60;

Limit window_on(MeterId meter, const char* name, std::uint64_t size) {
  Limit limit;
  limit.name = name;
  limit.meter = meter;
  limit.rule = WindowRule{Amount{size}, Period::never};
  return limit;
}

}  // namespace

std::vector<Limit> Lessees::limits(Random& random) {
  Limit by_user = window_on(labelled_meter, labelled_limit, label_size);
  by_user.per = {"user"};
  by_user.history_by = {"user"};
  return {window_on(leased_meter, leased_limit, random.between(100, 2'000)), by_user};
}

Books::Ask Lessees::ask(TenantId tenant, Random& random, Duration now) {
  if (random.per_mille(300)) {
    const std::string user = random.pick(users);
    Books::Ask ask{};
    ask.tenant = tenant;
    ask.charges = {{labelled_meter, Amount{random.between(1, 6)}}};
    ask.labels = {{"user", user}};
    ask.incarnation = model_.incarnation(tenant);
    return ask;
  }
  const std::size_t from =
      leases_.size() > leases_picked_from ? leases_.size() - leases_picked_from : 0;
  if (from < leases_.size() && random.per_mille(700)) {
    const std::size_t at = from + static_cast<std::size_t>(random.below(leases_.size() - from));
    if (!leases_[at].under_way && !leases_[at].over) {
      return go_on(at, random, now);
    }
  }
  Lease lease{};
  lease.tenant = tenant;
  lease.incarnation = model_.incarnation(tenant);
  lease.id = EntryId{2, ++ids_};
  lease.ttl = random.pick(lifetimes);
  leases_.push_back(lease);
  return go_on(leases_.size() - 1, random, now);
}

Books::Ask Lessees::go_on(std::size_t at, Random& random, Duration now) {
  Lease& lease = leases_[at];
  lease.under_way = true;
  lease.asked_at = now;
  lease.may_be_gone = now >= lease.good_until;
  if (lease.may_be_gone) {
    lease.bound = lease.spent;  // Nothing is spent of it until the answer says how much is out.
  }
  Books::Ask ask{};
  ask.lease = at;
  ask.tenant = lease.tenant;
  ask.incarnation = lease.incarnation;
  ask.id = lease.id;
  ask.charges = {{leased_meter, Amount{lease.spent}}};
  const bool ends = lease.bound > 0 && random.per_mille(200);
  ask.mode = ends ? Mode::commit : Mode::lease;
  if (ends) {
    lease.over = true;  // Nobody spends of it once it is given back.
  } else {
    ask.ttl = lease.ttl;
    ask.want = Amount{random.between(1, 300)};
  }
  return ask;
}

void Lessees::spend(Random& random, Duration now) {
  const std::size_t from =
      leases_.size() > leases_picked_from ? leases_.size() - leases_picked_from : 0;
  for (std::size_t at = from; at < leases_.size(); ++at) {
    Lease& lease = leases_[at];
    if (lease.over || now >= lease.good_until || lease.spent >= lease.bound ||
        !random.per_mille(300)) {
      continue;
    }
    const std::uint64_t amount = random.between(1, lease.bound - lease.spent);
    lease.spent += amount;
    leased_[{lease.tenant, lease.incarnation}].acknowledged += amount;
    probes_.hit(Probe::lease_spent);
  }
}

void Lessees::took(const Books::Ask& ask, const Decision& decision) {
  if (!ask.lease) {
    const Key key{model_.incarnation(ask.tenant), ask.labels.front().value};
    labelled_[{ask.tenant, key}].most += ask.charges.front().amount.raw();
    probes_.hit(Probe::counted_by_label);
    return;
  }
  Lease& lease = leases_[*ask.lease];
  check_taken(lease, decision.reading);
  if (lease.incarnation != model_.incarnation(lease.tenant)) {
    // Another tenant has the id by now: for it, this is a lease that begins.
    lease.incarnation = model_.incarnation(lease.tenant);
    lease.counted = 0;
    lease.over = true;
  }
  const std::uint64_t may_be = (ask.charges.front().amount + decision.granted).raw();
  if (lease.may_be_gone || may_be < lease.counted) {
    // It may have ended and be forgotten: then this is another one under its id.
    lease.counted = ask.charges.front().amount.raw();
  }
  if (may_be > lease.counted) {
    leased_[{lease.tenant, lease.incarnation}].most += may_be - lease.counted;
    lease.counted = may_be;
  }
}

// The numbers are those after the decision; its meter has one limit.
void Lessees::check_taken(const Lease& lease, const LimitReading& reading) const {
  const std::uint64_t taken = (reading.used + reading.held).raw();
  // What another tenant with its id had taken may befall it, or what it had given back.
  const bool is_sure = model_.incarnation(lease.tenant) != 0 && !journal_lost_;
  expect(!is_sure || taken <= reading.size.value_or(Amount{}).raw(), "tenant ",
         number_of(lease.tenant), " has ", taken, " used and out on lease, over ",
         reading.size.value_or(Amount{}).raw());
}

void Lessees::told(const Books::Ask& ask, const Decision* decision) {
  if (ask.lease) {
    leases_[*ask.lease].under_way = false;
  }
  if (decision == nullptr || ask.incarnation == 0 ||
      ask.incarnation != model_.incarnation(ask.tenant)) {
    return;
  }
  if (ask.lease) {
    told_lease(leases_[*ask.lease], ask, *decision);
  } else if (decision->outcome == Outcome::allowed) {
    const Key key{ask.incarnation, ask.labels.front().value};
    labelled_[{ask.tenant, key}].acknowledged += ask.charges.front().amount.raw();
  }
}

void Lessees::told_lease(Lease& lease, const Books::Ask& ask, const Decision& decision) {
  if (lease.over) {
    return;
  }
  if (decision.outcome == Outcome::allowed) {
    lease.bound = std::max(lease.bound, (ask.charges.front().amount + decision.granted).raw());
    lease.good_until = lease.asked_at + lease.ttl / 100 * 90;
    return;
  }
  if (decision.outcome == Outcome::unavailable || decision.outcome == Outcome::unknown_tenant) {
    return;
  }
  if (decision.outcome == Outcome::denied) {
    probes_.hit(Probe::lease_denied);
  } else if (decision.outcome == Outcome::hold_expired) {
    probes_.hit(Probe::lease_expired);
  } else {
    expect(wall_steps_ || lease.bound == 0 || lease.asked_at >= lease.good_until, "lease ",
           lease.id.low, " of tenant ", number_of(lease.tenant),
           " is lost: ", to_string(decision.outcome));
  }
  lease.over = true;
}

void Lessees::forget() {
  for (auto& [key, sum] : labelled_) {
    sum.acknowledged = 0;
  }
  for (auto& [key, sum] : leased_) {
    sum.acknowledged = 0;
  }
  for (Lease& lease : leases_) {
    lease.over = true;
  }
}

void Lessees::check_end(const SimDatabase& database) const {
  for (const auto& [id, row] : database.rows()) {
    const std::uint32_t incarnation = model_.incarnation(id);
    if (incarnation == 0) {
      continue;  // Its removal was lost: nothing is promised for what has its id.
    }
    if (const auto sum = leased_.find({id, incarnation}); sum != leased_.end()) {
      const auto limit = std::ranges::find(row.definition.limits, leased_limit, &Limit::name);
      const auto counter = row.counters.find(limit->id);
      const std::uint64_t used = counter == row.counters.end() ? 0 : counter->second.used.raw();
      // A clock that steps ends leases early, and what follows under their ids looks like them.
      const bool is_bounded = wall_steps_ || journal_lost_ || used <= sum->second.most;
      expect(used >= sum->second.acknowledged && is_bounded, "tenant ", number_of(id), " counts ",
             used, " for leases, of which ", sum->second.acknowledged, " were spent and at most ",
             sum->second.most, " out");
    }
    for (const char* const user : users) {
      const auto sum = labelled_.find({id, Key{incarnation, user}});
      if (sum == labelled_.end()) {
        continue;
      }
      std::uint64_t used = 0;
      for (const auto& [entry_id, entry] : row.entries) {
        const bool is_it = entry.state == EntryState::counting && !entry.labels.empty() &&
                           entry.labels.front().value == user;
        used += is_it ? entry.counter->used.raw() : 0;
      }
      expect(used >= sum->second.acknowledged && used <= sum->second.most && used <= label_size,
             "tenant ", number_of(id), " counts ", used, " for ", user, ", acknowledged ",
             sum->second.acknowledged, ", at most ", sum->second.most);
    }
  }
}

}  // namespace sluice::sim
