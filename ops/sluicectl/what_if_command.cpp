// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <string>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/history.hpp"
#include "ops/sluicectl/limit_options.hpp"
#include "ops/sluicectl/limit_wish.hpp"
#include "ops/sluicectl/views.hpp"
#include "ops/sluicectl/what_if.hpp"

namespace sluice::ctl {
namespace {

/// A limit has a name; one that is only asked about need not be given any.
constexpr const char* asked_name = "what-if";

struct WhatIfWish {
  std::string tenant;
  LimitWish limit;
  std::string short_form;
  std::string tier;
  std::string by = std::string{to_string(Granularity::hour)};
  Span span;
  std::size_t rows_max = 100;
};

constexpr std::size_t rows_max_max = 10'000;

Failure wrong(std::string_view option, std::string_view why) {
  return Failure{ExitCode::bad_usage, wrong_option(option, why)};
}

/// From the options, or from the short form that stands for them.
Limit limit_of(Session& session, const WhatIfWish& wish) {
  if (wish.short_form.empty()) {
    if (wish.limit.meter.empty()) {
      throw wrong("--meter", "is missing; or write the limit behind --limit");
    }
    LimitWish limit = wish.limit;
    limit.name = asked_name;
    auto made = limit_from(limit, session.link.meter(limit.meter, "--meter"));
    if (!made.ok()) {
      throw Failure{ExitCode::bad_usage, made.fault()};
    }
    return std::move(made).value();
  }
  if (wish.limit != LimitWish{}) {
    throw wrong("--limit", "says all of the limit, without --meter and what goes with it");
  }
  const LimitWish limit = accept(parse_limit_wish(wish.short_form), "--limit");
  return accept(limit_from(limit, session.link.meter(limit.meter, "--limit")),
                "--limit " + wish.short_form);
}

/// Without an end, up to the end of the bucket that is open.
void set_range(WhatIfQuery& query, const Span& span, WallTime now) {
  UsageQuery range{.tenant = {}, .granularity = query.granularity};
  const auto spanned = set_span(range, span, now);
  if (!spanned.ok()) {
    throw Failure{ExitCode::bad_usage, spanned.fault()};
  }
  query.from = range.from;
  query.to = range.to;
  if (span.to.empty()) {
    const Duration bucket = length_of(query.granularity);
    query.to = now - now.time_since_epoch() % bucket + bucket;
  }
}

Report what_if(Session& session, const WhatIfWish& wish) {
  WhatIfFindings findings;
  findings.rows_max = wish.rows_max;
  WhatIfQuery& query = findings.query;
  query.granularity = granularity_from(wish.by);
  query.tier = wish.tier;
  query.limit = limit_of(session, wish);
  client::OperatorClient& management = session.link.management();
  set_range(query, wish.span, answered(management.status()).now);
  const auto tenant =
      wish.tenant.empty() ? std::nullopt : std::optional{parse_tenant_ref(wish.tenant)};
  do {
    const WhatIfPage page = answered(management.what_if(tenant, query));
    findings.add(page);
    query.after = page.next;
  } while (query.after);
  return {document_of(findings, session.link), view_of(findings, session.link, session.style)};
}

void add_limit_options(CLI::App& command, WhatIfWish& wish) {
  command
      .add_option("--limit", wish.short_form,
                  "The limit as it is written for tenant create, in place of the options for it")
      ->type_name("NAME=METER:SIZE/PERIOD");
  command.add_option("--meter", wish.limit.meter, "What is counted; see meter list");
  add_rule_options(command, wish.limit);
  add_enforcement_options(command, wish.limit);
  command.add_option("--soft", wish.limit.soft,
                     "Of a limit that throttles; it is judged by its size alone");
}

void add_past_options(CLI::App& command, WhatIfWish& wish) {
  command
      .add_option("--by", wish.by,
                  "The buckets of history to look at, in UTC; none longer than the limit's window")
      ->check(CLI::IsMember({"minute", "hour", "day"}))
      ->default_val(wish.by);
  auto* const from = command.add_option("--from", wish.span.from, "Only what starts then or later")
                         ->type_name("INSTANT");
  command.add_option("--to", wish.span.to, "Only what starts before; by default until now")
      ->type_name("INSTANT");
  command
      .add_option("--last", wish.span.last,
                  "In place of --from: so long before --to; by default 1h, 24h or 30d")
      ->type_name("DURATION")
      ->excludes(from);
  command.add_option("--max", wish.rows_max, "At most so many tenants, the worst")
      ->check(CLI::Range(std::size_t{1}, rows_max_max))
      ->default_val(wish.rows_max);
}

}  // namespace

void add_what_if_command(CommandLine& line, CLI::App& limit_group) {
  auto wish = std::make_shared<WhatIfWish>();
  CLI::App& command = *limit_group.add_subcommand(
      "what-if", "Show whom a limit would have refused, by what was used; changes nothing");
  auto* const tenant =
      command.add_option(tenant_positional, wish->tenant, "Slug or UUID; without one, all tenants");
  command.add_option("--tier", wish->tier, "Only tenants of this tier")->excludes(tenant);
  add_limit_options(command, *wish);
  add_past_options(command, *wish);
  command.footer(
      "At least so much would have been refused: history does not say when within a bucket\n"
      "something was used, so shorter ones find more. It has only meters on which a tenant had\n"
      "some limit, and not how much was asked by what was refused then.\n"
      "Examples:\n"
      "  sluicectl limit what-if --meter api_requests --size 10k --period day --last 30d\n"
      "  sluicectl limit what-if acme --meter api_requests --rate 50 --per 1s --by minute\n"
      "  sluicectl limit what-if --tier free --limit daily=llm_tokens:1M/day --by day");
  runs(line, command, wish, what_if);
}

}  // namespace sluice::ctl
