// SPDX-License-Identifier: Apache-2.0
#include "tests/support/webhook_receiver.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace sluice::test {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using Request = beast::http::request<beast::http::string_body>;

/// One call; owns itself until it is over.
template <class Stream>
class Call : public std::enable_shared_from_this<Call<Stream>> {
public:
  using Heard = std::function<unsigned(const Request&)>;
  template <class... Args>
  explicit Call(Heard heard, Args&&... args)
      : stream(std::forward<Args>(args)...), heard_(std::move(heard)) {}

  void read() {
    beast::http::async_read(
        stream, buffer_, request_,
        [self = this->shared_from_this()](const error_code& error, std::size_t) {
          if (!error) {
            self->answer(self->heard_(self->request_));
          }
        });
  }

  Stream stream;

private:
  void answer(unsigned status) {
    if (status == 0) {
      return hold();
    }
    response_.result(status);
    if (status / 100 == 3) {
      response_.set(beast::http::field::location, "http://127.0.0.1:1/elsewhere");
    }
    if (status != 204) {
      response_.body() = "thank you";
    }
    response_.prepare_payload();
    beast::http::async_write(stream, response_,
                             [self = this->shared_from_this()](const error_code&, std::size_t) {});
  }
  /// Until the peer goes.
  void hold() {
    stream.async_read_some(asio::buffer(&byte_, 1),
                           [self = this->shared_from_this()](const error_code&, std::size_t) {});
  }

  Heard heard_;
  beast::flat_buffer buffer_;
  Request request_;
  beast::http::response<beast::http::string_body> response_;
  char byte_ = 0;
};

}  // namespace

class WebhookReceiver::Impl {
public:
  Impl(Answer answer, const std::optional<Tls>& tls)
      : answer_(std::move(answer)),
        acceptor_(loop_, tcp::endpoint{asio::ip::address_v4::loopback(), 0}) {
    if (tls) {
      tls_.emplace(asio::ssl::context::tls_server);
      tls_->use_certificate_chain_file(tls->certificate);
      tls_->use_private_key_file(tls->key, asio::ssl::context::pem);
    }
    accept();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Impl() {
    loop_.stop();
    thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] bool has_tls() const { return tls_.has_value(); }
  [[nodiscard]] std::vector<Received> wait_for(std::size_t calls) {
    std::unique_lock lock{mutex_};
    called_.wait_for(lock, std::chrono::seconds{10}, [&] { return received_.size() >= calls; });
    return received_;
  }

private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (!error) {
        tls_ ? shake_hands(std::move(socket)) : begin(std::move(socket));
        accept();
      }
    });
  }
  void begin(tcp::socket socket) {
    const auto heard = [this](const Request& request) { return hear(request); };
    std::make_shared<Call<beast::tcp_stream>>(heard, std::move(socket))->read();
  }
  void shake_hands(tcp::socket socket) {
    using Stream = beast::ssl_stream<beast::tcp_stream>;
    const auto heard = [this](const Request& request) { return hear(request); };
    const auto call =
        std::make_shared<Call<Stream>>(heard, beast::tcp_stream{std::move(socket)}, *tls_);
    call->stream.async_handshake(asio::ssl::stream_base::server, [call](const error_code& error) {
      if (!error) {
        call->read();
      }
    });
  }
  unsigned hear(const Request& request) {
    Received received{std::string{request.target()}, {}, request.body()};
    for (const auto& field : request) {
      std::string name{field.name_string()};
      std::ranges::transform(name, name.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
      });
      received.headers[name] = std::string{field.value()};
    }
    const std::scoped_lock lock{mutex_};
    received_.push_back(std::move(received));
    called_.notify_all();
    return answer_(received_.size());
  }

  Answer answer_;
  asio::io_context loop_{1};
  tcp::acceptor acceptor_;
  std::optional<asio::ssl::context> tls_;
  std::mutex mutex_;
  std::condition_variable called_;
  std::vector<Received> received_;
  std::thread thread_;
};

WebhookReceiver::WebhookReceiver(Answer answer)
    : impl_(std::make_unique<Impl>(std::move(answer), std::nullopt)) {}
WebhookReceiver::WebhookReceiver(Answer answer, const Tls& tls)
    : impl_(std::make_unique<Impl>(std::move(answer), tls)) {}
WebhookReceiver::~WebhookReceiver() = default;

std::uint16_t WebhookReceiver::port() const {
  return impl_->port();
}

std::string WebhookReceiver::url() const {
  return (impl_->has_tls() ? "https://localhost:" : "http://127.0.0.1:") +
         std::to_string(impl_->port()) + "/hook";
}

std::vector<Received> WebhookReceiver::wait_for(std::size_t calls) {
  return impl_->wait_for(calls);
}

}  // namespace sluice::test
