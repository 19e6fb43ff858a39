// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_store.hpp"

namespace sluice::sim {

namespace {

Fault unavailable() {
  return Fault{FaultCode::unavailable, "the database cannot be reached"};
}
Fault unknown() {
  return Fault{FaultCode::outcome_unknown, "the connection broke"};
}

}  // namespace

bool SimStore::gets_through() {
  if (weather_.away) {
    probes_.hit(Probe::store_away);
    return false;
  }
  if (random_.per_mille(weather_.unavailable)) {
    probes_.hit(Probe::store_unavailable);
    return false;
  }
  return true;
}

template <class T, class Act>
Result<T> SimStore::change(Probe done, Probe not_done, Act&& act) {
  if (!gets_through()) {
    return unavailable();
  }
  if (!random_.per_mille(weather_.unknown)) {
    return act();
  }
  if (random_.per_mille(500)) {
    probes_.hit(not_done);
    return unknown();
  }
  Result<T> outcome = act();
  if (!outcome.ok()) {
    return outcome;
  }
  probes_.hit(done);
  return unknown();
}

Result<Ownership> SimStore::acquire(const Claim& claim) {
  return change<Ownership>(Probe::acquire_unknown_done, Probe::change_unknown_not_done,
                           [&] { return database_.acquire(claim, weather_.now); });
}

Result<Done> SimStore::renew(Epoch epoch) {
  return gets_through() ? database_.renew(epoch, weather_.now) : Result<Done>{unavailable()};
}

Result<Done> SimStore::release(Epoch epoch) {
  return change<Done>(Probe::change_unknown_done, Probe::change_unknown_not_done,
                      [&] { return database_.release(epoch); });
}

Result<std::vector<TenantRecord>> SimStore::load(std::span<const TenantId> ids) {
  if (!gets_through()) {
    return unavailable();
  }
  return database_.load(ids);
}

Result<Done> SimStore::create(const Deed& deed, const TenantDefinition& definition) {
  return change<Done>(Probe::change_unknown_done, Probe::change_unknown_not_done,
                      [&] { return database_.create(deed, definition); });
}

Result<Done> SimStore::replace(const Deed& deed, const TenantDefinition& definition) {
  return change<Done>(Probe::change_unknown_done, Probe::change_unknown_not_done,
                      [&] { return database_.replace(deed, definition); });
}

Result<Done> SimStore::remove(const Deed& deed, TenantId id) {
  return change<Done>(Probe::change_unknown_done, Probe::change_unknown_not_done,
                      [&] { return database_.remove(deed, id); });
}

Result<Done> SimStore::save(const SaveBatch& batch) {
  if (!weather_.away && random_.per_mille(weather_.unknown / 2)) {
    probes_.hit(Probe::save_landed_late);
    database_.land_in_flight();
    database_.leave_in_flight(batch);
    return unknown();
  }
  return change<Done>(Probe::save_unknown_done, Probe::save_unknown_not_done, [&] {
    auto saved = database_.save(batch);
    if (saved.ok() && random_.per_mille(weather_.twice)) {
      probes_.hit(Probe::save_applied_twice);
      saved = database_.save(batch);
    }
    return saved;
  });
}

}  // namespace sluice::sim
