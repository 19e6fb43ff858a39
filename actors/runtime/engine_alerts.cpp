// SPDX-License-Identifier: Apache-2.0
// What the engine is asked about alerts and their deliveries.
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/engine_impl.hpp"

namespace sluice {

void Engine::alerts(ReactorIndex here, AlertQuery query, Reply<AlertPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), TellAlerts{query, std::move(*caller)});
  }
}

void Engine::deliveries(ReactorIndex here, DeliveryQuery query, Reply<DeliveryPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), TellDeliveries{query, std::move(*caller)});
  }
}

void Engine::send_again(ReactorIndex here, Author author, AlertId alert,
                        std::optional<TenantId> tenant, Reply<std::uint32_t> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   SendAgain{std::move(author), alert, tenant, std::move(*caller)});
  }
}

void Engine::test_webhook(ReactorIndex here, Author author, TenantId tenant, std::string url,
                          Reply<AlertId> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   TestWebhook{std::move(author), tenant, std::move(url), std::move(*caller)});
  }
}

void Engine::report_payment(ReactorIndex here, Author author, PaymentReport report,
                            Reply<AlertId> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(),
                   ReportPayment{std::move(author), std::move(report), std::move(*caller)});
  }
}

}  // namespace sluice
