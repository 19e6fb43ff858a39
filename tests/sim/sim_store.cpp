// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_store.hpp"

#include <algorithm>

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

template <class T, class Read>
Result<T> SimStore::read(Read&& what) {
  return gets_through() ? Result<T>{what()} : unavailable();
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

Result<std::vector<SharingPolicy>> SimStore::policies() {
  if (!gets_through()) {
    return unavailable();
  }
  std::vector<SharingPolicy> all;
  for (const auto& [id, policy] : database_.shares().policies()) {
    all.push_back(policy);
  }
  return all;
}

Result<std::optional<SharingPolicy>> SimStore::policy(PolicyId id) {
  if (!gets_through()) {
    return unavailable();
  }
  const auto& policies = database_.shares().policies();
  const auto found = policies.find(id);
  return found == policies.end() ? std::nullopt : std::optional{found->second};
}

Result<SharingPage> SimStore::sharing_requests(const SharingQuery& query) {
  return gets_through() ? Result<SharingPage>{database_.shares().page(query)} : unavailable();
}

Result<std::optional<SharingRequest>> SimStore::sharing_request(SharingId id) {
  if (!gets_through()) {
    return unavailable();
  }
  const auto& requests = database_.shares().requests();
  const auto found = requests.find(id);
  return found == requests.end() ? std::nullopt : std::optional{found->second};
}

Result<bool> SimStore::was_revoked(PolicyId policy, TenantId consumer) {
  return gets_through() ? Result<bool>{database_.shares().was_revoked(policy, consumer)}
                        : unavailable();
}

Result<SharingDue> SimStore::due_sharing(WallTime by, std::size_t count_max) {
  return gets_through() ? Result<SharingDue>{database_.shares().due(by, count_max)} : unavailable();
}

Result<Done> SimStore::change_sharing(const SharedDeed& deed, const SharingChange& change) {
  return this->change<Done>(Probe::sharing_unknown_done, Probe::sharing_unknown_not_done,
                            [&] { return database_.change_sharing(deed, change); });
}

Result<BooksProgress> SimStore::books_progress() {
  return read<BooksProgress>([&] { return database_.books().progress(); });
}

Result<std::vector<GrantSpan>> SimStore::grant_spans(const GrantSpanQuery& query) {
  return read<std::vector<GrantSpan>>([&] { return database_.grant_spans(query); });
}

Result<std::vector<SharingTerms>> SimStore::sharing_terms(std::span<const PolicyId> policies) {
  return read<std::vector<SharingTerms>>([&] { return database_.books().terms(policies); });
}

Result<std::vector<SharedHourRow>> SimStore::shared_usage(const SharedUsageQuery& query) {
  return read<std::vector<SharedHourRow>>([&] { return database_.hours().told(query); });
}

Result<Done> SimStore::close_statements(Epoch epoch, const StatementClosing& closing) {
  return change<Done>(Probe::books_unknown_done, Probe::books_unknown_not_done,
                      [&] { return database_.close_statements(epoch, closing); });
}

Result<StatementPage> SimStore::statements(const StatementQuery& query) {
  return read<StatementPage>([&] { return database_.books().statements(query); });
}

Result<std::vector<UnpaidPool>> SimStore::unpaid_pools(const UnpaidQuery& query) {
  return read<std::vector<UnpaidPool>>([&] { return database_.books().pools(query); });
}

Result<std::vector<UnpaidLine>> SimStore::unpaid_lines(const DuePayout& due, WallTime through,
                                                       std::size_t count_max) {
  return read<std::vector<UnpaidLine>>(
      [&] { return database_.books().unpaid(due, through, count_max); });
}

Result<Done> SimStore::pay_out(const Deed& deed, const Payout& payout,
                               std::span<const UnpaidLine> lines) {
  return change<Done>(Probe::books_unknown_done, Probe::books_unknown_not_done,
                      [&] { return database_.pay_out(deed, payout, lines); });
}

Result<PayoutPage> SimStore::payouts(const PayoutQuery& query) {
  return read<PayoutPage>([&] { return database_.books().payouts(query); });
}

Result<Done> SimStore::save(const SaveBatch& batch) {
  if (!weather_.away && weather_.refused &&
      std::ranges::find(batch.counters, *weather_.refused, &CounterRow::tenant) !=
          batch.counters.end()) {
    probes_.hit(Probe::save_refused);
    return Fault{FaultCode::invalid_argument, "used: is refused"};
  }
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
