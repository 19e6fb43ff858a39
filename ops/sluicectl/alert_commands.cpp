// SPDX-License-Identifier: Apache-2.0
// Alerts, and what became of their delivery to webhooks.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/event_documents.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct ListAlertsWish {
  std::string tenant;
  std::string kind;
  std::string state;
  std::uint64_t before = 0;
  std::size_t max = 50;
};
struct DeliveriesWish {
  std::string tenant;
  std::string alert;
  std::string state;
  bool dead = false;
  std::uint64_t before = 0;
  std::size_t max = 50;
};
struct ResendWish {
  std::string alert;
  std::string tenant;
};
struct PaymentWish {
  std::string tenant;
  std::string reference;
};
struct TestWish {
  std::string tenant;
  std::string url;
};

/// Nothing is all of them.
std::optional<client::TenantRef> tenant_named(const std::string& tenant) {
  return tenant.empty() ? std::nullopt : std::optional(parse_tenant_ref(tenant));
}

AlertId alert_named(const std::string& text) {
  const auto id = parse_alert_id(text);
  if (!id) {
    throw Failure{ExitCode::bad_usage,
                  Fault{FaultCode::invalid_argument, "alert: \"" + text + "\" is no UUID"}};
  }
  return *id;
}

Json tenant_json(TenantId tenant) {
  return tenant == TenantId{} ? Json() : Json(to_string(tenant));
}
std::string tenant_text(TenantId tenant) {
  return tenant == TenantId{} ? "platform" : to_string(tenant);
}

std::string counts_text(const StoredAlert& stored) {
  if (stored.pending + stored.delivered + stored.dead == 0) {
    return "to nobody";
  }
  return fmt::format("{} of {}", stored.delivered, stored.pending + stored.delivered + stored.dead);
}

Tint tint_of(DeliveryState state) {
  switch (state) {
    case DeliveryState::pending:
      return Tint::warning;
    case DeliveryState::delivered:
      return Tint::good;
    case DeliveryState::dead:
      return Tint::bad;
  }
  return Tint::none;
}

Report list_alerts(Session& session, const ListAlertsWish& wish) {
  const auto tenant = tenant_named(wish.tenant);
  AlertQuery query;
  query.kind = parse_alert_kind(wish.kind);
  query.state = parse_delivery_state(wish.state);
  query.before = wish.before;
  Json all = Json::array();
  Table table{{{"AT"}, {"KIND"}, {"TENANT"}, {"DELIVERED"}, {"ID"}, {"WHAT"}}};
  bool more = true;
  while (more && all.size() < wish.max) {
    query.page_size = std::min(alert_page_size_max, wish.max - all.size());
    const AlertPage page = answered(session.link.management().alerts(tenant, query));
    for (const StoredAlert& stored : page.alerts) {
      all.push_back(ctl::document_of(stored));
      table.add({{format_instant_in(stored.alert.at, "UTC"), Tint::none},
                 {std::string{to_string(stored.alert.kind)}, Tint::none},
                 {tenant_text(stored.alert.tenant), Tint::none},
                 {counts_text(stored), stored.dead > 0 ? Tint::bad : Tint::none},
                 {to_string(stored.alert.id), Tint::none},
                 {stored.alert.data, Tint::faint}});
      query.before = stored.number;
    }
    more = page.more && !page.alerts.empty();
  }
  std::string text = table.print(session.style);
  if (more) {
    text += fmt::format("There are more: --before {}\n", query.before);
  }
  return {Json{{"alerts", all}, {"next", more ? Json(query.before) : Json()}}, text};
}

Report list_deliveries(Session& session, const DeliveriesWish& wish) {
  const auto tenant = tenant_named(wish.tenant);
  DeliveryQuery query;
  query.state = wish.dead ? DeliveryState::dead : parse_delivery_state(wish.state);
  query.before = wish.before;
  if (!wish.alert.empty()) {
    query.alert = alert_named(wish.alert);
  }
  Json all = Json::array();
  Table table{
      {{"ALERT"}, {"KIND"}, {"STATE"}, {"ATTEMPTS", Align::right}, {"NEXT"}, {"TO"}, {"TROUBLE"}}};
  bool more = true;
  while (more && all.size() < wish.max) {
    query.page_size = std::min(alert_page_size_max, wish.max - all.size());
    const DeliveryPage page = answered(session.link.management().deliveries(tenant, query));
    for (const ToldDelivery& told : page.deliveries) {
      const Delivery& delivery = told.what.delivery;
      all.push_back(document_of(told));
      table.add({{to_string(delivery.alert), Tint::none},
                 {std::string{to_string(told.what.alert.kind)}, Tint::none},
                 {std::string{to_string(delivery.state)}, tint_of(delivery.state)},
                 {std::to_string(delivery.attempts), Tint::none},
                 {delivery.state == DeliveryState::pending ? format_instant_in(delivery.next, "UTC")
                                                           : "-",
                  Tint::none},
                 {delivery.url.empty() ? "platform" : delivery.url, Tint::none},
                 {delivery.trouble, Tint::faint}});
      query.before = told.number;
    }
    more = page.more && !page.deliveries.empty();
  }
  std::string text = table.print(session.style);
  if (more) {
    text += fmt::format("There are more: --before {}\n", query.before);
  }
  return {Json{{"deliveries", all}, {"next", more ? Json(query.before) : Json()}}, text};
}

