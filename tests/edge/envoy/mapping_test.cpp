// SPDX-License-Identifier: Apache-2.0
#include "edge/envoy/mapping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::envoy {
namespace {

constexpr const char* acme = "0197a000-0000-7000-8000-000000000001";
constexpr const char* other = "0197a000-0000-7000-8000-000000000002";

class MappingSpec : public testing::Test {
protected:
  static Mapping edge() {
    return Mapping::read(R"({"domains":{"edge":{"tenant":"tenant","tenants":{"acme":")" +
                         std::string{acme} +
                         R"("},"meter_key":"meter","labels":{"user":"user","model":"model"}}}})")
        .value();
  }
  static std::string objection(const std::string& json) {
    const auto mapping = Mapping::read(json);
    return mapping.ok() ? "" : mapping.fault().context;
  }
  static std::string objection(const std::vector<Descriptor>& descriptors) {
    const auto asked = edge().asked_by("edge", descriptors);
    return asked.ok() ? "" : asked.fault().context;
  }
};

TEST_F(MappingSpec, AllDescriptorsOfARequestAreOneCheck) {
  const std::vector<Descriptor> descriptors{
      {{"tenant", acme}},
      {{"tenant", acme}, {"user", "42"}},
      {{"tenant", acme}, {"model", "large"}, {"path", "/v1/chat"}}};
  const auto asked = edge().asked_by("edge", descriptors);
  ASSERT_TRUE(asked.ok() && asked.value());
  EXPECT_EQ(asked.value()->tenant, parse_tenant_id(acme));
  EXPECT_THAT(asked.value()->meters, testing::ElementsAre("api_requests"));
  EXPECT_THAT(asked.value()->labels,
              testing::ElementsAre(OwnedLabel{"user", "42"}, OwnedLabel{"model", "large"}));
}

TEST_F(MappingSpec, ATenantMayHaveANameAndDescriptorsMayNameMeters) {
  const std::vector<Descriptor> descriptors{{{"tenant", "acme"}, {"meter", "llm_tokens"}},
                                            {{"meter", "api_requests"}, {"meter", "llm_tokens"}}};
  const auto asked = edge().asked_by("edge", descriptors);
  ASSERT_TRUE(asked.ok() && asked.value());
  EXPECT_EQ(asked.value()->tenant, parse_tenant_id(acme));
  EXPECT_THAT(asked.value()->meters, testing::ElementsAre("llm_tokens", "api_requests"));
}

TEST_F(MappingSpec, WhatItHasNoTenantForIsNothing) {
  const std::vector<Descriptor> nobody{{{"user", "42"}}};
  EXPECT_FALSE(edge().asked_by("edge", nobody).value());
  EXPECT_FALSE(edge().asked_by("elsewhere", std::vector<Descriptor>{{{"tenant", acme}}}).value());
}

TEST_F(MappingSpec, RefusesDescriptorsThatDisagree) {
  EXPECT_THAT(objection({{{"tenant", acme}}, {{"tenant", other}}}), testing::HasSubstr("tenant"));
  EXPECT_THAT(objection({{{"tenant", acme}, {"user", "1"}}, {{"user", "2"}}}),
              testing::HasSubstr("user"));
  EXPECT_THAT(objection({{{"tenant", "nobody"}}}), testing::HasSubstr("tenant"));
}

TEST_F(MappingSpec, RefusesAFileThatItDoesNotUnderstandAndNamesTheMember) {
  EXPECT_THAT(objection(std::string{"{"}), testing::StartsWith("domains"));
  EXPECT_THAT(objection(std::string{R"({"domains":{"e":{}}})"}),
              testing::StartsWith("domains.e.tenant"));
  EXPECT_THAT(objection(std::string{R"({"domains":{"e":{"tenant":"t","metre":"x"}}})"}),
              testing::StartsWith("domains.e.metre"));
  EXPECT_THAT(objection(std::string{R"({"domains":{"e":{"tenant":"t","tenants":{"a":"b"}}}})"}),
              testing::StartsWith("domains.e.tenants.a"));
  EXPECT_THAT(
      objection(std::string{R"({"domains":{"e":{"tenant":"t","labels":{"a":"Not One"}}}})"}),
      testing::StartsWith("domains.e.labels.a"));
  EXPECT_THAT(objection(std::string{R"({"domains":{"e":{"tenant":7}}})"}),
              testing::StartsWith("domains.e.tenant"));
}

}  // namespace
}  // namespace sluice::envoy
