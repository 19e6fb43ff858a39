// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "protocol/codec.hpp"
#include "tests/protocol/codec/generators.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using codec_test::refusal_of;

/// A list on the wire needs a struct around it.
struct MeterCodec : testing::Test {
  auto meters(unsigned size) { return message.write().initMeters(size); }
  Result<MeterTable> decode() { return decode_meters(message.read().getMeters()); }

  Message<wire::Gateway::MetersResults> message;
};

RC_GTEST_FIXTURE_PROP(MeterCodec, BringsEveryTableThrough, ()) {
  MeterTable table;
  const auto size = *rc::gen::inRange<std::uint16_t>(0, 20);
  for (std::uint16_t id = 1; id <= size; ++id) {
    table.push_back(Meter{MeterId{id}, *codec_test::texts(), *codec_test::texts()});
  }
  encode_meters(table, meters(size));
  const auto back = decode();
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value() == table);
}

TEST_F(MeterCodec, RefusesATableWithAGap) {
  auto table = meters(2);
  table[0].setId(1);
  table[1].setId(3);
  EXPECT_EQ(refusal_of(decode()), "meters[1].id is not its place in the table");
}

TEST_F(MeterCodec, RefusesATableThatIsTooLong) {
  meters(meters_max + 1);
  EXPECT_EQ(refusal_of(decode()), "meters are more than 1024");
}

RC_GTEST_PROP(FaultCodec, BringsEveryFaultThrough, ()) {
  const Fault fault{*codec_test::enums(FaultCode::quota_exceeded), *codec_test::texts()};
  Message<wire::Fault> message;
  encode_fault(fault, message.write());
  RC_ASSERT(decode_fault(message.read()) == fault);
}

TEST(FaultCodec, TakesAFaultItDoesNotKnowForAnUnknownOutcome) {
  Message<wire::Fault> message;
  message.write().setCode(static_cast<wire::FaultCode>(99));
  message.edit().setMessage("from the future");
  EXPECT_EQ(decode_fault(message.read()), (Fault{FaultCode::outcome_unknown, "from the future"}));
}

TEST(FaultCodec, BringsAFaultThroughThatQuotesTheLongestText) {
  const Fault fault{FaultCode::invalid_argument, std::string(2 * text_bytes_max, 'x')};
  Message<wire::Fault> message;
  encode_fault(fault, message.write());
  EXPECT_EQ(decode_fault(message.read()), fault);
}

/// A reactor whose figures all differ.
ReactorStatus busy_reactor() {
  ReactorStatus reactor;
  reactor.decided[Outcome::allowed] = 1;
  reactor.decided[Outcome::denied] = 2;
  reactor.decided[Outcome::unknown_tenant] = 3;
  reactor.decided[Outcome::unavailable] = 4;
  reactor.hops = 5;
  reactor.resident_tenants = 6;
  reactor.activations = 7;
  reactor.passivations = 8;
  reactor.waiting_checks = 9;
  reactor.dirty_tenants = 10;
  reactor.history_rows = 11;
  reactor.history_lost = 12;
  reactor.flushes = 13;
  reactor.flush_failures = 14;
  reactor.last_flush = Duration{15};
  reactor.write_behind_lag = Duration{16};
  reactor.journal = {17, 18, 19, 20, Duration{21}, 22};
  reactor.connections = 23;
  reactor.refused_tenants = 25;
  reactor.journal_writable = false;
  reactor.decided[Outcome::throttled] = 24;
  for (std::uint64_t i = 0; i < outcome_count; ++i) {
    reactor.decided[static_cast<Outcome>(i)] += 100 * i;
  }
  return reactor;
}

struct StatusCodec : testing::Test {
  Result<ServerStatus> bring_through(const ServerStatus& status) {
    encode_status(status, message.write());
    return decode_status(message.read());
  }

  Message<wire::Status> message;
};

TEST_F(StatusCodec, BringsAStatusThrough) {
  ServerStatus status;
  status.server = "sluiced/0.1.0";
  status.now = WallTime{Duration{1}};
  status.uptime = Duration{2};
  status.simulated_time = true;
  status.start = {Duration{5}, Duration{6}};
  status.reactors.resize(2);
  status.busiest = {BusyTenant{TenantId{1, 2}, 3, 4}};
  const auto back = bring_through(status);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back.value().server, status.server);
  EXPECT_EQ(back.value().now, status.now);
  EXPECT_EQ(back.value().uptime, status.uptime);
  EXPECT_TRUE(back.value().simulated_time);
  EXPECT_EQ(back.value().start.replay, Duration{5});
  EXPECT_EQ(back.value().start.load, Duration{6});
  EXPECT_EQ(back.value().reactors.size(), 2u);
  ASSERT_EQ(back.value().busiest.size(), 1u);
  EXPECT_EQ(back.value().busiest[0].tenant, (TenantId{1, 2}));
  EXPECT_EQ(back.value().busiest[0].checks_per_second, 3u);
  EXPECT_EQ(back.value().busiest[0].denied_per_second, 4u);
}