Report resend(Session& session, const ResendWish& wish) {
  const std::uint32_t count = answered(session.link.management().send_alert_again(
      tenant_named(wish.tenant), alert_named(wish.alert)));
  return {Json{{"alert", wish.alert}, {"deliveries", count}},
          fmt::format("{} {} sent again\n", count, count == 1 ? "delivery is" : "deliveries are")};
}

Report test_webhook(Session& session, const TestWish& wish) {
  const AlertId id =
      answered(session.link.management().test_webhook(parse_tenant_ref(wish.tenant), wish.url));
  return {Json{{"alert", to_string(id)}},
          fmt::format("sent as {}\nSee what came of it: sluicectl alert deliveries --alert {}\n",
                      to_string(id), to_string(id))};
}

template <bool failed>
Report report_payment(Session& session, const PaymentWish& wish) {
  const AlertId id = answered(session.link.management().report_payment(
      parse_tenant_ref(wish.tenant), {.failed = failed, .reference = wish.reference}));
  return {Json{{"alert", to_string(id)}}, fmt::format("told as {}\n", to_string(id))};
}

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const AlertKindName& row : alert_kind_names) {
    names.emplace_back(row.name);
  }
  return names;
}

void add_page_options(CLI::App& command, std::uint64_t& before, std::size_t& max) {
  command.add_option("--before", before, "Only before the alert of this number");
  command.add_option("--max", max, "At most so many")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->default_val(max);
}

void add_webhook_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("webhook", "Test where tenants are told of alerts");
  group.require_subcommand(1);
  auto tested = std::make_shared<TestWish>();
  CLI::App& command = *group.add_subcommand("test", "Send the event webhook.test to one of them");
  command.add_option(tenant_positional, tested->tenant, "Slug or UUID")->required();
  command.add_option("URL", tested->url, "As it stands in the tenant's customisation")->required();
  runs(line, command, tested, test_webhook);
}

void add_payment_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("payment", "Say what became of a tenant's payment");
  group.require_subcommand(1);
  const auto add = [&](const char* name, const char* what, auto run) {
    auto wish = std::make_shared<PaymentWish>();
    CLI::App& command = *group.add_subcommand(name, what);
    command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
    command.add_option("REFERENCE", wish->reference, "Which payment; told once for each")
        ->required();
    runs(line, command, wish, run);
  };
  add("failed", "It failed: the alert payment.failed", report_payment<true>);
  add("recovered", "It came in after all: the alert payment.recovered", report_payment<false>);
}

}  // namespace

Json document_of(const ToldDelivery& told) {
  const auto& [alert, delivery] = told.what;
  return Json{{"number", told.number},
              {"alert", to_string(alert.id)},
              {"tenant", tenant_json(alert.tenant)},
              {"kind", to_string(alert.kind)},
              {"at", format_instant(alert.at)},
              {"owner", to_string(delivery.owner)},
              {"url", delivery.url},
              {"state", to_string(delivery.state)},
              {"attempts", delivery.attempts},
              {"next", format_instant(delivery.next)},
              {"trouble", delivery.trouble}};
}

Json document_of(const StoredAlert& stored) {
  const Alert& alert = stored.alert;
  Json data = Json::parse(alert.data, nullptr, false);
  return Json{{"number", stored.number},
              {"id", to_string(alert.id)},
              {"tenant", tenant_json(alert.tenant)},
              {"kind", to_string(alert.kind)},
              {"at", format_instant(alert.at)},
              {"data", data.is_discarded() ? Json(alert.data) : std::move(data)},
              {"pending", stored.pending},
              {"delivered", stored.delivered},
              {"dead", stored.dead}};
}

void add_alert_commands(CommandLine& line) {
  CLI::App& group =
      *line.app.add_subcommand("alert", "Show alerts, and what became of their delivery");
  group.require_subcommand(1);
  const std::vector<std::string> states{"pending", "delivered", "dead"};

  auto listed = std::make_shared<ListAlertsWish>();
  CLI::App& list_command = *group.add_subcommand("list", "List alerts, the latest first");
  list_command.add_option(tenant_positional, listed->tenant,
                          "Slug or UUID; without it all, and the platform's");
  list_command.add_option("--kind", listed->kind, "Only of this kind")
      ->check(CLI::IsMember(kind_names()));
  list_command.add_option("--state", listed->state, "Only with a delivery in this state")
      ->check(CLI::IsMember(states));
  add_page_options(list_command, listed->before, listed->max);
  runs(line, list_command, listed, list_alerts);

  auto delivered = std::make_shared<DeliveriesWish>();
  CLI::App& deliveries_command =
      *group.add_subcommand("deliveries", "List deliveries, of the latest alerts first");
  deliveries_command.add_option(tenant_positional, delivered->tenant,
                                "Slug or UUID; without it all, and the platform's");
  deliveries_command.add_option("--alert", delivered->alert, "Only of this alert")
      ->type_name("UUID");
  auto* const state =
      deliveries_command.add_option("--state", delivered->state, "Only in this state")
          ->check(CLI::IsMember(states));
  deliveries_command.add_flag("--dead", delivered->dead, "Only what was given up")->excludes(state);
  add_page_options(deliveries_command, delivered->before, delivered->max);
  runs(line, deliveries_command, delivered, list_deliveries);

  auto again = std::make_shared<ResendWish>();
  CLI::App& again_command =
      *group.add_subcommand("resend", "Deliver once more what was given up of an alert");
  again_command.add_option("ID", again->alert, "UUID of the alert")->required();
  again_command.add_option("--tenant", again->tenant, "Only if it is this tenant's");
  runs(line, again_command, again, resend);

  add_webhook_commands(line);
  add_payment_commands(line);
}

}  // namespace sluice::ctl
