// SPDX-License-Identifier: Apache-2.0
#include "bench/histogram.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

constexpr Quantile half{0.5};
constexpr Quantile all{1.0};

TEST(HistogramSpec, TellsSmallValuesExactly) {
  Histogram histogram;
  for (int value = 1; value <= 100; ++value) {
    histogram.record(Duration{value});
  }
  EXPECT_EQ(histogram.at(half), 50ns);
  EXPECT_EQ(histogram.at(Quantile{0.99}), 99ns);
  EXPECT_EQ(histogram.mean(), 50ns);
}

TEST(HistogramSpec, IsNeverLowAndAtMostOne128thHigh) {
  for (std::int64_t value = 1; value < Histogram::value_max.count() / 3; value = value * 3 + 1) {
    Histogram histogram;
    histogram.record(Duration{value});
    histogram.record(Histogram::value_max);
    EXPECT_GE(histogram.at(half).count(), value);
    EXPECT_LE(histogram.at(half).count(), value + value / 128);
  }
}

TEST(HistogramSpec, ValuesOnBothSidesOfAPowerOfTwoAreToldApart) {
  Histogram histogram;
  histogram.record(Duration{(1 << 20) - 1});
  histogram.record(Duration{1 << 20});
  EXPECT_EQ(histogram.at(half).count(), (1 << 20) - 1);
}

TEST(HistogramSpec, AQuantileBetweenTwoRecordsIsTheUpperOne) {
  Histogram histogram;
  histogram.record(10ns);
  histogram.record(20ns);
  histogram.record(30ns);
  EXPECT_EQ(histogram.at(Quantile{0.34}), 20ns);
}

TEST(HistogramSpec, TheLastQuantileIsTheExactMaximum) {
  Histogram histogram;
  histogram.record(123'456'789ns);
  EXPECT_EQ(histogram.at(all), 123'456'789ns);
  EXPECT_EQ(histogram.max(), 123'456'789ns);
}

TEST(HistogramSpec, WhatIsTooLongCountsAsTheLongest) {
  Histogram histogram;
  histogram.record(48h);
  EXPECT_EQ(histogram.at(all), Histogram::value_max);
}

TEST(HistogramSpec, ANegativeValueCountsAsZero) {
  Histogram histogram;
  histogram.record(-5ns);
  EXPECT_EQ(histogram.count(), 1U);
  EXPECT_EQ(histogram.at(all), 0ns);
}

TEST(HistogramSpec, WithoutRecordsEveryNumberIsZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.at(half), 0ns);
  EXPECT_EQ(histogram.mean(), 0ns);
  EXPECT_EQ(histogram.count(), 0U);
}

TEST(HistogramSpec, AMergeIsAsIfOneHadRecordedBoth) {
  Histogram low;
  Histogram high;
  low.record(1us, 99);
  high.record(1ms);
  low.merge(high);
  EXPECT_EQ(low.count(), 100U);
  EXPECT_EQ(low.at(all), 1ms);
  EXPECT_LT(low.at(Quantile{0.99}), 1010ns);
}

}  // namespace
}  // namespace sluice::bench
