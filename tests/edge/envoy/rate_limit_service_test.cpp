// SPDX-License-Identifier: Apache-2.0
// Goal    sluice-envoy answers as Envoy's rate limit filter expects it.
// Method  The real program before a real server, asked by gRPC's own client.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "edge/envoy/ratelimit.grpc.pb.h"
#include "tests/support/process.hpp"
#include "tests/support/served.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

namespace wire = ::envoy::service::ratelimit::v3;
constexpr std::chrono::seconds patience{20};

class RateLimitServiceSpec : public testing::Test {
protected:
  RateLimitServiceSpec() {
    std::ofstream{directory_.path() / "mapping.json"}
        << R"({"domains":{"edge":{"tenant":"tenant","labels":{"user":"user"}}}})";
    envoy_ = std::make_unique<Process>(std::vector<std::string>{
        program("sluice-envoy"), "--mapping", directory_.path() / "mapping.json", "--port", "0",
        "--server-port", std::to_string(served_.server().port())});
    const std::string line = envoy_->wait_for_line("listens on", patience);
    EXPECT_NE(line, "") << envoy_->output();
    stub_ = wire::RateLimitService::NewStub(
        grpc::CreateChannel(line.substr(line.rfind(' ') + 1), grpc::InsecureChannelCredentials()));
  }

  using Entries = std::vector<std::pair<std::string, std::string>>;
  grpc::Status ask(const std::vector<Entries>& descriptors, std::uint32_t hits = 0,
                   const std::string& domain = "edge") {
    wire::RateLimitRequest request;
    request.set_domain(domain);
    request.set_hits_addend(hits);
    for (const Entries& entries : descriptors) {
      auto* const descriptor = request.add_descriptors();
      for (const auto& [key, value] : entries) {
        auto* const entry = descriptor->add_entries();
        entry->set_key(key);
        entry->set_value(value);
      }
    }
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    reply.Clear();
    return stub_->ShouldRateLimit(&context, request, &reply);
  }
  [[nodiscard]] std::string header(const std::string& name) const {
    for (const auto& one : reply.response_headers_to_add()) {
      if (one.key() == name) {
        return one.value();
      }
    }
    return "";
  }

  TemporaryDirectory directory_;
  Served served_;
  std::unique_ptr<Process> envoy_;
  std::unique_ptr<wire::RateLimitService::Stub> stub_;
  wire::RateLimitResponse reply;
};

TEST_F(RateLimitServiceSpec, AllowsWhatFitsAndSaysWhatIsLeft) {
  const TenantId tenant = served_.create("acme", {window_limit("day", 10, Period::day)});
  ASSERT_TRUE(ask({{{"tenant", to_string(tenant)}}, {{"tenant", to_string(tenant)}}}, 4).ok());
  EXPECT_EQ(reply.overall_code(), wire::RateLimitResponse::OK);
  ASSERT_EQ(reply.statuses_size(), 2);
  EXPECT_EQ(reply.statuses(1).limit_remaining(), 6U) << "two descriptors are one request";
  EXPECT_EQ(reply.statuses(1).current_limit().requests_per_unit(), 10U);
  EXPECT_LE(reply.statuses(1).duration_until_reset().seconds(), 86'400);
  EXPECT_EQ(served_.used(tenant), Amount{4});
}

TEST_F(RateLimitServiceSpec, RefusesWhatDoesNotFitAndSaysWhenToRetry) {
  const TenantId tenant = served_.create("acme", {window_limit("day", 1, Period::day)});
  ASSERT_TRUE(ask({{{"tenant", to_string(tenant)}}}).ok());
  ASSERT_TRUE(ask({{{"tenant", to_string(tenant)}}}).ok());
  EXPECT_EQ(reply.overall_code(), wire::RateLimitResponse::OVER_LIMIT);
  EXPECT_EQ(reply.statuses(0).limit_remaining(), 0U);
  EXPECT_EQ(header("x-sluice-outcome"), "denied");
  EXPECT_GT(std::stoi(header("retry-after")), 0);
}

TEST_F(RateLimitServiceSpec, ARefusalOfOneUserBurnsNothingOfTheTenant) {
  Limit per_user = window_limit("per-user", 1, Period::day);
  per_user.per = {"user"};
  const TenantId tenant = served_.create("acme", {window_limit("day", 100, Period::day), per_user});
  const std::vector<Entries> descriptors{{{"tenant", to_string(tenant)}},
                                         {{"tenant", to_string(tenant)}, {"user", "42"}}};
  ASSERT_TRUE(ask(descriptors).ok());
  EXPECT_EQ(reply.overall_code(), wire::RateLimitResponse::OK);
  ASSERT_TRUE(ask(descriptors).ok());
  EXPECT_EQ(reply.overall_code(), wire::RateLimitResponse::OVER_LIMIT);
  EXPECT_EQ(served_.used(tenant), Amount{1});
}

TEST_F(RateLimitServiceSpec, AnUnknownTenantIsOverAndAnUnknownDomainIsNot) {
  ASSERT_TRUE(ask({{{"tenant", "0197a000-0000-7000-8000-00000000000f"}}}).ok());
  EXPECT_EQ(reply.overall_code(), wire::RateLimitResponse::OVER_LIMIT);
  EXPECT_EQ(header("x-sluice-outcome"), "unknown_tenant");
  ASSERT_TRUE(ask({{{"tenant", "anybody"}}}, 1, "elsewhere").ok());
  EXPECT_EQ(reply.overall_code(), wire::RateLimitResponse::OK);
}

TEST_F(RateLimitServiceSpec, DescriptorsThatDisagreeAndAServerThatIsAwayAreErrors) {
  EXPECT_EQ(ask({{{"tenant", "nobody"}}}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const TenantId tenant = served_.create("acme", {});
  served_.crash();
  EXPECT_EQ(ask({{{"tenant", to_string(tenant)}}}).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(RateLimitServiceSpec, EndsWhenItIsAskedTo) {
  envoy_->signal(SIGTERM);
  EXPECT_EQ(envoy_->wait(patience), 0);
}

}  // namespace
}  // namespace sluice::test
