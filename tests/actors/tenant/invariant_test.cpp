// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/invariant.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(InvariantDeathSpec, ThatIsBrokenEndsTheProcessAndSaysWhatAndWhere) {
  const int one = 1;
  EXPECT_DEATH(SLUICE_INVARIANT(one == 2), "one == 2.*invariant_test.cpp");
}

TEST(InvariantDeathSpec, ThatHoldsDoesNothing) {
  SLUICE_INVARIANT(true);
}

}  // namespace
}  // namespace sluice
