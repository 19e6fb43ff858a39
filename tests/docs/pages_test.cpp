// SPDX-License-Identifier: Apache-2.0
// Goal    No page of the documentation shows an example that does not work as it says.
// Method  Each block of a page that is marked `console` is run against a real server whose clock
//         stands at noon: lines that begin with "$ " are commands, and what follows must be what
//         they print, letter by letter; after one that is followed by "...", only that it works.
//         What was spent reaches the store a moment later, so one that reads it there is asked
//         again until it prints that, or patience ends.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/docs/examples.hpp"
#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

constexpr std::chrono::seconds patience{30};

class PageSpec : public CommandTest, public testing::WithParamInterface<const char*> {};

TEST_P(PageSpec, ShowsWhatTheProgramsPrint) {
  const auto examples = examples_of(GetParam());
  EXPECT_FALSE(examples.empty());
  const std::string program = "sluicectl ";
  for (const Example& example : examples) {
    ASSERT_TRUE(example.command.starts_with(program)) << GetParam() << ":" << example.line;
    Called called = ctl(example.command.substr(program.size()));
    if (example.output == "...\n") {
      EXPECT_EQ(called.exit, 0) << GetParam() << ":" << example.line << ": " << called.err;
      continue;
    }
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (example.command.starts_with("sluicectl limit what-if ") &&
           called.out != example.output && std::chrono::steady_clock::now() < deadline) {
      called = ctl(example.command.substr(program.size()));
    }
    EXPECT_EQ(called.out + called.err, example.output)
        << GetParam() << ":" << example.line << ": " << example.command;
  }
}

INSTANTIATE_TEST_SUITE_P(Docs, PageSpec,
                         testing::Values("audit.md", "credit.md", "customisation.md", "explain.md",
                                         "leases.md", "limits.md", "members.md", "reservations.md",
                                         "tenants.md", "tiers.md", "what_if.md"),
                         [](const auto& page) {
                           const std::string name = page.param;
                           return name.substr(0, name.find('.'));
                         });

}  // namespace
}  // namespace sluice::test
