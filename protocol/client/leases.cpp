// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/leases.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::client {

namespace {

using std::chrono::nanoseconds;

/// Clocks drift and answers take time: a slice is spent for so much of its time only.
constexpr std::int64_t good_percent = 90;
/// Looks after every slice so many times in the time of a lease.
constexpr std::int64_t rounds = 4;
/// Rounds without a check until a slice is given back.
constexpr unsigned idle_rounds = 2;

std::int64_t steady_ns() {
  return nanoseconds{std::chrono::steady_clock::now().time_since_epoch()}.count();
}

std::uint64_t mixed(TenantId tenant, MeterId meter) {
  std::uint64_t hash = (tenant.high ^ (tenant.low << 1 | tenant.low >> 63)) + meter.raw();
  hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15U;
  return hash ^ hash >> 29;
}

/// The slice of one tenant's meter.
struct Slice {
  Slice(TenantId of, MeterId on) : tenant(of), meter(on) {}

  const TenantId tenant;
  const MeterId meter;
  std::atomic<std::uint64_t> remaining{0};
  std::atomic<std::uint64_t> low_mark{0};  ///< Below it, more is asked for.
  std::atomic<std::int64_t> good_until{0};
  std::atomic<std::int64_t> ask_after{0};
  /// Somebody asks the server, and alone may touch what follows.
  std::atomic<bool> busy{false};
  EntryId id{};
  std::uint64_t allowed = 0;   ///< In all, since the lease began.
  std::uint64_t reported = 0;  ///< Of that, what the server knows to be spent.
  std::uint64_t seen = 0;      ///< What was spent at the last round.
  unsigned idle = 0;

  [[nodiscard]] std::uint64_t spent() const noexcept {
    return allowed - remaining.load(std::memory_order_acquire);
  }
  /// Without a lease; the next one has another id.
  void reset() {
    good_until = 0;
    remaining = 0;
    id = {};
    allowed = reported = seen = 0;
    idle = 0;
  }
};

}  // namespace

class Leases::Impl {
public:
  Impl(Client& client, const LeaseOptions& options)
      : client_(client), options_(options), ttl_ns_(nanoseconds{options.ttl}.count()) {
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
    const std::int64_t now = steady_ns();
    if (now < slice->good_until.load(std::memory_order_acquire)) {
      std::uint64_t left = slice->remaining.load(std::memory_order_relaxed);
      while (left >= amount) {
        if (slice->remaining.compare_exchange_weak(left, left - amount,
                                                   std::memory_order_acq_rel)) {
          if (left - amount < slice->low_mark.load(std::memory_order_relaxed)) {
            ask_unless_busy(*slice, now, amount);
          }
          return true;
        }
      }
    }
    ask_unless_busy(*slice, now, amount);
    return false;
  }

