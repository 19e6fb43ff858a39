// SPDX-License-Identifier: Apache-2.0
// The whole demo, as ops/demo runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

class DemoSpec : public testing::Test {
protected:
  void start() {
    server_ = std::make_unique<ServerProcess>(
        directory_.path() / "data",
        std::vector<std::string>{"--simulated-time", "2023-11-16T09:00:00Z"});
  }
  [[nodiscard]] Finished demo(std::vector<std::string> words) const {
    words.insert(words.begin(), program("demo_replay"));
    words.insert(words.end(), {"--server", "127.0.0.1:" + std::to_string(server_->port()),
                               "--remember", directory_.path() / "counted"});
    return run(words);
  }

  TemporaryDirectory directory_;
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(DemoSpec, ReplaysATraceAndFindsEveryPromiseKeptAlsoAfterARestart) {
  const std::string trace = directory_.path() / "trace.csv";
  std::ofstream out{trace};
  out << "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  for (int i = 0; i < 600; ++i) {
    out << "2023-11-16 18:0" << i / 60 << ":" << (i % 60 < 10 ? "0" : "") << i % 60
        << ".0000000,374,44\n";
  }
  out.close();
  start();
  const Finished replayed = demo({"run", "--trace", trace});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.output;
  EXPECT_THAT(replayed.output, HasSubstr("✓ never over a limit that blocks"));
  ASSERT_EQ(server_->stop(), 0);
  start();
  const Finished compared = demo({"compare"});
  EXPECT_EQ(compared.exit_code, 0) << compared.output;
  EXPECT_THAT(compared.output, HasSubstr("✓ stopped and started again: all 80 counters"));
}

TEST_F(DemoSpec, FailsWhenACounterIsNotWhatItWas) {
  start();
  std::ofstream{directory_.path() / "counted"} << "2023-11-16T09:00:00Z\nacorn daily-tokens 1\n";
  EXPECT_EQ(demo({"compare"}).exit_code, 1);
}

TEST_F(DemoSpec, SaysWhatIsWrongWithATraceBeforeItChangesAnything) {
  start();
  const Finished missing = demo({"run", "--trace", directory_.path() / "missing.csv"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.output, HasSubstr("missing.csv"));
}

}  // namespace
}  // namespace sluice::test
