// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/leases.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "protocol/client/slice.hpp"

namespace sluice::client {

namespace {

using std::chrono::nanoseconds;

nanoseconds steady_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::uint64_t mixed(TenantId tenant, MeterId meter) {
  std::uint64_t hash = (tenant.high ^ (tenant.low << 1 | tenant.low >> 63)) + meter.raw();
  hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15U;
  return hash ^ hash >> 29;
}

}  // namespace

class Leases::Impl {
public:
  Impl(Client& client, const LeaseOptions& options)
      : client_(client),
        options_(options),
        bounds_{options.slice_min, options.slice_max, options.ttl} {
    std::size_t places = 16;
    while (places < 2 * options.leases_max) {
      places *= 2;
    }
    table_ = std::vector<std::atomic<Slice*>>(places);
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
    Slice* const slice = find(tenant, meter);
    if (slice == nullptr) {
      return false;
    }
    const nanoseconds now = steady_now();
    const Slice::Taken taken = slice->take(now, amount);
    if (taken.runs_low && slice->try_begin_to_ask(now)) {
      ask(*slice, now, amount);
    }
    return taken.all;
  }

  [[nodiscard]] LeaseFigures figures() const {
    LeaseFigures figures{0, renewals_, refusals_};
    const nanoseconds now = steady_now();
    const std::scoped_lock lock{mutex_};
    for (const auto& slice : slices_) {
      figures.leases += slice->has_some(now) ? 1U : 0U;
    }
    return figures;
  }

  Client& client() { return client_; }

private:
  Slice* find(TenantId tenant, MeterId meter) {
    std::size_t place = mixed(tenant, meter) & (table_.size() - 1);
    while (Slice* const slice = table_[place].load(std::memory_order_acquire)) {
      if (slice->tenant == tenant && slice->meter == meter) {
        return slice;
      }
      place = (place + 1) & (table_.size() - 1);
    }
    return make(tenant, meter);
  }

  Slice* make(TenantId tenant, MeterId meter) {
    const std::scoped_lock lock{mutex_};
    std::size_t place = mixed(tenant, meter) & (table_.size() - 1);
    while (Slice* const slice = table_[place].load(std::memory_order_acquire)) {
      if (slice->tenant == tenant && slice->meter == meter) {
        return slice;
      }
      place = (place + 1) & (table_.size() - 1);
    }
    if (slices_.size() == options_.leases_max) {
      return nullptr;
    }
    slices_.push_back(std::make_unique<Slice>(tenant, meter, bounds_));
    table_[place].store(slices_.back().get(), std::memory_order_release);
    return slices_.back().get();
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
    while (!changed_.wait_for(lock, options_.ttl / Slice::rounds, [this] { return stopping_; })) {
      const std::size_t count = slices_.size();
      for (std::size_t i = 0; i < count && !stopping_; ++i) {
        Slice& slice = *slices_[i];
        lock.unlock();
        if (slice.try_begin()) {
          look_after(slice);
        }
        lock.lock();
      }
    }
  }

  /// By whoever made the slice busy.
  void look_after(Slice& slice) {
    if (!slice.is_leased()) {
      slice.end();
    } else if (slice.is_idle()) {
      give_back(slice);
    } else {
      ask(slice, steady_now(), 0);
    }
  }

  void give_all_back() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return under_way_ == 0; });
    std::vector<Charge> charges;
    charges.reserve(slices_.size());
    std::vector<Check> checks;
    for (const auto& slice : slices_) {
      if (const auto rest = slice->take_rest()) {
        charges.push_back({slice->meter, Amount{rest->spent}});
        checks.push_back({slice->tenant, {&charges.back(), 1}, Mode::commit, rest->id});
      }
    }
    lock.unlock();
    (void)client_.check(checks);
  }

  EntryId new_id() {
    const std::scoped_lock lock{mutex_};
    return EntryId{random_() & ~std::uint64_t{1}, random_() | 1U};
  }

  Client& client_;
  const LeaseOptions options_;
  const SliceBounds bounds_;
  std::vector<std::atomic<Slice*>> table_;  ///< Open addressing; grows by filling only.
  std::atomic<std::uint64_t> renewals_{0};
  std::atomic<std::uint64_t> refusals_{0};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Slice>> slices_;
  std::size_t under_way_ = 0;
  bool stopping_ = false;
  std::mt19937_64 random_{std::random_device{}()};
  std::thread thread_;
};

namespace {

bool may_be_leased(const Check& check) {
  return check.mode == Mode::normal && check.charges.size() == 1 && check.id == EntryId{} &&
         check.labels.empty() && !check.explain && check.charges.front().amount > Amount{};
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
