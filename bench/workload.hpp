// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/strong.hpp"
#include "bench/load_tenants.hpp"
#include "bench/request_trace.hpp"
#include "bench/tenant_draw.hpp"

namespace sluice::bench {

/// A user of a tenant of a load, counted from 0.
using UserIndex = Strong<struct UserIndexTag, std::uint32_t>;

/// What each check of a load asks: which tenant, and how much of which meters; and which of its
/// users asks, if they are told apart.
///
/// Role       Worked out before the run; during it, an array that is read.
/// Threading  Immutable; may be shared.
/// Ownership  Owns what the checks refer to, so it must outlive them.
/// Cost       `check` reads two arrays in sequence: with a million tenants a table of their ids
///            would cost more than the client library does.
class Workload {
public:
  /// Every check charges the same.
  Workload(LimitPreset preset, TenantDraw draw, Charge charge);
  /// Check i charges one request and the tokens of the trace's request i; there are no more.
  Workload(LimitPreset preset, TenantDraw draw, MeterId requests, MeterId tokens,
           std::span<const TraceRequest> trace);
  // Its checks refer to it, and those of a copy would to the original.
  Workload(Workload&&) = default;
  Workload& operator=(Workload&&) = default;

  /// From now on checks say which of so many users asks.
  void tell_users_apart(std::size_t users);

  [[nodiscard]] TenantIndex tenant(RequestIndex check) const noexcept { return draw_.of(check); }
  [[nodiscard]] std::span<const Charge> charges(RequestIndex check) const noexcept {
    const std::size_t first = varies_ ? check.raw() * charges_per_check_ : 0;
    return {charges_.data() + first, charges_per_check_};
  }
  [[nodiscard]] Check check(RequestIndex check) const noexcept {
    Check asked{load_tenant_id(preset_, tenant(check)), charges(check), Mode::normal};
    if (!labels_.empty()) {
      asked.labels = {&labels_[user(check).raw()], 1};
    }
    return asked;
  }
  /// 0 if users are not told apart. Spread by a hash, so that it goes along with no other choice.
  [[nodiscard]] UserIndex user(RequestIndex check) const noexcept {
    const std::uint64_t hash = check.raw() * 0x9e3779b97f4a7c15U >> 32;
    return UserIndex{labels_.empty() ? 0 : static_cast<std::uint32_t>(hash % labels_.size())};
  }
  [[nodiscard]] std::size_t users() const noexcept {
    return std::max<std::size_t>(users_.size(), 1);
  }

  [[nodiscard]] TenantId id(TenantIndex tenant) const noexcept {
    return load_tenant_id(preset_, tenant);
  }
  /// The meters that every check charges, in the order of its charges.
  [[nodiscard]] std::vector<MeterId> meters() const;

private:
  LimitPreset preset_;
  TenantDraw draw_;
  std::vector<Charge> charges_;
  std::size_t charges_per_check_;
  bool varies_;
  std::vector<std::string> users_;
  std::vector<Label> labels_;  ///< Of each user; they refer to the strings.
};

}  // namespace sluice::bench
