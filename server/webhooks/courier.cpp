// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/courier.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include "server/webhooks/event.hpp"
#include "server/webhooks/plans.hpp"

namespace sluice::webhooks {

namespace {

namespace asio = boost::asio;

/// New alerts that one poll plans.
constexpr std::size_t planned_per_poll_max = 1'024;

/// What tells a delivery from others.
using Key = std::tuple<AlertId, WebhookOwner, std::string>;
Key key_of(const Delivery& delivery) {
  return {delivery.alert, delivery.owner, delivery.url};
}

}  // namespace

class Courier::Impl {
public:
  Impl(CourierOptions options, std::unique_ptr<Store> store, Epoch epoch, const Clock& clock,
       Observer& observer)
      : options_(std::move(options)),
        store_(std::move(store)),
        epoch_(epoch),
        clock_(clock),
        observer_(observer),
        tls_(asio::ssl::context::tls_client),
        lookups_(loop_, options_.lookup),
        timer_(loop_),
        random_(std::random_device{}()) {}

  Result<Done> start() {
    boost::system::error_code error;
    tls_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                     asio::ssl::context::no_tlsv1_1);
    tls_.set_default_verify_paths(error);
    if (!options_.ca_file.empty()) {
      tls_.load_verify_file(options_.ca_file, error);
      if (error) {
        return Fault{FaultCode::invalid_argument,
                     "webhook-ca: " + options_.ca_file + " cannot be read: " + error.message()};
      }
    }
    asio::post(loop_, [this] { poll(); });
    thread_ = std::thread([this] { loop_.run(); });
    return Done{};
  }

  void stop() {
    if (thread_.joinable()) {
      loop_.stop();
      thread_.join();
    }
  }

private:
  void poll() {
    settle();
    if (!fenced_) {
      plan();
      send_due();
    }
    timer_.expires_after(options_.poll);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) {
        poll();
      }
    });
  }

  void plan() {
    const PlannedAlerts planned =
        plan_alerts(*store_, options_.platform, clock_.now().wall, planned_per_poll_max, epoch_);
    for (const Alert& alert : planned.alerts) {
      observer_.alert_raised(alert);
    }
    if (!planned.outcome.ok()) {
      failed("plan_deliveries", planned.outcome.fault());
    }
  }

  // Goes around the queues, on from where it was last, until there is room for no more: so each is
  // come to, however many there are and whatever waits in them.
  void send_due() {
    const TenantId first = next_queue_;
    if (send_due({first, TenantId{}}) && first != TenantId{}) {
      send_due({TenantId{}, first});
    }
  }

  struct Queues {
    TenantId from;
    TenantId to;  ///< Not this one; nil: to the last.
  };
  /// Whether there may be room for more, behind these queues.
  bool send_due(Queues queues) {
    DueDeliveryQuery query{.by = clock_.now().wall,
                           .from = queues.from,
                           .per_queue_max = options_.in_flight_per_queue_max};
    while (has_room()) {
      const auto due = store_->due_deliveries(query);
      if (!due.ok()) {
        failed("due_deliveries", due.fault());
        return false;
      }
      std::size_t queues_seen = 0;
      for (const DueDelivery& one : due.value()) {
        const TenantId behind = queue_behind(queue_of(one));
        queues_seen += std::exchange(query.from, behind) != behind ? 1U : 0U;
        if (has_room() && has_room(queue_of(one)) && !in_flight_.contains(key_of(one.delivery))) {
          next_queue_ = behind;
          send(one);
        }
      }
      const bool all = queues_seen < query.queues_max || query.from == TenantId{};
      if (all || (queues.to != TenantId{} && query.from >= queues.to)) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool has_room() const { return in_flight_.size() < options_.in_flight_max; }
  [[nodiscard]] bool has_room(TenantId queue) const {
    const auto found = by_queue_.find(queue);
    return found == by_queue_.end() || found->second < options_.in_flight_per_queue_max;
  }

  void send(const DueDelivery& due) {
    in_flight_.insert(key_of(due.delivery));
    ++by_queue_[queue_of(due)];
    // Asked each time: a webhook may be gone, or have another secret.
    auto hook = find_webhook(*store_, due, options_.platform);
    if (!hook.ok()) {
      forget(due);
      return failed("customisation", hook.fault());
    }
    auto target = parse_target(due.delivery.url);
    if (!hook.value() || !target.ok()) {
      return attempted(due, {.hopeless = true,
                             .trouble = !hook.value() ? "there is no such webhook any more"
                                                      : target.fault().context});
    }
    Message message{.event = std::string{to_string(due.alert.kind)},
                    .id = to_string(due.alert.id),
                    .body = body_of(due.alert)};
    message.signature = signature_of(hook.value()->secret, clock_.now().wall, message.body);
    // In a turn of its own: a list of what is due may be being walked through.
    const auto done = [this, due](Attempt attempt) {
      asio::post(loop_, [this, due, attempt = std::move(attempt)] { concluded(due, attempt); });
    };
    post(loop_, tls_, lookups_, options_.rules, std::move(target).value(), std::move(message),
         done);
  }

  void concluded(const DueDelivery& due, const Attempt& attempt) {
    attempted(due, attempt);
    settle();
    if (!fenced_) {
      send_due();
    }
  }

  void attempted(const DueDelivery& due, const Attempt& attempt) {
    DueDelivery after{due.alert,
                      after_attempt(due.delivery, attempt, random_(), clock_.now().wall)};
    observer_.delivery_attempted(after);
    unsettled_.push_back(std::move(after));
  }

  /// What is not settled stays in flight, so that it is not sent again meanwhile.
  void settle() {
    if (unsettled_.empty() || fenced_) {
      return;
    }
    std::vector<Delivery> deliveries;
    for (const DueDelivery& one : unsettled_) {
      deliveries.push_back(one.delivery);
    }
    if (const auto settled = store_->settle_deliveries(epoch_, deliveries); !settled.ok()) {
      return failed("settle_deliveries", settled.fault());
    }
    for (const DueDelivery& one : std::exchange(unsettled_, {})) {
      forget(one);
    }
  }

  void forget(const DueDelivery& one) {
    in_flight_.erase(key_of(one.delivery));
    const auto found = by_queue_.find(queue_of(one));
    if (found != by_queue_.end() && --found->second == 0) {
      by_queue_.erase(found);
    }
  }

  /// Who owns the tenants now is known by those whose business that is.
  void failed(const char* what, const Fault& fault) {
    if (fault.code == FaultCode::fenced) {
      fenced_ = true;
    } else {
      observer_.store_failed(what, fault);
    }
  }

  CourierOptions options_;
  std::unique_ptr<Store> store_;
  Epoch epoch_;
  const Clock& clock_;
  Observer& observer_;
  asio::io_context loop_{1};
  asio::ssl::context tls_;
  Lookups lookups_;
  asio::steady_timer timer_;
  std::mt19937_64 random_;
  std::set<Key> in_flight_;
  std::map<TenantId, std::size_t> by_queue_;  ///< Of those in flight.
  TenantId next_queue_{};                     ///< Behind the last one that something was sent of.
  std::vector<DueDelivery> unsettled_;        ///< Tried, and not yet in the store.
  bool fenced_ = false;
  std::thread thread_;
};

Courier::Courier(CourierOptions options, std::unique_ptr<Store> store, Epoch epoch,
                 const Clock& clock, Observer& observer)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(store), epoch, clock, observer)) {}

Courier::~Courier() {
  stop();
}

Result<Done> Courier::start() {
  return impl_->start();
}

void Courier::stop() {
  impl_->stop();
}

}  // namespace sluice::webhooks
