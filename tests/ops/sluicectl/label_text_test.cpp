// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/label_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sluice::ctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal_of_label(std::string_view text) {
  const auto label = parse_label(text);
  return label.ok() ? "" : label.fault().context;
}

std::string refusal_of_condition(std::string_view text) {
  const auto condition = parse_condition(text);
  return condition.ok() ? "" : condition.fault().context;
}

TEST(LabelTextSpec, ReadsALabelUpToItsFirstEqualsSign) {
  EXPECT_EQ(parse_label("user=42").value(), (OwnedLabel{"user", "42"}));
  EXPECT_EQ(parse_label("key=a=b").value(), (OwnedLabel{"key", "a=b"}));
  EXPECT_EQ(parse_label("team_1=Zürich 2").value(), (OwnedLabel{"team_1", "Zürich 2"}));
}

TEST(LabelTextSpec, SaysWhatIsWrongWithALabel) {
  EXPECT_THAT(refusal_of_label("user"), HasSubstr("'user' is not NAME=VALUE"));
  EXPECT_THAT(refusal_of_label("=42"), HasSubstr("'' is not the name of a label"));
  EXPECT_THAT(refusal_of_label("User=42"), HasSubstr("'User' is not the name of a label"));
  EXPECT_THAT(refusal_of_label("user="), HasSubstr("the value of 'user' is not 1 to 64 bytes"));
  EXPECT_THAT(refusal_of_label("user=" + std::string(65, 'x')), HasSubstr("'user'"));
  EXPECT_THAT(refusal_of_label("user=\xFF"), HasSubstr("'user'"));
}

TEST(LabelTextSpec, ReadsNamesEachOnce) {
  EXPECT_THAT(parse_label_names("user").value(), ElementsAre("user"));
  EXPECT_THAT(parse_label_names("user,team").value(), ElementsAre("user", "team"));
  for (const std::string_view text : {"", "user,", ",user", "user,user", "user team", "-user"}) {
    EXPECT_FALSE(parse_label_names(text).ok()) << text;
  }
}

TEST(LabelTextSpec, ReadsAConditionOnOneOrSeveralValues) {
  EXPECT_EQ(parse_condition("model=a").value(), (Condition{"model", false, {"a"}}));
  EXPECT_EQ(parse_condition("model=a|b").value(), (Condition{"model", false, {"a", "b"}}));
  EXPECT_EQ(parse_condition("team!=x|y").value(), (Condition{"team", true, {"x", "y"}}));
  EXPECT_EQ(parse_condition("model=a=b").value(), (Condition{"model", false, {"a=b"}}));
}

TEST(LabelTextSpec, AnEmptyValueIsThatOfALabelThatIsMissing) {
  EXPECT_EQ(parse_condition("team=").value(), (Condition{"team", false, {""}}));
  EXPECT_EQ(parse_condition("team!=").value(), (Condition{"team", true, {""}}));
  EXPECT_EQ(parse_condition("team=x|").value(), (Condition{"team", false, {"x", ""}}));
}

TEST(LabelTextSpec, SaysWhatIsWrongWithACondition) {
  EXPECT_THAT(refusal_of_condition("model"), HasSubstr("write for example model=a|b or team!=x"));
  EXPECT_THAT(refusal_of_condition("!=x"), HasSubstr("'' is not the name of a label"));
  EXPECT_THAT(refusal_of_condition("Model=a"), HasSubstr("'Model' is not the name of a label"));
  EXPECT_THAT(refusal_of_condition("model=" + std::string(65, 'x')), HasSubstr("'model'"));
  EXPECT_THAT(refusal_of_condition("model=" + std::string(16, '|')),
              HasSubstr("'model' has more than 16 values"));
  EXPECT_EQ(refusal_of_condition("model=" + std::string(15, '|')), "");
}

TEST(LabelTextSpec, WritesAConditionAsItIsRead) {
  for (const std::string_view text : {"model=a|b", "team!=x", "team=", "team!=", "team=x|"}) {
    EXPECT_EQ(format_condition(parse_condition(text).value()), text);
  }
}

}  // namespace
}  // namespace sluice::ctl
