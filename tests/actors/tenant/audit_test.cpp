// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "actors/tenant/audit_drafts.hpp"
#include "actors/tenant/audit_json.hpp"
#include "tests/support/memory_audit.hpp"

namespace sluice {
namespace {

using test::toy_hash;

AuditDraft draft(std::string subject) {
  AuditDraft what{.tenant = {1, 2}, .at = WallTime{Duration{77}}};
  what.author = {"operator", "Ada", "key:01", "192.0.2.1:9"};
  what.action = AuditAction::limit_put;
  what.subject = std::move(subject);
  what.before = R"({"size":1})";
  what.after = R"({"size":2})";
  return what;
}

std::vector<AuditEvent> chain(std::size_t length) {
  std::vector<AuditEvent> events;
  AuditMark last;
  for (std::size_t i = 0; i < length; ++i) {
    events.push_back(chained(draft("limit-" + std::to_string(i)), last, toy_hash));
    last = {events.back().number, events.back().hash};
  }
  return events;
}

AuditMark end_of(const std::vector<AuditEvent>& events) {
  return {events.back().number, events.back().hash};
}

std::string break_of(const std::vector<AuditEvent>& events, const AuditMark& last) {
  const AuditCheck check = check_chain({}, last, {}, events, false, toy_hash);
  return check.broken ? check.broken->what : "";
}

TEST(AuditActions, AreKnownByTheirNames) {
  std::set<std::string_view> names;
  for (const AuditActionName& row : audit_action_names) {
    names.insert(row.name);
    EXPECT_EQ(parse_audit_action(row.name), row.action);
    EXPECT_NE(row.name.find('.'), std::string_view::npos);
  }
  EXPECT_EQ(names.size(), audit_action_names.size());
  EXPECT_EQ(parse_audit_action("limit.burnt"), std::nullopt);
}

TEST(AuditActions, AreAllInTheTableOfThePage) {
  std::set<std::string> told;
  std::ifstream page(SLUICE_DOCS "/audit.md");
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) {
      continue;
    }
    std::istringstream quoted(line.substr(0, line.find('|', 1)));
    std::string between;
    for (std::string name; std::getline(quoted, between, '`') && std::getline(quoted, name, '`');) {
      EXPECT_TRUE(told.insert(name).second) << name << " is there twice";
    }
  }
  std::set<std::string> known;
  for (const AuditActionName& row : audit_action_names) {
    known.emplace(row.name);
  }
  EXPECT_EQ(told, known);
}

TEST(CanonicalBytes, DifferWhateverIsDifferent) {
  std::vector<AuditEvent> events(13, AuditEvent{draft("a"), 1, {}, {}});
  events[1].what.tenant.low = 3;
  events[2].number = 2;
  events[3].what.at = WallTime{Duration{78}};
  events[4].what.author.kind = "member";
  events[5].what.author.name = "Eve";
  events[6].what.author.credential = "key:02";
  events[7].what.author.address = "192.0.2.2:9";
  events[8].what.action = AuditAction::limit_removed;
  events[9].what.subject = "b";
  events[10].what.before = "";
  events[11].what.after = "";
  events[12].previous[31] = std::byte{1};
  std::set<std::string> bytes;
  for (const AuditEvent& event : events) {
    bytes.insert(canonical_bytes(event));
  }
  EXPECT_EQ(bytes.size(), events.size());
}

TEST(CanonicalBytes, SayWhereATextEnds) {
  AuditEvent one{draft("ab"), 1, {}, {}};
  AuditEvent other{draft("a"), 1, {}, {}};
  other.what.before = "b" + one.what.before;
  EXPECT_NE(canonical_bytes(one), canonical_bytes(other));
}

TEST(AChain, HoldsAsItWasMade) {
  const auto events = chain(5);
  EXPECT_EQ(events.front().number, 1U);
  EXPECT_EQ(events.front().previous, AuditHash{});
  const AuditCheck check = check_chain({}, end_of(events), {}, events, false, toy_hash);
  EXPECT_FALSE(check.broken);
  EXPECT_EQ(check.through, end_of(events));
}

TEST(AChain, ShowsAnEventThatWasEdited) {
  auto events = chain(5);
  const AuditMark last = end_of(events);
  events[2].what.after = R"({"size":3})";
  EXPECT_EQ(break_of(events, last), "event 3 was edited");
}

TEST(AChain, ShowsAnEventThatWasEditedAndHashedAgain) {
  auto events = chain(5);
  const AuditMark last = end_of(events);
  events[2].what.after = R"({"size":3})";
  events[2].hash = toy_hash(canonical_bytes(events[2]));
  EXPECT_EQ(break_of(events, last), "event 4 does not follow the one before it");
}

