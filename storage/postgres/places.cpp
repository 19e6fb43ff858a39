// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/places.hpp"

#include <utility>

#include "actors/tenant/invariant.hpp"

namespace sluice::postgres {

std::string schema_of(const std::string& center, TenantId tenant) {
  std::string id = to_string(tenant);
  std::erase(id, '-');
  return center + "_" + id;
}

void Places::know(Elsewhere elsewhere) {
  const std::lock_guard lock{mutex_};
  elsewhere_ = std::make_shared<const Elsewhere>(std::move(elsewhere));
  doubtful_.clear();
  ++round_;
}

std::shared_ptr<const Places::Elsewhere> Places::elsewhere() const {
  const std::lock_guard lock{mutex_};
  return elsewhere_->empty() && doubtful_.empty() && !closed_ ? nullptr : elsewhere_;
}

std::optional<Places::Found> Places::find(TenantId tenant, std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  if (!settled_.wait_for(lock, patience, [&] { return closed_ != tenant; })) {
    return std::nullopt;
  }
  const auto at = elsewhere_->find(tenant);
  return Found{at == elsewhere_->end() ? Placement{} : at->second, doubtful_.contains(tenant)};
}

std::uint64_t Places::round() const {
  const std::lock_guard lock{mutex_};
  return round_;
}

std::set<TenantId> Places::doubtful() const {
  const std::lock_guard lock{mutex_};
  return doubtful_;
}

void Places::close(TenantId tenant) {
  const std::lock_guard lock{mutex_};
  SLUICE_INVARIANT(!closed_);
  closed_ = tenant;
  ++round_;
}

void Places::settle(TenantId tenant, const std::optional<Placement>& where) {
  {
    const std::lock_guard lock{mutex_};
    auto next = std::make_shared<Elsewhere>(*elsewhere_);
    next->erase(tenant);
    if (where && *where != Placement{}) {
      next->emplace(tenant, *where);
    }
    elsewhere_ = std::move(next);
    where ? static_cast<void>(doubtful_.erase(tenant))
          : static_cast<void>(doubtful_.insert(tenant));
    if (closed_ == tenant) {
      closed_.reset();
    }
    ++round_;
  }
  settled_.notify_all();
}

void Places::own(Epoch epoch) {
  const std::lock_guard lock{mutex_};
  epoch_ = epoch;
  ready_.clear();
}

Epoch Places::epoch() const {
  const std::lock_guard lock{mutex_};
  return epoch_;
}

bool Places::is_ready(const std::string& instance) const {
  const std::lock_guard lock{mutex_};
  return ready_.contains(instance);
}

void Places::ready(const std::string& instance, Epoch epoch) {
  const std::lock_guard lock{mutex_};
  if (epoch == epoch_) {
    ready_.insert(instance);
  }
}

}  // namespace sluice::postgres
