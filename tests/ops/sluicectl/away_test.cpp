// SPDX-License-Identifier: Apache-2.0
// What the program says when there is nobody to talk to, or nothing sensible to say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ops/sluicectl/sluicectl_process.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// Nothing listens on port 1 of the loopback.
const std::string nowhere = "127.0.0.1:1";

TEST(ServerAwaySpec, SaysWhereItLookedWhyItFailedAndWhatToDo) {
  const Called called = call(nowhere, "tenant list");
  EXPECT_EQ(called.exit, 4);
  EXPECT_THAT(
      called.err,
      AllOf(StartsWith("sluicectl: cannot reach sluiced at 127.0.0.1:1: connection refused; "),
            HasSubstr("is it running? start it with: "), HasSubstr("sluiced --data-directory"),
            HasSubstr("--server HOST:PORT")));
  EXPECT_EQ(called.out, "");
}

TEST(ServerAwaySpec, TellsProgramsTheSame) {
  const Called called = call(nowhere, "check acme api_requests --json");
  EXPECT_EQ(called.exit, 4);
  EXPECT_EQ(called.json()["error"]["code"], "unavailable");
}

TEST(ServerAwaySpec, PrefersTheFlagOverTheEnvironment) {
  const Called called = call(nowhere, "status --server 127.0.0.1:2");
  EXPECT_THAT(called.err, HasSubstr("127.0.0.1:2"));
}

TEST(BadUsageSpec, IsToldWithoutAServer) {
  for (const char* const words : {"",
                                  "tenant",
                                  "frobnicate",
                                  "tenant frobnicate",
                                  "tenant create",
                                  "tenant show a b",
                                  "tenant show acme --frobnicate",
                                  "top --once --count 2",
                                  "top --interval 0s",
                                  "top --interval 2h",
                                  "clock advance 5",
                                  "tenant list --page-size 0",
                                  "history",
                                  "history a --by week",
                                  "history a --from 2025-01-01 --last 1h",
                                  "history a --max 0",
                                  "history a --max 10001",
                                  "limit what-if --by week",
                                  "limit what-if --max 0",
                                  "windows",
                                  "explain",
                                  "explain a nonsense",
                                  "explain a 0",
                                  "explain a --max 0",
                                  "explain a --max 101",
                                  "explain a 1 --max 5",
                                  "journal",
                                  "journal verify",
                                  "journal inspect /nowhere",
                                  "migrate",
                                  "tenant create a --anchor-day 32",
                                  "tenant create a --id nonsense --limit x"}) {
    const Called called = call(nowhere, words);
    EXPECT_EQ(called.exit, 2) << words;
    EXPECT_THAT(called.err, StartsWith("sluicectl: ")) << words;
  }
}

TEST(BadUsageSpec, NamesTheCommandThatIsMisspelt) {
  EXPECT_THAT(call(nowhere, "frobnicate").err, HasSubstr("no command 'frobnicate'"));
  EXPECT_THAT(call(nowhere, "tenant frobnicate").err, HasSubstr("no command 'frobnicate'"));
}

TEST(BadUsageSpec, RefusesAnAddressThatIsNone) {
  const Called called = call(nowhere, "status --server localhost:http");
  EXPECT_EQ(called.exit, 2);
  EXPECT_THAT(called.err, HasSubstr("--server: 'localhost:http'"));
}

TEST(HelpSpec, TellsTheExitCodesAndNeedsNoServer) {
  const Called help = call(nowhere, "--help");
  EXPECT_EQ(help.exit, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("Exit codes:"), HasSubstr("SLUICE_SERVER")));
  EXPECT_EQ(call(nowhere, "tenant create --help").exit, 0);
  EXPECT_THAT(call(nowhere, "--version").out, StartsWith("sluicectl "));
  EXPECT_THAT(call(nowhere, "completion bash").out, HasSubstr("complete -o default"));
}

}  // namespace
}  // namespace sluice::test
