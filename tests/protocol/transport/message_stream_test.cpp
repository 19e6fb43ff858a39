// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/message_stream.hpp"

#include <string>
#include <thread>
#include <vector>

#include "tests/protocol/transport/stream_spec.hpp"
#include "tests/protocol/transport/tcp_segments.hpp"

namespace sluice {
namespace {

using MessageStreamSpec = StreamSpec;

TEST_F(MessageStreamSpec, DeliversAMessageHoweverItIsCutInTwo) {
  const auto frame = frame_of(*hello("a message"));
  const std::span<const std::byte> bytes{frame};
  for (std::size_t cut = 1; cut < frame.size(); ++cut) {
    Arrival arrival;
    const auto reading = start_reading(arrival);
    peer_sends(bytes.first(cut));
    turn();
    turn();
    ASSERT_FALSE(arrival.settled) << "cut at " << cut;
    peer_sends(bytes.subspan(cut));
    ASSERT_TRUE(turn_until([&] { return arrival.settled; })) << "cut at " << cut;
    ASSERT_EQ(arrival.text, "a message") << "cut at " << cut;
  }
}

TEST_F(MessageStreamSpec, DeliversAMessageThatComesByteByByte) {
  Arrival arrival;
  const auto reading = start_reading(arrival);
  for (const std::byte byte : frame_of(*hello("a message"))) {
    peer_sends(std::span{&byte, 1});
    turn();
  }
  EXPECT_TRUE(turn_until([&] { return arrival.settled; }));
  EXPECT_EQ(arrival.text, "a message");
}

TEST_F(MessageStreamSpec, DeliversAllMessagesThatComeInOnePieceInTheirOrder) {
  std::vector<std::byte> bytes;
  for (int i = 0; i < 100; ++i) {
    const auto frame = frame_of(*hello(std::to_string(i)));
    bytes.insert(bytes.end(), frame.begin(), frame.end());
  }
  peer_sends(bytes);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(read().text, std::to_string(i));
  }
}

TEST_F(MessageStreamSpec, DeliversAMessageLargerThanItsReceiveBuffer) {
  const std::string text(900'000, 'x');
  std::thread sender{[&] { peer_sends(text); }};
  const Arrival arrival = read();
  sender.join();
  EXPECT_EQ(arrival.text, text);
}

TEST_F(MessageStreamSpec, DeliversAMessageOfManySegments) {
  peer_sends(frame_of(*message_of_segments(100)));
  std::size_t tenants = 0;
  auto reading = stream_->readMessage()
                     .then([&](kj::Own<capnp::MessageReader>&& message) {
                       tenants = message->getRoot<wire::TenantPage>().getTenants().size();
                     })
                     .eagerlyEvaluate(nullptr);
  EXPECT_TRUE(turn_until([&] { return tenants != 0; }));
  EXPECT_EQ(tenants, 99U);
}

TEST_F(MessageStreamSpec, AMessageStaysValidAfterItsStream) {
  peer_sends("kept");
  kj::Own<capnp::MessageReader> kept;
  auto reading = stream_->readMessage()
                     .then([&](kj::Own<capnp::MessageReader>&& message) { kept = kj::mv(message); })
                     .eagerlyEvaluate(nullptr);
  ASSERT_TRUE(turn_until([&] { return kept.get() != nullptr; }));
  stream_ = nullptr;
  EXPECT_EQ(text_of(*kept), "kept");
}

TEST_F(MessageStreamSpec, ACancelledReadLosesNoMessage) {
  {
    Arrival arrival;
    const auto cancelled = start_reading(arrival);
    turn();
    peer_sends("a message");
  }
  turn();
  EXPECT_EQ(read().text, "a message");
}

TEST_F(MessageStreamSpec, SendsAllMessagesOfATurnInOnePiece) {
  const unsigned before = data_segments_received(peer_.native_handle());
  for (int i = 0; i < 100; ++i) {
    write("a message");
  }
  turn();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(peer_receives("a message"));
  }
  EXPECT_EQ(data_segments_received(peer_.native_handle()) - before, 1U);
}

TEST_F(MessageStreamSpec, SendsNothingBeforeTheHooksOfTheTurnHaveRun) {
  std::size_t sent_before_hook = 1;
  loop_.at_end_of_turn([&] { sent_before_hook = peer_.available(); });
  loop_.defer([this] { write("a reply"); });
  turn();
  EXPECT_EQ(sent_before_hook, 0U);
  EXPECT_TRUE(peer_receives("a reply"));
}

TEST_F(MessageStreamSpec, WritesMessagesOfManySegmentsLikeCapnProto) {
  auto message = message_of_segments(50);
  const auto expected = frame_of(*message);
  stream_->writeMessage(*message).detach([](kj::Exception&&) {});
  turn();
  std::vector<std::byte> bytes(expected.size());
  boost::asio::read(peer_, boost::asio::buffer(bytes));
  EXPECT_EQ(bytes, expected);
}

TEST_F(MessageStreamSpec, WritesSeveralMessagesAtOnce) {
  auto first = hello("first");
  auto second = hello("second");
  capnp::MessageBuilder* both[] = {first.get(), second.get()};
  stream_->writeMessages(both).detach([](kj::Exception&&) {});
  turn();
  EXPECT_TRUE(peer_receives("first"));
  EXPECT_TRUE(peer_receives("second"));
}

TEST_F(MessageStreamSpec, EndsCleanlyWhenThePeerLeavesBetweenMessages) {
  peer_sends("the last one");
  peer_.shutdown(Tcp::socket::shutdown_send);
  EXPECT_EQ(read().text, "the last one");
  for (int again = 0; again < 2; ++again) {
    const Arrival end = read();
    EXPECT_EQ(end.text, std::nullopt);
    EXPECT_FALSE(end.failure.has_value());
  }
}

TEST_F(MessageStreamSpec, CanStillWriteAfterThePeerHasFinishedSending) {
  peer_.shutdown(Tcp::socket::shutdown_send);
  EXPECT_EQ(read().text, std::nullopt);
  write("a late answer");
  turn();
  EXPECT_TRUE(peer_receives("a late answer"));
}

TEST_F(MessageStreamSpec, EndLetsEverythingLeaveThenShutsTheWriteSideDown) {
  const std::string text(900'000, 'x');
  write(text);
  bool ended = false;
  auto ending = stream_->end().then([&] { ended = true; }).eagerlyEvaluate(nullptr);
  std::thread receiver{[&] {
    EXPECT_TRUE(peer_receives(text));
    boost::system::error_code error;
    std::byte one_more{};
    peer_.read_some(boost::asio::buffer(&one_more, 1), error);
    EXPECT_EQ(error, boost::asio::error::eof);
  }};
  EXPECT_TRUE(turn_until([&] { return ended; }));
  receiver.join();
}

}  // namespace
}  // namespace sluice
