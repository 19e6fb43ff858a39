// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

ServerStatus owner() {
  ServerStatus status;
  status.server = "sluiced/test";
  status.ownership = {Epoch{7}, true, 2'500ms};
  status.start = {250ms, 1'250ms};
  ReactorStatus reactor;
  reactor.dirty_tenants = 12;
  reactor.history_rows = 34;
  reactor.flushes = 56;
  reactor.last_flush = 12'300us;
  reactor.write_behind_lag = 750ms;
  reactor.journal = {64'000'000, 900'000'000, 78, 9, 1'250us, 0};
  status.reactors = {reactor};
  return status;
}

TEST(StatusViewSpec, ShowsByWhatRightTheServerServes) {
  EXPECT_THAT(view_of(owner(), Style{}),
              AllOf(ContainsRegex("owner +yes"), ContainsRegex("epoch +7"),
                    ContainsRegex("lease left +2\\.5s")));
}

TEST(StatusViewSpec, ShowsAServerThatNeedsNoLeaseAndOneThatLostIts) {
  ServerStatus status = owner();
  status.ownership.lease_left = std::nullopt;
  EXPECT_THAT(view_of(status, Style{}), ContainsRegex("lease left +needs none"));
  status.ownership.owner = false;
  EXPECT_THAT(view_of(status, Style{}), ContainsRegex("owner +no: the tenants are not"));
}

TEST(StatusViewSpec, ShowsHowLongTheStartTook) {
  EXPECT_THAT(view_of(owner(), Style{}),
              ContainsRegex("start took +1\\.5s, of these 250ms for the journal"));
  EXPECT_EQ(document_of(owner())["replay_ns"], 250'000'000);
  EXPECT_EQ(document_of(owner())["load_ns"], 1'250'000'000);
}

TEST(StatusViewSpec, PaintsTenantsRedThatTheStoreRefuses) {
  ServerStatus status = owner();
  status.reactors[0].refused_tenants = 2;
  EXPECT_THAT(view_of(status, Style{.colour = true}), HasSubstr("\033[31m2\033[0m"));
  EXPECT_EQ(document_of(status)["reactors"][0]["refused_tenants"], 2);
}

TEST(StatusViewSpec, ShowsWhatWasDecided) {
  ServerStatus status = owner();
  status.reactors[0].decided[Outcome::allowed] = 5;
  status.reactors[0].decided[Outcome::denied] = 4;
  status.reactors[0].decided[Outcome::throttled] = 3;
  status.reactors[0].decided[Outcome::unknown_tenant] = 2;
  status.reactors[0].decided[Outcome::unavailable] = 1;
  EXPECT_THAT(view_of(status, Style{}),
              AllOf(ContainsRegex("REACTOR +ALLOWED +DENIED +THROTTLED +UNKNOWN +OTHER"),
                    ContainsRegex("\n0 +5 +4 +3 +2 +1")));
  EXPECT_EQ(document_of(status)["reactors"][0]["throttled"], 3);
}

TEST(StatusViewSpec, ShowsWhatWaitsForTheStoreAndSinceWhen) {
  EXPECT_THAT(
      view_of(owner(), Style{}),
      AllOf(ContainsRegex("REACTOR +DIRTY +REFUSED +HISTORY +LOST +LAG +BATCHES +FAILED BATCHES +"
                          "LAST BATCH"),
            ContainsRegex("\n0 +12 +0 +34 +0 +750ms +56 +0 +12\\.3ms")));
}

TEST(StatusViewSpec, ShowsTheJournals) {
  EXPECT_THAT(view_of(owner(), Style{}),
              AllOf(ContainsRegex("REACTOR +JOURNAL +WRITTEN +COMMITS +FAILED COMMITS +SYNCS +"
                                  "LAST SYNC"),
                    ContainsRegex("\n0 +64MB +900MB +78 +0 +9 +1\\.25ms")));
}

TEST(StatusViewSpec, ShowsNoTimeForWhatNeverHappened) {
  ServerStatus status = owner();
  status.reactors = {ReactorStatus{}};
  EXPECT_THAT(view_of(status, Style{}), AllOf(ContainsRegex("\n0 +0 +0 +0 +0 +- +0 +0 +-\n"),
                                              ContainsRegex("\n0 +0B +0B +0 +0 +0 +-\n")));
}

TEST(StatusViewSpec, PaintsFailuresRed) {
  ServerStatus status = owner();
  const Style colours{.colour = true};
  EXPECT_THAT(view_of(status, colours), Not(HasSubstr("\033[31m")));
  status.reactors[0].journal.failures = 3;
  EXPECT_THAT(view_of(status, colours), HasSubstr("\033[31m3\033[0m"));
}

TEST(StatusDocumentSpec, TellsProgramsTheSameNumbers) {
  ServerStatus status = owner();
  const Json document = document_of(status);
  EXPECT_EQ(document["ownership"]["epoch"], 7);
  EXPECT_EQ(document["ownership"]["owner"], true);
  EXPECT_EQ(document["ownership"]["lease_left_ns"], 2'500'000'000);
  const Json& reactor = document["reactors"][0];
  EXPECT_EQ(reactor["history_rows"], 34);
  EXPECT_EQ(reactor["history_lost"], 0);
  EXPECT_EQ(reactor["last_flush_ns"], 12'300'000);
  EXPECT_EQ(reactor["write_behind_lag_ns"], 750'000'000);
  EXPECT_EQ(reactor["journal"]["bytes"], 64'000'000);
  EXPECT_EQ(reactor["journal"]["bytes_written"], 900'000'000);
  EXPECT_EQ(reactor["journal"]["commits"], 78);
  EXPECT_EQ(reactor["journal"]["syncs"], 9);
  EXPECT_EQ(reactor["journal"]["last_sync_ns"], 1'250'000);
  EXPECT_EQ(reactor["journal"]["failures"], 0);
  status.ownership.lease_left = std::nullopt;
  EXPECT_EQ(document_of(status)["ownership"]["lease_left_ns"], nullptr);
}

}  // namespace
}  // namespace sluice::ctl
