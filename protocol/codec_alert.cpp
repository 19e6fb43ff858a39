// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

namespace {

constexpr std::string_view not_known = "is not known";
/// Structs, ids, kinds and the ends of texts.
constexpr std::uint64_t alert_fixed_words = 48;

AlertId read_alert_id(FieldReader& fields, capnp::Text::Reader in, std::string_view field) {
  const auto id = parse_alert_id(fields.text(in, field));
  fields.require(id.has_value(), field, "is no UUID");
  return id.value_or(AlertId{});
}

AlertKind read_kind(FieldReader& fields, capnp::Text::Reader in) {
  const auto kind = parse_alert_kind(fields.text(in, "kind"));
  fields.require(kind.has_value(), "kind", not_known);
  return kind.value_or(AlertKind::webhook_test);
}

std::optional<DeliveryState> read_state(FieldReader& fields, capnp::Text::Reader in) {
  const std::string text = fields.text(in, "state");
  const auto state = parse_delivery_state(text);
  fields.require(text.empty() || state, "state", not_known);
  return state;
}

/// What both kinds of lists are asked with.
template <class Query, class Params>
void read_place(FieldReader& fields, const Params& in, Query& query) {
  query.state = read_state(fields, in.getState());
  query.before = in.getBefore();
  fields.require(query.before <= Amount::max_raw, "before", beyond_range);
  query.page_size = in.getPageSize();
  fields.require(query.page_size >= 1 && query.page_size <= alert_page_size_max, "pageSize",
                 "is outside 1 to " + std::to_string(alert_page_size_max));
}

template <class Query, class Params>
void write_place(const Query& query, Params& out) {
  out.setState(query.state ? std::string{to_string(*query.state)} : std::string{});
  out.setBefore(query.before);
  out.setPageSize(static_cast<std::uint32_t>(query.page_size));
}

Result<StoredAlert> decode_alert(wire::Alert::Reader in) {
  FieldReader fields("alert");
  StoredAlert stored;
  stored.number = in.getNumber();
  stored.alert = {
      .id = read_alert_id(fields, in.getId(), "id"),
      .tenant = decode_id(in.getTenant()),
      .kind = read_kind(fields, in.getKind()),
      .at = decode_time(in.getAtNs()),
      .data = fields.part(decode_text(in.getData(), fields.path_of("data"), alert_data_bytes_max))};
  stored.pending = in.getPending();
  stored.delivered = in.getDelivered();
  stored.dead = in.getDead();
  return fields.finish(std::move(stored));
}

void encode_alert(const StoredAlert& stored, wire::Alert::Builder out) {
  out.setNumber(stored.number);
  out.setId(to_string(stored.alert.id));
  encode_id(stored.alert.tenant, out.initTenant());
  out.setKind(std::string{to_string(stored.alert.kind)});
  out.setAtNs(encode_time(stored.alert.at));
  out.setData(stored.alert.data);
  out.setPending(stored.pending);
  out.setDelivered(stored.delivered);
  out.setDead(stored.dead);
}

Result<ToldDelivery> decode_delivery(wire::AlertDelivery::Reader in) {
  FieldReader fields("delivery");
  ToldDelivery told;
  told.number = in.getNumber();
  Alert& alert = told.what.alert;
  alert.id = read_alert_id(fields, in.getAlert(), "alert");
  alert.tenant = decode_id(in.getTenant());
  alert.kind = read_kind(fields, in.getKind());
  alert.at = decode_time(in.getAtNs());
  Delivery& delivery = told.what.delivery;
  delivery.alert = alert.id;
  const auto owner = parse_webhook_owner(fields.text(in.getOwner(), "owner"));
  const auto state = read_state(fields, in.getState());
  if (fields.require(owner.has_value(), "owner", not_known) &&
      fields.require(state.has_value(), "state", not_known)) {
    delivery.owner = *owner;
    delivery.state = *state;
  }
  delivery.url = fields.part(decode_text(in.getUrl(), fields.path_of("url"), custom_url_bytes_max));
  delivery.attempts = in.getAttempts();
  delivery.next = decode_time(in.getNextNs());
  delivery.trouble = fields.text(in.getTrouble(), "trouble");
  return fields.finish(std::move(told));
}

void encode_delivery(const ToldDelivery& told, wire::AlertDelivery::Builder out) {
  const auto& [alert, delivery] = told.what;
  out.setNumber(told.number);
  out.setAlert(to_string(alert.id));
  encode_id(alert.tenant, out.initTenant());
  out.setKind(std::string{to_string(alert.kind)});
  out.setAtNs(encode_time(alert.at));
  out.setOwner(std::string{to_string(delivery.owner)});
  out.setUrl(delivery.url);
  out.setState(std::string{to_string(delivery.state)});
  out.setAttempts(delivery.attempts);
  out.setNextNs(encode_time(delivery.next));
  out.setTrouble(delivery.trouble);
}

}  // namespace

