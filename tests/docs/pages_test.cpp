// SPDX-License-Identifier: Apache-2.0
// Goal    No page of the documentation shows an example that does not work as it says.
// Method  Each block of a page that is marked `console` is run against a real server whose clock
//         stands at noon: lines that begin with "$ " are commands, and what follows must be what
//         they print, letter by letter; after one that is followed by "...", only that it works.
//         What was spent reaches the store a moment later, so one that reads it there is asked
//         again until it prints that, or patience ends. Some pages are run on PostgreSQL, too.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "tests/docs/examples.hpp"
#include "tests/ops/sluicectl/sluicectl_process.hpp"
#include "tests/support/postgres.hpp"

namespace sluice::test {
namespace {

constexpr std::chrono::seconds patience{30};

bool reads_the_store(const std::string& command) {
  return command.starts_with("sluicectl limit what-if ") ||
         command.starts_with("sluicectl statistics ");
}

class PageSpec : public CommandTest, public testing::WithParamInterface<const char*> {
protected:
  using CommandTest::CommandTest;

  void expect_shown(const Example& example) const {
    const std::string program = "sluicectl ";
    ASSERT_TRUE(example.command.starts_with(program)) << GetParam() << ":" << example.line;
    Called called = ctl(example.command.substr(program.size()));
    if (example.output == "...\n") {
      EXPECT_EQ(called.exit, 0) << GetParam() << ":" << example.line << ": " << called.err;
      return;
    }
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (reads_the_store(example.command) && called.out != example.output &&
           std::chrono::steady_clock::now() < deadline) {
      called = ctl(example.command.substr(program.size()));
    }
    EXPECT_EQ(called.out + called.err, example.output)
        << GetParam() << ":" << example.line << ": " << example.command;
  }
};

/// The same on PostgreSQL, in a database of its own.
class PageOnPostgresSpec : public PageSpec {
protected:
  PageOnPostgresSpec() : PageSpec({"--postgres", shared_postgres().conninfo(made_database())}) {}

private:
  static std::string made_database() {
    static int made = 0;
    std::string name = "page_" + std::to_string(++made);
    shared_postgres().run("CREATE DATABASE " + name);
    return name;
  }
};

TEST_P(PageSpec, ShowsWhatTheProgramsPrint) {
  const auto examples = examples_of(GetParam());
  EXPECT_FALSE(examples.empty());
  for (const Example& example : examples) {
    ASSERT_NO_FATAL_FAILURE(expect_shown(example));
  }
}

TEST_P(PageOnPostgresSpec, ShowsWhatTheProgramsPrint) {
  for (const Example& example : examples_of(GetParam())) {
    // What only the embedded store refuses.
    if (example.output.find("needs PostgreSQL") == std::string::npos) {
      ASSERT_NO_FATAL_FAILURE(expect_shown(example));
    }
  }
}

constexpr std::array pages{"alerts.md",        "analytics.md", "audit.md",        "credit.md",
                           "customisation.md", "explain.md",   "leases.md",       "limits.md",
                           "marketplace.md",   "members.md",   "reservations.md", "sharing.md",
                           "sharing_money.md", "tenants.md",   "tiers.md",        "what_if.md"};
/// Those that are run by a shell (http_page_test.cpp).
constexpr std::array shell_pages{"http.md", "api_walk.md"};

TEST(Pages, WithExamplesAreAllRun) {
  for (const std::string& page : all_pages()) {
    const bool is_run = std::ranges::count(pages, page) + std::ranges::count(shell_pages, page) > 0;
    EXPECT_EQ(!examples_of(page).empty(), is_run) << page;
  }
}

std::string name_of_page(const testing::TestParamInfo<const char*>& page) {
  const std::string name = page.param;
  return name.substr(0, name.find('.'));
}

INSTANTIATE_TEST_SUITE_P(Docs, PageSpec, testing::ValuesIn(pages), name_of_page);
/// A walk through each part of managing tenants.
INSTANTIATE_TEST_SUITE_P(Docs, PageOnPostgresSpec,
                         testing::Values("alerts.md", "audit.md", "credit.md", "customisation.md",
                                         "marketplace.md", "members.md", "sharing.md", "tenants.md",
                                         "tiers.md"),
                         name_of_page);

}  // namespace
}  // namespace sluice::test
