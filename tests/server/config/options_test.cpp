// SPDX-License-Identifier: Apache-2.0
#include "server/config/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "tests/server/config/config_reader.hpp"

namespace sluice::test {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Every row of the table.
class OptionSpec : public testing::TestWithParam<Option> {
protected:
  const Option& option = GetParam();
  /// What comes of a value in the environment: a refusal, or "accepted".
  [[nodiscard]] std::string set(const std::string& value) const {
    return Start{{}, {environment_name(option.name) + '=' + value}}.refusal();
  }
};

std::string name_of_option(const testing::TestParamInfo<Option>& info) {
  return environment_name(info.param.name).substr(environment_prefix.size());
}
void PrintTo(const Option& option, std::ostream* out) {
  *out << option.name;
}
INSTANTIATE_TEST_SUITE_P(Table, OptionSpec, testing::ValuesIn(options().begin(), options().end()),
                         name_of_option);

/// Those with a lower and an upper bound.
class BoundedOptionSpec : public OptionSpec {
protected:
  static constexpr std::string_view between = " to ";
  const std::string& allowed = option.field.allowed;
  const std::string lower = allowed.substr(0, allowed.find(between));
  const std::string upper = allowed.substr(allowed.find(between) + between.size());
  const std::string beyond = "is out of range; allowed " + allowed;
};

std::vector<Option> bounded_options() {
  std::vector<Option> bounded{options().begin(), options().end()};
  std::erase_if(bounded, [](const Option& option) {
    return option.field.kind != "NUMBER" && option.field.kind != "DURATION";
  });
  return bounded;
}
INSTANTIATE_TEST_SUITE_P(Table, BoundedOptionSpec, testing::ValuesIn(bounded_options()),
                         name_of_option);

/// "10ms" and 1 is "11ms".
std::string shifted(const std::string& value, int by) {
  std::size_t unit = 0;
  const long long number = std::stoll(value, &unit);
  return std::to_string(number + by) + value.substr(unit);
}

TEST_P(BoundedOptionSpec, TakesItsLowerBoundAndNothingBelow) {
  EXPECT_EQ(set(lower), "accepted");
  if (lower.front() != '0') {
    EXPECT_THAT(set(shifted(lower, -1)), HasSubstr(beyond));
  }
}

TEST_P(BoundedOptionSpec, TakesItsUpperBoundAndNothingAbove) {
  EXPECT_EQ(set(upper), "accepted");
  EXPECT_THAT(set(shifted(upper, 1)), HasSubstr(beyond));
}

TEST_P(OptionSpec, TakesItsOwnDefault) {
  if (!option.field.default_value.empty()) {
    EXPECT_EQ(set(option.field.default_value), "accepted");
  }
}

TEST_P(OptionSpec, SaysWhatIsAllowedWhenTheValueIsNonsense) {
  const bool is_any_text =
      option.field.kind == "PATH" || option.field.kind == "TEXT" || option.field.kind == "URLS";
  const std::string nonsense = is_any_text ? "" : "?";
  EXPECT_THAT(set(nonsense),
              AllOf(StartsWith("option --" + std::string{option.name} + " (from environment "),
                    EndsWith("; allowed " + option.field.allowed)));
}

TEST_P(OptionSpec, IsListedInHelp) {
  const std::string help = Start{{"--help"}, {}}.printed();
  EXPECT_THAT(help, HasSubstr("--" + std::string{option.name} + ' ' + option.field.kind));
  EXPECT_THAT(help, HasSubstr(std::string{option.meaning}));
  EXPECT_THAT(help, HasSubstr("allowed " + option.field.allowed));
}

TEST_P(OptionSpec, IsASentence) {
  EXPECT_TRUE(std::isupper(static_cast<unsigned char>(option.meaning.front())));
  EXPECT_EQ(option.meaning.back(), '.');
}

TEST(OptionsSpec, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Option& option : options()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
  }
}

TEST(OptionsSpec, AreDescribedInTheDocumentation) {
  std::ifstream file{SLUICE_SOURCE_DIRECTORY "/docs/configuration.md"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(text, describe_options_markdown())
      << "run: sluiced --help-markdown > docs/configuration.md";
}

}  // namespace sluice::test
