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
  const Fault fault{*codec_test::enums(FaultCode::data_damaged), *codec_test::texts()};
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

TEST(StatusCodec, BringsAStatusThrough) {
  ServerStatus status;
  status.server = "sluiced/0.1.0";
  status.now = WallTime{Duration{1}};
  status.uptime = Duration{2};
  status.simulated_time = true;
  status.reactors = {ReactorStatus{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, {}}, ReactorStatus{}};
  status.busiest = {BusyTenant{TenantId{1, 2}, 3, 4}};
  Message<wire::Status> message;
  encode_status(status, message.write());
  const auto back = decode_status(message.read());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back.value().server, status.server);
  EXPECT_EQ(back.value().now, status.now);
  EXPECT_EQ(back.value().uptime, status.uptime);
  EXPECT_TRUE(back.value().simulated_time);
  ASSERT_EQ(back.value().reactors.size(), 2u);
  const ReactorStatus& reactor = back.value().reactors[0];
  EXPECT_EQ(reactor.allowed, 1u);
  EXPECT_EQ(reactor.denied, 2u);
  EXPECT_EQ(reactor.unknown_tenant, 3u);
  EXPECT_EQ(reactor.other_outcomes, 4u);
  EXPECT_EQ(reactor.hops, 5u);
  EXPECT_EQ(reactor.resident_tenants, 6u);
  EXPECT_EQ(reactor.activations, 7u);
  EXPECT_EQ(reactor.passivations, 8u);
  EXPECT_EQ(reactor.waiting_checks, 9u);
  EXPECT_EQ(reactor.dirty_tenants, 10u);
  EXPECT_EQ(reactor.flushes, 11u);
  EXPECT_EQ(reactor.flush_failures, 12u);
  EXPECT_EQ(reactor.connections, 13u);
  ASSERT_EQ(back.value().busiest.size(), 1u);
  EXPECT_EQ(back.value().busiest[0].tenant, (TenantId{1, 2}));
  EXPECT_EQ(back.value().busiest[0].checks_per_second, 3u);
  EXPECT_EQ(back.value().busiest[0].denied_per_second, 4u);
}

}  // namespace
}  // namespace sluice
