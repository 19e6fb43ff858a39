// SPDX-License-Identifier: Apache-2.0
#include "server/http/asked_check.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice::http {
namespace {

using namespace std::chrono_literals;

class AskedCheckSpec : public ::testing::Test {
protected:
  /// Reads a check that must be one.
  AskedCheck read(const std::string& body, std::optional<Mode> mode = std::nullopt,
                  std::optional<std::string_view> key = std::nullopt) {
    AskedCheck asked;
    const auto objected = look(body, mode, key, asked);
    EXPECT_FALSE(objected) << objected->problem;
    return asked;
  }

  /// What is objected to.
  std::string problem(const std::string& body, std::optional<Mode> mode = std::nullopt,
                      std::optional<std::string_view> key = std::nullopt) {
    AskedCheck asked;
    const auto objected = look(body, mode, key, asked);
    return objected ? objected->problem : "";
  }

  std::optional<Objected> look(const std::string& body, std::optional<Mode> mode,
                               std::optional<std::string_view> key, AskedCheck& asked) {
    const auto parsed = parse_object(body);
    EXPECT_TRUE(parsed.ok()) << parsed.fault().context;
    return read_check(parsed.value(), {default_meters(), mode, key, random}, "", asked);
  }

  static MeterId meter(std::string_view name) {
    for (const Meter& each : default_meters()) {
      if (each.name == name) {
        return each.id;
      }
    }
    return MeterId{0};
  }

