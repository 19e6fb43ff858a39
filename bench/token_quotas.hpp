// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/time.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::bench {

/// One thing that a tenant is asked about its tokens.
struct TokenWish {
  std::uint32_t tenant = 0;  ///< Counted from 0.
  Mode mode = Mode::peek;
  std::optional<Amount> tokens{};
  EntryId id{};
};

/// Tenants with a quota of tokens a day each, under simulated time.
///
/// Threading  Confined.
/// Units      Time counts from the beginning of a replay, and never goes back.
/// Errors     Throws `std::runtime_error` if the tenants cannot be asked.
class TokenQuotas {
public:
  virtual ~TokenQuotas() = default;

  /// Makes new tenants, one for each quota.
  virtual void found(std::span<const Amount> quotas) = 0;
  [[nodiscard]] virtual Decision decide(const TokenWish& wish, Duration at) = 0;
};

/// The code that decides in the server, without one. The day starts with the replay.
class QuotasInProcess final : public TokenQuotas {
public:
  void found(std::span<const Amount> quotas) override;
  [[nodiscard]] Decision decide(const TokenWish& wish, Duration at) override;

private:
  std::vector<Tenant> tenants_;
};

/// A server on simulated time that serves nobody else: its clock is moved along.
class QuotasOfServer final : public TokenQuotas {
public:
  /// Both are borrowed.
  QuotasOfServer(client::Client& gateway, client::OperatorClient& administrator)
      : gateway_(gateway), administrator_(administrator) {}

  void found(std::span<const Amount> quotas) override;
  [[nodiscard]] Decision decide(const TokenWish& wish, Duration at) override;
  /// What they have used by now, in all.
  [[nodiscard]] Amount used();

private:
  client::Client& gateway_;
  client::OperatorClient& administrator_;
  std::vector<TenantId> tenants_;
  Duration now_{};
};

}  // namespace sluice::bench
