// SPDX-License-Identifier: Apache-2.0
// Goal    Whatever happens in which order, a consumer holds a grant for each request that is
//         approved, and its version grows with each of its changes.
// Method  Random steps of some consumers of one policy, in random states of it, beside a model that
//         knows the states by name alone. SLUICE_SIM_SEED=n replays a run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <string>

#include "tests/actors/tenant/sharing_parties.hpp"

namespace sluice {
namespace {

using namespace sharing_parties;

class SharingWalk {
public:
  explicit SharingWalk(std::uint64_t seed) : random_(seed) {}

  void step() {
    const TenantId id{50, random_() % 4};
    TenantDefinition& consumer = consumers_.try_emplace(id, party(id)).first->second;
    if (random_() % 8 == 0) {
      change_policy();
    }
    now_ += Duration{static_cast<std::int64_t>(random_() % 5)};
    const auto made = random_step(consumer);
    if (!made.ok()) {
      return;
    }
    const AccessStep& step = made.value();
    ASSERT_EQ(step.change.requests.size(), 1U);
    ASSERT_EQ(step.audit.size(), 2U);
    const auto before = requests_.find(step.after.id);
    const auto from = step.change.requests.front().from;
    ASSERT_EQ(from.has_value(), before != requests_.end());
    if (from) {
      ASSERT_EQ(before->second.state, *from);
    }
    requests_[step.after.id] = step.after;
    for (const TenantDefinition& after : step.change.consumers) {
      ASSERT_EQ(after.version.raw(), consumer.version.raw() + 1);
      consumer = after;
    }
  }

  void check() const {
    for (const auto& [id, consumer] : consumers_) {
      std::size_t approved = 0;
      for (const auto& [key, request] : requests_) {
        const bool stands = request.consumer == id && request.state == SharingState::approved;
        approved += stands ? 1 : 0;
        const auto held = std::ranges::find(consumer.shares, key, &SharingGrant::id);
        ASSERT_EQ(held != consumer.shares.end(), stands);
        if (stands) {
          ASSERT_EQ(held->permissions, request.permissions);
          ASSERT_EQ(held->expires_at, request.expires_at);
        }
      }
      ASSERT_EQ(consumer.shares.size(), approved);
      ASSERT_TRUE(std::ranges::is_sorted(consumer.shares, {}, &SharingGrant::id));
    }
  }

private:
  void change_policy() {
    policy_.visibility = static_cast<Visibility>(random_() % 4);
    policy_.requires_approval = random_() % 2 == 0;
    policy_.permissions = SharePermissions::of_bits(static_cast<std::uint8_t>(1 + random_() % 63));
    policy_.block =
        random_() % 4 == 0 ? std::vector{TenantId{50, random_() % 4}} : std::vector<TenantId>{};
    policy_.expires_at = random_() % 4 == 0 ? std::optional{now_ + Duration{20}} : std::nullopt;
  }
  const SharingRequest* some_request(TenantId consumer) {
    std::vector<const SharingRequest*> mine;
    for (const auto& [id, request] : requests_) {
      if (request.consumer == consumer) {
        mine.push_back(&request);
      }
    }
    return mine.empty() ? nullptr : mine[random_() % mine.size()];
  }
  Result<AccessStep> random_step(const TenantDefinition& consumer) {
    const SharingRequest* const request = some_request(consumer.id);
    const std::uint64_t what = random_() % 6;
    if (request == nullptr || what == 0) {
      return request_access({.policy = &policy_, .consumer = consumer},
                            asked_by(consumer.id, ++asked_), sharing_tiers(), now_);
    }
    if (what == 5) {
      return expire_access(*request, &policy_, consumer, now_);
    }
    const TenantId owner = random_() % 5 == 0 ? bystander : sharer;
    const std::optional<WallTime> until =
        random_() % 2 == 0 ? std::optional{now_ + Duration{3}} : std::nullopt;
    const AccessWish wish = what == 1 ? AccessWish{ApproveAccess{owner, request->id, {}, until, ""}}
                            : what == 2 ? AccessWish{RejectAccess{owner, request->id, ""}}
                            : what == 3 ? AccessWish{WithdrawAccess{consumer.id, request->id}}
                                        : AccessWish{RevokeAccess{owner, request->id, ""}};
    return decide_access(*request, &policy_, consumer, wish, sharing_tiers(), now_);
  }

  std::mt19937_64 random_;
  SharingPolicy policy_ = policy_of_sharer();
  std::map<TenantId, TenantDefinition> consumers_;
  std::map<SharingId, SharingRequest> requests_;
  WallTime now_ = sharing_noon;
  std::uint64_t asked_ = 0;
};

TEST(SharingProperties, AGrantStandsExactlyWhileItsRequestIsApproved) {
  const char* const replayed = std::getenv("SLUICE_SIM_SEED");
  const std::uint64_t first = replayed != nullptr ? std::stoull(replayed) : 1;
  const std::uint64_t last = replayed != nullptr ? first : 40;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SharingWalk walk(seed);
    for (int i = 0; i < 200 && !testing::Test::HasFatalFailure(); ++i) {
      walk.step();
      walk.check();
    }
  }
}

}  // namespace
}  // namespace sluice
