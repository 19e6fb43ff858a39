// SPDX-License-Identifier: Apache-2.0
#include "tests/support/spenders.hpp"

#include <random>
#include <utility>

#include "actors/tenant/check.hpp"
#include "tests/support/patience.hpp"

namespace sluice::test {

namespace {

constexpr std::uint64_t amount_max = 5;
constexpr MeterId meter{1};

}  // namespace

Spenders::Spenders(std::unique_ptr<client::Client> client, std::vector<TenantId> tenants, Load load)
    : client_(std::move(client)), tenants_(std::move(tenants)), books_(tenants_.size()) {
  for (int i = 0; i < load.callers; ++i) {
    callers_.emplace_back(
        [this, seed = load.seed * 1000 + static_cast<std::uint64_t>(i)] { spend(seed); });
  }
}

Spenders::~Spenders() {
  static_cast<void>(stop());
}

void Spenders::spend(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  while (!stopping_) {
    const std::size_t tenant = random() % tenants_.size();
    const std::uint64_t amount = 1 + random() % amount_max;
    const Charge charge{meter, Amount{amount}};
    const client::Answer answer = client_->check(Check{tenants_[tenant], {&charge, 1}});
    if (answer.by_policy) {
      books_[tenant].unknown += amount;
      ++unknown_;
    } else if (answer.decision.outcome == Outcome::allowed) {
      books_[tenant].acknowledged += amount;
      ++allowed_;
    } else {
      ++unavailable_;
    }
  }
}

bool Spenders::allow(std::uint64_t more) const {
  return wait_until([this, goal = allowed_ + more] { return allowed_ >= goal; });
}

bool Spenders::see_a_refusal() const {
  return wait_until([this, before = unavailable_.load()] { return unavailable_ > before; });
}

const std::vector<Told>& Spenders::stop() {
  stopping_ = true;
  for (std::thread& caller : callers_) {
    caller.join();
  }
  callers_.clear();
  if (told_.empty()) {
    for (const Books& books : books_) {
      told_.push_back({books.acknowledged, books.unknown});
    }
  }
  return told_;
}

}  // namespace sluice::test