Result<AlertId> decode_alert_id(capnp::Text::Reader in, std::string_view field) {
  FieldReader fields("");
  const AlertId id = read_alert_id(fields, in, field);
  return fields.finish(id);
}

Result<AlertQuery> decode_alert_query(wire::TenantAdmin::ListAlertsParams::Reader in) {
  FieldReader fields("");
  AlertQuery query;
  const std::string kind = fields.text(in.getKind(), "kind");
  query.kind = parse_alert_kind(kind);
  fields.require(kind.empty() || query.kind, "kind", not_known);
  read_place(fields, in, query);
  return fields.finish(query);
}

void encode_alert_query(const AlertQuery& query, wire::TenantAdmin::ListAlertsParams::Builder out) {
  out.setKind(query.kind ? std::string{to_string(*query.kind)} : std::string{});
  write_place(query, out);
}

Result<DeliveryQuery> decode_delivery_query(wire::TenantAdmin::AlertDeliveriesParams::Reader in) {
  FieldReader fields("");
  DeliveryQuery query;
  if (in.getAlert().size() > 0) {
    query.alert = read_alert_id(fields, in.getAlert(), "alert");
  }
  read_place(fields, in, query);
  return fields.finish(query);
}

void encode_delivery_query(const DeliveryQuery& query,
                           wire::TenantAdmin::AlertDeliveriesParams::Builder out) {
  out.setAlert(query.alert ? to_string(*query.alert) : std::string{});
  write_place(query, out);
}

Result<AlertPage> decode_alert_page(wire::AlertPage::Reader in) {
  AlertPage page;
  for (const auto item : in.getAlerts()) {
    auto alert = decode_alert(item);
    if (!alert.ok()) {
      return alert.fault();
    }
    page.alerts.push_back(std::move(alert).value());
  }
  page.more = in.getMore();
  return page;
}

void encode_alert_page(const AlertPage& page, wire::AlertPage::Builder out) {
  auto alerts = out.initAlerts(static_cast<unsigned>(page.alerts.size()));
  for (unsigned i = 0; i < alerts.size(); ++i) {
    encode_alert(page.alerts[i], alerts[i]);
  }
  out.setMore(page.more);
}

Result<DeliveryPage> decode_delivery_page(wire::AlertDeliveryPage::Reader in) {
  DeliveryPage page;
  for (const auto item : in.getDeliveries()) {
    auto delivery = decode_delivery(item);
    if (!delivery.ok()) {
      return delivery.fault();
    }
    page.deliveries.push_back(std::move(delivery).value());
  }
  page.more = in.getMore();
  return page;
}

void encode_delivery_page(const DeliveryPage& page, wire::AlertDeliveryPage::Builder out) {
  auto deliveries = out.initDeliveries(static_cast<unsigned>(page.deliveries.size()));
  for (unsigned i = 0; i < deliveries.size(); ++i) {
    encode_delivery(page.deliveries[i], deliveries[i]);
  }
  out.setMore(page.more);
}

void cut_alert_page(AlertPage& page, std::uint64_t words_max) {
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < page.alerts.size(); ++i) {
    words += alert_fixed_words + page.alerts[i].alert.data.size() / sizeof(capnp::word);
    if (words > words_max && i > 0) {
      page.alerts.resize(i);
      page.more = true;
    }
  }
}

void cut_delivery_page(DeliveryPage& page, std::uint64_t words_max) {
  std::uint64_t words = 0;
  std::size_t whole = 0;  // Where the last alert begins: none is told of in part.
  for (std::size_t i = 0; i < page.deliveries.size(); ++i) {
    const ToldDelivery& told = page.deliveries[i];
    if (i > 0 && told.number != page.deliveries[i - 1].number) {
      whole = i;
    }
    words +=
        alert_fixed_words +
        (told.what.delivery.url.size() + told.what.delivery.trouble.size()) / sizeof(capnp::word);
    if (words > words_max && whole > 0) {
      page.deliveries.resize(whole);
      page.more = true;
    }
  }
}

}  // namespace sluice
