// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "actors/tenant/audit_drafts.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;

constexpr WallTime noon{24h * 365 * 50 + 12h};

class StoredAudit : public StoreContract {
protected:
  [[nodiscard]] static AuditDraft draft(std::string subject, TenantId chain = tenant_id(1)) {
    AuditDraft what{.tenant = chain, .at = noon};
    what.author = {"operator", "Ada", "key:00000000000000aa", "192.0.2.1:50000"};
    what.action = AuditAction::limit_put;
    what.subject = std::move(subject);
    what.before = R"({"name":"é \"x\""})";
    what.after = R"({"name":"y"})";
    return what;
  }
  [[nodiscard]] Deed by_ada(std::string subject, TenantId chain = tenant_id(1)) const {
    return {epoch, draft(std::move(subject), chain)};
  }
  [[nodiscard]] std::vector<AuditEvent> events(TenantId chain = tenant_id(1)) {
    return store->audit_page({.tenant = chain, .page_size = audit_page_size_max}).value().events;
  }
  [[nodiscard]] AuditCheck check(TenantId chain = tenant_id(1)) {
    std::optional<AuditMark> from;
    while (true) {
      AuditCheck part = store->check_audit(chain, from).value();
      if (!part.more) {
        return part;
      }
      from = part.through;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredAudit, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredAudit, IsEmptyAtFirstAndHolds) {
  EXPECT_TRUE(events().empty());
  EXPECT_FALSE(check().broken);
  EXPECT_EQ(check().through.number, 0U);
}

TEST_P(StoredAudit, KeepsEverythingOfAnEventOverARestart) {
  ASSERT_TRUE(done(store->create(by_ada("acme"), tenant(1))));
  restart();
  const auto kept = events();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].what, draft("acme"));
  EXPECT_EQ(kept[0].number, 1U);
  EXPECT_EQ(kept[0].previous, AuditHash{});
  EXPECT_NE(kept[0].hash, AuditHash{});
}

TEST_P(StoredAudit, NumbersEachChainWithoutGapsWhoeverWrites) {
  ASSERT_TRUE(done(store->create(by_ada("1"), tenant(1))));
  ASSERT_TRUE(done(other->replace(by_ada("2"), next(tenant(1)))));
  ASSERT_TRUE(done(store->record(by_ada("platform", TenantId{}))));
  ASSERT_TRUE(done(other->remove(by_ada("3"), tenant_id(1))));
  ASSERT_TRUE(done(store->add_api_key(by_ada("4"), api_key(1))));
  ASSERT_TRUE(done(store->remove_api_key(by_ada("5"), KeyId{1})));
  ASSERT_TRUE(done(store->define_meter(by_ada("6"), "pages", "page")));
  const auto kept = events();
  ASSERT_EQ(kept.size(), 6U);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(kept[i].number, i + 1);
    EXPECT_EQ(kept[i].what.subject, std::to_string(i + 1));
    EXPECT_EQ(kept[i].previous, i == 0 ? AuditHash{} : kept[i - 1].hash);
  }
  EXPECT_EQ(events(TenantId{}).size(), 1U);
  const AuditCheck checked = check();
  EXPECT_FALSE(checked.broken);
  EXPECT_EQ(checked.through, (AuditMark{6, kept.back().hash}));
}

TEST_P(StoredAudit, SaysNothingOfAChangeThatFailed) {
  ASSERT_TRUE(done(store->create(by_ada("1"), tenant(1))));
  EXPECT_FALSE(store->create(by_ada("2"), tenant(1)).ok());
  EXPECT_FALSE(store->replace(by_ada("3"), tenant(1)).ok());
  EXPECT_FALSE(store->remove(by_ada("4"), tenant_id(9)).ok());
  EXPECT_FALSE(store->remove_api_key(by_ada("5"), KeyId{1}).ok());
  EXPECT_FALSE(store->define_meter(by_ada("6"), "api_requests", "request").ok());
  EXPECT_FALSE(store->create({Epoch{epoch.raw() + 1}, draft("7")}, tenant(2)).ok());
  EXPECT_EQ(events().size(), 1U);
}

TEST_P(StoredAudit, SaysNothingOfAChangeOfMembersOfATierOrOfWhatIsCustomisedThatFailed) {
  TenantDefinition founded = tenant(1);
  founded.membership = {.members = 1, .owners = 1};
  const MemberChange first{founded, {Member{.user_id = "ann", .role = "owner"}}};
  ASSERT_TRUE(done(store->change_members(by_ada("1"), first)));
  EXPECT_FALSE(store->change_members(by_ada("2"), first).ok()) << "it is there";
  Tier tier = shipped_tiers().front();
  EXPECT_FALSE(store->put_tier({Epoch{epoch.raw() + 1}, draft("3")}, tier).ok());
  EXPECT_FALSE(store->remove_tier(by_ada("4"), "no-such-tier").ok());
  const CustomisationChange late{.tenant = tenant_id(1),
                                 .put = Customisation{.version = Version{7}}};
  EXPECT_FALSE(store->change_customisation(by_ada("5"), late).ok());
  EXPECT_EQ(events().size(), 1U);
  tier.version = Version{2};
  ASSERT_TRUE(done(store->put_tier(by_ada("6"), tier)));
  const CustomisationChange put{.tenant = tenant_id(1),
                                .put = Customisation{.version = Version{1}}};
  ASSERT_TRUE(done(store->change_customisation(by_ada("7"), put)));
  restart();
  EXPECT_EQ(events().size(), 3U);
  EXPECT_FALSE(check().broken);
}

