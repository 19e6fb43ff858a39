// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/history.hpp"

#include <gtest/gtest.h>

#include <string>

#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

class SpanSpec : public testing::Test {
protected:
  /// `FROM to TO`, or why not.
  [[nodiscard]] static std::string spanned(Granularity granularity, const Span& span) {
    UsageQuery query;
    query.granularity = granularity;
    const auto set = set_span(query, span, parse_instant("2025-06-10T12:34:56Z").value());
    return set.ok() ? format_instant(query.from) + " to " +
                          (query.to == wall_time_never ? "now" : format_instant(query.to))
                    : set.fault().context;
  }
};

TEST_F(SpanSpec, IsTheLastHourDayOrMonthFromAWholeStartOn) {
  EXPECT_EQ(spanned(Granularity::minute, {}), "2025-06-10T11:34:00Z to now");
  EXPECT_EQ(spanned(Granularity::hour, {}), "2025-06-09T12:00:00Z to now");
  EXPECT_EQ(spanned(Granularity::day, {}), "2025-05-11T00:00:00Z to now");
}

TEST_F(SpanSpec, TakesWhatIsSaid) {
  const std::string from = "2025-06-01T00:30:00Z";
  const std::string to = "2025-06-02T00:00:00Z";
  EXPECT_EQ(spanned(Granularity::hour, {from, to, ""}), from + " to " + to);
  EXPECT_EQ(spanned(Granularity::hour, {from, "", ""}), from + " to now");
  EXPECT_EQ(spanned(Granularity::hour, {"", "", "90m"}), "2025-06-10T11:00:00Z to now");
}

TEST_F(SpanSpec, CountsBackFromItsEnd) {
  EXPECT_EQ(spanned(Granularity::hour, {"", "2025-06-02T00:00:00Z", "3h"}),
            "2025-06-01T21:00:00Z to 2025-06-02T00:00:00Z");
}

TEST_F(SpanSpec, DoesNotReachBehind1970) {
  EXPECT_EQ(spanned(Granularity::day, {"", "", "4000w"}), "1970-01-01T00:00:00Z to now");
}

TEST_F(SpanSpec, NamesTheOptionThatIsWrong) {
  EXPECT_TRUE(spanned(Granularity::hour, {"soon", "", ""}).starts_with("--from: 'soon'"));
  EXPECT_TRUE(spanned(Granularity::hour, {"", "late", ""}).starts_with("--to: 'late'"));
  EXPECT_TRUE(spanned(Granularity::hour, {"", "", "5"}).starts_with("--last: '5'"));
  EXPECT_EQ(spanned(Granularity::hour, {"2025-06-01", "2025-06-01", ""}),
            "--to: must be after --from");
}

TEST(HistorySpec, IsCompleteUnlessThereAreAsManyPointsAsWereAskedFor) {
  History history;
  history.query.points_max = 2;
  history.points.resize(1);
  EXPECT_TRUE(history.complete());
  history.points.resize(2);
  EXPECT_FALSE(history.complete());
}

TEST(ExitCodeSpec, TellsFaultsThatPassFromThoseThatStay) {
  for (const FaultCode passes :
       {FaultCode::unavailable, FaultCode::outcome_unknown, FaultCode::fenced}) {
    EXPECT_EQ(exit_of(passes), ExitCode::no_answer) << to_string(passes);
  }
  for (const FaultCode stays :
       {FaultCode::invalid_argument, FaultCode::not_found, FaultCode::already_exists,
        FaultCode::conflict, FaultCode::limit_exceeded, FaultCode::quota_exceeded,
        FaultCode::data_damaged}) {
    EXPECT_EQ(exit_of(stays), ExitCode::refused) << to_string(stays);
  }
}

}  // namespace
}  // namespace sluice::ctl
