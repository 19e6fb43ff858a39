// SPDX-License-Identifier: Apache-2.0
#include "tests/system/dealings.hpp"

#include <algorithm>
#include <chrono>

#include "tests/support/patience.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {

namespace {

constexpr std::uint64_t amount_max = 5;
constexpr std::uint64_t estimate_max = 20;
constexpr std::uint64_t slice_max = 60;
constexpr std::size_t latest_kept = 20;
constexpr Duration longer_than_any_test = std::chrono::hours{1};

std::uint64_t up_to(std::uint64_t most, std::mt19937_64& random) {
  return 1 + random() % most;
}

template <class T>
void keep_latest(std::deque<T>& kept, T one) {
  kept.push_back(std::move(one));
  if (kept.size() > latest_kept) {
    kept.pop_front();
  }
}

}  // namespace

client::Answer Dealing::send(client::Client& client, const Wish& wish) const {
  const Charge charge{api_requests, Amount{wish.amount}};
  const Label label{"user", account_.user};
  Check check{account_.tenant, {&charge, 1}, wish.mode, wish.id};
  const bool begins = wish.mode == Mode::normal || wish.mode == Mode::reserve;
  if ((begins || wish.mode == Mode::lease) && !account_.user.empty()) {
    check.labels = {&label, 1};
  }
  if (wish.mode == Mode::cancel) {
    check.charges = {};
  }
  if (wish.mode == Mode::reserve || wish.mode == Mode::extend || wish.mode == Mode::lease) {
    check.ttl = longer_than_any_test;
  }
  check.want = Amount{wish.want};
  return client.check(check);
}

void Dealing::expect(bool promise, const char* what, const Wish& wish, const Decision& decision) {
  if (!promise) {
    problems_.push_back(std::string{what} + ": mode " +
                        std::to_string(static_cast<int>(wish.mode)) + " of " +
                        std::to_string(wish.amount) + " was " + to_string(decision.outcome));
  }
}

bool Spending::ask(client::Client& client, std::mt19937_64& random) {
  const Wish wish{.amount = up_to(amount_max, random)};
  const client::Answer answer = send(client, wish);
  if (answer.by_policy) {
    used_.most += wish.amount;
    return false;
  }
  const Outcome outcome = answer.decision.outcome;
  expect(outcome == Outcome::allowed || outcome == Outcome::denied, "a check is allowed or denied",
         wish, answer.decision);
  if (outcome == Outcome::allowed) {
    used_.add({wish.amount, wish.amount});
    admitted_ += wish.amount;
  } else {
    ++refused_;
  }
  return true;
}

bool SpendingOnce::ask(client::Client& client, std::mt19937_64& random) {
  if (!open_) {
    open_ = Wish{.amount = up_to(amount_max, random), .id = fresh_id()};
  }
  return ask_open(client);
}

bool SpendingOnce::ask_open(client::Client& client) {
  const client::Answer answer = send(client, *open_);
  if (answer.by_policy) {
    return false;
  }
  const Outcome outcome = answer.decision.outcome;
  expect(outcome == Outcome::allowed || outcome == Outcome::denied, "a check is allowed or denied",
         *open_, answer.decision);
  if (outcome == Outcome::allowed) {
    used_ += open_->amount;
    admitted_ += open_->amount;
  } else {
    ++refused_;
  }
  keep_latest(answered_, {*open_, outcome});
  open_.reset();
  return true;
}

void SpendingOnce::ask_again(client::Client& client) {
  while (open_ && !ask_open(client)) {
  }
  for (const Answered& before : answered_) {
    const Decision now = send(client, before.wish).decision;
    expect(now.repeated && now.outcome == before.outcome, "what was decided is told again",
           before.wish, now);
  }
}

MayHave SpendingOnce::may_have() const {
  return {{used_, used_ + (open_ ? open_->amount : 0)}, {}};
}

bool Reserving::ask(client::Client& client, std::mt19937_64& random) {
  if (!open_) {
    open_ = next(random);
  }
  return ask_open(client);
}

Dealing::Wish Reserving::next(std::mt19937_64& random) {
  if (reservation_ == EntryId{}) {
    return {Mode::reserve, up_to(estimate_max, random), fresh_id()};
  }
  switch (random() % 4) {
    case 0:
      return {Mode::extend, random() % (held_ + 1), reservation_};
    case 1:
      return {Mode::cancel, 0, reservation_};
    default:
      return {Mode::commit, random() % (held_ + 1), reservation_};
  }
}

