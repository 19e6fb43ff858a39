// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/lease_keeper.hpp"

#include <utility>

namespace sluice {

LeaseKeeper::LeaseKeeper(std::unique_ptr<Store> store, const Clock& machine, Tenure& tenure,
                         Observer& observer)
    : store_(std::move(store)), machine_(machine), tenure_(tenure), observer_(observer) {}

Result<Ownership> LeaseKeeper::acquire(const Claim& claim) {
  const Instant asked = machine_.now().steady;
  auto ownership = store_->acquire(claim);
  if (!ownership.ok()) {
    return ownership;
  }
  epoch_ = ownership.value().epoch;
  lease_ = claim.lease;
  if (lease_ == lease_.zero()) {
    tenure_.extend(Instant::max());
  } else {
    tenure_.granted(asked, lease_);
    thread_ = std::thread{[this] { run(); }};
  }
  return ownership;
}

void LeaseKeeper::run() {
  std::unique_lock lock{mutex_};
  while (
      !stopped_.wait_for(lock, lease_ / Tenure::renewals_per_lease, [this] { return stopping_; })) {
    lock.unlock();
    renew();
    lock.lock();
  }
}

void LeaseKeeper::renew() {
  const Instant asked = machine_.now().steady;
  const auto renewed = store_->renew(epoch_);
  if (renewed.ok()) {
    tenure_.granted(asked, lease_);
  } else if (renewed.fault().code == FaultCode::fenced) {
    tenure_.end();
    observer_.ownership_lost(renewed.fault());
  } else {
    observer_.store_failed("renew", renewed.fault());
  }
}

void LeaseKeeper::stop() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

Result<Done> LeaseKeeper::release() {
  stop();
  return store_->release(epoch_);
}

}  // namespace sluice
