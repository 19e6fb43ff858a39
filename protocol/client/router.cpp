// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/router.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "actors/tenant/ids.hpp"

namespace sluice::client {

Router::Router(Loop& loop, const ClientOptions& options, const Introduction& introduction,
               Recipient& recipient, Endpoint::OnEntered on_entered)
    : loop_(loop),
      options_(options),
      introduction_(introduction),
      recipient_(recipient),
      on_entered_(std::move(on_entered)) {
  (void)endpoint_at(Address{options.host, options.port});
}

void Router::flush(Steady::time_point now) {
  route();
  for (const auto& owner : endpoints_) {
    while (!owner->waiting().empty()) {
      Endpoint* const way = way_to(*owner);
      if (way == nullptr || !may_send(*way, owner->waiting(), now)) {
        break;
      }
      way->call(owner->waiting(), now);
    }
  }
}

void Router::route() {
  if (owners_.empty() || endpoints_.size() == 1) {
    append(endpoints_.front()->waiting(), fresh_);
    return;
  }
  const ShardCount shards{static_cast<std::uint16_t>(owners_.size())};
  while (!fresh_.empty()) {
    Pending& check = fresh_.front();
    fresh_.pop_front();
    owners_[shard_of(check.check.tenant, shards).raw()]->waiting().push_back(check);
  }
}

Endpoint* Router::way_to(Endpoint& owner) {
  if (owner.up()) {
    return &owner;
  }
  // Any other endpoint passes it on to the owner.
  const auto other = std::find_if(endpoints_.begin(), endpoints_.end(),
                                  [](const auto& endpoint) { return endpoint->up(); });
  return other == endpoints_.end() ? nullptr : other->get();
}

bool Router::may_send(const Endpoint& endpoint, const PendingQueue& queue,
                      Steady::time_point now) const {
  if (endpoint.calls_in_flight() == 0) {
    return true;
  }
  return endpoint.calls_in_flight() < options_.calls_in_flight_max &&
         (2 * queue.size() >= endpoint.checks_in_flight() || now >= endpoint.gather_until());
}

void Router::tick(Steady::time_point now) {
  // By index, because one that enters may add others.
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    endpoints_[i]->tick(now);
  }
  if (map_is_new_) {
    forget_others();
  }
}

Steady::time_point Router::due() const {
  auto due = Steady::time_point::max();
  for (const auto& endpoint : endpoints_) {
    due = std::min(due, endpoint->due());
  }
  return due;
}

bool Router::settled() const {
  return std::all_of(endpoints_.begin(), endpoints_.end(), [](const auto& endpoint) {
    return endpoint->up() || endpoint->fault().has_value();
  });
}

bool Router::dialling() const {
  return std::any_of(endpoints_.begin(), endpoints_.end(),
                     [](const auto& endpoint) { return endpoint->dialling(); });
}

void Router::close() {
  for (const auto& endpoint : endpoints_) {
    endpoint->close();
  }
  recipient_.refuse(fresh_);
}

void Router::entered(const Session& session) {
  on_entered_(session);
  if (session.shards != map_) {
    adopt(session.shards);
  }
}

void Router::adopt(const ShardMap& map) {
  map_ = map;
  map_is_new_ = true;
  for (const auto& endpoint : endpoints_) {
    append(fresh_, endpoint->waiting());
  }
  // They waited in different queues; here the oldest is first again.
  fresh_.sort([](const Pending& a, const Pending& b) { return a.deadline < b.deadline; });
  std::vector<Endpoint*> listed;
  for (const Address& address : map_.endpoints) {
    listed.push_back(&endpoint_at(address));
  }
  owners_.clear();
  for (const std::uint16_t owner : map_.owners) {
    owners_.push_back(listed[owner]);
  }
}

void Router::forget_others() {
  map_is_new_ = false;
  for (std::size_t i = endpoints_.size() - 1; i > 0; --i) {
    Endpoint& endpoint = *endpoints_[i];
    const bool listed =
        std::any_of(map_.endpoints.begin(), map_.endpoints.end(),
                    [&](const Address& address) { return endpoint.reaches(address); });
    if (!listed) {
      endpoint.close();
      endpoints_.erase(endpoints_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
}

Endpoint& Router::endpoint_at(const Address& address) {
  const auto at = std::find_if(endpoints_.begin(), endpoints_.end(),
                               [&](const auto& endpoint) { return endpoint->reaches(address); });
  if (at != endpoints_.end()) {
    return **at;
  }
  endpoints_.push_back(
      std::make_unique<Endpoint>(loop_, options_, introduction_, address, recipient_,
                                 [this](const Session& session) { entered(session); }));
  return *endpoints_.back();
}

}  // namespace sluice::client
