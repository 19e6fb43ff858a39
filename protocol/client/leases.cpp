// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/leases.hpp"

#include <time.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "protocol/client/slice.hpp"
#include "protocol/client/slice_table.hpp"

namespace sluice::client {

namespace {

using std::chrono::nanoseconds;

nanoseconds steady_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

nanoseconds nanoseconds_of(const timespec& time) {
  return std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec};
}

/// Says what time it is at the latest. To read the time exactly costs as much as all the rest of a
/// check; what the clock showed at the kernel's last tick costs a third of that, and with one tick
/// more it is never behind. Leases of few ticks are timed exactly.
class LatestTime {
public:
  explicit LatestTime(nanoseconds ttl) {
    constexpr int exact_ticks = 100;
    timespec tick{};
    const bool is_known = clock_getres(CLOCK_MONOTONIC_COARSE, &tick) == 0;
    tick_ = nanoseconds_of(tick);
    is_coarse_ = is_known && exact_ticks * tick_ <= ttl;
  }
  [[nodiscard]] nanoseconds now() const {
    if (!is_coarse_) {
      return steady_now();
    }
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    return nanoseconds_of(time) + tick_;
  }

private:
  nanoseconds tick_{};
  bool is_coarse_ = false;
};

}  // namespace

class Leases::Impl {
public:
  Impl(Client& client, const LeaseOptions& options)
      : client_(client),
        options_(options),
        bounds_{options.slice_min, options.slice_max, options.ttl},
        latest_(options.ttl),
        table_(options.leases_max, bounds_) {
    thread_ = std::thread{[this] { look_after(); }};
  }

  ~Impl() {
    {
      const std::scoped_lock lock{mutex_};
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
    give_all_back();
  }

  bool take(TenantId tenant, MeterId meter, std::uint64_t amount) {
    const auto reading = table_.read();
    const nanoseconds now = latest_.now();
    Slice* const slice = table_.find(tenant, meter, now);
    if (slice == nullptr) {
      return false;
    }
    const Slice::Taken taken = slice->take(now, amount);
    if (taken.runs_low) [[unlikely]] {
      ask_if_due(*slice, amount);
    }
    return taken.all;
  }

  [[nodiscard]] LeaseFigures figures() const {
    LeaseFigures figures{0, renewals_, refusals_};
    const nanoseconds now = steady_now();
    table_.each([&](const Slice& slice) { figures.leases += slice.has_some(now) ? 1U : 0U; });
    return figures;
  }

  Client& client() { return client_; }

private:
  void ask_if_due(Slice& slice, std::uint64_t amount) {
    slice.note_asked();
    if (slice.is_busy()) {
      return;  // Without a look at the clock, which costs more than all before.
    }
    const nanoseconds now = steady_now();  // The time of a lease counts from here.
    if (slice.try_begin_to_ask(now)) {
      ask(slice, now, amount);
    }
  }

  /// By whoever made the slice busy.
  void ask(Slice& slice, nanoseconds now, std::uint64_t amount) {
    const Slice::Wish wish = slice.wish(now, amount, slice.is_leased() ? EntryId{} : new_id());
    const Charge charge{slice.meter, Amount{wish.spent}};
    Check check{slice.tenant, {&charge, 1}, Mode::lease, wish.id, bounds_.ttl};
    check.want = wish.want;
    send(check, [this, &slice, wish](const Answer& answer) {
      const Slice::Learned learned = slice.learn(answer.decision, wish);
      renewals_ += learned == Slice::Learned::more ? 1U : 0U;
      refusals_ +=
          learned == Slice::Learned::refused || learned == Slice::Learned::to_end ? 1U : 0U;
      learned == Slice::Learned::to_end ? give_back(slice) : slice.end();
    });
  }

  /// Settles it at what was spent. By whoever made the slice busy.
  void give_back(Slice& slice) {
    const auto rest = slice.take_rest();
    const Charge charge{slice.meter, Amount{rest->spent}};
    send(Check{slice.tenant, {&charge, 1}, Mode::commit, rest->id}, [&slice](const Answer&) {
      slice.reset();
      slice.end();
    });
  }

  void send(const Check& check, Client::Callback done) {
    {
      const std::scoped_lock lock{mutex_};
      ++under_way_;
    }
    client_.check_async(check, [this, done = std::move(done)](const Answer& answer) {
      done(answer);
      const std::scoped_lock lock{mutex_};
      --under_way_;
      changed_.notify_all();
    });
  }

  /// Renews what is in use, and gives back what is not.
  void look_after() {
    std::unique_lock lock{mutex_};
    while (
        !changed_.wait_for(lock, options_.ttl / Slice::rounds, [this] { return is_stopping(); })) {
      lock.unlock();
      table_.each_round([this](Slice& slice) { return !is_stopping() && is_over(slice); });
      lock.lock();
    }
  }

  /// Looks after a slice. Whether nobody needs it any more: then it stays busy.
  bool is_over(Slice& slice) {
    if (!slice.try_begin()) {
      return false;
    }
    if (slice.is_leased()) {
      slice.is_idle() ? give_back(slice) : ask(slice, steady_now(), 0);
      return false;
    }
    if (slice.is_forgotten()) {
      return true;
    }
    slice.end();
    return false;
  }

  [[nodiscard]] bool is_stopping() const { return stopping_; }

  void give_all_back() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return under_way_ == 0; });
    lock.unlock();
    std::deque<Charge> charges;
    std::vector<Check> checks;
    table_.each([&](Slice& slice) {
      if (const auto rest = slice.take_rest()) {
        const Charge& charge = charges.emplace_back(Charge{slice.meter, Amount{rest->spent}});
        checks.push_back({slice.tenant, {&charge, 1}, Mode::commit, rest->id});
      }
    });
    (void)client_.check(checks);
  }

  EntryId new_id() {
    const std::scoped_lock lock{mutex_};
    return EntryId{random_() & ~std::uint64_t{1}, random_() | 1U};
  }

  Client& client_;
  const LeaseOptions options_;
  const SliceBounds bounds_;
  const LatestTime latest_;
  SliceTable table_;
  std::atomic<std::uint64_t> renewals_{0};
  std::atomic<std::uint64_t> refusals_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  std::atomic<bool> stopping_{false};
  std::mt19937_64 random_{std::random_device{}()};
  std::thread thread_;
};

namespace {

bool may_be_leased(const Check& check) {
  return check.mode == Mode::normal && check.charges.size() == 1 && check.id == EntryId{} &&
         check.labels.empty() && check.shared == nullptr && !check.explain &&
         check.charges.front().amount > Amount{};
}

Answer from_lease() {
  Answer answer;
  answer.by_lease = true;
  answer.decision.outcome = Outcome::allowed;
  return answer;
}

}  // namespace

Leases::Leases(Client& client, const LeaseOptions& options)
    : impl_(std::make_unique<Impl>(client, options)) {}

Leases::~Leases() = default;

Answer Leases::check(const Check& check) {
  if (may_be_leased(check) &&
      take(check.tenant, check.charges.front().meter, check.charges.front().amount)) {
    return from_lease();
  }
  return impl_->client().check(check);
}

void Leases::check_async(const Check& check, Client::Callback done) {
  if (may_be_leased(check) &&
      take(check.tenant, check.charges.front().meter, check.charges.front().amount)) {
    return done(from_lease());
  }
  impl_->client().check_async(check, std::move(done));
}

bool Leases::take(TenantId tenant, MeterId meter, Amount amount) {
  return impl_->take(tenant, meter, amount.raw());
}

LeaseFigures Leases::figures() const {
  return impl_->figures();
}

}  // namespace sluice::client
