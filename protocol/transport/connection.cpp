// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/connection.hpp"

#include <kj/debug.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <string>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t receive_bytes = 64 << 10;
constexpr std::size_t receive_room_min = 16 << 10;
constexpr std::size_t send_bytes_first = 16 << 10;
// A busy connection sends some 200 KB in a turn; beyond that memory goes back.
constexpr std::size_t bytes_kept = 256 << 10;

kj::Exception disconnected(const std::string& reason) {
  return KJ_EXCEPTION(DISCONNECTED, "the connection ended", reason.c_str());
}

kj::Exception broken_bound(const std::string& problem) {
  return KJ_EXCEPTION(FAILED, "the peer broke a bound", problem.c_str());
}

}  // namespace

Connection::Connection(Loop& loop, boost::asio::ip::tcp::socket socket, const StreamBounds& bounds,
                       std::unique_ptr<TlsSession> tls)
    : loop_{loop},
      socket_{std::move(socket)},
      timer_{loop.io()},
      bounds_{bounds},
      input_{receive_bytes, bytes_kept},
      output_{send_bytes_first, bytes_kept},
      tls_{std::move(tls)},
      sealed_input_{receive_bytes, bytes_kept},
      sealed_{send_bytes_first, bytes_kept} {}

// ---------------------------------------------------------------------------------------- reading

kj::Promise<Connection::Message> Connection::read(const capnp::ReaderOptions& options) {
  reader_options_ = options;
  if (!reading_paused_) {
    KJ_IF_MAYBE (message, next_message()) {
      return Message{capnp::MessageReaderAndFds{kj::mv(*message), nullptr}};
    }
  }
  KJ_IF_MAYBE (failure, read_failure_) {
    return kj::cp(*failure);
  }
  if (input_ended_ && input_.empty()) {
    return Message{};
  }
  auto input = kj::newPromiseAndFulfiller<void>();
  reader_ = kj::mv(input.fulfiller);
  depart_this_turn();
  return input.promise.then(
      [self = shared_from_this()] { return self->read(self->reader_options_); });
}

kj::Maybe<kj::Own<capnp::MessageReader>> Connection::next_message() {
  if (read_failure_ != nullptr) {
    return nullptr;
  }
  const FrameHead head = read_frame_head(input_.bytes(), bounds_.frame_bytes_max);
  if (!head.problem.empty()) {
    refuse(broken_bound(head.problem));
    return nullptr;
  }
  if (head.frame_bytes == 0 || head.frame_bytes > input_.size()) {
    if (input_ended_ && !input_.empty()) {
      refuse(disconnected("the peer left in the middle of a message"));
    }
    return nullptr;
  }
  if (head.frame_bytes / sizeof(capnp::word) > reader_options_.traversalLimitInWords) {
    refuse(broken_bound("a message is larger than the reader's traversal limit"));
    return nullptr;
  }
  auto message = copy_frame(input_.bytes().first(head.frame_bytes), reader_options_);
  input_.take(head.frame_bytes);
  frame_began_.reset();
  return kj::mv(message);
}

/// Nothing more is read, but what waits to leave (the reason, for the peer) still may.
void Connection::refuse(kj::Exception&& reason) {
  read_failure_ = kj::mv(reason);
  frame_began_.reset();
}

void Connection::wake_reader() {
  KJ_IF_MAYBE (reader, reader_) {
    (*reader)->fulfill();
    reader_ = nullptr;
  }
}

void Connection::start_receiving() {
  const auto room = (tls_ ? sealed_input_ : input_).room(receive_room_min);
  if (!input_.empty() && !frame_began_) {
    frame_began_ = Clock::now();
    watch_deadlines();
  }
  receiving_ = true;
  socket_.async_read_some(
      boost::asio::buffer(room.data(), room.size()),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t count) {
        self->received(error, count);
      });
}

void Connection::received(const boost::system::error_code& error, std::size_t count) {
  receiving_ = false;
  if (failure_ != nullptr) {
    return;
  }
  (tls_ ? sealed_input_ : input_).filled(count);
  if (tls_ && !open_input()) {
    return;
  }
  if (error == boost::asio::error::eof) {
    input_ended_ = true;
  } else if (error) {
    fail(disconnected(error.message()));
    return;
  }
  wake_reader();
}

bool Connection::open_input() {
  const std::string problem = tls_->receive(sealed_input_.bytes(), input_, sealed_);
  sealed_input_.take(sealed_input_.size());
  if (problem.empty()) {
    depart_this_turn();  // It may have to answer, or what waited for the handshake may leave.
    return true;
  }
  const auto why = sealed_.bytes();
  boost::system::error_code ignored;
  socket_.send(boost::asio::buffer(why.data(), why.size()), 0, ignored);
  fail(disconnected(problem));
  return false;
}

// ---------------------------------------------------------------------------------------- writing

kj::Promise<void> Connection::write(Segments segments) {
  KJ_IF_MAYBE (failure, failure_) {
    return kj::cp(*failure);
  }
  const std::size_t bytes = framed_bytes(segments);
  write_frame(segments, output_.room(bytes).data());
  output_.filled(bytes);
  if (waiting() > bounds_.outgoing_bytes_max) {
    // Its message cannot go on arriving, so the peer is not held to finish it.
    reading_paused_ = true;
    frame_began_.reset();
  }
  depart_this_turn();
  return kj::READY_NOW;
}

