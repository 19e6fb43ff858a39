// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "protocol/client/client_impl.hpp"
#include "protocol/transport/thread_role.hpp"

namespace sluice::client {

namespace {

/// The longest sleep; nothing depends on it.
constexpr std::chrono::seconds sleep_max{1};

/// The client whose loop this thread drives.
thread_local const void* driven_client = nullptr;

/// Marks this thread as the driver, for as long as it is.
class Driving {
public:
  explicit Driving(const void* client) : before_(std::exchange(driven_client, client)) {}
  ~Driving() { driven_client = before_; }
  Driving(const Driving&) = delete;
  Driving& operator=(const Driving&) = delete;

private:
  const void* const before_;
};

}  // namespace

Client::Impl::Impl(ClientOptions options, Introduction introduction)
    : options_(std::move(options)),
      introduction_(std::move(introduction)),
      helm_(loop_),
      delivery_(options_.failure_policy, &resources_) {
  router_.emplace(loop_, options_, introduction_, delivery_, [this](const Session& session) {
    const std::lock_guard lock(meters_mutex_);
    meters_ = session.meters;
  });
  // What callbacks ask, and what others handed over meanwhile, leaves with the turn.
  loop_.at_end_of_turn([this] {
    helm_.fetch(fetched_);
    router_->submit(fetched_);
    router_->flush(now_);
  });
}

Client::Impl::~Impl() {
  helm_.close();
  if (background_.joinable()) {
    background_.join();
  }
}

bool Client::Impl::driven_here() const {
  return driven_client == this;
}

Result<Done> Client::Impl::open() {
  std::promise<Result<Done>> opened;
  auto answer = opened.get_future();
  background_ = std::thread([this, &opened] { run(opened); });
  return answer.get();
}

void Client::Impl::run(std::promise<Result<Done>>& opened) {
  name_this_thread("sluice-client");
  run_soon_after_waking();  // Answers wait for it.
  const auto connected = connect();
  if (!connected.ok()) {
    shut_down();
    return opened.set_value(connected.fault());
  }
  opened.set_value(connected);
  do {
    drive(nullptr);
  } while (helm_.leave_and_await(router_->due()));
  shut_down();
}

Result<Done> Client::Impl::connect() {
  const Driving driving(this);
  const Loop::Scope scope(loop_);
  now_ = Steady::now();
  router_->tick(now_);
  while (!router_->settled() && !router_->front().fault()) {
    turn(std::min<Steady::duration>(router_->due() - now_, sleep_max));
  }
  if (!router_->front().up()) {
    return router_->front().fault().value();
  }
  return Done{};
}

void Client::Impl::drive(Group* own) {
  const Driving driving(this);
  const Loop::Scope scope(loop_);
  now_ = Steady::now();
  auto spin_until = now_ + options_.spin_max;
  do {
    if (helm_.crowded()) {
      // They may have something to ask, which can go with the next call; or they sit and wait for
      // the processor that this thread would only look for answers with.
      std::this_thread::yield();
    }
    if (turn({})) {
      spin_until = now_ + options_.spin_max;
    } else if (now_ >= spin_until && helm_.fall_asleep()) {
      turn(std::min<Steady::duration>(router_->due() - now_, sleep_max));
      helm_.wake_up();
    }
  } while (!helm_.closing() &&
           (own != nullptr ? !answered(*own) : !helm_.idle() || router_->dialling()));
}

bool Client::Impl::turn(Steady::duration sleep) {
  helm_.fetch(fetched_);
  router_->submit(fetched_);
  router_->flush(now_);
  bool busy = loop_.turn({}, sleep);
  now_ = Steady::now();
  if (now_ >= router_->due()) {
    router_->tick(now_);
    busy = true;
  }
  helm_.settle(delivery_.finished());
  return busy;
}

void Client::Impl::shut_down() {
  const Driving driving(this);
  const Loop::Scope scope(loop_);
  do {
    helm_.fetch(fetched_);
    router_->submit(fetched_);
    router_->close();
    helm_.settle(delivery_.finished());
  } while (!helm_.idle());
  router_.reset();
}

}  // namespace sluice::client
