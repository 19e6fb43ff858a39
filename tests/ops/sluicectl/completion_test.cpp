// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "ops/sluicectl/command_line.hpp"

namespace sluice::ctl {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

void visit(const CLI::App& app, const auto& see) {
  see(app);
  for (const CLI::App* const child : app.get_subcommands({})) {
    visit(*child, see);
  }
}

/// The bash script in a file, asked as bash would ask it.
class BashCompletionSpec : public testing::Test {
protected:
  BashCompletionSpec() { std::ofstream{script_} << completion_script(line_.app, Shell::bash); }
  ~BashCompletionSpec() override { std::filesystem::remove(script_); }

  /// What may stand in place of `current` after these words.
  [[nodiscard]] std::string candidates(const std::string& current, const std::string& words) const {
    // The only call that leaves the script is the one for slugs.
    const std::string command = "bash -c 'sluicectl() { echo SLUGS \"$@\"; }; . " + script_ +
                                "; _sluicectl_candidates \"" + current + "\" " + words + "' 2>&1";
    FILE* const pipe = popen(command.c_str(), "r");
    std::string out;
    std::array<char, 4096> part{};
    while (fgets(part.data(), part.size(), pipe) != nullptr) {
      out += part.data();
    }
    pclose(pipe);
    return out;
  }

  CommandLine line_;
  std::string script_ =
      testing::TempDir() + "sluicectl-completion-" + std::to_string(getpid()) + ".bash";
};

TEST(CompletionSpec, KnowsEveryCommandAndOptionInEveryShell) {
  const CommandLine line;
  for (const Shell shell : {Shell::bash, Shell::zsh, Shell::fish}) {
    const std::string script = completion_script(line.app, shell);
    visit(line.app, [&script, shell](const CLI::App& app) {
      EXPECT_THAT(script, HasSubstr(app.get_name()));
      for (const CLI::Option* const option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
          EXPECT_THAT(script, HasSubstr((shell == Shell::fish ? "-l " : "--") + name));
        }
      }
    });
  }
}

TEST(CompletionSpec, AsksTheServerForSlugsInEveryShell) {
  const CommandLine line;
  for (const Shell shell : {Shell::bash, Shell::zsh, Shell::fish}) {
    EXPECT_THAT(completion_script(line.app, shell), HasSubstr("sluicectl tenant list --slugs"));
  }
}

TEST(CompletionSpec, OffersDirectoriesWhereOneBelongs) {
  const CommandLine line;
  EXPECT_THAT(completion_script(line.app, Shell::fish),
              HasSubstr("'__fish_seen_subcommand_from journal; and __fish_seen_subcommand_from "
                        "verify' -a '(__fish_complete_directories)'"));
}

TEST_F(BashCompletionSpec, OffersTheCommandsBelowTheOneThatIsTyped) {
  EXPECT_THAT(candidates("", ""), ContainsRegex("tenant.*limit.*check.*usage.*top"));
  EXPECT_EQ(candidates("", "limit"), "set show remove resets counters what-if override restore\n");
  EXPECT_EQ(candidates("", "--json limit"),
            "set show remove resets counters what-if override restore\n");
}

TEST_F(BashCompletionSpec, OffersOptionsAfterADashAndTheGlobalOnes) {
  EXPECT_THAT(candidates("--", "tenant create"), ContainsRegex("--timezone.*--limit"));
  EXPECT_THAT(candidates("--", "tenant create"), HasSubstr("--server"));
  EXPECT_THAT(candidates("--", "tenant edit"), HasSubstr("--anchor-day"));
}

TEST_F(BashCompletionSpec, OffersTheValuesOfAnOptionThatHasAFewOfThem) {
  EXPECT_THAT(candidates("", "limit set acme monthly --period"), ContainsRegex("day.*month"));
  EXPECT_EQ(candidates("", "limit set acme monthly --size"), "\n");
  EXPECT_EQ(candidates("", "limit set acme monthly --enforcement"),
            "block alert throttle overage\n");
  EXPECT_EQ(candidates("", "check acme --mode"), "normal peek best-effort record release\n");
}

TEST_F(BashCompletionSpec, KnowsLabelsOverridesAndLeases) {
  EXPECT_THAT(candidates("--", "limit set"),
              ContainsRegex("--concurrency.*--by.*--when.*--release-on-expiry"));
  EXPECT_THAT(candidates("--", "limit override"),
              ContainsRegex("--concurrency.*--for.*--until.*--author.*--reason"));
  EXPECT_THAT(candidates("--", "lease"), ContainsRegex("--want.*--ttl.*--label"));
  EXPECT_THAT(candidates("--", "check"), HasSubstr("--label"));
  EXPECT_THAT(candidates("--", "reserve"), HasSubstr("--label"));
  EXPECT_THAT(candidates("", "lease"), HasSubstr("SLUGS"));
  EXPECT_THAT(candidates("", "limit override"), HasSubstr("SLUGS"));
  EXPECT_THAT(candidates("", "limit restore"), HasSubstr("SLUGS"));
  EXPECT_THAT(candidates("", "limit what-if --tier free"), HasSubstr("SLUGS"));
  EXPECT_EQ(candidates("", "lease acme llm_tokens --want"), "\n");
}

TEST_F(BashCompletionSpec, KnowsCredit) {
  EXPECT_EQ(candidates("", "credit"), "give show void reset\n");
  EXPECT_THAT(candidates("--", "credit give"),
              ContainsRegex("--id.*--priority.*--effective.*--expires.*--every.*--anchor.*"
                            "--rollover"));
  EXPECT_THAT(candidates("--", "credit reset"), HasSubstr("--keep-overage"));
  EXPECT_THAT(candidates("", "credit give"), HasSubstr("SLUGS"));
  EXPECT_THAT(candidates("", "credit void"), HasSubstr("SLUGS"));
  EXPECT_THAT(candidates("", "limit set acme prepaid --credit"), ContainsRegex("day.*month"));
}

TEST_F(BashCompletionSpec, KnowsHistoryAndJournals) {
  EXPECT_EQ(candidates("", "history acme --by"), "minute hour day\n");
  EXPECT_EQ(candidates("", "limit what-if --by"), "minute hour day\n");
  EXPECT_EQ(candidates("", "journal"), "inspect verify repair\n");
  EXPECT_THAT(candidates("--", "journal repair"), HasSubstr("--apply"));
  EXPECT_EQ(candidates("", "journal repair"), "\n") << "bash then offers files";
}

TEST_F(BashCompletionSpec, OffersSlugsWhereATenantBelongs) {
  EXPECT_THAT(candidates("ac", "tenant show"), HasSubstr("SLUGS tenant list --slugs"));
  EXPECT_THAT(candidates("ac", "usage"), HasSubstr("--text ac"));
  EXPECT_THAT(candidates("", "history --by day"), HasSubstr("SLUGS"));
  EXPECT_THAT(candidates("", "windows"), HasSubstr("SLUGS"));
  EXPECT_THAT(candidates("", "limit set --period month"), HasSubstr("SLUGS"));
  EXPECT_THAT(candidates("", "limit set acme"), Not(HasSubstr("SLUGS")));
}

}  // namespace
}  // namespace sluice::ctl
