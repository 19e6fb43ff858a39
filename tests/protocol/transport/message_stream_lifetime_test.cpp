// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "tests/protocol/transport/stream_spec.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

/// These say little in a plain build; under the address sanitizer they are the proof that pending
/// operations own what they touch.
using MessageStreamLifetime = StreamSpec;

TEST_F(MessageStreamLifetime, IsDestroyedWithAReadPending) {
  {
    Arrival arrival;
    const auto reading = start_reading(arrival);
    turn();
  }
  stream_ = nullptr;
  boost::system::error_code gone;
  boost::asio::write(peer_, boost::asio::buffer("too late"), gone);
  EXPECT_TRUE(peer_sees_the_end());
}

TEST_F(MessageStreamLifetime, IsDestroyedWithAWritePending) {
  open({}, 4'096);
  write(std::string(900'000, 'x'));
  turn();
  stream_ = nullptr;
  EXPECT_TRUE(peer_sees_the_end());
}

TEST_F(MessageStreamLifetime, IsDestroyedBeforeWhatItWroteHasLeft) {
  write("never sent");
  stream_ = nullptr;
  EXPECT_TRUE(peer_sees_the_end());
}

TEST_F(MessageStreamLifetime, IsDestroyedWithADeadlinePending) {
  open({.frame_timeout = 5ms, .stall_timeout = 5ms}, 4'096);
  {
    Arrival arrival;
    const auto reading = start_reading(arrival);
    write(std::string(900'000, 'x'));
    const auto frame = frame_of(*hello("a message"));
    peer_sends(std::span{frame}.first(9));
    turn();
    turn();
  }
  stream_ = nullptr;
  EXPECT_TRUE(peer_sees_the_end());
}

TEST_F(MessageStreamLifetime, IsDestroyedByTheReaderOfItsMessage) {
  peer_sends("a message");
  bool destroyed = false;
  auto reading = stream_->readMessage()
                     .then([&](kj::Own<capnp::MessageReader>&&) {
                       stream_ = nullptr;
                       destroyed = true;
                     })
                     .eagerlyEvaluate(nullptr);
  EXPECT_TRUE(turn_until([&] { return destroyed; }));
  EXPECT_TRUE(peer_sees_the_end());
}

TEST_F(MessageStreamLifetime, WritingToAPeerThatIsGoneFails) {
  peer_.set_option(boost::asio::socket_base::linger{true, 0});
  peer_.close();
  std::optional<kj::Exception::Type> failure;
  EXPECT_TRUE(turn_until([&] {
    auto message = hello("to nobody");
    auto writing = stream_->writeMessage(*message).eagerlyEvaluate(
        [&](kj::Exception&& e) { failure = e.getType(); });
    turn();
    return failure.has_value();
  }));
  EXPECT_EQ(failure, kj::Exception::Type::DISCONNECTED);
}

TEST_F(MessageStreamLifetime, EndingTowardsAPeerThatNeverReadsFailsWithTheStall) {
  open({.stall_timeout = 20ms}, 4'096);
  write(std::string(900'000, 'x'));
  bool failed = false;
  auto ending = stream_->end().eagerlyEvaluate([&](kj::Exception&&) { failed = true; });
  EXPECT_TRUE(turn_until([&] { return failed; }));
}

TEST(LoopLifetime, AStreamGoesBeforeItsLoopWithEverythingPending) {
  boost::asio::io_context peer_io;
  using Tcp = boost::asio::ip::tcp;
  Tcp::acceptor acceptor{peer_io, {boost::asio::ip::address_v4::loopback(), 0}};
  Loop loop;
  {
    Loop::Scope scope{loop};
    Tcp::socket socket{loop.io()};
    socket.connect(acceptor.local_endpoint());
    auto stream = make_message_stream(loop, std::move(socket), {});
    auto reading = stream->tryReadMessage();
    loop.turn(0ns, 0ns);
    auto message = hello("never sent");
    stream->writeMessage(*message).detach([](kj::Exception&&) {});
  }
}

}  // namespace
}  // namespace sluice