  [[nodiscard]] LeaseFigures figures() const {
    LeaseFigures figures{0, renewals_, refusals_};
    const std::int64_t now = steady_ns();
    const std::scoped_lock lock{mutex_};
    for (const auto& slice : slices_) {
      figures.leases += slice->remaining > 0 && now < slice->good_until ? 1U : 0U;
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
    slices_.push_back(std::make_unique<Slice>(tenant, meter));
    table_[place].store(slices_.back().get(), std::memory_order_release);
    return slices_.back().get();
  }

  void ask_unless_busy(Slice& slice, std::int64_t now, std::uint64_t amount) {
    if (now < slice.ask_after.load(std::memory_order_relaxed) ||
        slice.busy.load(std::memory_order_relaxed) || slice.busy.exchange(true)) {
      return;
    }
    ask(slice, now, amount);
  }

  /// By whoever made the slice busy.
  void ask(Slice& slice, std::int64_t now, std::uint64_t amount) {
    if (slice.id == EntryId{}) {
      slice.id = new_id();
    }
    if (now >= slice.good_until.load(std::memory_order_acquire)) {
      // The server may have ended it and forgotten that: nothing is spent of it until the answer
      // says how much is out.
      slice.allowed = take_rest(slice);
    }
    const std::uint64_t spent = slice.spent();
    const std::uint64_t demand = std::max(2 * (spent - slice.reported), amount);
    const Charge charge{slice.meter, Amount{spent}};
    Check check{slice.tenant, {&charge, 1}, Mode::lease, slice.id, Duration{ttl_ns_}};
    check.want = std::clamp(Amount{demand}, options_.slice_min, options_.slice_max);
    send(check, [this, &slice, spent, now](const Answer& answer) {
      const Outcome outcome = answer.decision.outcome;
      if (outcome == Outcome::suspended || outcome == Outcome::deactivated) {
        ++refusals_;
        slice.ask_after = now + ttl_ns_ / rounds;
        give_back(slice);  // The server has not ended it, so more may have been spent meanwhile.
        return;
      }
      learn(slice, answer, spent, now);
      slice.busy = false;
    });
  }

  /// Settles it at what was spent. By whoever made the slice busy.
  void give_back(Slice& slice) {
    const Charge charge{slice.meter, Amount{take_rest(slice)}};
    send(Check{slice.tenant, {&charge, 1}, Mode::commit, slice.id}, [&slice](const Answer&) {
      slice.reset();
      slice.busy = false;
    });
  }

  void learn(Slice& slice, const Answer& answer, std::uint64_t spent, std::int64_t asked_at) {
    const Decision& decision = answer.decision;
    if (decision.outcome == Outcome::unavailable) {
      slice.ask_after = asked_at + ttl_ns_ / (4 * rounds);  // What is out stays good for its time.
      return;
    }
    if (decision.outcome != Outcome::allowed) {
      ++refusals_;
      slice.reset();
      slice.ask_after = asked_at + ttl_ns_ / rounds;
      return;
    }
    ++renewals_;
    const std::uint64_t allowed = std::max(slice.allowed, spent + decision.granted.raw());
    const std::uint64_t more = allowed - slice.allowed;
    slice.allowed = allowed;
    slice.reported = spent;
    slice.low_mark = decision.granted.raw() / 2;
    slice.good_until = asked_at + ttl_ns_ / 100 * good_percent;
    slice.remaining.fetch_add(more, std::memory_order_acq_rel);
    // Nothing more to be had: not again with every check.
    slice.ask_after = asked_at + (more == 0 ? ttl_ns_ / rounds : 0);
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
    while (!changed_.wait_for(lock, options_.ttl / rounds, [this] { return stopping_; })) {
      const std::size_t count = slices_.size();
      for (std::size_t i = 0; i < count && !stopping_; ++i) {
        Slice& slice = *slices_[i];
        lock.unlock();
        if (!slice.busy.exchange(true)) {
          look_after(slice);
        }
        lock.lock();
      }
    }
  }

  /// By whoever made the slice busy.
  void look_after(Slice& slice) {
    const std::uint64_t spent = slice.spent();
    slice.idle = spent == std::exchange(slice.seen, spent) ? slice.idle + 1 : 0;
    if (slice.id == EntryId{}) {
      slice.busy = false;
    } else if (slice.idle >= idle_rounds) {
      give_back(slice);
    } else {
      ask(slice, steady_ns(), 0);
    }
  }

  /// Nobody can spend anything of it any more. How much was spent in all.
  static std::uint64_t take_rest(Slice& slice) {
    return slice.allowed - slice.remaining.exchange(0, std::memory_order_acq_rel);
  }

  void give_all_back() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return under_way_ == 0; });
    std::vector<Charge> charges;
    charges.reserve(slices_.size());
    std::vector<Check> checks;
    for (const auto& slice : slices_) {
      if (slice->id != EntryId{}) {
        charges.push_back({slice->meter, Amount{take_rest(*slice)}});
        checks.push_back({slice->tenant, {&charges.back(), 1}, Mode::commit, slice->id});
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
  const std::int64_t ttl_ns_;
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
