// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <string>

#include "actors/tenant/resets.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/limit_options.hpp"
#include "ops/sluicectl/limit_wish.hpp"
#include "ops/sluicectl/override_wish.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct SetWish {
  std::string tenant;
  LimitWish limit;
  std::optional<std::uint64_t> expected;
};

struct ShowWish {
  std::string tenant;
};

struct RemoveWish {
  std::string tenant;
  std::string name;
  std::optional<std::uint64_t> expected;
};

struct ResetsWish {
  std::string tenant;
  std::string name;
  std::size_t count = 5;
};

std::optional<Version> version_from(const std::optional<std::uint64_t>& expected) {
  return expected ? std::optional{Version{*expected}} : std::nullopt;
}

Report report_of(const TenantDefinition& tenant, Session& session) {
  return {document_of(tenant, session.link), view_of_limits(tenant, session.link, session.style)};
}

Report set(Session& session, const SetWish& wish) {
  const Meter meter = session.link.meter(wish.limit.meter, "--meter");
  const auto limit = limit_from(wish.limit, meter);
  if (!limit.ok()) {
    throw Failure{ExitCode::bad_usage, limit.fault()};
  }
  return report_of(answered(session.link.management().put_limit(
                       parse_tenant_ref(wish.tenant), version_from(wish.expected), limit.value())),
                   session);
}

Report show(Session& session, const ShowWish& wish) {
  TenantDefinition tenant = answered(session.link.management().show(parse_tenant_ref(wish.tenant)));
  drop_past_overrides(tenant, session.link);
  return report_of(tenant, session);
}

Report remove(Session& session, const RemoveWish& wish) {
  return report_of(answered(session.link.management().remove_limit(
                       parse_tenant_ref(wish.tenant), version_from(wish.expected), wish.name)),
                   session);
}

Report resets(Session& session, const ResetsWish& wish) {
  const ResetPreview preview = answered(
      session.link.management().resets(parse_tenant_ref(wish.tenant), wish.name, wish.count));
  return {document_of(preview), view_of(preview, session.style)};
}

/// Which requests it is for, and what becomes of one that nobody ended.
void add_request_options(CLI::App& command, LimitWish& limit) {
  command
      .add_option("--by", limit.by,
                  "A counter for each combination of values of these labels, such as user,team")
      ->type_name("LABEL[,LABEL]");
  command
      .add_option("--when", limit.when,
                  "Only for requests with such a label, such as model=a|b or team!=x; may be "
                  "repeated, then all must hold")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  command
      .add_option("--history-by", limit.history_by,
                  "Keep the history of the meter for each value of these labels, too")
      ->type_name("LABEL[,LABEL]");
  command.add_flag("--release-on-expiry", limit.release_on_expiry,
                   "What is held by a reservation or lease that nobody ended was not used");
}

void add_set(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<SetWish>();
  CLI::App& command = *group.add_subcommand(
      "set",
      "Set a limit, or add it: a window (--size, --period), a rate (--rate, --per), a sliding "
      "window (--sliding), what is in flight (--concurrency), or credit (--credit)");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("NAME", wish->limit.name, "Name of the limit in the tenant")->required();
  command.add_option("--meter", wish->limit.meter, "What is counted; see meter list")->required();
  add_rule_options(command, wish->limit);
  add_request_options(command, wish->limit);
  add_enforcement_options(command, wish->limit);
  command.add_option("--soft", wish->limit.soft,
                     "Warn from here on: an amount or a percentage of the size");
  command.add_option("--thresholds", wish->limit.thresholds,
                     "Percentages to report once a window, such as 80,90,100; or none");
  command.add_option("--expect-version", wish->expected, "Only if the tenant has this version");
  command.footer(
      "Examples:\n"
      "  sluicectl limit set acme monthly --meter api_requests --size 100k --period month\n"
      "  sluicectl limit set acme disk --meter storage_bytes --size 10GB --period never --alert\n"
      "  sluicectl limit set acme pace --meter api_requests --rate 50 --per 1s --burst 100\n"
      "  sluicectl limit set acme smooth --meter api_requests --sliding 1k/1m\n"
      "  sluicectl limit set acme calls --meter services --concurrency 10/30s\n"
      "  sluicectl limit set acme prepaid --meter llm_tokens --credit month\n"
      "  sluicectl limit set acme each --meter llm_tokens --size 1k --period day --by user \\\n"
      "    --when 'model=large|huge'\n"
      "  sluicectl limit set acme even --meter llm_tokens --size 1M --period day --soft 50% \\\n"
      "    --enforcement throttle\n"
      "  sluicectl limit set acme traffic --meter bandwidth_bytes --size 1TB --period month \\\n"
      "    --enforcement overage --overage-price 150000/1GB --overage-cap 5TB");
  runs(line, command, wish, set);
}

void add_resets(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<ResetsWish>();
  CLI::App& command =
      *group.add_subcommand("resets", "Show when a window starts again, in the tenant's time zone");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  command.add_option("NAME", wish->name, "Name of the limit in the tenant")->required();
  command.add_option("--count", wish->count, "So many of the next ones")
      ->check(CLI::Range(std::size_t{1}, resets_max))
      ->default_val(wish->count);
  runs(line, command, wish, resets);
}

}  // namespace

void add_limit_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand(
      "limit", "Set, show, remove, override, look ahead at a tenant's limits");
  group.require_subcommand(1);
  add_set(line, group);

  auto shown = std::make_shared<ShowWish>();
  CLI::App& show_command = *group.add_subcommand("show", "Show a tenant's limits");
  show_command.add_option(tenant_positional, shown->tenant, "Slug or UUID")->required();
  runs(line, show_command, shown, show);

  auto removed = std::make_shared<RemoveWish>();
  CLI::App& remove_command =
      *group.add_subcommand("remove", "Remove a limit and what was counted for it");
  remove_command.add_option(tenant_positional, removed->tenant, "Slug or UUID")->required();
  remove_command.add_option("NAME", removed->name, "Name of the limit in the tenant")->required();
  remove_command.add_option("--expect-version", removed->expected,
                            "Only if the tenant has this version");
  runs(line, remove_command, removed, remove);
  add_resets(line, group);
  add_counters_command(line, group);
  add_what_if_command(line, group);
  add_override_commands(line, group);
}

}  // namespace sluice::ctl
