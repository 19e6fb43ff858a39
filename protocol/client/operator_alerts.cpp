// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about alerts and their deliveries.
#include <string>

#include "protocol/client/operator_client_impl.hpp"

namespace sluice::client {

Result<AlertPage> OperatorClient::alerts(const std::optional<TenantRef>& tenant,
                                         const AlertQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.listAlertsRequest();
        if (tenant) {
          encode_ref(*tenant, request.initTenant());
        }
        encode_alert_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<AlertPage>(response.getAnswer(),
                               [](auto page) { return decode_alert_page(page); });
      });
}

Result<DeliveryPage> OperatorClient::deliveries(const std::optional<TenantRef>& tenant,
                                                const DeliveryQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.alertDeliveriesRequest();
        if (tenant) {
          encode_ref(*tenant, request.initTenant());
        }
        encode_delivery_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<DeliveryPage>(response.getAnswer(),
                                  [](auto page) { return decode_delivery_page(page); });
      });
}

Result<std::uint32_t> OperatorClient::send_alert_again(const std::optional<TenantRef>& tenant,
                                                       AlertId alert) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.sendAlertAgainRequest();
        if (tenant) {
          encode_ref(*tenant, request.initTenant());
        }
        request.setAlert(to_string(alert));
        return request;
      },
      [](auto& response) {
        return take<std::uint32_t>(response.getAnswer(), [](auto told) {
          return Result<std::uint32_t>{told.getDeliveries()};
        });
      });
}

Result<AlertId> OperatorClient::test_webhook(const TenantRef& tenant, std::string_view url) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.testWebhookRequest();
        encode_ref(tenant, request.initTenant());
        request.setUrl(std::string{url});
        return request;
      },
      [](auto& response) {
        return take<AlertId>(response.getAnswer(),
                             [](auto told) { return decode_alert_id(told.getId(), "id"); });
      });
}

Result<AlertId> OperatorClient::report_payment(const TenantRef& tenant,
                                               const PaymentReport& report) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.reportPaymentRequest();
        encode_ref(tenant, request.initTenant());
        request.setFailed(report.failed);
        request.setReference(report.reference);
        return request;
      },
      [](auto& response) {
        return take<AlertId>(response.getAnswer(),
                             [](auto told) { return decode_alert_id(told.getId(), "id"); });
      });
}

}  // namespace sluice::client