bool Reserving::ask_open(client::Client& client) {
  const client::Answer answer = send(client, *open_);
  if (answer.by_policy) {
    return false;
  }
  told(*std::exchange(open_, std::nullopt), answer.decision);
  return true;
}

void Reserving::told(const Wish& wish, const Decision& decision) {
  const bool allowed = decision.outcome == Outcome::allowed;
  if (wish.mode == Mode::reserve) {
    expect(allowed || decision.outcome == Outcome::denied, "a reservation is made or denied", wish,
           decision);
    refused_ += allowed ? 0 : 1;
    reservation_ = allowed ? wish.id : EntryId{};
    held_ = allowed ? wish.amount : 0;
    return;
  }
  expect(allowed, "a reservation that was made is there", wish, decision);
  if (wish.mode == Mode::extend) {
    return;
  }
  used_ += wish.amount;
  admitted_ += wish.amount;
  held_ = 0;
  reservation_ = {};
  keep_latest(settled_, wish);
}

void Reserving::ask_again(client::Client& client) {
  while (open_ && !ask_open(client)) {
  }
  for (const Wish& before : settled_) {
    const Decision now = send(client, before).decision;
    expect(now.repeated && now.outcome == Outcome::allowed, "what was settled is told again",
           before, now);
  }
}

MayHave Reserving::may_have() const {
  MayHave may{{used_, used_}, {held_, held_}};
  if (open_ && open_->mode == Mode::reserve) {
    may.held.most = open_->amount;
  } else if (open_ && open_->mode != Mode::extend) {
    may.used.most += open_->amount;
    may.held.least = 0;
  }
  return may;
}

bool Leasing::ask(client::Client& client, std::mt19937_64& random) {
  if (!open_) {
    open_ = next(random);
  }
  return ask_open(client);
}

// One unit stays out until the end: a lease of which nothing is left may be over by itself.
Dealing::Wish Leasing::next(std::mt19937_64& random) {
  if (lease_ == EntryId{}) {
    return {Mode::lease, 0, fresh_id(), up_to(slice_max, random)};
  }
  if (random() % 8 == 0) {
    return {Mode::cancel, reported_, lease_};  // As if nothing was spent since.
  }
  const std::uint64_t spends = random() % std::max<std::uint64_t>(out_, 1);
  admitted_ += spends;
  const bool ends = random() % 3 == 0;
  return {ends ? Mode::commit : Mode::lease, reported_ + spends, lease_,
          ends ? 0 : up_to(slice_max, random)};
}

bool Leasing::ask_open(client::Client& client) {
  const client::Answer answer = send(client, *open_);
  if (answer.by_policy) {
    return false;
  }
  told(*std::exchange(open_, std::nullopt), answer.decision);
  return true;
}

void Leasing::told(const Wish& wish, const Decision& decision) {
  const bool allowed = decision.outcome == Outcome::allowed;
  if (lease_ == EntryId{}) {
    expect(allowed || decision.outcome == Outcome::denied, "a lease is begun or denied", wish,
           decision);
    refused_ += allowed ? 0 : 1;
    lease_ = allowed ? wish.id : EntryId{};
    out_ = allowed ? decision.granted.raw() : 0;
    return;
  }
  expect(allowed, "a lease that was begun is there", wish, decision);
  used_ += wish.amount - reported_;
  reported_ = wish.amount;
  out_ = decision.granted.raw();
  if (wish.mode != Mode::lease) {
    lease_ = {};
    out_ = reported_ = 0;
  }
}

void Leasing::ask_again(client::Client& client) {
  while (open_ && !ask_open(client)) {
  }
}

MayHave Leasing::may_have() const {
  MayHave may{{used_, used_}, {out_, out_}};
  if (!open_) {
    return may;
  }
  const std::uint64_t more = open_->amount - reported_;
  may.used.most += more;
  may.held.least = open_->mode == Mode::lease ? out_ - std::min(out_, more) : 0;
  may.held.most = std::max(out_, open_->want);
  return may;
}

Callers::Callers(std::unique_ptr<client::Client> client, std::vector<Dealings>& callers,
                 std::uint64_t seed)
    : client_(std::move(client)) {
  for (Dealings& dealings : callers) {
    threads_.emplace_back([this, &dealings, own = seed++] { deal(dealings, own); });
  }
}

void Callers::deal(Dealings& dealings, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  while (!stopping_) {
    answered_ += dealings[random() % dealings.size()]->ask(*client_, random) ? 1U : 0U;
  }
}

bool Callers::are_answered(std::uint64_t more) const {
  return wait_until([this, goal = answered_ + more] { return answered_ >= goal; });
}

void Callers::stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

}  // namespace sluice::test