TEST(AChain, ShowsAGap) {
  auto events = chain(5);
  const AuditMark last = end_of(events);
  events.erase(events.begin() + 1);
  EXPECT_EQ(break_of(events, last), "event 2 is missing");
}

TEST(AChain, ShowsThatItsEndIsGone) {
  auto events = chain(5);
  const AuditMark last = end_of(events);
  events.pop_back();
  EXPECT_EQ(break_of(events, last), "event 5 is missing");
}

TEST(AChain, IsFollowedFromItsAnchor) {
  const auto events = chain(5);
  const AuditMark anchor{events[1].number, events[1].hash};
  const std::vector<AuditEvent> kept(events.begin() + 2, events.end());
  const AuditCheck check = check_chain(anchor, end_of(events), anchor, kept, false, toy_hash);
  EXPECT_FALSE(check.broken);
  EXPECT_TRUE(check_chain({}, end_of(events), {}, kept, false, toy_hash).broken);
}

using audit::Fields;

TEST(AuditText, SaysAllOfWhatFits) {
  Fields fields;
  fields.add("text", std::string_view{std::string(audit_text_bytes_max - 11, 'a')});
  EXPECT_EQ(fields.text().size(), audit_text_bytes_max);
  EXPECT_EQ(fields.text(), fields.object());
}

TEST(AuditText, SaysHowManyFieldsItLeavesOutAndCutsNone) {
  Fields fields;
  fields.add("first", 1)
      .add("long", std::string_view{std::string(audit_text_bytes_max, 'a')})
      .add("longer", std::string_view{std::string(audit_text_bytes_max * 2, 'a')})
      .add("last", 2);
  EXPECT_EQ(fields.text(), R"({"first":1,"last":2,"left_out":2})");
}

TEST(AuditText, SaysOfAnInnerObjectWhatThereIsRoomFor) {
  Fields inner;
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) {
    names.push_back("limit-" + std::to_string(i));
  }
  for (const std::string& name : names) {
    inner.add(name, 1);
  }
  Fields fields;
  fields.add("name", std::string_view{"acme"}).add_what_fits("limits", inner);
  fields.add_what_fits("others", inner);
  const std::string text = fields.text();
  EXPECT_LE(text.size(), audit_text_bytes_max);
  EXPECT_TRUE(text.starts_with(R"({"name":"acme","limits":{"limit-0":1,)")) << text;
  EXPECT_TRUE(text.ends_with(R"("others":{"left_out":1000}})")) << text;
}

Limit limit_of(std::uint64_t size) {
  Limit limit;
  limit.id = LimitId{1};
  limit.name = "requests";
  limit.meter = MeterId{1};
  limit.rule = WindowRule{Amount{size}, Period::month};
  return limit;
}

TenantDefinition tenant_with(std::vector<Limit> limits) {
  TenantDefinition tenant;
  tenant.id = {1, 2};
  tenant.name = "Acme \"Ltd\"";
  tenant.slug = "acme";
  tenant.tier = "free";
  tenant.limits = std::move(limits);
  return tenant;
}

TEST(WhatTheAuditSays, IsOnlyWhatChangedOfALimit) {
  const AuditDraft what = audit_of_change(PutLimit{limit_of(2)}, tenant_with({limit_of(1)}),
                                          tenant_with({limit_of(2)}));
  EXPECT_EQ(what.action, AuditAction::limit_put);
  EXPECT_EQ(what.subject, "requests");
  EXPECT_EQ(what.before, R"({"rule":{"size":1,"period":"month"}})");
  EXPECT_EQ(what.after, R"({"rule":{"size":2,"period":"month"}})");
}

TEST(WhatTheAuditSays, IsAllOfALimitThatWasNotThere) {
  const AuditDraft what =
      audit_of_change(PutLimit{limit_of(2)}, tenant_with({}), tenant_with({limit_of(2)}));
  EXPECT_EQ(what.before, "");
  EXPECT_NE(what.after.find(R"("enforcement":"block")"), std::string::npos) << what.after;
  const AuditDraft gone =
      audit_of_change(RemoveLimit{"requests"}, tenant_with({limit_of(2)}), tenant_with({}));
  EXPECT_EQ(gone.action, AuditAction::limit_removed);
  EXPECT_EQ(gone.before, what.after);
  EXPECT_EQ(gone.after, "");
}

