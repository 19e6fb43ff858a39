// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/alert.hpp"
#include "actors/tenant/customisation.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

struct Deed;

/// What is delivered of an alert to whom, and how far that is.
///
///   raised --plan--> pending --answered 2xx--> delivered
///                    |  ^   \--failed too often, or told to stop--> dead
///                    |  +-- failed: again after a back-off            |
///                    +<------------------- sent again ----------------+

enum class DeliveryState : std::uint8_t { pending, delivered, dead };
[[nodiscard]] std::string_view to_string(DeliveryState state);
[[nodiscard]] std::optional<DeliveryState> parse_delivery_state(std::string_view text);

/// Where a webhook is configured, and so whose secret signs.
enum class WebhookOwner : std::uint8_t { tenant, platform };
[[nodiscard]] std::string_view to_string(WebhookOwner owner);
[[nodiscard]] std::optional<WebhookOwner> parse_webhook_owner(std::string_view text);

/// Of one alert to one webhook; these three tell it from others.
struct Delivery {
  AlertId alert{};
  WebhookOwner owner = WebhookOwner::tenant;
  std::string url{};
  DeliveryState state = DeliveryState::pending;
  std::uint32_t attempts = 0;
  WallTime next{};        ///< While it is pending: not before. Afterwards when it was settled.
  std::string trouble{};  ///< Why the last attempt failed; empty if it did not.
  friend bool operator==(const Delivery&, const Delivery&) = default;
};
inline constexpr std::size_t delivery_trouble_bytes_max = 200;

/// Attempts after which a delivery is dead. With full jitter the last comes after about a day.
inline constexpr std::uint32_t delivery_attempts_max = 15;
inline constexpr Duration delivery_back_off_first = std::chrono::seconds{30};
inline constexpr Duration delivery_back_off_max = std::chrono::hours{6};

/// How long to wait after so many attempts that failed: up to twice as long each time, but a random
/// part of it, so that those who failed together do not come back together.
[[nodiscard]] Duration delivery_back_off(std::uint32_t attempts, std::uint64_t random);

/// What came of an attempt.
struct Attempt {
  bool delivered = false;
  bool hopeless = false;  ///< Nobody should try again.
  std::string trouble{};
};
/// The delivery after it, with one attempt more.
[[nodiscard]] Delivery after_attempt(Delivery delivery, const Attempt& attempt,
                                     std::uint64_t random, WallTime now);

/// Whether a webhook that is told of these events is told of this kind: by name, or by `*`.
[[nodiscard]] bool wants(std::span<const std::string> events, AlertKind kind);

/// To whom an alert goes: the tenant's webhooks, and the platform's. A test goes only to the
/// webhook of its URL.
[[nodiscard]] std::vector<Delivery> deliveries_of(const Alert& alert, const Customisation& tenants,
                                                  std::span<const Webhook> platforms, WallTime now);

/// What is decided about a new alert.
struct AlertPlan {
  AlertId alert{};
  std::string data{};  ///< With the names that its numbers had then.
  std::vector<Delivery> deliveries{};
};

/// The alert's data with the names of its limit and tenant, if those are known.
[[nodiscard]] std::string named_data(const Alert& alert, const TenantDefinition* tenant,
                                     const MeterTable& meters);

/// A delivery with what it carries.
struct DueDelivery {
  Alert alert{};
  Delivery delivery{};
  friend bool operator==(const DueDelivery&, const DueDelivery&) = default;
};
/// Whose webhook it is: its tenant, or nil for the platform. Deliveries wait in one queue for each,
/// so that one that is slow, or has many, holds up no other.
[[nodiscard]] inline TenantId queue_of(const DueDelivery& due) {
  return due.delivery.owner == WebhookOwner::platform ? TenantId{} : due.alert.tenant;
}
/// The id that comes next in their order; nil behind the last one.
[[nodiscard]] constexpr TenantId queue_behind(TenantId queue) {
  return {queue.high + (queue.low + 1 == 0 ? 1 : 0), queue.low + 1};
}
/// The first deliveries of each queue that has any due: queues by their ids, in each by `next`,
/// alert, owner and URL.
struct DueDeliveryQuery {
  WallTime by{};
  TenantId from{};  ///< The first queue that is looked at; nil: from the first on.
  std::size_t queues_max = 32;
  std::size_t per_queue_max = 4;
};

