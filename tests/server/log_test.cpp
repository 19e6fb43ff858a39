// SPDX-License-Identifier: Apache-2.0
#include "server/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace sluice::test {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

namespace {

/// What a log writes to stderr.
template <class Write>
std::string written(Write&& write, LogLevel least = LogLevel::info) {
  const Log log{least};
  testing::internal::CaptureStderr();
  write(log);
  return testing::internal::GetCapturedStderr();
}

/// How one value is written.
std::string value(const LogValue& value) {
  const std::string line = written([&](const Log& log) { log.info("e", {{"v", value}}); });
  const std::size_t begin = line.find(" v=") + 3;
  return line.substr(begin, line.size() - 1 - begin);
}

}  // namespace

TEST(LogSpec, WritesOneLineWithTheTimeFirst) {
  const std::string line = written([](const Log& log) {
    log.info("tenant_created", {{"tier", "pro"}, {"limits", 6}});
  });
  EXPECT_THAT(line, MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z"
                                 " level=info event=tenant_created tier=pro limits=6\n"));
}

TEST(LogSpec, NamesTheLevel) {
  EXPECT_THAT(written([](const Log& log) { log.warning("e"); }), HasSubstr(" level=warning "));
  EXPECT_THAT(written([](const Log& log) { log.error("e"); }), HasSubstr(" level=error "));
}

TEST(LogSpec, LeavesOutWhatIsBelowItsLevel) {
  const auto write_all = [](const Log& log) {
    log.debug("a");
    log.info("b");
    log.warning("c");
    log.error("d");
  };
  EXPECT_EQ(written(write_all, LogLevel::error).find("event=c"), std::string::npos);
  EXPECT_THAT(written(write_all, LogLevel::error), EndsWith("event=d\n"));
  EXPECT_THAT(written(write_all, LogLevel::debug), HasSubstr("level=debug event=a\n"));
}

TEST(LogSpec, WritesNumbersAsTheyAre) {
  EXPECT_EQ(value(-5), "-5");
  EXPECT_EQ(value(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(value(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(value(true), "true");
}

TEST(LogSpec, QuotesWhatIsNotPlain) {
  EXPECT_EQ(value("127.0.0.1:7411"), "127.0.0.1:7411");
  EXPECT_EQ(value("two words"), "\"two words\"");
  EXPECT_EQ(value(""), "\"\"");
  EXPECT_EQ(value("a=b"), "\"a=b\"");
  EXPECT_EQ(value("say \"hi\""), R"("say \"hi\"")");
  EXPECT_EQ(value("C:\\x"), R"("C:\\x")");
}

TEST(LogSpec, LetsNoValueForgeALineOrAField) {
  EXPECT_EQ(value("a\nlevel=error event=forged"), R"("a\nlevel=error event=forged")");
  EXPECT_EQ(value("a\r\tb"), R"("a\r\tb")");
  EXPECT_EQ(value("\x1b[31mred"), R"("\x1b[31mred")");
  EXPECT_EQ(value(std::string{"a\0b", 3}), R"("a\x00b")");
}

TEST(LogSpec, KeepsNamesInAnyLanguage) {
  EXPECT_EQ(value("Bäckerei"), "Bäckerei");
}

TEST(LogSpec, CutsLongValues) {
  EXPECT_EQ(value(std::string(log_value_bytes_max, 'x')).size(), log_value_bytes_max);
  EXPECT_EQ(value(std::string(1'000'000, 'x')),
            '"' + std::string(log_value_bytes_max, 'x') + "...\"");
}

TEST(LogSpec, WritesLinesOfManyThreadsWhole) {
  constexpr int lines = 500;
  const std::string all = written([](const Log& log) {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
      writers.emplace_back([&log] {
        for (int line = 0; line < lines; ++line) {
          log.info("e", {{"v", "value"}});
        }
      });
    }
  });
  std::size_t whole = 0;
  for (std::size_t at = all.find(" level=info event=e v=value\n"); at != std::string::npos;
       at = all.find(" level=info event=e v=value\n", at + 1)) {
    ++whole;
  }
  EXPECT_EQ(whole, 4U * lines);
}

}  // namespace sluice::test
