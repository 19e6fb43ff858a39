// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include "ops/sluicectl/analytics_views.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/history.hpp"
#include "protocol/text/usage_csv.hpp"

namespace sluice::ctl {
namespace {

struct ForecastWish {
  std::string tenant;
  bool csv = false;
};
struct RankWish {
  std::string by = "used";
  std::string meter;
  std::string granularity = "day";
  Span span;
  std::string tier;
  std::size_t count = TopQuery{}.count;
  bool csv = false;
};
struct StatisticsWish {
  std::string tenant;
  std::string meter;
  std::string granularity = "day";
  Span span;
  std::string tier;
  std::optional<std::string> label;
  std::optional<std::string> value;
  bool csv = false;
};

/// As in `history`, but that nothing said is for the server to fill in.
UsageRange range_of_options(Session& session, const std::string& granularity, const Span& span) {
  UsageQuery query{.tenant = {}, .granularity = granularity_from(granularity)};
  if (span.from.empty() && span.to.empty() && span.last.empty()) {
    return {.granularity = query.granularity};
  }
  const auto spanned = set_span(query, span, answered(session.link.management().status()).now);
  if (!spanned.ok()) {
    throw Failure{ExitCode::bad_usage, spanned.fault()};
  }
  return {query.granularity, query.from, query.to};
}

Report tell_forecast(Session& session, const ForecastWish& wish) {
  const Forecast told = answered(session.link.management().forecast(parse_tenant_ref(wish.tenant)));
  return {document_of(told, session.link), wish.csv ? text::csv_of(told, meter_names(session.link))
                                                    : view_of(told, session.link, session.style)};
}

Report tell_unusual(Session& session, const ForecastWish& wish) {
  const UnusualUsage told =
      answered(session.link.management().unusual_usage(parse_tenant_ref(wish.tenant)));
  return {document_of(told, session.link), wish.csv ? text::csv_of(told, meter_names(session.link))
                                                    : view_of(told, session.link, session.style)};
}

Report tell_ranking(Session& session, const RankWish& wish) {
  Ranking ranking;
  ranking.query.by = top_by_from(wish.by);
  ranking.query.count = wish.count;
  ranking.query.tier = wish.tier;
  ranking.query.range = range_of_options(session, wish.granularity, wish.span);
  if (!wish.meter.empty()) {
    ranking.query.meter = session.link.meter(wish.meter, "--meter").id;
  }
  ranking.top = answered(session.link.management().top_tenants(ranking.query));
  ranking.top.range.granularity = ranking.query.range.granularity;
  return {document_of(ranking, session.link),
          wish.csv ? text::csv_of(ranking.top) : view_of(ranking, session.link, session.style)};
}

Report tell_statistics(Session& session, const StatisticsWish& wish) {
  const UsageRange range = range_of_options(session, wish.granularity, wish.span);
  std::optional<MeterId> meter;
  if (!wish.meter.empty()) {
    meter = session.link.meter(wish.meter, "--meter").id;
  }
  client::OperatorClient& management = session.link.management();
  const UsageStatistics told =
      wish.tenant.empty() ? answered(management.platform_statistics({meter, range, wish.tier}))
                          : answered(management.usage_statistics(parse_tenant_ref(wish.tenant),
                                                                 {.tenant = {},
                                                                  .meter = meter,
                                                                  .granularity = range.granularity,
                                                                  .from = range.from,
                                                                  .to = range.to,
                                                                  .label = wish.label.value_or(""),
                                                                  .value = wish.value}));
  return {document_of(told, session.link), wish.csv ? text::csv_of(told, meter_names(session.link))
                                                    : view_of(told, session.link, session.style)};
}

template <class Wish>
void add_range_options(CLI::App& command, const std::shared_ptr<Wish>& asked) {
  command.add_option("--meter", asked->meter, "Of this one; see meter list");
  command.add_option("--of", asked->granularity, "The length of the buckets that are added up")
      ->check(CLI::IsMember({"minute", "hour", "day"}))
      ->default_val(asked->granularity);
  auto* from = command.add_option("--from", asked->span.from, "What starts then or later")
                   ->type_name("INSTANT");
  command.add_option("--to", asked->span.to, "What starts before; by default until now")
      ->type_name("INSTANT");
  command
      .add_option("--last", asked->span.last,
                  "In place of --from: so long before --to; by default 1d, 7d or 30d")
      ->type_name("DURATION")
      ->excludes(from);
  command.add_option("--tier", asked->tier, "Tenants that are in this tier now");
  command.add_flag("--csv", asked->csv, "Print rows for a spreadsheet");
}

void add_rank(CommandLine& line) {
  auto asked = std::make_shared<RankWish>();
  CLI::App& command = *line.app.add_subcommand("rank", "Show the tenants with most of something");
  command.add_option("--by", asked->by, "What they are ranked by")
      ->check(CLI::IsMember({"used", "allowed", "denied", "throttled", "overage"}))
      ->default_val(asked->by);
  add_range_options(command, asked);
  command.add_option("--count", asked->count, "How many")
      ->check(CLI::Range(std::size_t{1}, top_tenants_max))
      ->default_val(asked->count);
  command.footer(
      "Amounts are of one meter, numbers of checks of one or of all.\n"
      "Examples:\n"
      "  sluicectl rank --meter llm_tokens --last 7d\n"
      "  sluicectl rank --by denied --of hour --last 6h --tier free");
  runs(line, command, asked, tell_ranking);
}

void add_statistics(CommandLine& line) {
  auto asked = std::make_shared<StatisticsWish>();
  CLI::App& command = *line.app.add_subcommand(
      "statistics", "Show sums and peaks of usage, of a tenant or of all together");
  CLI::Option* const tenant =
      command.add_option(tenant_positional, asked->tenant, "Slug or UUID; all, if not said");
  add_range_options(command, asked);
  add_part_options(command, *asked)->needs(tenant);
  tenant->excludes(command.get_option("--tier"));
  runs(line, command, asked, tell_statistics);
}

}  // namespace

void add_analytics_commands(CommandLine& line) {
  auto ahead = std::make_shared<ForecastWish>();
  CLI::App& forecast_command = *line.app.add_subcommand(
      "forecast", "Show when limits are used up, if use goes on at its present pace");
  forecast_command.add_option(tenant_positional, ahead->tenant, "Slug or UUID")->required();
  forecast_command.add_flag("--csv", ahead->csv, "Print rows for a spreadsheet");
  runs(line, forecast_command, ahead, tell_forecast);

  auto odd = std::make_shared<ForecastWish>();
  CLI::App& unusual_command = *line.app.add_subcommand(
      "unusual", "Show hours of the last day that are not like those of earlier weeks");
  unusual_command.add_option(tenant_positional, odd->tenant, "Slug or UUID")->required();
  unusual_command.add_flag("--csv", odd->csv, "Print rows for a spreadsheet");
  runs(line, unusual_command, odd, tell_unusual);
  add_rank(line);
  add_statistics(line);
}

}  // namespace sluice::ctl