  std::mt19937_64 random{1};
};

constexpr const char* id = "0190c0de-0000-7000-8000-000000000001";

TEST_F(AskedCheckSpec, TakesOneApiRequestOfATenantByDefault) {
  const AskedCheck asked = read(R"({"tenant":"acme","meter":"api_requests"})");
  EXPECT_EQ(asked.tenant, "acme");
  EXPECT_EQ(asked.mode, Mode::normal);
  ASSERT_EQ(asked.charges.size(), 1U);
  EXPECT_EQ(asked.charges[0].meter, meter("api_requests"));
  EXPECT_EQ(asked.charges[0].amount, Amount{1});
}

TEST_F(AskedCheckSpec, ReadsAmountsInTheUnitOfTheirMeter) {
  const AskedCheck asked = read(
      R"({"tenant":"acme","charges":[{"meter":"api_requests","amount":"10k"},
          {"meter":"storage_bytes","amount":"1GB"},{"meter":"gpu_seconds","amount":"10h"},
          {"meter":"llm_tokens","amount":9223372036854775807}]})");
  ASSERT_EQ(asked.charges.size(), 4U);
  EXPECT_EQ(asked.charges[0].amount, Amount{10'000});
  EXPECT_EQ(asked.charges[1].amount, Amount{1'000'000'000});
  EXPECT_EQ(asked.charges[2].amount, Amount{36'000});
  EXPECT_EQ(asked.charges[3].amount, Amount::max());
}

TEST_F(AskedCheckSpec, NamesTheFieldThatIsWrong) {
  const struct {
    const char* body;
    const char* field;
  } cases[] = {
      {R"({})", "tenant:"},
      {R"({"tenant":7,"meter":"api_requests"})", "tenant:"},
      {R"({"tenant":""})", "tenant:"},
      {R"({"tenant":"acme"})", "meter:"},
      {R"({"tenant":"acme","meter":"no_such"})", "meter:"},
      {R"({"tenant":"acme","meter":"api_requests","amount":-1})", "amount:"},
      {R"({"tenant":"acme","meter":"api_requests","amount":1.5})", "amount:"},
      {R"({"tenant":"acme","meter":"api_requests","amount":9223372036854775808})", "amount:"},
      {R"({"tenant":"acme","meter":"api_requests","amount":99999999999999999999})", "amount:"},
      {R"({"tenant":"acme","meter":"api_requests","amount":"10h"})", "amount:"},
      {R"({"tenant":"acme","meter":"api_requests","amount":true})", "amount:"},
      {R"({"tenant":"acme","charges":[]})", "charges:"},
      {R"({"tenant":"acme","charges":[1]})", "charges[0]:"},
      {R"({"tenant":"acme","charges":[{"meter":"users","amount":1},{"meter":"users"}],
           "mode":"record"})",
       "charges[1].amount:"},
      {R"({"tenant":"acme","charges":[{"meter":"users","many":1}]})", "charges[0].many:"},
      {R"({"tenant":"acme","meter":"users","charges":[{"meter":"users"}]})", "charges:"},
      {R"({"tenant":"acme","meter":"users","mode":"sometimes"})", "mode:"},
      {R"({"tenant":"acme","meter":"users","cost":1})", "cost:"},
      {R"({"tenant":"acme","meter":"users","ttl":"30s"})", "ttl:"},
      {R"({"tenant":"acme","meter":"users","want":3})", "want:"},
      {R"({"tenant":"acme","meter":"users","id":"one"})", "id:"},
      {R"({"tenant":"acme","meter":"users","labels":["user"]})", "labels:"},
      {R"({"tenant":"acme","meter":"users","labels":{"User":"x"}})", "labels.User:"},
      {R"({"tenant":"acme","meter":"users","labels":{"user":""}})", "labels.user:"},
      {R"({"tenant":"acme","meter":"users","explain":1})", "explain:"},
  };
  for (const auto& [body, field] : cases) {
    EXPECT_TRUE(problem(body).starts_with(field)) << body << ": " << problem(body);
  }
}

TEST_F(AskedCheckSpec, NamesTheResourceThatIsUsed) {
  const AskedCheck asked =
      read(R"({"tenant":"acme","resource":"model:gpt-x","permission":"read","ip":"10.0.0.1"})");
  ASSERT_TRUE(asked.resource);
  EXPECT_EQ(*asked.resource, (Resource{ResourceType::model, "gpt-x"}));
  EXPECT_EQ(asked.permission, SharePermission::read);
  EXPECT_TRUE(asked.ip);
  EXPECT_TRUE(asked.charges.empty()) << "then only the use is counted";
  EXPECT_EQ(read(R"({"tenant":"acme","resource":"model/gpt-x"})").permission,
            SharePermission::execute);
}

TEST_F(AskedCheckSpec, NamesTheFieldOfAResourceThatIsWrong) {
  const struct {
    const char* body;
    const char* field;
  } cases[] = {
      {R"({"tenant":"acme","resource":7})", "resource:"},
      {R"({"tenant":"acme","resource":"gpt-x"})", "resource:"},
      {R"({"tenant":"acme","resource":"thing:gpt-x"})", "resource:"},
      {R"({"tenant":"acme","resource":"model:"})", "resource:"},
      {R"({"tenant":"acme","resource":"model:gpt-x","permission":"use"})", "permission:"},
      {R"({"tenant":"acme","resource":"model:gpt-x","permission":1})", "permission:"},
      {R"({"tenant":"acme","resource":"model:gpt-x","ip":"10.0.0.256"})", "ip:"},
      {R"({"tenant":"acme","meter":"users","amount":1,"permission":"read"})", "permission:"},
      {R"({"tenant":"acme","meter":"users","amount":1,"mode":"release",
           "resource":"model:gpt-x"})",
       "resource:"},
  };
  for (const auto& [body, field] : cases) {
    EXPECT_TRUE(problem(body).starts_with(field)) << body << ": " << problem(body);
  }
}

TEST_F(AskedCheckSpec, TellsAMeterThatThereIsNotFromACheckThatIsMalformed) {
  AskedCheck asked;
  const auto objected = look(R"({"tenant":"acme","meter":"no_such"})", {}, {}, asked);
  ASSERT_TRUE(objected);
  EXPECT_EQ(objected->outcome, Outcome::no_such_meter);
}

TEST_F(AskedCheckSpec, LetsTheRouteSayTheMode) {
  EXPECT_TRUE(problem(R"({"tenant":"acme","meter":"users","mode":"record"})", Mode::peek)
                  .starts_with("mode:"));
  EXPECT_EQ(read(R"({"tenant":"acme","meter":"users"})", Mode::peek).mode, Mode::peek);
}

TEST_F(AskedCheckSpec, MakesAnIdForAReservationThatHasNone) {
  const std::string body = R"({"tenant":"acme","meter":"llm_tokens","amount":10,"ttl":"30s"})";
  const AskedCheck first = read(body, Mode::reserve);
  EXPECT_EQ(first.ttl, Duration{30s});
  EXPECT_NE(first.id, EntryId{});
  EXPECT_NE(first.id, read(body, Mode::reserve).id);
}

TEST_F(AskedCheckSpec, SettlesNothingWithoutAnId) {
  EXPECT_TRUE(problem(R"({"tenant":"acme"})", Mode::commit).starts_with("id:"));
  const std::string with_id = std::string{R"({"tenant":"acme","id":")"} + id + R"("})";
  EXPECT_TRUE(read(with_id, Mode::commit).charges.empty());
  EXPECT_TRUE(read(with_id, Mode::cancel).charges.empty());
}

TEST_F(AskedCheckSpec, TakesNoChargesToCancel) {
  EXPECT_TRUE(problem(R"({"tenant":"acme","meter":"users"})", Mode::cancel).starts_with("meter:"));
}

TEST_F(AskedCheckSpec, LeasesWhatIsWantedInTheUnitOfItsMeter) {
  const AskedCheck asked =
      read(R"({"tenant":"acme","meter":"bandwidth_bytes","want":"1MB","ttl":"10s"})", Mode::lease);
  EXPECT_EQ(asked.want, Amount{1'000'000});
  EXPECT_EQ(asked.charges.at(0).amount, Amount{0});
  EXPECT_TRUE(
      problem(R"({"tenant":"acme","meter":"users","want":1})", Mode::lease).starts_with("ttl:"));
}

TEST_F(AskedCheckSpec, TakesAKeyForTheIdWhereverOneMayStand) {
  const std::string body = R"({"tenant":"acme","meter":"users","amount":1})";
  EXPECT_EQ(read(body, Mode::record, "order-17").id, id_of_key("order-17"));
  EXPECT_EQ(read(body, Mode::peek, "order-17").id, EntryId{}) << "a peek is not remembered";
  EXPECT_TRUE(problem(std::string{R"({"tenant":"acme","meter":"users","id":")"} + id + R"("})", {},
                      "order-17")
                  .starts_with("id:"));
}

TEST(IdempotencyKeySpec, IsAUuidAsItIsOrTheHashOfATextAsOne) {
  EXPECT_EQ(id_of_key(id), (EntryId{0x0190c0de00007000, 0x8000000000000001}));
  EXPECT_EQ(id_of_key(std::string{"\""} + id + "\""), id_of_key(id));
  const auto hashed = id_of_key("order-17");
  ASSERT_TRUE(hashed);
  EXPECT_EQ(hashed->high >> 12 & 0xF, 8U) << "a UUID of version 8";
  EXPECT_NE(hashed, id_of_key("order-18"));
}

TEST(IdempotencyKeySpec, IsAtMost255PrintableCharacters) {
  EXPECT_FALSE(id_of_key(""));
  EXPECT_FALSE(id_of_key("\"\""));
  EXPECT_FALSE(id_of_key("a\tb"));
  EXPECT_TRUE(id_of_key(std::string(255, 'k')));
  EXPECT_FALSE(id_of_key(std::string(256, 'k')));
}

TEST(CheckFieldsSpec, AreAllDescribedInJson) {
  for (const CheckField& field : check_fields()) {
    EXPECT_TRUE(Json::parse(field.schema).is_object()) << field.name;
  }
}

}  // namespace
}  // namespace sluice::http
