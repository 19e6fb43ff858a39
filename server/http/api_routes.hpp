// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/routes.hpp"

namespace sluice::http {

/// The operations of an operator: tenants, their quotas, and what they used. Each answers the
/// exchange, now or later. A change is in the store before it is answered.

void answer_create_tenant(const ExchangePtr& exchange, const Route& route);
void answer_list_tenants(const ExchangePtr& exchange, const Route& route);
void answer_show_tenant(const ExchangePtr& exchange, const Route& route);
void answer_edit_tenant(const ExchangePtr& exchange, const Route& route);
void answer_suspend_tenant(const ExchangePtr& exchange, const Route& route);
void answer_move_tenant(const ExchangePtr& exchange, const Route& route);
void answer_reactivate_tenant(const ExchangePtr& exchange, const Route& route);
void answer_upgrade_tenant(const ExchangePtr& exchange, const Route& route);
/// Told while it is read, page by page.
void answer_export(const ExchangePtr& exchange, const Route& route);
void answer_delete_tenant(const ExchangePtr& exchange, const Route& route);
void answer_quotas(const ExchangePtr& exchange, const Route& route);
void answer_put_quota(const ExchangePtr& exchange, const Route& route);
void answer_delete_quota(const ExchangePtr& exchange, const Route& route);
void answer_usage(const ExchangePtr& exchange, const Route& route);
void answer_windows(const ExchangePtr& exchange, const Route& route);
void answer_statistics(const ExchangePtr& exchange, const Route& route);
void answer_forecast(const ExchangePtr& exchange, const Route& route);
void answer_unusual(const ExchangePtr& exchange, const Route& route);
void answer_top(const ExchangePtr& exchange, const Route& route);
void answer_list_members(const ExchangePtr& exchange, const Route& route);
void answer_add_member(const ExchangePtr& exchange, const Route& route);
void answer_remove_member(const ExchangePtr& exchange, const Route& route);
void answer_tenants_of(const ExchangePtr& exchange, const Route& route);
void answer_show_customisation(const ExchangePtr& exchange, const Route& route);
void answer_put_customisation(const ExchangePtr& exchange, const Route& route);
void answer_alerts(const ExchangePtr& exchange, const Route& route);
void answer_deliveries(const ExchangePtr& exchange, const Route& route);
void answer_resend_alert(const ExchangePtr& exchange, const Route& route);
void answer_report_payment(const ExchangePtr& exchange, const Route& route);
void answer_test_webhook(const ExchangePtr& exchange, const Route& route);
void answer_audit(const ExchangePtr& exchange, const Route& route);
void answer_meters(const ExchangePtr& exchange, const Route& route);
void answer_define_meter(const ExchangePtr& exchange, const Route& route);

/// Whose a host is, for gateways; from memory.
void answer_host(const ExchangePtr& exchange, const Route& route);

/// Any method of `TenantAdmin` or `Operator` of the native interface, as the schema has it.
void answer_operator(const ExchangePtr& exchange, const Route& route);

/// The description of the interface, made from the table of routes and the native schema.
void answer_openapi(const ExchangePtr& exchange, const Route& route);

}  // namespace sluice::http
