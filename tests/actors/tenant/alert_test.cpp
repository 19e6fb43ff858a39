// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/alert.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "actors/tenant/outbox.hpp"

namespace sluice::test {

namespace {

using std::chrono::hours;

constexpr TenantId alerted{7, 8};
constexpr WallTime alerted_at{hours{20'000 * 24}};

ThresholdCrossed crossing() {
  return {alerted,     LimitId{3}, MeterId{2}, Percent{80},          Amount{81},
          Amount{100}, alerted_at, EntryId{},  alerted_at - hours{3}};
}

TenantDefinition living(TenantStatus status, std::uint64_t version, std::string reason = "") {
  TenantDefinition definition;
  definition.id = alerted;
  definition.version = Version{version};
  definition.life.status = status;
  definition.life.suspend_reason = std::move(reason);
  return definition;
}

std::string kinds_of(const std::vector<Alert>& alerts) {
  std::string kinds;
  for (const Alert& alert : alerts) {
    kinds.append(to_string(alert.kind)).append(" ");
  }
  return kinds;
}

EndingTrial trial_of(std::uint16_t days) {
  return {alerted_at, alerted, TrialDays{days}};
}

}  // namespace

TEST(AlertSpec, HasOneIdForOneConditionWhateverElseIsSaidOfIt) {
  ThresholdCrossed later = crossing();
  later.at = alerted_at - hours{1};
  later.used = Amount{99};
  EXPECT_EQ(alert_of(crossing()).id, alert_of(later).id);
  ThresholdCrossed next_window = crossing();
  next_window.until += hours{1};
  ThresholdCrossed other_threshold = crossing();
  other_threshold.threshold = Percent{90};
  ThresholdCrossed other_labels = crossing();
  other_labels.counter = EntryId{1, 1};
  ThresholdCrossed other_tenant = crossing();
  other_tenant.tenant = {7, 9};
  for (const ThresholdCrossed& other : {next_window, other_threshold, other_labels, other_tenant}) {
    EXPECT_NE(alert_of(crossing()).id, alert_of(other).id) << alert_of(other).condition;
  }
}

TEST(AlertSpec, WritesItsIdAsAUuidAndReadsItBack) {
  const AlertId id = alert_of(crossing()).id;
  EXPECT_EQ(parse_alert_id(to_string(id)), id);
  EXPECT_EQ(to_string(id)[14], '8') << "a UUID of version 8";
}

TEST(AlertSpec, SaysOfAThresholdWhatSomebodyHasToKnow) {
  EXPECT_EQ(alert_of(crossing()).data,
            R"({"limit_id":3,"meter_id":2,"percent":80,"used":81,"size":100,"until_ns":)" +
                std::to_string(alerted_at.time_since_epoch().count()) + "}");
}

TEST(AlertSpec, TellsOfALifeThatChangedAndOfNothingElse) {
  const auto told = [](TenantStatus before, TenantStatus after, const char* reason = "") {
    return kinds_of(alerts_of_change(living(before, 1), living(after, 2, reason), alerted_at));
  };
  EXPECT_EQ(told(TenantStatus::active, TenantStatus::active), "");
  EXPECT_EQ(told(TenantStatus::trial, TenantStatus::active), "") << "it was converted";
  EXPECT_EQ(told(TenantStatus::active, TenantStatus::suspended, "unpaid"), "tenant.suspended ");
  EXPECT_EQ(told(TenantStatus::trial, TenantStatus::suspended, "trial_expired"),
            "trial.ended tenant.suspended ");
  EXPECT_EQ(told(TenantStatus::suspended, TenantStatus::active), "tenant.reactivated ");
  EXPECT_EQ(told(TenantStatus::suspended, TenantStatus::deactivated), "tenant.deactivated ");
  EXPECT_EQ(told(TenantStatus::deactivated, TenantStatus::suspended, "restored"),
            "tenant.restored ");
}

TEST(AlertSpec, WarnsOfATrialAtSevenThreeAndOneDayBeforeItsEnd) {
  const auto warned = [](std::uint16_t days, hours before) {
    const auto warning = trial_warning(trial_of(days), alerted_at - before);
    return warning ? warning->data.substr(0, 9) : std::string{};
  };
  EXPECT_EQ(warned(30, hours{24 * 7 + 1}), "");
  EXPECT_EQ(warned(30, hours{24 * 7}), R"({"days":7)");
  EXPECT_EQ(warned(30, hours{24 * 3}), R"({"days":3)");
  EXPECT_EQ(warned(30, hours{1}), R"({"days":1)");
  EXPECT_EQ(warned(30, hours{0}), "") << "it has ended";
  EXPECT_EQ(warned(7, hours{24 * 7}), "") << "it has only begun";
  EXPECT_EQ(warned(1, hours{1}), "") << "who began with a day knows it";
  EXPECT_EQ(trial_warning(trial_of(30), alerted_at - hours{30})->id,
            trial_warning(trial_of(30), alerted_at - hours{60})->id)
      << "both are the warning of three days";
}

TEST(AlertSpec, IsRaisedOnceAnHourForACredentialThatIsRefused) {
  AuditDraft denial{.tenant = alerted, .at = alerted_at, .author = {"gateway", "g", "key:1", "a"}};
  AuditDraft again = denial;
  again.at += std::chrono::minutes{59};
  AuditDraft later = denial;
  later.at += hours{1};
  AuditDraft other = denial;
  other.author.credential = "key:2";
  EXPECT_EQ(alert_of_denial(denial).id, alert_of_denial(again).id);
  EXPECT_NE(alert_of_denial(denial).id, alert_of_denial(later).id);
  EXPECT_NE(alert_of_denial(denial).id, alert_of_denial(other).id);
}

TEST(DeliverySpec, GoesToWebhooksThatWantTheEventAndAreOn) {
  Customisation custom;
  custom.webhooks = {{"https://a.example", {"*"}, "s", true},
                     {"https://b.example", {"trial.ended"}, "s", true},
                     {"https://c.example", {"quota.threshold"}, "s", false}};
  const std::vector<Webhook> platform{{"https://p.example", {"quota.threshold"}, "s", true}};
  const auto planned = deliveries_of(alert_of(crossing()), custom, platform, alerted_at);
  ASSERT_EQ(planned.size(), 2U);
  EXPECT_EQ(planned[0].url, "https://a.example");
  EXPECT_EQ(planned[1].owner, WebhookOwner::platform);
  const Alert test = alert_of_test(alerted, "https://c.example", 1, alerted_at);
  const auto tested = deliveries_of(test, custom, platform, alerted_at);
  ASSERT_EQ(tested.size(), 1U) << "a test goes where it is wanted, be that switched off";
  EXPECT_EQ(tested[0].url, "https://c.example");
}

TEST(DeliverySpec, BacksOffTwiceAsLongEachTimeAndARandomPartOfIt) {
  constexpr std::uint64_t most = ~std::uint64_t{0};
  Duration before{};
  for (std::uint32_t attempts = 1; attempts <= delivery_attempts_max; ++attempts) {
    EXPECT_EQ(delivery_back_off(attempts, 0), std::chrono::seconds{1});
    for (const std::uint64_t random : {std::uint64_t{12'345'678'901}, most}) {
      EXPECT_GE(delivery_back_off(attempts, random), std::chrono::seconds{1});
      EXPECT_LE(delivery_back_off(attempts, random), delivery_back_off_max);
    }
    const auto span = std::min(delivery_back_off_max,
                               delivery_back_off_first * (std::int64_t{1} << (attempts - 1)));
    const auto longest = static_cast<std::uint64_t>((span - std::chrono::seconds{1}).count());
    EXPECT_EQ(delivery_back_off(attempts, longest), span);
    EXPECT_GE(span, before);
    before = span;
  }
}

TEST(DeliverySpec, IsDeadAfterItsLastAttemptAndAtOnceWhenThereIsNoHope) {
  Delivery delivery{.alert = AlertId{1, 1}, .url = "https://a.example"};
  for (std::uint32_t attempts = 1; attempts < delivery_attempts_max; ++attempts) {
    delivery = after_attempt(delivery, {.trouble = "timed out"}, 0, alerted_at);
    ASSERT_EQ(delivery.state, DeliveryState::pending);
    ASSERT_GT(delivery.next, alerted_at);
  }
  EXPECT_EQ(after_attempt(delivery, {.delivered = true}, 0, alerted_at).state,
            DeliveryState::delivered);
  EXPECT_EQ(after_attempt(delivery, {.trouble = "timed out"}, 0, alerted_at).state,
            DeliveryState::dead);
  const Delivery fresh{.alert = AlertId{1, 1}, .url = "https://a.example"};
  EXPECT_EQ(after_attempt(fresh, {.hopeless = true, .trouble = "gone"}, 0, alerted_at).state,
            DeliveryState::dead);
}

TEST(DeliverySpec, CarriesTheNamesThatItsNumbersHad) {
  TenantDefinition tenant = living(TenantStatus::active, 1);
  tenant.slug = "acme";
  Limit limit;
  limit.id = LimitId{3};
  limit.name = "monthly";
  tenant.limits = {limit};
  const std::string data = named_data(alert_of(crossing()), &tenant, default_meters());
  EXPECT_NE(data.find(R"("tenant_slug":"acme","limit":"monthly","meter":")"), std::string::npos)
      << data;
  EXPECT_EQ(named_data(alert_of_test({}, "u", 1, alerted_at), nullptr, {}), R"({"url":"u"})");
}

}  // namespace sluice::test