kj::Promise<void> Connection::end() {
  KJ_IF_MAYBE (failure, failure_) {
    return kj::cp(*failure);
  }
  auto ending = kj::newPromiseAndFulfiller<void>();
  ending_ = kj::mv(ending.fulfiller);
  depart_this_turn();
  return kj::mv(ending.promise);
}

void Connection::depart_this_turn() {
  if (!departing_) {
    departing_ = true;
    loop_.depart_at_end_of_turn(shared_from_this());
  }
}

void Connection::depart() noexcept {
  departing_ = false;
  if (failure_ != nullptr) {
    return;
  }
  if (!awaiting_writable_ && seal_output()) {
    send_output();
  }
  if (waiting() == 0) {
    finish_end();
  }
  const bool wanted = reader_ != nullptr && read_failure_ == nullptr && !input_ended_;
  if (wanted && !receiving_ && !reading_paused_ && failure_ == nullptr) {
    start_receiving();
  }
}

bool Connection::seal_output() {
  if (!tls_) {
    return true;
  }
  const std::string problem = tls_->send(output_, sealed_);
  if (!problem.empty()) {
    fail(disconnected(problem));
  }
  return problem.empty();
}

void Connection::send_output() {
  ByteQueue& leaving = tls_ ? sealed_ : output_;
  if (leaving.empty()) {
    return;
  }
  const auto bytes = leaving.bytes();
  boost::system::error_code error;
  const std::size_t sent = socket_.send(boost::asio::buffer(bytes.data(), bytes.size()), 0, error);
  if (error && error != boost::asio::error::would_block) {
    fail(disconnected(error.message()));
    return;
  }
  leaving.take(sent);
  if (leaving.empty()) {
    stalled_since_.reset();
  } else {
    if (sent > 0 || !stalled_since_) {
      stalled_since_ = Clock::now();
    }
    await_writable();
    watch_deadlines();
  }
  if (reading_paused_ && waiting() <= bounds_.outgoing_bytes_max / 2) {
    reading_paused_ = false;
    wake_reader();
  }
}

void Connection::await_writable() {
  awaiting_writable_ = true;
  socket_.async_wait(boost::asio::ip::tcp::socket::wait_write,
                     [self = shared_from_this()](const boost::system::error_code&) {
                       self->awaiting_writable_ = false;
                       // An error shows when sending. What this turn adds leaves with the rest.
                       self->depart_this_turn();
                     });
}

void Connection::finish_end() {
  KJ_IF_MAYBE (ending, ending_) {
    boost::system::error_code ignored;  // A peer that is gone already has nothing to be told.
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    (*ending)->fulfill();
    ending_ = nullptr;
  }
}

// -------------------------------------------------------------------------------------- deadlines

void Connection::watch_deadlines() {
  if (timer_armed_) {
    return;
  }
  auto deadline = Clock::time_point::max();
  if (frame_began_) {
    deadline = std::min(deadline, *frame_began_ + bounds_.frame_timeout);
  }
  if (stalled_since_) {
    deadline = std::min(deadline, *stalled_since_ + bounds_.stall_timeout);
  }
  if (deadline != Clock::time_point::max()) {
    arm_timer(deadline);
  }
}

void Connection::arm_timer(Clock::time_point deadline) {
  timer_armed_ = true;
  timer_.expires_at(deadline);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code&) {
    self->timer_armed_ = false;
    self->check_deadlines();
  });
}

void Connection::check_deadlines() {
  if (failure_ != nullptr) {
    return;
  }
  const auto now = Clock::now();
  if (frame_began_ && now >= *frame_began_ + bounds_.frame_timeout) {
    fail(disconnected("frame_timeout: the peer did not finish a message in " +
                      std::to_string(bounds_.frame_timeout.count()) + " ms"));
  } else if (stalled_since_ && now >= *stalled_since_ + bounds_.stall_timeout) {
    fail(disconnected("stall_timeout: the peer read nothing for " +
                      std::to_string(bounds_.stall_timeout.count()) + " ms"));
  } else {
    watch_deadlines();
  }
}

// ----------------------------------------------------------------------------------------- ending

void Connection::fail(kj::Exception&& reason) {
  KJ_IF_MAYBE (ending, ending_) {
    (*ending)->reject(kj::cp(reason));
  }
  wake_reader();
  read_failure_ = kj::cp(reason);
  failure_ = kj::mv(reason);
  release();
}

void Connection::close() noexcept {
  if (failure_ == nullptr) {
    failure_ = disconnected("closed by this side");
    read_failure_ = kj::cp(failure_);
  }
  release();
}

/// Drops all that others could be called back through. Pending handlers still come, with an error.
void Connection::release() noexcept {
  reader_ = nullptr;
  ending_ = nullptr;
  boost::system::error_code ignored;
  socket_.close(ignored);
  timer_.cancel(ignored);
}

}  // namespace sluice
