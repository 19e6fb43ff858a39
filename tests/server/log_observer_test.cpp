// SPDX-License-Identifier: Apache-2.0
#include "server/log_observer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "actors/tenant/alert.hpp"
#include "server/log.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;

class LogObserverSpec : public testing::Test {
protected:
  /// What the log gets of so many alerts at once.
  std::string lines_of(int alerts) {
    testing::internal::CaptureStderr();
    for (int i = 0; i < alerts; ++i) {
      observer_.alert_raised(make_alert(TenantId{1, 2}, AlertKind::trial_ended, WallTime{},
                                        std::to_string(i), R"({"ended_at_ns":1})"));
    }
    return testing::internal::GetCapturedStderr();
  }

  Log log_{LogLevel::info};
  LogObserver observer_{log_, [] {}};
};

TEST_F(LogObserverSpec, WritesALineForAnAlert) {
  EXPECT_THAT(
      lines_of(1),
      HasSubstr("event=alert kind=trial.ended tenant=" + to_string(TenantId{1, 2}) + " id="));
  EXPECT_EQ(observer_.kept_back(), 0U);
}

TEST_F(LogObserverSpec, CountsTheLinesThatItKeepsBack) {
  const std::string written = lines_of(150);
  EXPECT_EQ(std::ranges::count(written, '\n'), 100);
  EXPECT_EQ(observer_.kept_back(), 50U);
}

TEST_F(LogObserverSpec, SaysWhatCeasesToWorkAndWhatWorksAgain) {
  testing::internal::CaptureStderr();
  observer_.vital_changed(Vital::journal, false);
  observer_.vital_changed(Vital::journal, true);
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_THAT(written, HasSubstr("event=ceased_to_work what=journal"));
  EXPECT_THAT(written, HasSubstr("event=works_again what=journal"));
}

}  // namespace
}  // namespace sluice
