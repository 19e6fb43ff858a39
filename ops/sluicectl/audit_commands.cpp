// SPDX-License-Identifier: Apache-2.0
// Who changed what: the audit of a tenant, or of the platform.
#include <fmt/format.h>

#include <algorithm>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/event_documents.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct ListWish {
  std::string tenant;
  std::string author;
  std::string action;
  std::string from;
  std::string to;
  std::uint64_t after = 0;
  std::size_t max = 100;
};
struct VerifyWish {
  std::string tenant;
  bool all = false;
};

/// Nothing is the platform.
std::optional<client::TenantRef> chain_named(const std::string& tenant) {
  return tenant.empty() ? std::nullopt : std::optional(parse_tenant_ref(tenant));
}

std::string hex(const AuditHash& hash) {
  std::string text;
  for (const std::byte byte : hash) {
    text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  }
  return text;
}

Json change_json(const std::string& text) {
  const Json parsed = Json::parse(text, nullptr, false);
  return text.empty() ? Json() : parsed.is_discarded() ? Json(text) : parsed;
}

std::string author_text(const Author& author) {
  return author.name.empty() ? author.kind : author.name + " (" + author.kind + ')';
}

std::string change_text(const AuditDraft& what) {
  return what.before.empty()  ? what.after
         : what.after.empty() ? what.before
                              : what.before + " -> " + what.after;
}

AuditQuery query_of(const ListWish& wish) {
  AuditQuery query;
  query.author = wish.author;
  if (!wish.action.empty()) {
    query.action = parse_audit_action(wish.action);
  }
  if (!wish.from.empty()) {
    query.from = accept(parse_instant(wish.from), "--from");
  }
  if (!wish.to.empty()) {
    query.to = accept(parse_instant(wish.to), "--to");
  }
  query.after = wish.after;
  return query;
}

Report list(Session& session, const ListWish& wish) {
  const auto chain = chain_named(wish.tenant);
  AuditQuery query = query_of(wish);
  Json all = Json::array();
  Table table{{{"NO", Align::right}, {"AT"}, {"ACTION"}, {"SUBJECT"}, {"BY"}, {"CHANGE"}}};
  bool more = true;
  while (more && all.size() < wish.max) {
    query.page_size = std::min(audit_page_size_max, wish.max - all.size());
    const AuditPage page = answered(session.link.management().audit(chain, query));
    for (const AuditEvent& event : page.events) {
      all.push_back(document_of(event));
      table.add({{std::to_string(event.number), Tint::none},
                 {format_instant_in(event.what.at, "UTC"), Tint::none},
                 {std::string{to_string(event.what.action)}, Tint::none},
                 {event.what.subject, Tint::none},
                 {author_text(event.what.author), Tint::none},
                 {change_text(event.what), Tint::faint}});
      query.after = event.number;
    }
    more = page.more && !page.events.empty();
  }
  std::string text = table.print(session.style);
  if (more) {
    text += fmt::format("There are more: --after {}\n", query.after);
  }
  return {Json{{"events", all}, {"next", more ? Json(query.after) : Json()}}, text};
}

/// What came of many chains.
struct VerifiedChains {
  std::uint64_t events = 0;
  std::uint64_t chains = 0;
  Json broken = Json::array();
  std::string text{};

  void add(const std::string& chain, const AuditCheck& check) {
    events += check.through.number - check.anchor.number;
    ++chains;
    if (check.broken) {
      broken.push_back(
          {{"chain", chain}, {"broken_at", check.broken->number}, {"broken", check.broken->what}});
      text += fmt::format("broken: {}: {}\n", chain, check.broken->what);
    }
  }
};

