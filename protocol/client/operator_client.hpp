// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::client {

/// A tenant, by id or by slug.
using TenantRef = std::variant<TenantId, std::string>;

/// A tenant's usage as the server tells it.
struct UsageReport {
  TenantDefinition tenant;
  std::vector<LimitUsage> limits;
  WallTime now;
};

struct OperatorOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 7411;
  std::string name = "sluice-operator";
  std::chrono::milliseconds connect_timeout{2'000};
  std::chrono::milliseconds call_timeout{10'000};
};

/// Manages a Sluice server: one blocking call after the other.
///
/// Threading  One thread at a time.
/// Ownership  Owns its connection.
/// Errors     What the server answers, or `unavailable` if it cannot be reached, `outcome_unknown`
/// if
///            it did not answer in time.
class OperatorClient {
public:
  [[nodiscard]] static Result<std::unique_ptr<OperatorClient>> open(OperatorOptions options);
  ~OperatorClient();
  OperatorClient(const OperatorClient&) = delete;
  OperatorClient& operator=(const OperatorClient&) = delete;

  [[nodiscard]] const std::string& server() const;  ///< Such as "sluiced/0.1.0".
  [[nodiscard]] Result<MeterTable> meters();
  [[nodiscard]] Result<Meter> define_meter(std::string_view name, std::string_view unit);

  /// An id of zero lets the server make one.
  [[nodiscard]] Result<TenantDefinition> create(const TenantDefinition& draft);
  [[nodiscard]] Result<TenantDefinition> show(const TenantRef& tenant);
  [[nodiscard]] Result<TenantPage> list(const TenantQuery& query);
  [[nodiscard]] Result<TenantDefinition> edit(const TenantRef& tenant,
                                              std::optional<Version> expected,
                                              const EditTenant& edit);
  [[nodiscard]] Result<TenantDefinition> remove(const TenantRef& tenant);
  [[nodiscard]] Result<TenantDefinition> put_limit(const TenantRef& tenant,
                                                   std::optional<Version> expected,
                                                   const Limit& limit);
  [[nodiscard]] Result<TenantDefinition> remove_limit(const TenantRef& tenant,
                                                      std::optional<Version> expected,
                                                      std::string_view name);
  [[nodiscard]] Result<UsageReport> usage(const TenantRef& tenant);
  [[nodiscard]] Result<ServerStatus> status();

  /// Simulated time only; they answer with the wall clock afterwards.
  [[nodiscard]] Result<WallTime> advance_clock(Duration by);
  [[nodiscard]] Result<WallTime> set_wall_clock(WallTime to);

private:
  class Impl;
  explicit OperatorClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::client
