// SPDX-License-Identifier: Apache-2.0
// What the engine is asked about money.
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/engine_impl.hpp"

namespace sluice {

void Engine::statements(ReactorIndex here, StatementQuery query, bool running,
                        Reply<StatementPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(
        impl_->next_reader(here),
        TellStatements{std::move(query), running, impl_->clock().now().wall, std::move(*caller)});
  }
}

void Engine::payouts(ReactorIndex here, PayoutQuery query, Reply<PayoutPage> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->next_reader(here), TellPayouts{std::move(query), std::move(*caller)});
  }
}

void Engine::sharing_statistics(ReactorIndex here, SharingStatisticsQuery query,
                                Reply<SharingStatistics> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->analyst(), TellSharingStatistics{std::move(query), std::move(*caller)});
  }
}

void Engine::mark_payout_paid(ReactorIndex here, Author author, PayoutKey key,
                              std::string reference, Reply<Payout> reply) {
  if (auto caller = impl_->admit(here, std::move(reply))) {
    caf::anon_send(impl_->writer(), MarkPayoutPaid{std::move(author), std::move(key),
                                                   std::move(reference), std::move(*caller)});
  }
}

}  // namespace sluice