Report verify_all(Session& session) {
  VerifiedChains verified;
  verified.add("the platform", answered(session.link.management().verify_audit(std::nullopt)));
  TenantQuery query;
  query.page_size = page_size_max;
  bool more = true;
  while (more) {
    const TenantPage page = answered(session.link.management().list(query));
    for (const TenantDefinition& tenant : page.tenants) {
      query.after = tenant.id;
      verified.add(tenant.slug,
                   answered(session.link.management().verify_audit(client::TenantRef{tenant.id})));
    }
    more = page.more && !page.tenants.empty();
  }
  const bool ok = verified.broken.empty();
  verified.text += fmt::format("{}: {} events of {} chains hold\n", ok ? "ok" : "broken",
                               verified.events, verified.chains);
  return {Json{{"ok", ok},
               {"events", verified.events},
               {"chains", verified.chains},
               {"broken", verified.broken}},
          verified.text, ok ? ExitCode::ok : ExitCode::refused};
}

Report verify(Session& session, const VerifyWish& wish) {
  if (wish.all) {
    return verify_all(session);
  }
  const AuditCheck check =
      answered(session.link.management().verify_audit(chain_named(wish.tenant)));
  const std::uint64_t count = check.through.number - check.anchor.number;
  const Json document{{"ok", !check.broken},
                      {"events", count},
                      {"first", check.anchor.number + 1},
                      {"last", check.through.number},
                      {"hash", hex(check.through.hash)},
                      {"broken_at", check.broken ? Json(check.broken->number) : Json()},
                      {"broken", check.broken ? Json(check.broken->what) : Json()}};
  if (check.broken) {
    return {document,
            fmt::format("broken: {}; {} events before it hold\n", check.broken->what, count),
            ExitCode::refused};
  }
  return {document, fmt::format("ok: {} events hold; the last is {} with hash {}\n", count,
                                check.through.number, hex(check.through.hash))};
}

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  for (const AuditActionName& row : audit_action_names) {
    names.emplace_back(row.name);
  }
  return names;
}

}  // namespace

Json document_of(const AuditEvent& event) {
  const AuditDraft& what = event.what;
  return Json{{"number", event.number},
              {"at", format_instant(what.at)},
              {"kind", what.author.kind},
              {"name", what.author.name},
              {"credential", what.author.credential},
              {"address", what.author.address},
              {"action", to_string(what.action)},
              {"subject", what.subject},
              {"before", change_json(what.before)},
              {"after", change_json(what.after)},
              {"previous", hex(event.previous)},
              {"hash", hex(event.hash)}};
}

void add_audit_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("audit", "Show who changed what, and verify it");
  group.require_subcommand(1);

  auto listed = std::make_shared<ListWish>();
  CLI::App& list_command = *group.add_subcommand("list", "List changes, the earliest first");
  list_command.add_option(tenant_positional, listed->tenant,
                          "Slug or UUID (UUID of one that was purged); without it, the platform");
  list_command.add_option("--by", listed->author, "Only by this name or credential");
  list_command.add_option("--action", listed->action, "Only of this kind")
      ->check(CLI::IsMember(action_names()));
  list_command.add_option("--from", listed->from, "Only from then on")->type_name("INSTANT");
  list_command.add_option("--to", listed->to, "Only before")->type_name("INSTANT");
  list_command.add_option("--after", listed->after, "Only behind the event of this number");
  list_command.add_option("--max", listed->max, "At most so many")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->default_val(listed->max);
  runs(line, list_command, listed, list);

  auto verified = std::make_shared<VerifyWish>();
  CLI::App& verify_command = *group.add_subcommand(
      "verify", "Follow the hashes: whether an event was edited, put in or taken out");
  verify_command.add_option(tenant_positional, verified->tenant,
                            "Slug or UUID; without it, the platform");
  verify_command.add_flag("--all", verified->all, "The platform and every tenant that there is")
      ->excludes(tenant_positional);
  verify_command.footer(
      "Keep the last hash elsewhere: with it, nobody can rewrite what is before.");
  runs(line, verify_command, verified, verify);
}

}  // namespace sluice::ctl
