// SPDX-License-Identifier: Apache-2.0
#include "server/http/check_call.hpp"

#include <utility>

#include "server/http/located.hpp"
#include "server/rpc/sharing_rules.hpp"

namespace sluice::http {

void CheckCall::run() {
  Service& service = *exchange_->service;
  // One more, so that those that are found at once do not submit before all are asked for.
  to_locate_ = items.size() + 1;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].objected) {
      --to_locate_;
      continue;
    }
    service.names.locate(items[i].asked.tenant,
                         [self = shared_from_this(), i](const Result<TenantId>& tenant) {
                           self->located(self->items[i], tenant);
                         });
  }
  if (--to_locate_ == 0) {
    submit();
  }
}

void CheckCall::located(Item& item, const Result<TenantId>& tenant) {
  const bool nobody = !tenant.ok() && tenant.fault().code == FaultCode::not_found;
  // Whether there is a tenant is not for everybody to know.
  item.tenant = tenant.ok() ? tenant.value() : TenantId{};
  const auto permitted = permit(*exchange_, item.tenant);
  if (!permitted.ok() && (tenant.ok() || nobody)) {
    item.refused = permitted.fault();
    item.objected = Objected{Outcome::access_denied, permitted.fault().context};
  } else if (!tenant.ok()) {
    item.objected =
        Objected{nobody ? Outcome::unknown_tenant : Outcome::unavailable, tenant.fault().context};
  }
  if (--to_locate_ == 0) {
    submit();
  }
}

void CheckCall::submit() {
  for (std::size_t i = 0; i < items.size(); ++i) {
    Item& item = items[i];
    if (item.objected) {
      continue;
    }
    for (const OwnedLabel& label : item.asked.labels) {
      item.labels.push_back({label.name, label.value});
    }
    const AskedCheck& asked = item.asked;
    asked_.push_back(Check{.tenant = item.tenant,
                           .charges = asked.charges,
                           .mode = asked.mode,
                           .id = asked.id,
                           .ttl = asked.ttl,
                           .labels = item.labels,
                           .want = asked.want,
                           .explain = asked.explain});
    name_resource(item, asked_.back());
    submitted_.push_back(i);
  }
  if (asked_.empty()) {
    return conclude(true);
  }
  answers_.resize(asked_.size());
  checks = asked_;
  decisions = answers_;
  self_ = shared_from_this();
  begun_ = std::chrono::steady_clock::now();
  exchange_->service->engine().submit(exchange_->service->here, *this);
}

// A resource that nobody shares has no policy, which the tenant's host says as of every other.
void CheckCall::name_resource(Item& item, Check& check) const {
  if (!item.asked.resource) {
    return;
  }
  const auto policy = exchange_->service->engine().find_resource(*item.asked.resource);
  item.use = {.policy = policy.value_or(PolicyId{}),
              .permission = item.asked.permission,
              .peer = item.asked.ip ? item.asked.ip : address_of(exchange_->request.peer)};
  check.shared = &item.use;
}

Explanation* CheckCall::explanation_of(std::uint32_t index) noexcept {
  return &items[submitted_[index]].explanation;
}

void CheckCall::conclude(bool reliable) {
  const auto self = std::exchange(self_, nullptr);  // Until the end of this call.
  if (!asked_.empty()) {
    exchange_->service->environment->on.latency.record(
        exchange_->service->here, std::chrono::steady_clock::now() - begun_, asked_.size());
  }
  for (std::size_t i = 0; i < submitted_.size(); ++i) {
    Item& item = items[submitted_[i]];
    item.decision = answers_[i];
    if (item.decision.outcome == Outcome::unknown_tenant) {
      exchange_->service->names.forget(item.asked.tenant);
    }
  }
  std::exchange(decided_, nullptr)(*this, reliable);
}

}  // namespace sluice::http
