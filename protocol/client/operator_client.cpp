// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/operator_client.hpp"

#include <algorithm>
#include <utility>

#include "protocol/client/operator_client_impl.hpp"

namespace sluice::client {

namespace {

constexpr auto wall_time_of = [](auto& response) {
  return take<WallTime>(response.getAnswer(), [](auto reading) -> Result<WallTime> {
    return WallTime{Duration{reading.getNowNs()}};
  });
};

constexpr auto credit_report_of = [](auto& response) {
  return take<CreditReport>(response.getAnswer(),
                            [](auto report) { return decode_credit_report(report); });
};

Result<UsageReport> decode_usage(wire::Usage::Reader in) {
  auto tenant = decode_tenant(in.getTenant());
  if (!tenant.ok()) {
    return tenant.fault();
  }
  UsageReport report{std::move(tenant).value(), {}, WallTime{Duration{in.getNowNs()}}};
  for (const auto limit : in.getLimits()) {
    auto usage = decode_limit_usage(limit);
    if (!usage.ok()) {
      return usage.fault();
    }
    report.limits.push_back(std::move(usage).value());
  }
  return report;
}

}  // namespace

OperatorClient::OperatorClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OperatorClient::~OperatorClient() = default;

Result<std::unique_ptr<OperatorClient>> OperatorClient::open(OperatorOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  const auto opened = impl->open();
  if (!opened.ok()) {
    return opened.fault();
  }
  return std::unique_ptr<OperatorClient>(new OperatorClient(std::move(impl)));
}

const std::string& OperatorClient::server() const {
  return impl_->server();
}

Result<MeterTable> OperatorClient::meters() {
  return impl_->ask(
      Effect::question, [](Session& session) { return session.admin.metersRequest(); },
      [](auto& response) { return decode_meters(response.getMeters()); });
}

Result<Meter> OperatorClient::define_meter(std::string_view name, std::string_view unit) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.defineMeterRequest();
        request.setName(std::string(name));
        request.setUnit(std::string(unit));
        return request;
      },
      [](auto& response) {
        return take<Meter>(response.getAnswer(), [](auto meter) { return decode_meter(meter); });
      });
}

Result<TenantDefinition> OperatorClient::create(const TenantDefinition& draft) {
  return std::move(create_many({&draft, 1}).front());
}

std::vector<Result<TenantDefinition>> OperatorClient::create_many(
    std::span<const TenantDefinition> drafts) {
  return impl_->ask_many(
      Effect::change, drafts.size(),
      [&](Session& session, std::size_t index) {
        auto request = session.platform.createTenantRequest();
        encode_draft(drafts[index], request.initDraft());
        return request;
      },
      tenant_of);
}

Result<TenantDefinition> OperatorClient::show(const TenantRef& tenant) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.showTenantRequest();
        encode_ref(tenant, request.initTenant());
        return request;
      },
      tenant_of);
}

Result<TenantPage> OperatorClient::list(const TenantQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.platform.listTenantsRequest();
        encode_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<TenantPage>(response.getAnswer(), [](auto page) { return decode_page(page); });
      });
}

Result<TenantDefinition> OperatorClient::edit(const TenantRef& tenant,
                                              std::optional<Version> expected,
                                              const EditTenant& edit) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.editTenantRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        encode_edit(edit, request.initEdit());
        return request;
      },
      tenant_of);
}

Result<TenantDefinition> OperatorClient::put_limit(const TenantRef& tenant,
                                                   std::optional<Version> expected,
                                                   const Limit& limit) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.putLimitRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        encode_limit(limit, request.initLimit());
        return request;
      },
      tenant_of);
}

Result<TenantDefinition> OperatorClient::remove_limit(const TenantRef& tenant,
                                                      std::optional<Version> expected,
                                                      std::string_view name) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.removeLimitRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        request.setName(std::string(name));
        return request;
      },
      tenant_of);
}

Result<TenantDefinition> OperatorClient::put_override(const TenantRef& tenant,
                                                      std::optional<Version> expected,
                                                      std::string_view limit,
                                                      const Override& instead) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.putOverrideRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        request.setLimit(std::string(limit));
        encode_override(instead, request.initOverride());
        return request;
      },
      tenant_of);
}

