// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "actors/tenant/audit_drafts.hpp"
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

TEST(AuditText, IsCutAtTheEndOfACharacter) {
  std::string text(audit_text_bytes_max - 1, 'a');
  text += "\xc3\xa9";
  EXPECT_EQ(audit_text(text), std::string(audit_text_bytes_max - 1, 'a'));
  EXPECT_EQ(audit_text("short"), "short");
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
}

TEST(WhatTheAuditSays, QuotesWhatPeopleWrote) {
  TenantDefinition after = tenant_with({});
  after.name = "Acme";
  const AuditDraft what = audit_of_change(EditTenant{}, tenant_with({}), after);
  EXPECT_EQ(what.before, R"({"name":"Acme \"Ltd\""})");
  EXPECT_EQ(what.after, R"({"name":"Acme"})");
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
