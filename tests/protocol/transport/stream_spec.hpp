// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "protocol/transport/loop.hpp"
#include "protocol/transport/message_stream.hpp"
#include "tests/protocol/transport/messages.hpp"

namespace sluice {

/// What became of a read.
struct Arrival {
  bool settled = false;
  std::optional<std::string> text;  ///< Without one and without a failure: the end.
  std::optional<kj::Exception::Type> failure;
  std::string reason;
};

/// A stream on one end of a real connection, and a bare socket on the other.
class StreamSpec : public ::testing::Test {
public:
  ~StreamSpec() noexcept override = default;

protected:
  using Tcp = boost::asio::ip::tcp;

  void SetUp() override { open({}); }

  /// Small buffers make the kernel hold little, so that what waits, waits in the stream.
  void open(const StreamBounds& bounds, int kernel_buffer_bytes = 0) {
    stream_ = nullptr;
    peer_ = Tcp::socket{peer_io_};
    Tcp::acceptor acceptor{peer_io_, {boost::asio::ip::address_v4::loopback(), 0}};
    Tcp::socket socket{loop_.io(), Tcp::v4()};
    if (kernel_buffer_bytes > 0) {
      socket.set_option(boost::asio::socket_base::send_buffer_size{kernel_buffer_bytes});
      acceptor.set_option(boost::asio::socket_base::receive_buffer_size{kernel_buffer_bytes});
    }
    socket.connect(acceptor.local_endpoint());
    peer_ = acceptor.accept();
    stream_ = make_message_stream(loop_, std::move(socket), bounds);
  }

  void turn() { loop_.turn(std::chrono::nanoseconds{0}, std::chrono::nanoseconds{0}); }

  /// Turns, sleeping while nothing happens, until the condition holds.
  template <class Condition>
  [[nodiscard]] bool turn_until(Condition condition) {
    using namespace std::chrono_literals;
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < give_up) {
      loop_.turn(0ns, 10ms);
    }
    return condition();
  }

  [[nodiscard]] kj::Promise<void> start_reading(Arrival& arrival) {
    return stream_->tryReadMessage()
        .then(
            [&arrival](kj::Maybe<kj::Own<capnp::MessageReader>>&& message) {
              arrival.settled = true;
              KJ_IF_MAYBE (reader, message) {
                arrival.text = text_of(**reader);
              }
            },
            [&arrival](kj::Exception&& failure) {
              arrival.settled = true;
              arrival.failure = failure.getType();
              arrival.reason = failure.getDescription().cStr();
            })
        .eagerlyEvaluate(nullptr);
  }

  [[nodiscard]] Arrival read() {
    Arrival arrival;
    const auto reading = start_reading(arrival);
    EXPECT_TRUE(turn_until([&] { return arrival.settled; }));
    return arrival;
  }

  void write(const std::string& text) {
    auto message = hello(text);
    stream_->writeMessage(*message).detach([](kj::Exception&&) {});
  }

  void peer_sends(std::span<const std::byte> bytes) {
    boost::asio::write(peer_, boost::asio::buffer(bytes.data(), bytes.size()));
  }

  void peer_sends(const std::string& text) { peer_sends(frame_of(*hello(text))); }

  /// Reads one message of as many bytes as a hello of this text has.
  [[nodiscard]] bool peer_receives(const std::string& text) {
    const auto expected = frame_of(*hello(text));
    std::vector<std::byte> bytes(expected.size());
    boost::asio::read(peer_, boost::asio::buffer(bytes));
    return bytes == expected;
  }

  /// Whether the peer is told that nothing more comes; what did come is thrown away.
  [[nodiscard]] bool peer_sees_the_end() {
    peer_.non_blocking(true);
    return turn_until([this] {
      std::vector<std::byte> bytes(1 << 16);
      boost::system::error_code error;
      peer_.read_some(boost::asio::buffer(bytes), error);
      return error && error != boost::asio::error::would_block;
    });
  }

  Loop loop_;
  Loop::Scope scope_{loop_};
  boost::asio::io_context peer_io_;
  Tcp::socket peer_{peer_io_};
  kj::Own<capnp::MessageStream> stream_;
};

}  // namespace sluice
