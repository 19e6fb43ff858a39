// SPDX-License-Identifier: Apache-2.0
#include "bench/spender.hpp"

#include <random>
#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice::bench {

namespace {

// Longer than any answer takes; a client that ends holds nothing for long.
constexpr Duration reservation_ttl = std::chrono::seconds{30};

std::uint64_t drawn_id() {
  std::random_device device;
  return std::uint64_t{device()} << 31 | device();  // Never that of ids of the tenant's own.
}

Check commit_of(const Check& reservation) {
  return {reservation.tenant, reservation.charges, Mode::commit, reservation.id};
}

bool is_held(const client::Answer& answer) {
  return answer.decision.outcome == Outcome::allowed && !answer.by_policy;
}

}  // namespace

std::string_view to_string(Spending spending) {
  switch (spending) {
    case Spending::check:
      return "check";
    case Spending::reserve:
      return "reserve";
    case Spending::lease:
      return "lease";
  }
  SLUICE_INVARIANT(false);
}

Spender::Spender(std::unique_ptr<client::Client> client, Spending spending,
                 std::chrono::milliseconds lease_ttl)
    : client_(std::move(client)), spending_(spending), ids_(drawn_id()) {
  if (spending == Spending::lease) {
    leases_ = std::make_unique<client::Leases>(*client_, client::LeaseOptions{.ttl = lease_ttl});
  }
}

client::Answer Spender::spend(const Check& check) {
  if (auto answer = spend_here(check)) {
    return *std::move(answer);
  }
  if (spending_ != Spending::reserve) {
    return client_->check(check);
  }
  const Check reservation = reservation_of(check);
  client::Answer answer = client_->check(reservation);
  return is_held(answer) ? client_->check(commit_of(reservation)) : answer;
}

std::optional<client::Answer> Spender::spend_here(const Check& check) {
  const Charge& charge = check.charges.front();
  if (leases_ == nullptr || check.charges.size() > 1 || charge.amount == Amount{} ||
      !leases_->take(check.tenant, charge.meter, charge.amount)) {
    return std::nullopt;
  }
  client::Answer answer;
  answer.by_lease = true;
  answer.decision.outcome = Outcome::allowed;
  return answer;
}

void Spender::spend_async(const Check& check, client::Client::Callback done) {
  if (spending_ != Spending::reserve) {
    return client_->check_async(check, std::move(done));
  }
  const Check reservation = reservation_of(check);
  client_->check_async(
      reservation, [this, reservation, done = std::move(done)](const client::Answer& answer) {
        is_held(answer) ? client_->check_async(commit_of(reservation), done) : done(answer);
      });
}

Check Spender::reservation_of(const Check& check) {
  Check reservation = check;
  reservation.mode = Mode::reserve;
  reservation.id = EntryId{ids_, ++last_id_};
  reservation.ttl = reservation_ttl;
  return reservation;
}

}  // namespace sluice::bench
