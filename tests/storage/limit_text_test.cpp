// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/limit_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;

TEST(LabelsTextSpec, IsThatOfTheManual) {
  EXPECT_EQ(labels_text(concurrency_limit(1)),
            R"({"per":["user","key"],"when":[{"is":["a","b"],"label":"model"},)"
            R"({"is_not":["x"],"label":"team"}]})");
}

TEST(LabelsTextSpec, IsNoneOfALimitWithoutLabels) {
  EXPECT_EQ(labels_text(window_limit(1)), std::nullopt);
}

TEST(LabelsTextSpec, IsReadInAnyOrderAndWithBlanks) {
  const auto read = parse_labels(
      R"( {"when": [{"label": "model", "is": ["a", "b"]}, {"label": "team", "is_not": ["x"]}],)"
      R"( "per": ["user", "key"]} )");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->per, concurrency_limit(1).per);
  EXPECT_EQ(read->when, concurrency_limit(1).when);
}

TEST(LabelsTextSpec, IsRefusedIfItIsNotWhatIsWritten) {
  for (const char* text : {"",
                           "null",
                           "[]",
                           "{}",
                           "{",
                           R"("per")",
                           R"({"per":[]})",
                           R"({"per":null})",
                           R"({"per":"user"})",
                           R"({"per":[1]})",
                           R"({"per":["User"]})",
                           R"({"per":[""]})",
                           R"({"per":["a","a"]})",
                           R"({"per":["a","b","c","d","e"]})",
                           R"({"per":["a"],"to":1})",
                           R"({"per":["a"],"per":["a"]})",
                           R"({"per":["a"]} x)",
                           R"({"when":[]})",
                           R"({"when":{}})",
                           R"({"when":[{}]})",
                           R"({"when":[{"label":"a"}]})",
                           R"({"when":[{"is":["x"]}]})",
                           R"({"when":[{"label":"a","is":[]}]})",
                           R"({"when":[{"label":"A","is":["x"]}]})",
                           R"({"when":[{"label":"a","is":["x"],"is_not":["y"]}]})",
                           R"({"when":[{"label":"a","is":["x"],"is":["y"]}]})",
                           R"({"when":[{"label":"a","is":["\u0007"]}]})",
                           "{\"per\":[\"\xff\"]}"}) {
    EXPECT_EQ(parse_labels(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_labels(R"({"when":[{"label":"a","is":[")" + std::string(65, 'v') + R"("]}]})"),
            std::nullopt);
  EXPECT_EQ(parse_labels(std::string(1'000'000, '[')), std::nullopt);
}

/// The text of an override with another rule.
std::string override_with(const std::string& rule) {
  return R"({"author":"ann","reason":"launch","rule":)" + rule + '}';
}

TEST(OverrideTextSpec, IsThatOfTheManual) {
  EXPECT_EQ(override_text(concurrency_limit(1)),
            R"({"author":"ann","expires_at_ns":1800000000000000000,"reason":"launch",)"
            R"("rule":{"holder_ttl_ns":60000000000,"size":40},"soft_limit":30})");
}

TEST(OverrideTextSpec, LeavesOutWhatIsNotThere) {
  Limit limit = window_limit(1);
  EXPECT_EQ(override_text(limit), std::nullopt);
  limit.instead = Override{WindowRule{std::nullopt, Period::month}, {}, wall_time_never, "a", "b"};
  EXPECT_EQ(override_text(limit),
            R"({"author":"a","reason":"b","rule":{"period":"month","size":null}})");
}

TEST(OverrideTextSpec, IsReadInAnyOrderAndWithBlanks) {
  const Limit limit = concurrency_limit(1);
  const auto read = parse_override(
      R"({"rule": {"size": 40, "holder_ttl_ns": 60000000000}, "author": "ann", "reason": "launch",)"
      R"( "soft_limit": 30, "expires_at_ns": 1800000000000000000})",
      limit.rule);
  EXPECT_EQ(read, limit.instead);
}

TEST(OverrideTextSpec, IsRefusedIfItsRuleIsNotOne) {
  const std::pair<Rule, std::string> right[] = {
      {WindowRule{Amount{1}, Period::day}, R"({"period":"day","size":9223372036854775807})"},
      {SlidingRule{Amount{1}, 1s}, R"({"size":1,"span_ns":1000000})"},
      {ConcurrencyRule{Amount{1}, 1s}, R"({"size":1,"holder_ttl_ns":1000000})"},
      {RateRule{Amount{1}, 1s, Amount{1}}, R"({"amount":1,"per_ns":1000000,"burst":1})"}};
  for (const auto& [rule, text] : right) {
    EXPECT_TRUE(parse_override(override_with(text), rule)) << text;
    for (const auto& [other, _] : right) {
      EXPECT_EQ(parse_override(override_with(text), other).has_value(),
                other.index() == rule.index());
    }
  }
  for (const char* text :
       {"null", "{}", R"({"period":"day"})", R"({"size":1})", R"({"period":"decade","size":1})",
        R"({"period":"week","size":1})", R"({"period":"day","size":-1})",
        R"({"period":"day","size":1.0})", R"({"period":"day","size":1e3})",
        R"({"period":"day","size":"1"})", R"({"period":"day","size":9223372036854775808})",
        R"({"period":"day","size":18446744073709551616})", R"({"period":"day","size":1,"x":1})",
        R"({"period":"day","size":1,"size":1})",
        R"({"period":"day","size":1,"span_ns":1000000})"}) {
    EXPECT_EQ(parse_override(override_with(text), right[0].first), std::nullopt) << text;
  }
  for (const char* text : {R"({"size":null,"span_ns":1000000})", R"({"size":1,"span_ns":999999})",
                           R"({"size":1,"span_ns":31622400000000001})"}) {
    EXPECT_EQ(parse_override(override_with(text), right[1].first), std::nullopt) << text;
  }
  for (const char* text :
       {R"({"size":null,"holder_ttl_ns":1000000})", R"({"size":1,"holder_ttl_ns":999999})",
        R"({"size":1,"holder_ttl_ns":604800000000001})"}) {
    EXPECT_EQ(parse_override(override_with(text), right[2].first), std::nullopt) << text;
  }
  for (const char* text :
       {R"({"amount":0,"per_ns":1000000,"burst":1})", R"({"amount":1,"per_ns":999999,"burst":1})",
        R"({"amount":1,"per_ns":1000000,"burst":0})", R"({"amount":1,"per_ns":1000000})",
        R"({"amount":1,"per_ns":1000000,"burst":1,"refill":"greedy"})",
        R"({"amount":1,"per_ns":1000000,"burst":1,"refill":1})"}) {
    EXPECT_EQ(parse_override(override_with(text), right[3].first), std::nullopt) << text;
  }
}

TEST(RuleTextSpec, SaysHowARateIsRefilledOnlyIfItIsNotGreedy) {
  const RateRule greedy{Amount{1}, 1s, Amount{2}};
  EXPECT_EQ(rule_text(greedy), R"({"amount":1,"burst":2,"per_ns":1000000000})");
  RateRule stepped = greedy;
  stepped.refill = Refill::interval;
  const std::string text = rule_text(stepped);
  EXPECT_EQ(text, R"({"amount":1,"burst":2,"per_ns":1000000000,"refill":"interval"})");
  EXPECT_EQ(parse_rule(text), Rule{stepped});
}

TEST(OverrideTextSpec, IsThereOfNoCredit) {
  Limit limit = window_limit(1);
  const WindowRule window{Amount{1}, Period::month};
  const CreditRule credit{Period::month};
  for (const auto& [rule, instead] :
       {std::pair<Rule, Rule>{credit, credit}, {credit, window}, {window, credit}}) {
    limit.rule = rule;
    limit.instead = Override{.rule = instead, .author = "ann", .reason = "launch"};
    EXPECT_THROW((void)override_text(limit), UnwritableLimit);
  }
  for (const char* text : {R"({"period":"month","size":1})", R"({"period":"month"})"}) {
    EXPECT_EQ(parse_override(override_with(text), credit), std::nullopt) << text;
  }
}

TEST(OverrideTextSpec, IsRefusedIfTheRestOfItIsNotWhatIsWritten) {
  const Rule rule = WindowRule{Amount{1}, Period::day};
  const std::string with_rule = R"({"rule":{"period":"day","size":1})";
  ASSERT_TRUE(parse_override(with_rule + R"(,"author":"a","reason":"b"})", rule));
  for (const char* rest :
       {"}", R"(,"author":"a"})", R"(,"reason":"b"})", R"(,"author":"","reason":"b"})",
        R"(,"author":"a","reason":"\n"})", R"(,"author":1,"reason":"b"})",
        R"(,"author":"a","reason":"b","note":"c"})", R"(,"author":"a","reason":"b","rule":{}})",
        R"(,"author":"a","reason":"b","soft_limit":null})",
        R"(,"author":"a","reason":"b","soft_limit":-1})",
        R"(,"author":"a","reason":"b","expires_at_ns":null})",
        R"(,"author":"a","reason":"b","expires_at_ns":1.5})",
        R"(,"author":"a","reason":"b","expires_at_ns":9223372036854775807})",
        R"(,"author":"a","reason":"b","expires_at_ns":-9223372036854775809})"}) {
    EXPECT_EQ(parse_override(with_rule + rest, rule), std::nullopt) << rest;
  }
  EXPECT_EQ(parse_override(
                with_rule + R"(,"reason":"b","author":")" + std::string(201, 'a') + R"("})", rule),
            std::nullopt);
}

}  // namespace sluice::test
