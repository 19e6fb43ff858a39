// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/protocol/transport/stream_spec.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class MessageStreamBounds : public StreamSpec {
public:
  ~MessageStreamBounds() noexcept override = default;

protected:
  static constexpr auto broken = kj::Exception::Type::FAILED;
  static constexpr auto disconnected = kj::Exception::Type::DISCONNECTED;

  void peer_sends_numbers(std::vector<std::uint32_t> numbers) {
    peer_sends(std::as_bytes(std::span{numbers}));
  }

  void expect_failure(kj::Exception::Type type, const std::string& reason) {
    const Arrival arrival = read();
    EXPECT_EQ(arrival.failure, type);
    EXPECT_THAT(arrival.reason, HasSubstr(reason));
  }

  /// Answers each message with one of this size, and counts.
  [[nodiscard]] kj::Promise<void> serve(std::size_t answer_bytes) {
    return stream_->readMessage().then([this, answer_bytes](kj::Own<capnp::MessageReader>&&) {
      ++served_;
      write(std::string(answer_bytes, 'x'));
      return serve(answer_bytes);
    });
  }

  int served_ = 0;
};

TEST_F(MessageStreamBounds, AMessageOverTheBoundIsRefusedBeforeItHasArrived) {
  peer_sends_numbers({0, (1 << 17) + 1});
  expect_failure(broken, "frame_bytes_max is 1048576");
}

TEST_F(MessageStreamBounds, TooManySegmentsAreRefused) {
  peer_sends_numbers({600, 1});
  expect_failure(broken, "at most 511");
}

TEST_F(MessageStreamBounds, AnEmptyMessageIsRefused) {
  peer_sends_numbers({0, 0});
  expect_failure(broken, "without content");
}

TEST_F(MessageStreamBounds, MessagesBeforeTheBrokenOneAreStillDelivered) {
  peer_sends("a good one");
  peer_sends_numbers({0, 0});
  EXPECT_EQ(read().text, "a good one");
  expect_failure(broken, "without content");
  expect_failure(broken, "without content");
}

TEST_F(MessageStreamBounds, TheReasonForARefusalCanStillBeSent) {
  peer_sends_numbers({0, 0});
  expect_failure(broken, "without content");
  write("the reason");
  turn();
  EXPECT_TRUE(peer_receives("the reason"));
}

TEST_F(MessageStreamBounds, AMessageOverTheReadersOwnLimitIsRefused) {
  peer_sends(std::string(8'000, 'x'));
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 1'000;
  std::string problem;
  auto reading =
      stream_->tryReadMessage(options)
          .then([](auto&&) {}, [&](kj::Exception&& e) { problem = e.getDescription().cStr(); })
          .eagerlyEvaluate(nullptr);
  ASSERT_TRUE(turn_until([&] { return !problem.empty(); }));
  EXPECT_THAT(problem, HasSubstr("traversal limit"));
}

TEST_F(MessageStreamBounds, APeerThatLeavesInsideAMessageIsADisconnection) {
  const auto frame = frame_of(*hello("a message"));
  peer_sends(std::span{frame}.first(frame.size() - 1));
  peer_.shutdown(Tcp::socket::shutdown_send);
  expect_failure(disconnected, "in the middle of a message");
}

TEST_F(MessageStreamBounds, APeerThatVanishesIsADisconnection) {
  peer_.set_option(boost::asio::socket_base::linger{true, 0});
  peer_.close();
  expect_failure(disconnected, "reset");
}

TEST_F(MessageStreamBounds, APeerThatDoesNotFinishItsMessageIsCutOff) {
  open({.frame_timeout = 30ms});
  const auto frame = frame_of(*hello("a message"));
  peer_sends(std::span{frame}.first(frame.size() - 1));
  expect_failure(disconnected, "frame_timeout");
  EXPECT_TRUE(peer_sees_the_end());
}

TEST_F(MessageStreamBounds, APeerThatDripsItsMessageIsCutOff) {
  open({.frame_timeout = 30ms});
  const auto frame = frame_of(*hello(std::string(100'000, 'x')));
  std::size_t dripped = 0;
  Arrival arrival;
  const auto reading = start_reading(arrival);
  EXPECT_TRUE(turn_until([&] {
    boost::system::error_code gone;
    peer_.write_some(boost::asio::buffer(&frame[dripped++], 1), gone);
    return arrival.settled;
  }));
  EXPECT_LT(dripped, frame.size());
}

TEST_F(MessageStreamBounds, APeerThatIsIdleBetweenMessagesIsNotCutOff) {
  open({.frame_timeout = 20ms, .stall_timeout = 20ms});
  const auto frame = frame_of(*hello("late"));
  const std::span<const std::byte> bytes{frame};
  Arrival first;
  auto reading = start_reading(first);
  peer_sends(bytes.first(9));
  turn();
  peer_sends(bytes.subspan(9));
  ASSERT_TRUE(turn_until([&] { return first.settled; }));
  const auto long_after = std::chrono::steady_clock::now() + 60ms;
  Arrival second;
  reading = start_reading(second);
  EXPECT_TRUE(turn_until([&] { return std::chrono::steady_clock::now() > long_after; }));
  EXPECT_FALSE(second.settled);
}

TEST_F(MessageStreamBounds, APeerThatDoesNotReadIsCutOff) {
  open({.stall_timeout = 30ms}, 4'096);
  write(std::string(900'000, 'x'));
  expect_failure(disconnected, "stall_timeout");
  EXPECT_TRUE(peer_sees_the_end());
}

TEST_F(MessageStreamBounds, APeerThatDoesNotReadIsNotReadFromEitherUntilItHasRead) {
  constexpr std::size_t answer_bytes = 10'000;
  constexpr std::size_t waiting_max = 100'000;
  constexpr std::size_t kernel_max = 60'000;
  constexpr int questions = 200;
  open({.outgoing_bytes_max = waiting_max}, 4'096);
  const auto serving = serve(answer_bytes).eagerlyEvaluate(nullptr);
  peer_sends(repeated(frame_of(*hello("a question")), questions));
  while (loop_.turn(0ns, 20ms)) {
  }
  const std::size_t served_bytes = static_cast<std::size_t>(served_) * answer_bytes;
  EXPECT_GE(served_bytes, waiting_max);
  EXPECT_LT(served_bytes, waiting_max + kernel_max);

  std::atomic<bool> received_all = false;
  std::thread receiver{[&] {
    for (int i = 0; i < questions; ++i) {
      EXPECT_TRUE(peer_receives(std::string(answer_bytes, 'x')));
    }
    received_all = true;
  }};
  EXPECT_TRUE(turn_until([&] { return received_all.load(); }));
  receiver.join();
}

}  // namespace
}  // namespace sluice
