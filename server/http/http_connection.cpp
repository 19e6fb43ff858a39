// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_connection.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/error.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "server/http/answer_text.hpp"
#include "server/http/answers.hpp"
#include "server/http/request_reader.hpp"

namespace sluice::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::asio::ip::tcp;
using boost::system::error_code;

/// What a peer is told whose bytes cannot be read.
Response complaint(const error_code& error) {
  if (error == beast::http::error::header_limit) {
    return failure(431, "header_too_large", "the header is larger than 16 KiB");
  }
  if (error == beast::http::error::body_limit) {
    return failure(413, "body_too_large", "the body is larger than 1 MiB");
  }
  return failure(400, "malformed", "the request is not HTTP: " + error.message());
}

using ClearStream = tcp::socket;
using SealedStream = asio::ssl::stream<tcp::socket>;

/// Over a stream in the clear, or one by TLS.
///
/// A request that comes in one piece costs one read and one write: its deadlines are set where it
/// has to wait, and one timer looks after them all.
template <class Stream>
class StreamConnection final : public Connection,
                               public std::enable_shared_from_this<StreamConnection<Stream>> {
public:
  /// `further` is what the stream needs beside the socket.
  template <class... Further>
  StreamConnection(std::shared_ptr<Site> site, std::function<void()> ended, tcp::socket socket,
                   Further&&... further)
      : site_(std::move(site)),
        bounds_(site_->bounds()),
        stream_(std::move(socket), std::forward<Further>(further)...),
        alarm_(stream_.get_executor()),
        buffer_(bounds_.header_bytes_max + bounds_.body_bytes_max),
        ended_(std::move(ended)) {}
  ~StreamConnection() override { ended_(); }

  void start() {
    error_code gone;
    const auto peer = tcp_below().remote_endpoint(gone);
    peer_ = fmt::format("{}:{}", peer.address().to_string(), peer.port());
    tcp_below().set_option(tcp::no_delay(true), gone);
    tcp_below().non_blocking(true, gone);
    if constexpr (by_tls) {
      expire_after(bounds_.body_timeout);
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](error_code failed) {
                                failed ? self->close() : self->begin_request();
                              });
    } else {
      begin_request();
    }
  }

  void finish() override {
    finishing_ = true;
    if (!busy_) {
      close();
    }
  }

  void close() override {
    error_code ignored;
    tcp_below().shutdown(tcp::socket::shutdown_both, ignored);
    tcp_below().close(ignored);
  }