TEST_P(StoredAudit, OutlivesItsTenant) {
  ASSERT_TRUE(done(store->create(by_ada("made"), tenant(1))));
  ASSERT_TRUE(done(store->remove(by_ada("gone"), tenant_id(1))));
  restart();
  EXPECT_EQ(events().size(), 2U);
  ASSERT_TRUE(done(store->create(by_ada("made again"), tenant(1))));
  EXPECT_EQ(events().back().number, 3U);
}

TEST_P(StoredAudit, IsFoundByWhoWhatAndWhen) {
  AuditDraft late = draft("late");
  late.at = noon + 1h;
  AuditDraft by_eve = draft("eve");
  by_eve.author.name = "Eve";
  by_eve.author.credential = "token:eve";
  by_eve.action = AuditAction::limit_removed;
  for (const AuditDraft& what : {draft("first"), late, by_eve}) {
    ASSERT_TRUE(done(store->record({epoch, what})));
  }
  const auto found = [&](const AuditQuery& query) {
    std::string subjects;
    const AuditPage page = store->audit_page(query).value();
    for (const AuditEvent& event : page.events) {
      subjects += event.what.subject + ' ';
    }
    return subjects;
  };
  const TenantId chain = tenant_id(1);
  EXPECT_EQ(found({.tenant = chain, .author = "Ada"}), "first late ");
  EXPECT_EQ(found({.tenant = chain, .author = "token:eve"}), "eve ");
  EXPECT_EQ(found({.tenant = chain, .action = AuditAction::limit_removed}), "eve ");
  EXPECT_EQ(found({.tenant = chain, .from = noon + 1h}), "late ");
  EXPECT_EQ(found({.tenant = chain, .to = noon + 1h}), "first eve ");
  EXPECT_EQ(found({.tenant = tenant_id(2)}), "");
}

TEST_P(StoredAudit, IsReadAPageAtATime) {
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(done(store->record(by_ada(std::to_string(i)))));
  }
  const auto first = store->audit_page({.tenant = tenant_id(1), .page_size = 3}).value();
  EXPECT_EQ(first.events.size(), 3U);
  EXPECT_TRUE(first.more);
  const auto rest = store->audit_page({.tenant = tenant_id(1), .after = 3, .page_size = 3}).value();
  EXPECT_EQ(rest.events.size(), 2U);
  EXPECT_FALSE(rest.more);
  EXPECT_TRUE(
      refused(store->audit_page({.page_size = 0}), FaultCode::invalid_argument, "page_size"));
}

TEST_P(StoredAudit, TakesWhatCameThroughAJournalOnce) {
  SaveBatch saved = batch({});
  saved.audit = {{EntryId{1, 1}, draft("given")}, {EntryId{1, 2}, draft("voided")}};
  ASSERT_TRUE(done(store->save(saved)));
  saved.audit.push_back({EntryId{1, 3}, draft("reset")});
  ASSERT_TRUE(done(other->save(saved)));
  restart();
  const auto kept = events();
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].what.subject, "given");
  EXPECT_EQ(kept[2].what.subject, "reset");
  EXPECT_FALSE(check().broken);
}

TEST_P(StoredAudit, IsForgottenFromTheBeginningAndHoldsFromThere) {
  AuditDraft old = draft("old");
  old.at = noon - 24h * 80;
  ASSERT_TRUE(done(store->record({epoch, old})));
  ASSERT_TRUE(done(store->record({epoch, old})));
  ASSERT_TRUE(done(store->record(by_ada("new"))));
  const AuditHash hash = events().back().hash;
  ASSERT_TRUE(done(store->forget_audit(epoch, noon - 24h * 40)));
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events().back().number, 3U);
  const AuditCheck checked = check();
  EXPECT_FALSE(checked.broken);
  EXPECT_EQ(checked.anchor.number, 2U);
  EXPECT_EQ(checked.through, (AuditMark{3, hash}));
  ASSERT_TRUE(done(store->record(by_ada("newer"))));
  EXPECT_EQ(events().back().number, 4U);
}

TEST_P(StoredAudit, KeepsAnOldEventBehindAYoungOne) {
  AuditDraft old = draft("after the clock was stepped");
  old.at = noon - 24h * 80;
  ASSERT_TRUE(done(store->record(by_ada("young"))));
  ASSERT_TRUE(done(store->record({epoch, old})));
  ASSERT_TRUE(done(store->forget_audit(epoch, noon - 24h * 40)));
  EXPECT_EQ(events().size(), 2U);
  EXPECT_FALSE(check().broken);
}

TEST_P(StoredAudit, IsFollowedHoweverLongItIs) {
  SaveBatch saved = batch({});
  for (std::uint64_t i = 1; i <= audit_checked_at_once + 5; ++i) {
    saved.audit.push_back({EntryId{2, i}, draft(std::to_string(i))});
  }
  ASSERT_TRUE(done(store->save(saved)));
  EXPECT_TRUE(store->check_audit(tenant_id(1), std::nullopt).value().more);
  EXPECT_EQ(check().through.number, audit_checked_at_once + 5);
  EXPECT_FALSE(check().broken);
}

}  // namespace sluice::test