Result<TenantDefinition> OperatorClient::remove_override(const TenantRef& tenant,
                                                         std::optional<Version> expected,
                                                         std::string_view limit) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.removeOverrideRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        request.setLimit(std::string(limit));
        return request;
      },
      tenant_of);
}

Result<UsageReport> OperatorClient::usage(const TenantRef& tenant) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.usageRequest();
        encode_ref(tenant, request.initTenant());
        return request;
      },
      [](auto& response) {
        return take<UsageReport>(response.getAnswer(),
                                 [](auto usage) { return decode_usage(usage); });
      });
}

Result<std::vector<UsagePoint>> OperatorClient::history(const TenantRef& tenant,
                                                        const UsageQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.historyRequest();
        encode_ref(tenant, request.initTenant());
        encode_usage_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<std::vector<UsagePoint>>(response.getAnswer(),
                                             [](auto points) { return decode_history(points); });
      });
}

Result<std::vector<ClosedWindow>> OperatorClient::closed_windows(const TenantRef& tenant) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.closedWindowsRequest();
        encode_ref(tenant, request.initTenant());
        return request;
      },
      [](auto& response) {
        return take<std::vector<ClosedWindow>>(
            response.getAnswer(), [](auto windows) { return decode_windows(windows); });
      });
}

Result<ResetPreview> OperatorClient::resets(const TenantRef& tenant, std::string_view limit,
                                            std::size_t count) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.resetsRequest();
        encode_ref(tenant, request.initTenant());
        request.setLimit(std::string(limit));
        // Too many stay too many, for the server to refuse.
        request.setCount(static_cast<std::uint32_t>(std::min(count, resets_max + 1)));
        return request;
      },
      [](auto& response) {
        return take<ResetPreview>(response.getAnswer(),
                                  [](auto resets) { return decode_resets(resets); });
      });
}

Result<std::vector<Explanation>> OperatorClient::explain(const TenantRef& tenant,
                                                         const ExplanationQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.explainRequest();
        encode_ref(tenant, request.initTenant());
        encode_explanation_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<std::vector<Explanation>>(response.getAnswer(),
                                              [](auto list) { return decode_explanations(list); });
      });
}

Result<WhatIfPage> OperatorClient::what_if(const std::optional<TenantRef>& tenant,
                                           const WhatIfQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.whatIfRequest();
        encode_what_if_query(query, request);
        if (tenant) {
          encode_ref(*tenant, request.initTenant());
        }
        return request;
      },
      [](auto& response) {
        return take<WhatIfPage>(response.getAnswer(),
                                [](auto page) { return decode_what_if_page(page); });
      });
}

Result<ServerStatus> OperatorClient::status() {
  return impl_->ask(
      Effect::question, [](Session& session) { return session.platform.statusRequest(); },
      [](auto& response) { return decode_status(response.getStatus()); });
}

Result<CreditReport> OperatorClient::give_credit(const TenantRef& tenant, EntryId id,
                                                 const GiveCredit& give) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.giveCreditRequest();
        encode_ref(tenant, request.initTenant());
        encode_give(id, give, request);
        return request;
      },
      credit_report_of);
}

Result<CreditReport> OperatorClient::void_credit(const TenantRef& tenant, EntryId id) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.voidCreditRequest();
        encode_ref(tenant, request.initTenant());
        encode_void(id, request);
        return request;
      },
      credit_report_of);
}

Result<CreditReport> OperatorClient::reset_credit(const TenantRef& tenant,
                                                  const ResetCredit& reset) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.resetCreditRequest();
        encode_ref(tenant, request.initTenant());
        encode_reset(reset, request);
        return request;
      },
      credit_report_of);
}

Result<WallTime> OperatorClient::advance_clock(Duration by) {
  if (by < Duration::zero()) {
    return Fault{FaultCode::invalid_argument, "by must not be negative"};
  }
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.advanceClockRequest();
        request.setByNs(static_cast<std::uint64_t>(by.count()));
        return request;
      },
      wall_time_of);
}

Result<WallTime> OperatorClient::set_wall_clock(WallTime to) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.setWallClockRequest();
        request.setToNs(to.time_since_epoch().count());
        return request;
      },
      wall_time_of);
}

}  // namespace sluice::client
