// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/analytics/usage_range.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit_state.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// What a limit would have made of use that lies in the past. `refused` is at the least: however
/// the use lay within its buckets, no fewer units would have been refused.
struct Hindsight {
  Amount asked;                       ///< All that was used.
  std::uint64_t buckets = 0;          ///< In which something was used.
  Amount refused;                     ///< Of what was asked.
  std::uint64_t refused_buckets = 0;  ///< In which something was refused.
  WallTime first_refused{};           ///< The start of the first of these.
  WallTime last_refused{};            ///< The start of the last of these.
  /// Had nothing been refused: of a window the most that was used in one, of a rate the burst that
  /// it would have taken.
  Amount peak;
  friend bool operator==(const Hindsight&, const Hindsight&) = default;
};

/// Applies a limit that is proposed to use that lies in the past.
///
/// Role       Pure: charges a real `LimitState` with one bucket of use after the other, as much of
///            it as there is room for. A bucket says how much was used but not when within it, so
///            each gets the benefit of the doubt: a rate may refill once more by what comes in
///            within a bucket, which is what it admits if the use is spread evenly; a bucket across
///            the start of a window of the tenant's calendar fills the old window first; a sliding
///            window counts use as late as it can have been.
/// Threading  Confined.
/// Ownership  Owns all.
/// Units      Of the limit's meter. Throttling is judged by the size alone: what it would only have
///            put off is not refused. A shadow limit is judged as if it were none.
/// Errors     Only `of`: what `Plan::of` says of the limit or the tenant's calendar.
/// Cost       Some divisions for a bucket, and about a microsecond for a window that starts.
class WhatIf {
public:
  [[nodiscard]] static Result<WhatIf> of(const Limit& limit, TenantDefinition tenant,
                                         Granularity granularity);

  /// The next bucket: it must start after the one before it.
  void add(WallTime start, Amount used);
  [[nodiscard]] const Hindsight& found() const noexcept { return found_; }

private:
  WhatIf(std::shared_ptr<const Plan> plan, Duration bucket);

  [[nodiscard]] bool is_rate() const noexcept;
  /// How much the limit would have to hold for all that was asked so far.
  [[nodiscard]] Amount needed(const Now& now) const;

  std::shared_ptr<const Plan> plan_;
  Duration bucket_;
  PlannedLimit judged_;
  LimitState admitted_;   ///< Of `judged_`: what it would have let through.
  PlannedLimit watched_;  ///< The same without an end.
  LimitState asked_;      ///< Of `watched_`: everything.
  Amount refill_;         ///< Of a rate, within a bucket.
  Hindsight found_;
};

/// Which limit to apply to which part of the past.
struct WhatIfQuery {
  Limit limit;                       ///< Its id is not looked at.
  std::optional<TenantId> tenant{};  ///< Only this one; then tier and cursor are not looked at.
  std::string tier{};                ///< Empty: all.
  Granularity granularity = Granularity::hour;
  WallTime from{};                  ///< Use that starts then or later counts ...
  WallTime to{};                    ///< ... and before then.
  std::optional<TenantId> after{};  ///< The cursor: only tenants with ids above this one.
  std::size_t page_size = 100;      ///< Tenants to look at, 1 to `page_size_max`.
};

/// Buckets from the beginning to the end of what is asked for: 31 days of minutes.
inline constexpr std::int64_t what_if_buckets_max = 31 * 24 * 60;

struct WhatIfRow {
  TenantId tenant;
  std::string slug;
  Hindsight found;
  friend bool operator==(const WhatIfRow&, const WhatIfRow&) = default;
};

struct WhatIfPage {
  /// Tenants of which something would have been refused, in the order of their ids; a tenant that
  /// was asked for by itself in any case.
  std::vector<WhatIfRow> rows;
  std::size_t looked_at = 0;       ///< Tenants.
  std::optional<TenantId> next{};  ///< The cursor of the next page, if there is one.
};

/// Checks every field. A limit must be one that could be set, and history must be able to judge it:
/// it says nothing of what was in flight, given back to a gauge, or labelled. A fault names the
/// field.
[[nodiscard]] Result<Done> validate(const WhatIfQuery& query, const MeterTable& meters);

}  // namespace sluice