/// How an alert is told of in lists.
struct StoredAlert {
  std::uint64_t number = 0;  ///< Later ones have higher ones; from 1.
  Alert alert{};
  std::uint32_t pending = 0;  ///< Deliveries in each state.
  std::uint32_t delivered = 0;
  std::uint32_t dead = 0;
  friend bool operator==(const StoredAlert&, const StoredAlert&) = default;
};
/// Which alerts to list, the latest first.
struct AlertQuery {
  std::optional<TenantId> tenant{};  ///< Nothing: all, and the platform's.
  std::optional<AlertKind> kind{};
  std::optional<DeliveryState> state{};  ///< Only those with a delivery in it.
  std::uint64_t before = 0;              ///< The cursor: only lower numbers; 0: from the latest.
  std::size_t page_size = 50;            ///< 1 to `alert_page_size_max`.
  friend bool operator==(const AlertQuery&, const AlertQuery&) = default;
};
struct AlertPage {
  std::vector<StoredAlert> alerts{};
  bool more = false;
  friend bool operator==(const AlertPage&, const AlertPage&) = default;
};
inline constexpr std::size_t alert_page_size_max = 200;
[[nodiscard]] Result<Done> validate(const AlertQuery& query);

/// Which deliveries to list, those of the latest alerts first.
struct DeliveryQuery {
  std::optional<TenantId> tenant{};
  std::optional<AlertId> alert{};
  std::optional<DeliveryState> state{};
  std::uint64_t before = 0;    ///< By the alerts' numbers, as above.
  std::size_t page_size = 50;  ///< Alerts: 1 to `alert_page_size_max`.
  friend bool operator==(const DeliveryQuery&, const DeliveryQuery&) = default;
};
struct ToldDelivery {
  std::uint64_t number = 0;  ///< Of its alert.
  DueDelivery what{};
  friend bool operator==(const ToldDelivery&, const ToldDelivery&) = default;
};
struct DeliveryPage {
  std::vector<ToldDelivery> deliveries{};
  bool more = false;
  friend bool operator==(const DeliveryPage&, const DeliveryPage&) = default;
};
[[nodiscard]] Result<Done> validate(const DeliveryQuery& query);

/// Trials that end at `from` or later, but before `to`, by their ends and then tenants.
struct TrialQuery {
  WallTime from{};
  WallTime to{};
  std::optional<EndingTrial> after{};
  std::size_t count_max = 64;
};

/// The part of a store that keeps alerts and their deliveries.
///
/// Role       An outbox: an alert is written with what it tells of, and delivered from here.
/// Threading, Ownership, Errors, Cost   As `Store`, of which it is a part.
class Outbox {
public:
  virtual ~Outbox() = default;

  /// Writes alerts that come with no other change, each once: those that are there stay as they
  /// are. Alerts of tenants that do not exist are passed over.
  [[nodiscard]] virtual Result<Done> raise(Epoch epoch, std::span<const Alert> alerts) = 0;
  /// Those that nobody has planned the delivery of, the earliest first.
  [[nodiscard]] virtual Result<std::vector<Alert>> unplanned_alerts(std::size_t count_max) = 0;
  /// Writes to whom they go. What was planned already, or is gone, stays as it is.
  [[nodiscard]] virtual Result<Done> plan_deliveries(Epoch epoch,
                                                     std::span<const AlertPlan> plans) = 0;
  [[nodiscard]] virtual Result<std::vector<DueDelivery>> due_deliveries(
      const DueDeliveryQuery& query) = 0;
  /// Writes what came of attempts. Those that are not pending any more stay as they are.
  [[nodiscard]] virtual Result<Done> settle_deliveries(Epoch epoch,
                                                       std::span<const Delivery> deliveries) = 0;
  [[nodiscard]] virtual Result<AlertPage> alerts(const AlertQuery& query) = 0;
  [[nodiscard]] virtual Result<DeliveryPage> deliveries(const DeliveryQuery& query) = 0;
  /// Makes the dead deliveries of an alert pending, as if they had never been tried; of a tenant's
  /// alert only, if one is given. How many there are; `not_found` if there is no such alert, or it
  /// has none that is dead.
  [[nodiscard]] virtual Result<std::uint32_t> send_again(const Deed& deed, AlertId alert,
                                                         std::optional<TenantId> tenant) = 0;
  /// Deletes up to `count_max` alerts of before, with their deliveries; those that still are to be
  /// delivered, too. Whether there may be more.
  [[nodiscard]] virtual Result<bool> forget_alerts(Epoch epoch, WallTime before,
                                                   std::size_t count_max) = 0;
  [[nodiscard]] virtual Result<std::vector<EndingTrial>> ending_trials(const TrialQuery& query) = 0;
};

}  // namespace sluice
