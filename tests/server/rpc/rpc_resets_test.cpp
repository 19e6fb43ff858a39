// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/server/rpc/rpc_server_fixture.hpp"

namespace sluice::testing {
namespace {

using std::chrono::hours;

WallTime midnight_utc(std::chrono::year_month_day day) {
  return WallTime{std::chrono::sys_days{day}.time_since_epoch()};
}

Limit window(const std::string& name, Period period) {
  Limit limit = total(10);
  limit.name = name;
  limit.rule = WindowRule{Amount{10}, period};
  return limit;
}

/// The server's clock stands at 2019-12-20 in the first hour; the tenant lives in Zurich, which is
/// one hour ahead of UTC, and two from the 29th of March 2020 on.
class Resets : public RpcServerFixture {
protected:
  void SetUp() override {
    TenantRecord stored = record(tenant(1), 10);
    stored.definition.timezone = "Europe/Zurich";
    stored.definition.billing_anchor_day = AnchorDay{31};
    Limit pace = total(10);
    pace.name = "pace";
    pace.rule = RateRule{Amount{1}, 1s, Amount{1}};
    Limit smooth = total(10);
    smooth.name = "smooth";
    smooth.rule = SlidingRule{Amount{1}, 1s};
    Limit stepped = total(10);
    stepped.name = "stepped";
    stepped.rule = RateRule{Amount{1}, hours{1}, Amount{1}, Refill::interval};
    stored.definition.limits = {window("monthly", Period::month),
                                window("daily", Period::day),
                                window("gauge", Period::never),
                                pace,
                                smooth,
                                stepped};
    database.put(stored);
    serve();
    peer.emplace(port());
    entered = peer->enter();
  }

  Result<ResetPreview> resets(const std::string& limit, std::uint32_t count) {
    auto administration = entered->answer().getWelcome().getOperator();
    auto request = administration.resetsRequest();
    encode_id(tenant(1), request.initTenant().initId());
    request.setLimit(limit);
    request.setCount(count);
    const auto asked = peer->ask(kj::mv(request));
    const auto answer = asked->answer().getAnswer();
    return answer.isFault() ? Result<ResetPreview>(decode_fault(answer.getFault()))
                            : decode_resets(answer.getValue());
  }

  std::optional<RpcPeer> peer;
  std::unique_ptr<Asked<wire::Front::EnterResults>> entered;
};

TEST_F(Resets, OfAMonthStandOnTheAnchorDayOrTheLastOfAShorterMonth) {
  using namespace std::chrono;
  const ResetPreview preview = resets("monthly", 4).value();
  EXPECT_EQ(preview.timezone, "Europe/Zurich");
  EXPECT_EQ(preview.now, clock.now().wall);
  EXPECT_EQ(preview.at, (std::vector{midnight_utc(2019y / December / 31) - hours{1},
                                     midnight_utc(2020y / January / 31) - hours{1},
                                     midnight_utc(2020y / February / 29) - hours{1},
                                     midnight_utc(2020y / March / 31) - hours{2}}));
}

TEST_F(Resets, OfADayAreAnHourCloserWhereClocksGoForward) {
  const std::vector<WallTime> at = resets("daily", 100).value().at;
  ASSERT_EQ(at.size(), 100U);
  int short_days = 0;
  for (std::size_t i = 1; i < at.size(); ++i) {
    EXPECT_TRUE(at[i] - at[i - 1] == hours{24} || at[i] - at[i - 1] == hours{23});
    short_days += at[i] - at[i - 1] == hours{23} ? 1 : 0;
  }
  EXPECT_EQ(short_days, at.back() > midnight_utc(std::chrono::year{2020} / 3 / 30) ? 1 : 0);
}

TEST_F(Resets, GoOnFromTheClockOfTheServer) {
  const WallTime first = resets("daily", 1).value().at.front();
  clock.advance(std::chrono::days{1});
  EXPECT_EQ(resets("daily", 1).value().at.front(), first + hours{24});
}

TEST_F(Resets, OfARateByIntervalAreItsSteps) {
  const std::vector<WallTime> at = resets("stepped", 2).value().at;
  const WallTime now = clock.now().wall;
  ASSERT_EQ(at.size(), 2U);
  EXPECT_EQ(at[0], now - now.time_since_epoch() % hours{1} + hours{1});
  EXPECT_EQ(at[1], at[0] + hours{1});
}

TEST_F(Resets, OfAGaugeNeverCome) {
  EXPECT_TRUE(resets("gauge", 5).value().at.empty());
}

TEST_F(Resets, OfARateOrASlidingWindowAreRefusedByTheField) {
  for (const char* const limit : {"pace", "smooth"}) {
    const auto refused = resets(limit, 5);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.fault().code, FaultCode::invalid_argument);
    EXPECT_TRUE(refused.fault().context.starts_with("limit.rule: ")) << refused.fault().context;
  }
}

TEST_F(Resets, OfALimitThatIsNotThereAreNotFound) {
  EXPECT_EQ(resets("nonsense", 5).fault(),
            (Fault{FaultCode::not_found, "limit: there is no limit of this name"}));
  EXPECT_EQ(resets("\xff", 5).fault(), (Fault{FaultCode::invalid_argument, "limit is not UTF-8"}));
}

TEST_F(Resets, AreOneToAHundred) {
  for (const std::uint32_t count : {0U, 101U, 0xffffffffU}) {
    EXPECT_EQ(resets("daily", count).fault(),
              (Fault{FaultCode::invalid_argument, "count: must be from 1 to 100"}));
  }
}

}  // namespace
}  // namespace sluice::testing
