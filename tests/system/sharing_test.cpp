// SPDX-License-Identifier: Apache-2.0
// Goal    What two tenants agreed on survives a crash between their steps, and no policy has more
//         consumers than it may, by the real program.
// Method  The server is killed between the steps of a request; many clients approve at once.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/readiness.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

class Sharing : public ::testing::Test {
protected:
  Sharing()
      : served({"--reactors", "2", "--http-listen", "127.0.0.1:0"}),
        owner(served.create("acme", {})) {}

  PolicyId share(std::optional<std::uint32_t> max_consumers = std::nullopt) {
    PolicyWish wish;
    wish.policy.resource = {ResourceType::model, "gpt-x"};
    wish.policy.visibility = Visibility::marketplace;
    wish.policy.permissions.add(SharePermission::execute);
    wish.policy.max_consumers = max_consumers;
    return must(served.administrator().put_policy(owner, wish)).id;
  }
  SharingId ask(TenantId consumer, PolicyId policy) {
    RequestAccess wish;
    wish.policy = policy;
    return must(served.administrator().change_access(consumer, wish)).id;
  }
  static ApproveAccess approval(SharingId id) {
    ApproveAccess wish;
    wish.id = id;
    return wish;
  }
  SharingState state_of(TenantId consumer) {
    SharingQuery query;
    query.side = SharingSide::consumer;
    return must(served.administrator().access(consumer, query)).requests.back().state;
  }
  void kill() {
    served.crash();
    served.start();
  }

  Served served;
  TenantId owner;
};

TEST_F(Sharing, EveryStepThatWasAnsweredIsThereAfterACrash) {
  const TenantId consumer = served.create("beta", {});
  const PolicyId policy = share();
  kill();
  const SharingId request = ask(consumer, policy);
  kill();
  EXPECT_EQ(state_of(consumer), SharingState::pending);
  ASSERT_TRUE(served.administrator().change_access(owner, approval(request)).ok());
  kill();
  EXPECT_EQ(state_of(consumer), SharingState::approved);
  EXPECT_FALSE(served.administrator().change_access(owner, approval(request)).ok())
      << "it was approved";
  RevokeAccess revoke;
  revoke.id = request;
  ASSERT_TRUE(served.administrator().change_access(owner, revoke).ok());
  kill();
  EXPECT_EQ(state_of(consumer), SharingState::revoked);
  EXPECT_NE(ask(consumer, policy), request) << "after an end it may ask again";
}

TEST_F(Sharing, GrantsAreCounted) {
  const TenantId consumer = served.create("consumer", {});
  const PolicyId policy = share();
  (void)must(served.administrator().change_access(owner, approval(ask(consumer, policy))));
  const std::string line = "cross_tenant_shares_total 1";
  EXPECT_NE(metrics_with(served.server().http_port(), line).find("\n" + line + "\n"),
            std::string::npos);
}

TEST_F(Sharing, NoPolicyHasMoreConsumersThanItMayHoweverManyApproveAtOnce) {
  constexpr std::uint32_t most = 5;
  const PolicyId policy = share(most);
  std::vector<SharingId> requests;
  for (int i = 0; i < 16; ++i) {
    requests.push_back(ask(served.create("consumer-" + std::to_string(i), {}), policy));
  }
  std::atomic<std::size_t> granted{0};
  std::vector<std::thread> approvers;
  for (std::size_t first = 0; first < 4; ++first) {
    approvers.emplace_back([&, first] {
      client::OperatorOptions options;
      options.port = served.server().port();
      const auto mine = must(client::OperatorClient::open(options));
      for (std::size_t i = first; i < requests.size(); i += 4) {
        granted += mine->change_access(owner, approval(requests[i])).ok() ? 1U : 0U;
      }
    });
  }
  for (std::thread& approver : approvers) {
    approver.join();
  }
  EXPECT_EQ(granted.load(), most);
  SharingQuery standing;
  standing.state = SharingState::approved;
  EXPECT_EQ(must(served.administrator().access(owner, standing)).requests.size(), most);
}

}  // namespace
}  // namespace sluice::test