TEST_F(StatusCodec, BringsTheCountsOfAReactorThrough) {
  ServerStatus status;
  status.reactors = {ReactorStatus{}, busy_reactor()};
  const auto back = bring_through(status);
  ASSERT_TRUE(back.ok());
  const ReactorStatus& reactor = back.value().reactors.at(1);
  EXPECT_EQ(reactor.decided, busy_reactor().decided);
  EXPECT_EQ(reactor.hops, 5u);
  EXPECT_EQ(reactor.resident_tenants, 6u);
  EXPECT_EQ(reactor.activations, 7u);
  EXPECT_EQ(reactor.passivations, 8u);
  EXPECT_EQ(reactor.waiting_checks, 9u);
  EXPECT_EQ(reactor.connections, 23u);
  EXPECT_EQ(reactor.refused_tenants, 25u);
}

TEST_F(StatusCodec, BringsTheWriteBehindAndTheJournalThrough) {
  ServerStatus status;
  status.reactors = {busy_reactor()};
  const auto back = bring_through(status);
  ASSERT_TRUE(back.ok());
  const ReactorStatus& reactor = back.value().reactors.at(0);
  EXPECT_EQ(reactor.dirty_tenants, 10u);
  EXPECT_EQ(reactor.history_rows, 11u);
  EXPECT_EQ(reactor.history_lost, 12u);
  EXPECT_EQ(reactor.flushes, 13u);
  EXPECT_EQ(reactor.flush_failures, 14u);
  EXPECT_EQ(reactor.last_flush, Duration{15});
  EXPECT_EQ(reactor.write_behind_lag, Duration{16});
  EXPECT_EQ(reactor.journal.bytes, 17u);
  EXPECT_EQ(reactor.journal.bytes_written, 18u);
  EXPECT_EQ(reactor.journal.commits, 19u);
  EXPECT_EQ(reactor.journal.syncs, 20u);
  EXPECT_EQ(reactor.journal.last_sync, Duration{21});
  EXPECT_EQ(reactor.journal.failures, 22u);
  EXPECT_FALSE(reactor.journal_writable);
}

TEST_F(StatusCodec, BringsTheOwnershipThroughWithALeaseAndWithout) {
  ServerStatus status;
  status.ownership = {Epoch{7}, true, Duration{9}, Duration{10}};
  const auto leased = bring_through(status);
  ASSERT_TRUE(leased.ok());
  EXPECT_EQ(leased.value().ownership.epoch, Epoch{7});
  EXPECT_TRUE(leased.value().ownership.owner);
  EXPECT_EQ(leased.value().ownership.lease_left, Duration{9});
  EXPECT_EQ(leased.value().ownership.lease, Duration{10});

  status.ownership = {Epoch{8}, false, std::nullopt};
  const auto unleased = bring_through(status);
  ASSERT_TRUE(unleased.ok());
  EXPECT_EQ(unleased.value().ownership.epoch, Epoch{8});
  EXPECT_FALSE(unleased.value().ownership.owner);
  EXPECT_EQ(unleased.value().ownership.lease_left, std::nullopt);
}

TEST_F(StatusCodec, ALeaseThatHasPassedHasNothingLeft) {
  ServerStatus status;
  status.ownership.lease_left = Duration{-5};
  EXPECT_EQ(bring_through(status).value().ownership.lease_left, Duration{0});
}

TEST_F(StatusCodec, NamesTheDurationThatIsTooLong) {
  constexpr std::uint64_t too_long = std::uint64_t{1} << 63;
  auto reactors = message.write().initReactors(2);
  reactors[1].setWriteBehindLagNs(too_long);
  EXPECT_EQ(refusal_of(decode_status(message.read())),
            "status.reactors[1].writeBehindLagNs is larger than 2^63-1");
  reactors = message.write().initReactors(1);
  reactors[0].setLastFlushNs(too_long);
  EXPECT_EQ(refusal_of(decode_status(message.read())),
            "status.reactors[0].lastFlushNs is larger than 2^63-1");
  reactors = message.write().initReactors(1);
  reactors[0].setJournalLastSyncNs(too_long);
  EXPECT_EQ(refusal_of(decode_status(message.read())),
            "status.reactors[0].journalLastSyncNs is larger than 2^63-1");
  auto status = message.write();
  status.setHasLease(true);
  status.setLeaseLeftNs(too_long);
  EXPECT_EQ(refusal_of(decode_status(message.read())), "status.leaseLeftNs is larger than 2^63-1");
}

}  // namespace
}  // namespace sluice
