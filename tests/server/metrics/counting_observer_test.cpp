// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/counting_observer.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

class CountingObserverSpec : public testing::Test {
protected:
  Observer deaf_;
  CountingObserver counts_{deaf_};
};

TEST_F(CountingObserverSpec, HoldsTheJournalToWorkOnceThoseOfAllReactorsDo) {
  EXPECT_TRUE(counts_.vitals().journal);
  counts_.vital_changed(Vital::journal, false);
  counts_.vital_changed(Vital::journal, false);
  counts_.vital_changed(Vital::journal, true);
  EXPECT_FALSE(counts_.vitals().journal);
  counts_.vital_changed(Vital::journal, true);
  EXPECT_TRUE(counts_.vitals().journal);
}

TEST_F(CountingObserverSpec, HoldsTheStoreToWorkIfItAnswersAndTakesBatches) {
  counts_.vital_changed(Vital::flush, false);
  EXPECT_FALSE(counts_.vitals().store);
  counts_.vital_changed(Vital::store, false);
  counts_.vital_changed(Vital::flush, true);
  EXPECT_FALSE(counts_.vitals().store);
  counts_.vital_changed(Vital::store, true);
  EXPECT_TRUE(counts_.vitals().store);
  EXPECT_TRUE(counts_.vitals().journal);
}

TEST_F(CountingObserverSpec, CountsFailuresOfTheStoreWhichSayNothingOfHowItIs) {
  counts_.store_failed("load", Fault{FaultCode::unavailable, "the store is away"});
  EXPECT_EQ(counts_.store_failures(), 1U);
  EXPECT_TRUE(counts_.vitals().store);
}

}  // namespace
}  // namespace sluice
