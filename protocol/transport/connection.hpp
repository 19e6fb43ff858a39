// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/serialize-async.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "protocol/transport/byte_queue.hpp"
#include "protocol/transport/frame.hpp"
#include "protocol/transport/loop.hpp"
#include "protocol/transport/message_stream.hpp"
#include "protocol/transport/tls.hpp"

namespace sluice {

/// The state behind a message stream. Handlers in flight share it, so it may outlive the stream,
/// and with it the buffers that they write to; the socket is closed by then.
///
/// Threading  Confined to its loop.
/// Ownership  Owns socket and buffers. Shared by the stream and by its own pending handlers.
/// Errors     See `make_message_stream`.
/// Cost       One recv for what has arrived and one send for what a turn produced. Time is read,
///            and the timer set, only while a message is incomplete or the peer does not read.
class Connection final : public Loop::Departure, public std::enable_shared_from_this<Connection> {
public:
  using Message = kj::Maybe<capnp::MessageReaderAndFds>;

  /// Without `tls` in the clear.
  Connection(Loop& loop, boost::asio::ip::tcp::socket socket, const StreamBounds& bounds,
             std::unique_ptr<TlsSession> tls);
  ~Connection() noexcept override = default;

  [[nodiscard]] kj::Promise<Message> read(const capnp::ReaderOptions& options);
  [[nodiscard]] kj::Promise<void> write(Segments segments);
  /// Shuts the write side down once everything has left.
  [[nodiscard]] kj::Promise<void> end();
  /// The stream is gone: nobody waits any more.
  void close() noexcept;

  void depart() noexcept override;

private:
  using Clock = std::chrono::steady_clock;

  void depart_this_turn();
  void start_receiving();
  void received(const boost::system::error_code& error, std::size_t count);
  void wake_reader();
  [[nodiscard]] kj::Maybe<kj::Own<capnp::MessageReader>> next_message();
  void refuse(kj::Exception&& reason);
  /// Bytes that wait to leave.
  [[nodiscard]] std::size_t waiting() const noexcept { return output_.size() + sealed_.size(); }
  /// Makes of what arrived, or is to leave, what it is in the clear, or sealed; false: that failed.
  [[nodiscard]] bool open_input();
  [[nodiscard]] bool seal_output();
  void send_output();
  void await_writable();
  void finish_end();
  void watch_deadlines();
  void arm_timer(Clock::time_point deadline);
  void check_deadlines();
  void fail(kj::Exception&& reason);
  void release() noexcept;

  Loop& loop_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  const StreamBounds bounds_;
  bool departing_ = false;

  ByteQueue input_;
  capnp::ReaderOptions reader_options_;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> reader_;
  bool receiving_ = false;
  bool input_ended_ = false;
  std::optional<Clock::time_point> frame_began_;  ///< While only a part of a message is here.

  ByteQueue output_;
  std::unique_ptr<TlsSession> tls_;  ///< Null in the clear; then the next two stay empty.
  ByteQueue sealed_input_;
  ByteQueue sealed_;  ///< What leaves.
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> ending_;
  bool awaiting_writable_ = false;
  bool reading_paused_ = false;  ///< Too much output waits.
  std::optional<Clock::time_point> stalled_since_;

  bool timer_armed_ = false;
  kj::Maybe<kj::Exception> read_failure_;  ///< Set with `failure_`, or alone by a broken bound.
  kj::Maybe<kj::Exception> failure_;       ///< Nothing comes or goes any more.
};

}  // namespace sluice