private:
  using Self = StreamConnection;
  using Deadline = std::chrono::steady_clock::time_point;

  static constexpr bool by_tls = std::is_same_v<Stream, SealedStream>;
  static constexpr std::size_t read_bytes_max = 64 << 10;
  static constexpr std::size_t discard_bytes = 4096;
  static constexpr std::size_t answer_bytes_kept_max = 64 << 10;

  tcp::socket& tcp_below() {
    if constexpr (by_tls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  void begin_request() {
    busy_ = false;
    if (finishing_) {
      return close();
    }
    reader_.emplace(bounds_);
    expire_after(bounds_.idle_timeout);
    if (buffer_.size() == 0) {
      return read_more(&Self::read_header);
    }
    // Not at once: whoever sends ahead takes his turn with others.
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      if (self->tcp_below().is_open()) {
        self->read_header();
      }
    });
  }

  /// Waits for bytes, and goes on with them.
  void read_more(void (Self::*go_on)()) {
    const std::size_t room = beast::read_size(buffer_, read_bytes_max);
    if (room == 0) {
      return give_up(beast::http::error::buffer_overflow);
    }
    stream_.async_read_some(buffer_.prepare(room), [self = this->shared_from_this(), go_on](
                                                       error_code error, std::size_t bytes) {
      self->buffer_.commit(bytes);
      error ? self->give_up(error) : ((*self).*go_on)();
    });
  }

  /// Reads what has come. False if it was the last of this connection.
  bool parse() {
    error_code error;
    if (buffer_.size() > 0 && !reader_->is_done()) {
      buffer_.consume(reader_->read(buffer_.data(), error));
    }
    if (error) {
      give_up(error);
    }
    return !error;
  }

  void read_header() {
    if (!parse()) {
      return;
    }
    if (!reader_->is_header_done()) {
      return read_more(&Self::read_header);
    }
    busy_ = true;
    reader_->eager(true);
    if (reader_->is_asking_to_go_on()) {
      expire_after(bounds_.body_timeout);
      return say_to_go_on();
    }
    if (!parse()) {
      return;
    }
    if (!reader_->is_done()) {
      expire_after(bounds_.body_timeout);
      return read_more(&Self::read_body);
    }
    take_request();
  }

  void say_to_go_on() {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(go_on.data(), go_on.size()),
                      [self = this->shared_from_this()](error_code failed, std::size_t) {
                        failed ? self->close() : self->read_body();
                      });
  }

  void read_body() {
    if (parse()) {
      reader_->is_done() ? take_request() : read_more(&Self::read_body);
    }
  }

  void take_request() {
    deadline_ = Deadline::max();  // What happens now is bounded by those who answer.
    keep_alive_ = reader_->keep_alive();
    head_ = reader_->is_head();
    auto request = reader_->take(peer_);
    if (!request.ok()) {
      return write(malformed(request.fault()));
    }
    if (site_->is_stopping()) {
      return write(failure(503, "unavailable", "the server is stopping"));
    }
    site_->answer(
        std::move(request).value(),
        [self = this->shared_from_this()](const Response& response) { self->write(response); });
  }

  void write(const Response& response) {
    if (!tcp_below().is_open()) {
      return;  // Nobody waits for it any more.
    }
    source_ = head_ ? nullptr : response.source;
    const Framing framing = response.source == nullptr ? Framing::by_length
                            : reader_->version() >= 11 ? Framing::in_chunks
                                                       : Framing::to_the_end;
    in_chunks_ = framing == Framing::in_chunks;
    keep_alive_ =
        keep_alive_ && framing != Framing::to_the_end && !site_->is_stopping() && !finishing_;
    write_answer(response,
                 {.version = reader_->version(),
                  .keeps_alive = keep_alive_,
                  .is_to_head = head_,
                  .framing = framing,
                  .date = site_->date()},
                 answer_);
    std::size_t sent = 0;
    if constexpr (!by_tls) {
      error_code stuck;
      sent = stream_.write_some(asio::buffer(answer_), stuck);
      if (sent == answer_.size()) {
        return written();
      }
    }
    write_rest(sent);
  }

  void write_rest(std::size_t sent) {
    expire_after(bounds_.stall_timeout);
    asio::async_write(stream_, asio::buffer(answer_) + sent,
                      [self = this->shared_from_this()](error_code failed, std::size_t) {
                        failed ? self->close() : self->written();
                      });
  }

  void written() {
    if (source_ != nullptr) {
      return next_part();
    }
    if (answer_.capacity() > answer_bytes_kept_max) {
      answer_ = {};
    }
    finishing_ ? close() : keep_alive_ ? begin_request() : part();
  }

  /// Of a body that is made while it is sent, until the part that is empty.
  void next_part() {
    deadline_ = Deadline::max();  // What happens now is bounded by those who answer.
    source_->next([self = this->shared_from_this()](const Result<std::string>& told) {
      self->part_came(told);
    });
  }

  void part_came(const Result<std::string>& told) {
    const auto source = source_;  // Until the end of this call.
    if (!told.ok() || !tcp_below().is_open()) {
      source_.reset();
      return close();  // Without its end, so that it is not taken for whole.
    }
    answer_ = in_chunks_ ? chunk_of(told.value()) : told.value();
    if (told.value().empty()) {
      source_.reset();
    }
    answer_.empty() ? written() : write_rest(0);
  }

  /// Ends what this side says, and reads on for a while: closing while the peer still sends would
  /// take the answer away from it.
  void part() {
    busy_ = false;
    expire_after(bounds_.stall_timeout);
    if constexpr (by_tls) {
      stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->close(); });
      return;
    }
    error_code ignored;
    tcp_below().shutdown(tcp::socket::shutdown_send, ignored);
    buffer_.clear();
    discard();
  }

  void discard() {
    stream_.async_read_some(buffer_.prepare(discard_bytes),
                            [self = this->shared_from_this()](error_code error, std::size_t bytes) {
                              self->discarded_ += bytes;
                              error || self->discarded_ > self->bounds_.body_bytes_max
                                  ? self->close()
                                  : self->discard();
                            });
  }

  void give_up(error_code error) {
    // The parser's own errors are the peer's fault, and it may still be listening.
    if (error.category() !=
        beast::http::make_error_code(beast::http::error::bad_method).category()) {
      return close();
    }
    busy_ = true;
    keep_alive_ = false;
    head_ = false;
    write(complaint(error));
  }

  /// The connection ends then, unless another deadline comes instead.
  void expire_after(std::chrono::milliseconds patience) {
    deadline_ = std::chrono::steady_clock::now() + patience;
    if (deadline_ < alarmed_at_) {
      set_alarm();
    }
  }

  // A deadline that moves on leaves the alarm as it is, so most requests never touch the timer.
  void set_alarm() {
    alarmed_at_ = deadline_;
    alarm_.expires_at(alarmed_at_);
    alarm_.async_wait([weak = this->weak_from_this()](error_code ended) {
      const auto self = weak.lock();
      if (self != nullptr && !ended) {
        self->look_at_deadline();
      }
    });
  }

  void look_at_deadline() {
    alarmed_at_ = Deadline::max();
    if (std::chrono::steady_clock::now() >= deadline_) {
      return close();
    }
    if (deadline_ != Deadline::max()) {
      set_alarm();
    }
  }

  std::shared_ptr<Site> site_;
  const Bounds bounds_;
  Stream stream_;
  asio::steady_timer alarm_;
  Deadline alarmed_at_ = Deadline::max();  ///< When the timer fires; never: it is not set.
  Deadline deadline_ = Deadline::max();
  beast::flat_buffer buffer_;
  std::function<void()> ended_;
  std::string peer_;
  std::optional<RequestReader> reader_;
  std::string answer_;
  std::shared_ptr<BodySource> source_;  ///< Of a body that is sent in parts, until its last.
  bool in_chunks_ = false;
  bool keep_alive_ = false;
  bool head_ = false;
  bool busy_ = false;  ///< A request is being read, answered or its answer written.
  std::size_t discarded_ = 0;
  bool finishing_ = false;  ///< No further request is read.
};

}  // namespace

std::shared_ptr<Connection> Connection::open(std::shared_ptr<Site> site, tcp::socket socket,
                                             std::function<void()> ended) {
  const TlsContext tls = site->bounds().tls;
  if (tls.context == nullptr) {
    const auto clear = std::make_shared<StreamConnection<ClearStream>>(
        std::move(site), std::move(ended), std::move(socket));
    clear->start();
    return clear;
  }
  // Each stream takes from it what it needs.
  asio::ssl::context context{context_to_free(tls)};
  const auto sealed = std::make_shared<StreamConnection<SealedStream>>(
      std::move(site), std::move(ended), std::move(socket), context);
  sealed->start();
  return sealed;
}

}  // namespace sluice::http
