// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_connection.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cctype>
#include <optional>
#include <string>
#include <utility>

#include "server/http/answers.hpp"
#include "server/http/exchange.hpp"
#include "server/http/routes.hpp"

namespace sluice::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::asio::ip::tcp;
using Wire = beast::http::response<beast::http::string_body>;

Method method_of(beast::http::verb verb) {
  switch (static_cast<int>(verb)) {
    case static_cast<int>(beast::http::verb::get):
      return Method::get;
    case static_cast<int>(beast::http::verb::head):
      return Method::head;
    case static_cast<int>(beast::http::verb::post):
      return Method::post;
    case static_cast<int>(beast::http::verb::put):
      return Method::put;
    case static_cast<int>(beast::http::verb::patch):
      return Method::patch;
    case static_cast<int>(beast::http::verb::delete_):
      return Method::remove;
    default:
      return Method::other;
  }
}

std::string lower_case(beast::string_view name) {
  std::string lower;
  for (const char letter : name) {
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return lower;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
std::string http_date(WallTime wall) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wall.time_since_epoch()).count();
  return fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(static_cast<time_t>(seconds)));
}

/// What a peer is told whose bytes cannot be read.
Response complaint(const boost::system::error_code& error) {
  if (error == beast::http::error::header_limit) {
    return failure(431, "header_too_large", "the header is larger than 16 KiB");
  }
  if (error == beast::http::error::body_limit) {
    return failure(413, "body_too_large", "the body is larger than 1 MiB");
  }
  return failure(400, "malformed", "the request is not HTTP: " + error.message());
}

class BeastConnection final : public Connection,
                              public std::enable_shared_from_this<BeastConnection> {
public:
  BeastConnection(std::shared_ptr<Service> service, tcp::socket socket, std::function<void()> ended)
      : service_(std::move(service)),
        bounds_(service_->environment->bounds),
        stream_(std::move(socket)),
        buffer_(bounds_.header_bytes_max + bounds_.body_bytes_max),
        ended_(std::move(ended)) {}
  ~BeastConnection() override { ended_(); }

  void start() {
    boost::system::error_code gone;
    const auto peer = stream_.socket().remote_endpoint(gone);
    peer_ = fmt::format("{}:{}", peer.address().to_string(), peer.port());
    stream_.socket().set_option(tcp::no_delay(true), gone);
    read_header();
  }

  void finish() override {
    finishing_ = true;
    if (!busy_) {
      close();
    }
  }

  void close() override {
    boost::system::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

private:
  void read_header() {
    busy_ = false;
    if (finishing_) {
      return close();
    }
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(bounds_.header_bytes_max));
    parser_->body_limit(bounds_.body_bytes_max);
    stream_.expires_after(bounds_.idle_timeout);
    beast::http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](boost::system::error_code error, std::size_t) {
          self->header_came(error);
        });
  }

  void header_came(boost::system::error_code error) {
    if (error) {
      return give_up(error);
    }
    busy_ = true;
    stream_.expires_after(bounds_.body_timeout);
    if (beast::iequals(parser_->get()[beast::http::field::expect], "100-continue")) {
      static constexpr beast::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(stream_, asio::buffer(go_on.data(), go_on.size()),
                        [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
                          failed ? self->close() : self->read_body();
                        });
      return;
    }
    read_body();
  }

  void read_body() {
    beast::http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
          failed ? self->give_up(failed) : self->take_request();
        });
  }

  void take_request() {
    stream_.expires_never();  // What happens now is bounded by those who answer.
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    head_ = message.method() == beast::http::verb::head;
    version_ = message.version();
    auto target = parse_target({message.target().data(), message.target().size()});
    if (!target.ok()) {
      return write(malformed(target.fault()));
    }
    Request request{.method = method_of(message.method()),
                    .path = std::move(target.value().path),
                    .query = std::move(target.value().query),
                    .headers = {},
                    .body = std::move(message.body()),
                    .peer = peer_};
    for (const auto& field : message) {
      request.headers.emplace_back(lower_case(field.name_string()),
                                   std::string{field.value().data(), field.value().size()});
    }
    if (service_->stopping) {
      return write(failure(503, "unavailable", "the server is stopping"));
    }
    dispatch(std::make_shared<Exchange>(
        service_, std::move(request),
        [self = shared_from_this()](Response response) { self->write(std::move(response)); }));
  }

  void write(Response response) {
    if (!stream_.socket().is_open()) {
      return;  // Nobody waits for it any more.
    }
    keep_alive_ = keep_alive_ && !service_->stopping && !finishing_;
    message_.emplace(static_cast<beast::http::status>(response.status), version_);
    message_->set(beast::http::field::server, "sluiced");
    message_->set(beast::http::field::date, http_date(service_->now().wall));
    if (!response.content_type.empty()) {
      message_->set(beast::http::field::content_type, response.content_type);
    }
    for (const auto& [name, value] : response.headers) {
      message_->set(name, value);
    }
    message_->keep_alive(keep_alive_);
    message_->content_length(response.body.size());
    if (!head_) {
      message_->body() = std::move(response.body);
    }
    stream_.expires_after(bounds_.stall_timeout);
    beast::http::async_write(
        stream_, *message_,
        [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
          failed || self->finishing_ ? self->close()
          : self->keep_alive_        ? self->read_header()
                                     : self->part();
        });
  }

  /// Ends what this side says, and reads on for a while: closing while the peer still sends would
  /// take the answer away from it.
  void part() {
    busy_ = false;
    boost::system::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(bounds_.stall_timeout);
    buffer_.clear();
    discard();
  }

  void discard() {
    stream_.async_read_some(
        buffer_.prepare(discard_bytes),
        [self = shared_from_this()](boost::system::error_code error, std::size_t bytes) {
          self->discarded_ += bytes;
          error || self->discarded_ > self->bounds_.body_bytes_max ? self->close()
                                                                   : self->discard();
        });
  }

  void give_up(boost::system::error_code error) {
    // The parser's own errors are the peer's fault, and it may still be listening.
    if (error.category() !=
            beast::http::make_error_code(beast::http::error::bad_method).category() ||
        error == beast::http::error::end_of_stream ||
        error == beast::http::error::partial_message) {
      return close();
    }
    busy_ = true;
    keep_alive_ = false;
    head_ = false;
    write(complaint(error));
  }

  std::shared_ptr<Service> service_;
  static constexpr std::size_t discard_bytes = 4096;

  const Bounds bounds_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::function<void()> ended_;
  std::string peer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::optional<Wire> message_;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  bool head_ = false;
  bool busy_ = false;  ///< A request is being read, answered or its answer written.
  std::size_t discarded_ = 0;
  bool finishing_ = false;  ///< No further request is read.
};

}  // namespace

std::shared_ptr<Connection> Connection::open(std::shared_ptr<Service> service, tcp::socket socket,
                                             std::function<void()> ended) {
  auto connection =
      std::make_shared<BeastConnection>(std::move(service), std::move(socket), std::move(ended));
  connection->start();
  return connection;
}

}  // namespace sluice::http
