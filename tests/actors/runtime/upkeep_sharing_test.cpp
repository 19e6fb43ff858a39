// SPDX-License-Identifier: Apache-2.0
// Goal    Uses of resources are as safe as charges, and the first use of a public one waits for its
//         grant.
#include "actors/tenant/sharing/ready_policy.hpp"
#include "tests/actors/runtime/upkeep_fixture.hpp"

namespace sluice::testing {
namespace {

constexpr TenantId owner{9, 9};
constexpr PolicyId open_model{8, 1};
constexpr SharingId its_grant{7, 1};

/// One check of a tenant that uses the resource.
class Use final : public CheckBatch {
public:
  Use(TenantId tenant, Mode mode) {
    check_ = Check{.tenant = tenant, .charges = {&charge_, 1}, .mode = mode};
    check_.shared = &use_;
    checks = {&check_, 1};
    decisions = {&decision_, 1};
  }
  [[nodiscard]] const Decision& decision() const { return decision_; }

private:
  void completed() noexcept override {}
  void abandoned() noexcept override {}

  Charge charge_{MeterId{1}, Amount{1}};
  SharedUse use_{.policy = open_model};
  Check check_{};
  Decision decision_{};
};

class UpkeepSharingSpec : public UpkeepFixture {
protected:
  void offer(Visibility visibility) {
    SharingPolicy policy;
    policy.id = open_model;
    policy.owner = owner;
    policy.visibility = visibility;
    policy.permissions.add(SharePermission::execute);
    hosting.put(made_ready(std::move(policy)));
  }
  void grant_it() {
    SharingGrant grant{.id = its_grant, .policy = open_model, .owner = owner};
    grant.permissions.add(SharePermission::execute);
    hosting.shared(tenant(1), std::vector{grant}, {});
  }
  Use& use(Mode mode = Mode::normal) {
    uses.push_back(std::make_unique<Use>(tenant(1), mode));
    upkeep.decide(*uses.back(), BatchItems::all_of(*uses.back()), at(decision_time));
    return *uses.back();
  }

  std::vector<std::unique_ptr<Use>> uses;
};

TEST_F(UpkeepSharingSpec, AUseIsInTheJournalBeforeItIsAnswered) {
  offer(Visibility::marketplace);
  admit(1, 1);
  grant_it();
  EXPECT_EQ(use().decision().outcome, Outcome::allowed);
  EXPECT_EQ(use().decision().outcome, Outcome::allowed);
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "answered", "answered"}));
}

TEST_F(UpkeepSharingSpec, AUseAfterARevokeIsRefusedAtOnce) {
  offer(Visibility::marketplace);
  admit(1, 1);
  grant_it();
  EXPECT_EQ(use().decision().outcome, Outcome::allowed);
  hosting.shared(tenant(1), {}, {});
  EXPECT_EQ(use().decision().sharing, ShareVerdict::no_grant);
}

TEST_F(UpkeepSharingSpec, TheFirstUseOfAPublicPolicyWaitsForItsGrant) {
  offer(Visibility::everyone);
  admit(1, 1);
  Use& first = use();
  Use& second = use();
  turn();
  ASSERT_TRUE(asked_for);
  EXPECT_EQ(*asked_for, (FirstUse{tenant(1), open_model}));
  EXPECT_EQ(std::ranges::count(happenings(), "grant"), 1) << "for both";
  grant_it();
  upkeep.granted(*asked_for, Done{}, at(decision_time));
  EXPECT_EQ(first.decision().outcome, Outcome::allowed);
  EXPECT_EQ(second.decision().outcome, Outcome::allowed);
}

TEST_F(UpkeepSharingSpec, AFirstUseThatWasRefusedIsNotAskedForAgainForAWhile) {
  offer(Visibility::everyone);
  admit(1, 1);
  Use& first = use();
  turn();
  upkeep.granted(*asked_for, Fault{FaultCode::permission_denied, "blocked"}, at(decision_time));
  EXPECT_EQ(first.decision().sharing, ShareVerdict::no_grant);
  EXPECT_EQ(use().decision().sharing, ShareVerdict::no_grant) << "at once";
  decision_time += std::chrono::seconds{5};
  happened.clear();
  use();
  turn();
  EXPECT_EQ(std::ranges::count(happenings(), "grant"), 1);
}

TEST_F(UpkeepSharingSpec, APeekAsksWhetherItWouldBeGrantedAndRemembersTheAnswer) {
  offer(Visibility::everyone);
  admit(1, 1);
  Use& peek = use(Mode::peek);
  turn();
  ASSERT_TRUE(asked_for);
  EXPECT_EQ(*asked_for, (FirstUse{tenant(1), open_model, true}));
  upkeep.granted(*asked_for, Done{}, at(decision_time));
  EXPECT_EQ(peek.decision().outcome, Outcome::allowed);
  happened.clear();
  EXPECT_EQ(use(Mode::peek).decision().outcome, Outcome::allowed) << "at once";
  turn();
  EXPECT_EQ(std::ranges::count(happenings(), "grant"), 0);
  use();
  turn();
  EXPECT_EQ(*asked_for, (FirstUse{tenant(1), open_model})) << "a use is asked for all the same";
}

TEST_F(UpkeepSharingSpec, ARefusalByTheOwnerIsToldOnceItIsDecidedAndThatOfAPeekIsNot) {
  offer(Visibility::marketplace);
  admit(1, 1);
  use(Mode::peek);
  EXPECT_TRUE(denied.empty());
  use();
  ASSERT_EQ(denied.size(), 1U);
  EXPECT_EQ(denied.front().owner, owner);
  EXPECT_EQ(denied.front().consumer, tenant(1));
  EXPECT_EQ(denied.front().verdict, ShareVerdict::no_grant);
}

TEST_F(UpkeepSharingSpec, AUseOfWhatASuspendedOwnerSharesIsRefusedUntilItIsActiveAgain) {
  offer(Visibility::marketplace);
  admit(1, 1);
  grant_it();
  Lifecycle suspended;
  suspended.status = TenantStatus::suspended;
  hosting.policies().stand(owner, Standing{suspended});
  EXPECT_EQ(use().decision().sharing, ShareVerdict::owner_inactive);
  hosting.policies().stand(owner, Standing{});
  EXPECT_EQ(use().decision().outcome, Outcome::allowed);
}

TEST_F(UpkeepSharingSpec, AFirstUseIsUnavailableWhileTheStoreIsAway) {
  offer(Visibility::everyone);
  admit(1, 1);
  Use& first = use();
  turn();
  upkeep.granted(*asked_for, Fault{FaultCode::unavailable, "away"}, at(decision_time));
  EXPECT_EQ(first.decision().outcome, Outcome::unavailable);
}

}  // namespace
}  // namespace sluice::testing
