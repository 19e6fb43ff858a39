// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/check_call.hpp"

#include <utility>

#include "server/rpc/access.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

namespace {

// Enough for the calls that are usually in flight; a burst of many or large ones is given back to
// the allocator.
constexpr std::size_t free_calls_max = 256;
constexpr std::size_t free_call_bytes_max = 512 << 10;

}  // namespace

kj::Promise<void> CheckCall::run(const std::shared_ptr<Service>& service, const Access& access,
                                 Context context) {
  auto owned = service->checks.take();
  CheckCall& call = *owned;
  const auto decoded = call.decoder_.decode(context.getParams().getChecks());
  if (!decoded.ok()) {
    service->checks.give_back(std::move(owned));
    return refusal(kj::Exception::Type::FAILED, decoded.fault().context);
  }
  call.self_ = std::move(owned);
  call.service_ = service;
  call.context_ = context;
  call.completed_ = false;
  call.begun_ = std::chrono::steady_clock::now();
  call.checks = call.decoder_.checks();
  call.decisions = call.decoder_.decisions();
  if (!access.covers_all()) {
    call.deny_foreign(access);
  }
  ++service->calls_in_flight;
  service->engine().submit(service->here, call);
  if (call.completed_) {
    call.reply();
    call.finish();
    return kj::READY_NOW;
  }
  auto answered = kj::newPromiseAndFulfiller<void>();
  call.fulfiller_ = kj::mv(answered.fulfiller);
  return kj::mv(answered.promise);
}

void CheckCall::deny_foreign(const Access& access) {
  const Check* foreign = nullptr;  // One is enough for the audit.
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (!access.covers(checks[i].tenant) && !is_settled(decisions[i])) {
      decisions[i].outcome = Outcome::access_denied;
      foreign = foreign == nullptr ? &checks[i] : foreign;
    }
  }
  if (foreign != nullptr) {
    service_->engine().record_denial(service_->here, access.author(), foreign->tenant,
                                     to_string(Permission::checks_write), Refusal::foreign_tenant);
  }
}

void CheckCall::completed() noexcept {
  completed_ = true;
  if (service_->environment->latency != nullptr) {
    service_->environment->latency->record(
        service_->here, std::chrono::steady_clock::now() - begun_, checks.size());
  }
  if (fulfiller_.get() == nullptr) {
    return;  // Still inside `submit`: `run` replies.
  }
  // Without somebody waiting, the context is gone too.
  if (fulfiller_->isWaiting() && fulfiller_->rejectIfThrows([this] { reply(); })) {
    fulfiller_->fulfill();
  }
  finish();
}

void CheckCall::abandoned() noexcept {
  if (fulfiller_.get() != nullptr && fulfiller_->isWaiting()) {
    fulfiller_->reject(refusal(kj::Exception::Type::DISCONNECTED,
                               "whether this was charged is not known: the server could not record "
                               "it, or does not own its tenants any more"));
  }
  finish();
}

void CheckCall::reply() {
  auto results = context_->initResults(capnp::MessageSize{
      capnp::sizeInWords<wire::Gateway::CheckResults>() + decoder_.encoded_words(), 0});
  decoder_.encode(results.initDecisions(static_cast<unsigned>(checks.size())));
  results.setNowNs(service_->wall().time_since_epoch().count());
}

void CheckCall::finish() {
  fulfiller_ = nullptr;
  context_.reset();
  // The service may go with its last call, and this call with the pool in it.
  const auto service = std::exchange(service_, nullptr);
  --service->calls_in_flight;
  service->checks.give_back(std::move(self_));
}

std::unique_ptr<CheckCall> CheckCallPool::take() {
  if (free_.empty()) {
    return std::make_unique<CheckCall>();
  }
  auto call = std::move(free_.back());
  free_.pop_back();
  return call;
}

void CheckCallPool::give_back(std::unique_ptr<CheckCall> call) {
  if (free_.size() < free_calls_max && call->bytes() <= free_call_bytes_max) {
    free_.push_back(std::move(call));
  }
}

}  // namespace sluice
