// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_alerts.hpp"

#include <optional>
#include <string>
#include <utility>

#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

/// Asks about the tenant that the parameters name, or about all.
template <class T, class Params, class Question>
kj::Promise<Result<T>> ask_of_one_or_all(Management& calls, Params params, Question question) {
  if (!params.hasTenant()) {
    return calls.ask_about_all<T>(
        [&](Reply<T> reply) { question(std::optional<TenantId>{}, std::move(reply)); });
  }
  auto of_one = [question = std::move(question)](TenantId tenant, Reply<T> reply) {
    question(std::optional{tenant}, std::move(reply));
  };
  return calls.ask_about<T>(params.getTenant(), std::move(of_one));
}

template <class Context>
auto write_alert_id(Context context) {
  return [context](const Result<AlertId>& id) mutable {
    write_answer(context.getResults().initAnswer(), id,
                 [](AlertId told, wire::AlertRaised::Builder out) { out.setId(to_string(told)); });
  };
}

/// Where the platform is told is not for tenants to know.
void hide_platforms(DeliveryPage& page) {
  for (ToldDelivery& told : page.deliveries) {
    if (told.what.delivery.owner == WebhookOwner::platform) {
      told.what.delivery.url.clear();
    }
  }
}

}  // namespace

kj::Promise<void> answer_list_alerts(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListAlertsParams, wire::TenantAdmin::ListAlertsResults>
        context) {
  const auto query = decode_alert_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto question = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                            std::optional<TenantId> tenant, Reply<AlertPage> reply) {
    AlertQuery of_tenant = query;
    of_tenant.tenant = tenant;
    engine.alerts(here, of_tenant, std::move(reply));
  };
  return ask_of_one_or_all<AlertPage>(calls, context.getParams(), question)
      .then([context](Result<AlertPage> page) mutable {
        if (page.ok()) {
          cut_alert_page(page.value(), page_words_max);
        }
        write_answer(context.getResults().initAnswer(), page, encode_alert_page);
      });
}

kj::Promise<void> answer_alert_deliveries(
    Management& calls, capnp::CallContext<wire::TenantAdmin::AlertDeliveriesParams,
                                          wire::TenantAdmin::AlertDeliveriesResults>
                           context) {
  const auto query = decode_delivery_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const auto question = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                            std::optional<TenantId> tenant, Reply<DeliveryPage> reply) {
    DeliveryQuery of_tenant = query;
    of_tenant.tenant = tenant;
    engine.deliveries(here, of_tenant, std::move(reply));
  };
  const bool of_one = context.getParams().hasTenant();
  return ask_of_one_or_all<DeliveryPage>(calls, context.getParams(), question)
      .then([context, of_one](Result<DeliveryPage> page) mutable {
        if (page.ok()) {
          if (of_one) {
            hide_platforms(page.value());
          }
          cut_delivery_page(page.value(), page_words_max);
        }
        write_answer(context.getResults().initAnswer(), page, encode_delivery_page);
      });
}

kj::Promise<void> answer_send_alert_again(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SendAlertAgainParams,
                                          wire::TenantAdmin::SendAlertAgainResults>
                           context) {
  const auto alert = decode_alert_id(context.getParams().getAlert(), "alert");
  if (!alert.ok()) {
    return answer_fault(context, alert.fault());
  }
  const auto question = [&engine = calls.engine(), here = calls.here(), author = calls.author(),
                         id = alert.value()](std::optional<TenantId> tenant,
                                             Reply<std::uint32_t> reply) {
    engine.send_again(here, author, id, tenant, std::move(reply));
  };
  return ask_of_one_or_all<std::uint32_t>(calls, context.getParams(), question)
      .then([context](const Result<std::uint32_t>& count) mutable {
        write_answer(
            context.getResults().initAnswer(), count,
            [](std::uint32_t told, wire::AlertSentAgain::Builder out) { out.setDeliveries(told); });
      });
}

kj::Promise<void> answer_test_webhook(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::TestWebhookParams, wire::TenantAdmin::TestWebhookResults>
        context) {
  auto url = decode_text(context.getParams().getUrl(), "url", custom_url_bytes_max);
  if (!url.ok()) {
    return answer_fault(context, url.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), author = calls.author(),
              url = std::move(url).value()](TenantId tenant, Reply<AlertId> reply) {
    engine.test_webhook(here, author, tenant, url, std::move(reply));
  };
  return calls.ask_about<AlertId>(context.getParams().getTenant(), std::move(ask))
      .then(write_alert_id(context));
}

kj::Promise<void> answer_report_payment(
    Management& calls,
    capnp::CallContext<wire::Operator::ReportPaymentParams, wire::Operator::ReportPaymentResults>
        context) {
  auto reference = decode_text(context.getParams().getReference(), "reference");
  if (!reference.ok()) {
    return answer_fault(context, reference.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), author = calls.author(),
              failed = context.getParams().getFailed(),
              reference = std::move(reference).value()](TenantId tenant, Reply<AlertId> reply) {
    engine.report_payment(here, author, PaymentReport{tenant, failed, reference}, std::move(reply));
  };
  return calls.ask_about<AlertId>(context.getParams().getTenant(), std::move(ask))
      .then(write_alert_id(context));
}

}  // namespace sluice
