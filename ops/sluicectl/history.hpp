// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice::ctl {

/// Usage of the past, and what was asked for.
struct History {
  UsageQuery query;
  std::vector<UsagePoint> points;

  /// False if there may be more points than were asked for.
  [[nodiscard]] bool complete() const { return points.size() < query.points_max; }
};

/// Gives a command `--label` and `--value`, and returns the first.
template <class Wish>
CLI::Option* add_part_options(CLI::App& command, Wish& wish) {
  CLI::Option* const label = command.add_option(
      "--label", wish.label, "Tell values of this label apart; see limit set --history-by");
  command.add_option("--value", wish.value, "Of the label: only this value")->needs(label);
  return label;
}

/// The windows of a tenant that are over.
struct PastWindows {
  TenantDefinition tenant;
  std::vector<ClosedWindow> windows;
};

/// As on the command line; empty is "not given".
struct Span {
  std::string from;
  std::string to;
  std::string last;
};

[[nodiscard]] std::string_view to_string(Granularity granularity);
/// Of such a name; a day for any other.
[[nodiscard]] Granularity granularity_from(std::string_view name);

/// Sets `from` and `to`. Without `span.from` that is so much before `span.to`, or before `now`, as
/// `span.last` says, by default an hour, a day or 30 days by granularity; and from the start of a
/// minute, hour or day on, so that the first point is whole. A fault names the option.
[[nodiscard]] Result<Done> set_span(UsageQuery& query, const Span& span, WallTime now);

}  // namespace sluice::ctl
