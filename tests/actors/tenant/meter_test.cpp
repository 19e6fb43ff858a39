// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/meter.hpp"

#include "actors/tenant/check.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(MeterSpec, TenMetersAreThereFromTheStartNumberedFromOne) {
  std::string names;
  for (std::size_t i = 0; i < default_meters().size(); ++i) {
    EXPECT_EQ(default_meters()[i].id.raw(), i + 1);
    names += default_meters()[i].name + " ";
  }
  EXPECT_EQ(names,
            "api_requests llm_tokens storage_bytes bandwidth_bytes compute_seconds gpu_seconds "
            "users services models spend_micros ");
}

TEST(MeterSpec, TheOnesFromTheStartWouldPassTheCheckForNewOnes) {
  for (const Meter& meter : default_meters()) {
    EXPECT_TRUE(validate_meter(meter.name, meter.unit).ok()) << meter.name;
  }
}

TEST(MeterSpec, ANameIsLowerCaseBeginsWithALetterAndHas63CharactersAtMost) {
  EXPECT_TRUE(validate_meter("x", "unit").ok());
  EXPECT_TRUE(validate_meter("x" + std::string(62, '_'), "unit").ok());
  for (const std::string& name :
       {std::string{}, std::string{"1x"}, std::string{"_x"}, std::string{"aB"}, std::string{"a-b"},
        std::string{"a b"}, std::string{"\xC3\xA4"}, std::string(64, 'x')}) {
    const auto result = validate_meter(name, "unit");
    ASSERT_FALSE(result.ok()) << name;
    EXPECT_EQ(result.fault().code, FaultCode::invalid_argument);
    EXPECT_TRUE(result.fault().context.starts_with("name: ")) << result.fault().context;
  }
}

TEST(MeterSpec, AUnitIsAShortTextForPeople) {
  EXPECT_TRUE(validate_meter("power", "kW\xC2\xB7h").ok());
  for (const std::string& unit :
       {std::string{}, std::string(33, 'x'), std::string{"\xFF"}, std::string{"a\nb"}}) {
    const auto result = validate_meter("power", unit);
    ASSERT_FALSE(result.ok()) << unit;
    EXPECT_TRUE(result.fault().context.starts_with("unit: ")) << result.fault().context;
  }
}

TEST(FaultSpec, EveryCodeHasANameOfItsOwn) {
  EXPECT_EQ(to_string(FaultCode::invalid_argument), "invalid_argument");
  EXPECT_EQ(to_string(FaultCode::not_found), "not_found");
  EXPECT_EQ(to_string(FaultCode::already_exists), "already_exists");
  EXPECT_EQ(to_string(FaultCode::conflict), "conflict");
  EXPECT_EQ(to_string(FaultCode::limit_exceeded), "limit_exceeded");
  EXPECT_EQ(to_string(FaultCode::unavailable), "unavailable");
  EXPECT_EQ(to_string(FaultCode::outcome_unknown), "outcome_unknown");
  EXPECT_EQ(to_string(FaultCode::data_damaged), "data_damaged");
  EXPECT_EQ(to_string(FaultCode::quota_exceeded), "quota_exceeded");
}

TEST(FaultDeathTest, AskingForAValueThatIsNotThereIsABug) {
  Result<Done> result{Fault{FaultCode::unavailable, "store"}};
  EXPECT_DEATH(static_cast<void>(result.value()), "invariant_broken");
}

TEST(OutcomeSpec, EveryOutcomeHasANameOfItsOwn) {
  EXPECT_STREQ(to_string(Outcome::allowed), "allowed");
  EXPECT_STREQ(to_string(Outcome::denied), "denied");
  EXPECT_STREQ(to_string(Outcome::unknown_tenant), "unknown_tenant");
  EXPECT_STREQ(to_string(Outcome::no_such_meter), "no_such_meter");
  EXPECT_STREQ(to_string(Outcome::unavailable), "unavailable");
  EXPECT_STREQ(to_string(Outcome::invalid), "invalid");
}

}  // namespace
}  // namespace sluice
