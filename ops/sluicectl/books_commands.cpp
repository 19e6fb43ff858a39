// SPDX-License-Identifier: Apache-2.0
// What is owed for shared resources: statements, payouts and statistics.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "ops/sluicectl/books_views.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/share_wish.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "protocol/text/books_json.hpp"

namespace sluice::ctl {
namespace {

struct StatementWish {
  std::string tenant;
  std::string side = "owner";
  std::string from;
  std::string to;
  std::string policy;
  std::string counterparty;
  std::string after;
  std::size_t page_size = 50;
  bool running = false;
  bool csv = false;
};
struct PayoutsWish {
  std::string tenant;
  std::string currency;
  std::string after;
  std::size_t page_size = 50;
};
struct PaidWish {
  std::string tenant;
  std::string payout;
  std::string reference;
};
struct SharingStatisticsWish {
  std::string tenant;
  std::string side = "owner";
  std::string by = "day";
  std::string from;
  std::string to;
  std::string policy;
  std::size_t points_max = SharingStatisticsQuery{}.points_max;
  std::size_t top_max = SharingStatisticsQuery{}.top_max;
};

constexpr Duration statistics_last = std::chrono::hours{24 * 30};

StatementQuery statement_query(Session& session, const StatementWish& wish) {
  StatementQuery query;
  query.side = accept(text::parse_sharing_side(wish.side), "--as");
  query.policy = policy_if_named(session, wish.tenant, query.side, wish.policy);
  if (!wish.counterparty.empty()) {
    query.counterparty = parse_tenant_id(wish.counterparty);
    if (!query.counterparty) {
      throw Failure{ExitCode::bad_usage, Fault{FaultCode::invalid_argument,
                                               "--counterparty: is not the UUID of a tenant"}};
    }
  }
  query.page_size = wish.page_size;
  if (!wish.from.empty()) {
    query.from = accept(parse_instant(wish.from), "--from");
  }
  if (!wish.to.empty()) {
    query.to = accept(parse_instant(wish.to), "--to");
  }
  if (!wish.after.empty()) {
    query.after = accept(text::parse_statement_cursor(wish.after), "--after");
  }
  return query;
}

Report statement(Session& session, const StatementWish& wish) {
  const StatementQuery query = statement_query(session, wish);
  const StatementPage page = answered(
      session.link.management().statements(parse_tenant_ref(wish.tenant), query, wish.running));
  return wish.csv ? statements_csv(page, !query.after) : statements_report(page, session);
}

Report payouts(Session& session, const PayoutsWish& wish) {
  PayoutQuery query;
  query.currency = wish.currency;
  query.page_size = wish.page_size;
  if (!wish.after.empty()) {
    query.after = accept(text::parse_payout_key(wish.after), "--after");
  }
  return payouts_report(
      answered(session.link.management().payouts(parse_tenant_ref(wish.tenant), query)), session);
}

Report paid(Session& session, const PaidWish& wish) {
  const PayoutKey key = accept(text::parse_payout_key(wish.payout), "PAYOUT");
  return payout_report(answered(session.link.management().mark_payout_paid(
                           parse_tenant_ref(wish.tenant), key, wish.reference)),
                       session);
}

Report sharing_statistics(Session& session, const SharingStatisticsWish& wish) {
  client::OperatorClient& management = session.link.management();
  SharingStatisticsQuery query;
  query.side = accept(text::parse_sharing_side(wish.side), "--as");
  query.by = accept(text::parse_sharing_granularity(wish.by), "--by");
  query.policy = policy_if_named(session, wish.tenant, query.side, wish.policy);
  query.points_max = wish.points_max;
  query.top_max = wish.top_max;
  query.to =
      wish.to.empty() ? answered(management.status()).now : accept(parse_instant(wish.to), "--to");
  const WallTime earliest = std::max(WallTime{}, query.to - statistics_last);
  query.from = wish.from.empty() ? earliest : accept(parse_instant(wish.from), "--from");
  return sharing_statistics_report(
      answered(management.sharing_statistics(parse_tenant_ref(wish.tenant), query)), session);
}

CLI::App& add_books_command(CLI::App& group, const char* name, const char* description,
                            std::string& tenant) {
  CLI::App& command = *group.add_subcommand(name, description);
  command.add_option(tenant_positional, tenant, "Slug or UUID")->required();
  return command;
}

template <class Wish>
void add_side_and_range(CLI::App& command, Wish& wish) {
  command.add_option("--as", wish.side, "What the tenant is in them")
      ->check(CLI::IsMember({"owner", "consumer"}));
  command.add_option("--from", wish.from, "Only what begins then or later")->type_name("INSTANT");
  command.add_option("--to", wish.to, "Only what begins before")->type_name("INSTANT");
  command.add_option("--policy", wish.policy, "Only of this one: UUID, or TYPE/ID");
}

void add_statement_command(CommandLine& line, CLI::App& share) {
  auto wish = std::make_shared<StatementWish>();
  CLI::App& command = add_books_command(
      share, "statement", "Show what a tenant is owed, or owes, for each period", wish->tenant);
  add_side_and_range(command, *wish);
  command
      .add_option("--counterparty", wish->counterparty,
                  "Only of this consumer; as a consumer, only of this owner")
      ->type_name("UUID");
  command.add_flag("--running", wish->running, "Of periods that are not closed, so far");
  command.add_option("--after", wish->after, "Goes on behind this line");
  command.add_option("--page-size", wish->page_size, "1 to 1000");
  command.add_flag("--csv", wish->csv, "For spreadsheets");
  runs(line, command, wish, statement);
}

void add_statistics_command(CommandLine& line, CLI::App& share) {
  auto wish = std::make_shared<SharingStatisticsWish>();
  CLI::App& command =
      add_books_command(share, "stats", "Show how what is shared is used", wish->tenant);
  add_side_and_range(command, *wish);
  command.add_option("--by", wish->by, "How much time a row tells of, in UTC")
      ->check(CLI::IsMember({"hour", "day", "period"}))
      ->default_val(wish->by);
  command.add_option("--max", wish->points_max, "At most so many rows, the earliest")
      ->check(CLI::Range(std::size_t{1}, sharing_points_max))
      ->default_val(wish->points_max);
  command.add_option("--top", wish->top_max, "So many who use, or are used, most")
      ->check(CLI::Range(std::size_t{0}, sharing_top_max))
      ->default_val(wish->top_max);
  command.footer("Without --from the 30 days before --to, which is now by default.");
  runs(line, command, wish, sharing_statistics);
}

}  // namespace

void add_books_commands(CommandLine& line, CLI::App& share) {
  add_statement_command(line, share);
  auto listed = std::make_shared<PayoutsWish>();
  CLI::App& payouts_command = add_books_command(
      share, "payouts", "List what the platform pays a tenant, the latest first", listed->tenant);
  payouts_command.add_option("--currency", listed->currency, "Only in this one");
  payouts_command.add_option("--after", listed->after, "Goes on behind this payout");
  payouts_command.add_option("--page-size", listed->page_size, "1 to 1000");
  runs(line, payouts_command, listed, payouts);

  auto marked = std::make_shared<PaidWish>();
  CLI::App& paid_command = add_books_command(
      share, "paid", "Say that a payout was paid, as the platform", marked->tenant);
  paid_command.add_option("PAYOUT", marked->payout, "As in USD/3")->required();
  paid_command.add_option("--reference", marked->reference, "What that payment is called")
      ->required();
  runs(line, paid_command, marked, paid);
  add_statistics_command(line, share);
}

}  // namespace sluice::ctl