TEST(WhatTheAuditSays, NamesEveryChangeOfALife) {
  const auto action_of = [](LifeEvent event) {
    return audit_of_change(event, tenant_with({}), tenant_with({})).action;
  };
  EXPECT_EQ(action_of(Convert{}), AuditAction::tenant_converted);
  EXPECT_EQ(action_of(Suspend{"unpaid"}), AuditAction::tenant_suspended);
  EXPECT_EQ(action_of(Reactivate{}), AuditAction::tenant_reactivated);
  EXPECT_EQ(action_of(Deactivate{}), AuditAction::tenant_deactivated);
  EXPECT_EQ(action_of(Restore{}), AuditAction::tenant_restored);
  EXPECT_EQ(action_of(EndTrial{}), AuditAction::trial_ended);
  EXPECT_EQ(action_of(EndGrace{}), AuditAction::tenant_suspended);
}

TEST(WhatTheAuditSays, QuotesWhatPeopleWrote) {
  TenantDefinition after = tenant_with({});
  after.name = "Acme";
  const AuditDraft what = audit_of_change(EditTenant{}, tenant_with({}), after);
  EXPECT_EQ(what.before, R"({"name":"Acme \"Ltd\""})");
  EXPECT_EQ(what.after, R"({"name":"Acme"})");
}

TEST(WhatTheAuditSays, OfATierIsItsFeaturesItsSlaAndItsLimits) {
  Tier before{.name = "pro",
              .rank = 2,
              .limits = {limit_of(1)},
              .features = {{"sso", false}, {"webhooks", true}},
              .sla = "99 %"};
  Tier after = before;
  after.features = {{"seats", std::int64_t{5}}, {"sso", true}, {"webhooks", true}};
  after.sla = "99.9 %";
  const AuditDraft put = audit_of_tier(&before, &after);
  EXPECT_EQ(put.before, R"({"sla":"99 %","features":{"sso":false}})");
  EXPECT_EQ(put.after, R"({"sla":"99.9 %","features":{"seats":5,"sso":true}})");
  const AuditDraft made = audit_of_tier(nullptr, &before);
  EXPECT_EQ(made.before, "");
  EXPECT_TRUE(made.after.starts_with(
      R"({"rank":2,"sla":"99 %","features":{"sso":false,"webhooks":true},"limits":{"requests":)"))
      << made.after;
  EXPECT_EQ(audit_of_tier(&before, nullptr).before, made.after);
}

TEST(WhatTheAuditSays, OfAnEditToAnotherTierIsWhatCameAndWentWithIt) {
  TenantDefinition after = tenant_with({limit_of(2)});
  after.tier = "pro";
  const AuditDraft what =
      audit_of_change(EditTenant{.tier = "pro"}, tenant_with({limit_of(1)}), after);
  EXPECT_EQ(what.action, AuditAction::tenant_edited);
  EXPECT_TRUE(what.before.starts_with(R"({"tier":"free","limits":{"requests":{)")) << what.before;
  EXPECT_NE(what.before.find(R"("size":1)"), std::string::npos) << what.before;
  EXPECT_NE(what.after.find(R"("size":2)"), std::string::npos) << what.after;
}

TEST(WhatTheAuditSays, OfATierIsAlsoWhatTheTenantHasTooMuchOf) {
  TenantDefinition after = tenant_with({});
  after.tier = "small";
  const std::vector<ExceededLimit> exceeded{{"seats", Amount{3}, Amount{5}}};
  for (const Change& change : {Change{ChangeTier{"small"}}, Change{TakePendingTier{}}}) {
    EXPECT_EQ(audit_of_change(change, tenant_with({}), after, exceeded).after,
              R"({"tier":"small","exceeded":{"seats":{"size":3,"used":5}}})");
  }
}

TEST(WhatTheAuditSays, OfManyLimitsIsHowManyThereIsNoRoomFor) {
  std::vector<Limit> many;
  for (int i = 0; i < 64; ++i) {
    many.push_back(limit_of(1));
    many.back().name = "limit-" + std::to_string(i);
  }
  TenantDefinition after = tenant_with(many);
  after.tier = "pro";
  const AuditDraft what = audit_of_change(ChangeTier{"pro"}, tenant_with({}), after);
  EXPECT_LE(what.after.size(), audit_text_bytes_max);
  EXPECT_NE(what.after.find(R"("left_out":)"), std::string::npos);
  EXPECT_TRUE(what.after.ends_with("}}")) << what.after;
}

TEST(WhatTheAuditSays, OfAKeyGoesToTheOnlyTenantThatItIsFor) {
  ApiKey key;
  key.id = KeyId{7};
  EXPECT_EQ(audit_of_key(AuditAction::key_created, key).tenant, TenantId{});
  key.tenants = std::vector{TenantId{1, 2}};
  EXPECT_EQ(audit_of_key(AuditAction::key_created, key).tenant, (TenantId{1, 2}));
  key.tenants->push_back(TenantId{1, 3});
  EXPECT_EQ(audit_of_key(AuditAction::key_revoked, key).tenant, TenantId{});
}

}  // namespace
}  // namespace sluice
