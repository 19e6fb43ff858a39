// SPDX-License-Identifier: Apache-2.0
#include "ops/demo_replay/volley.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace sluice::demo {

struct Volley::Caller {
  Books books;
  bench::Histogram latencies;
};

Volley::Volley(client::Client& client, const std::vector<TenantDefinition>& tenants, Meters meters,
               std::size_t in_flight)
    : client_(client), tenants_(tenants), meters_(meters) {
  for (std::size_t i = 0; i < in_flight; ++i) {
    callers_.push_back(std::make_unique<Caller>());
  }
}

Volley::~Volley() = default;

void Volley::send(std::span<const Request> requests) {
  const std::size_t callers = std::min(callers_.size(), requests.size());
  requests_ = requests;
  next_ = 0;
  {
    const std::lock_guard lock{mutex_};
    asking_ = callers;
  }
  for (std::size_t i = 0; i < callers; ++i) {
    ask_next(*callers_[i]);
  }
  std::unique_lock lock{mutex_};
  all_answered_.wait(lock, [this] { return asking_ == 0; });
}

void Volley::ask_next(Caller& caller) {
  const std::size_t index = next_.fetch_add(1);
  if (index >= requests_.size()) {
    // Told under the lock: after it, `send` may return and all of this be gone.
    const std::lock_guard lock{mutex_};
    if (--asking_ == 0) {
      all_answered_.notify_one();
    }
    return;
  }
  const Request& request = requests_[index];
  const std::array<Charge, 2> charges{
      {{meters_.requests, Amount{1}}, {meters_.tokens, request.tokens}}};
  const auto asked = std::chrono::steady_clock::now();
  client_.check_async(Check{tenants_[request.tenant.raw()].id, charges},
                      [this, &caller, &request, asked](const client::Answer& answer) {
                        caller.latencies.record(std::chrono::steady_clock::now() - asked);
                        caller.books.enter(request.tenant, request.tokens, answer);
                        ask_next(caller);
                      });
}

Books Volley::take_books() {
  Books all;
  for (const auto& caller : callers_) {
    all.merge(std::exchange(caller->books, Books{}));
  }
  return all;
}

bench::Histogram Volley::take_latencies() {
  bench::Histogram all;
  for (const auto& caller : callers_) {
    all.merge(caller->latencies);
    caller->latencies = bench::Histogram{};
  }
  return all;
}

}  // namespace sluice::demo
