// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/post.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace sluice::webhooks {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

/// Of one name; more are not tried.
constexpr std::size_t addresses_max = 4;

class Posting : public std::enable_shared_from_this<Posting> {
public:
  Posting(asio::io_context& loop, asio::ssl::context& tls, Lookups& lookups, const PostRules& rules,
          Target target, std::function<void(Attempt)> done)
      : lookups_(lookups),
        rules_(rules),
        target_(std::move(target)),
        done_(std::move(done)),
        deadline_(loop),
        stream_(loop, tls) {}

  void start(Message message) {
    if (!target_.tls && !rules_.allow_plain) {
      return finish({.hopeless = true, .trouble = "it is not https"});
    }
    request_.version(11);
    request_.method(beast::http::verb::post);
    request_.target(target_.path);
    request_.set(beast::http::field::host, target_.host_header);
    request_.set(beast::http::field::user_agent, "Sluice");
    request_.set(beast::http::field::content_type, "application/json");
    request_.set(beast::http::field::connection, "close");
    request_.set("Sluice-Event", message.event);
    request_.set("Sluice-Event-Id", message.id);
    request_.set("Sluice-Signature", message.signature);
    request_.body() = std::move(message.body);
    request_.prepare_payload();
    deadline_.expires_after(rules_.timeout);
    deadline_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) {
        self->late_ = true;
        if (!self->looking_up_) {
          self->finish({.trouble = "timed out"});
        }
      }
    });
    find_host();
  }

private:
  // A lookup that is late is waited for, so that no more are under way than calls.
  void find_host() {
    error_code is_no_address;
    const auto address = asio::ip::make_address(target_.host, is_no_address);
    if (!is_no_address) {
      return found({.addresses = {address}});
    }
    looking_up_ = true;
    lookups_.find(target_.host, [self = shared_from_this()](const Found& what) {
      self->looking_up_ = false;
      if (self->late_) {
        return self->finish({.trouble = "timed out: its host was not found in time"});
      }
      self->found(what);
    });
  }

  void found(const Found& what) {
    if (what.error || what.addresses.empty()) {
      return fail("its host cannot be found", what.error);
    }
    for (const asio::ip::address& address : what.addresses) {
      addresses_.emplace_back(address, target_.port);
    }
    // All of them, not only the one that would be taken: who mixes them means no good.
    const bool all_public = std::ranges::all_of(
        addresses_, [](const tcp::endpoint& one) { return is_public(one.address()); });
    if (!all_public && !rules_.allow_private) {
      return finish({.hopeless = true, .trouble = "its host has an address that is not public"});
    }
    addresses_.resize(std::min(addresses_.size(), addresses_max));
    socket().async_connect(addresses_, [self = shared_from_this()](const error_code& failed,
                                                                   const tcp::endpoint& /*taken*/) {
      self->connected(failed);
    });
  }

  void connected(const error_code& error) {
    if (!done_) {
      return;
    }
    if (error) {
      return fail("it cannot be reached", error);
    }
    if (!target_.tls) {
      return write(socket());
    }
    error_code is_no_address;
    asio::ip::make_address(target_.host, is_no_address);
    // A server is not asked for an address by name.
    if (is_no_address &&
        SSL_set_tlsext_host_name(stream_.native_handle(), target_.host.c_str()) != 1) {
      return fail("its host is no name for TLS", {});
    }
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(asio::ssl::host_name_verification(target_.host));
    stream_.async_handshake(asio::ssl::stream_base::client,
                            [self = shared_from_this()](const error_code& failed) {
                              if (!self->done_) {
                                return;
                              }
                              if (failed) {
                                return self->fail("TLS failed", failed);
                              }
                              self->write(self->stream_);
                            });
  }

  template <class Stream>
  void write(Stream& stream) {
    beast::http::async_write(
        stream, request_,
        [self = shared_from_this(), &stream](const error_code& error, std::size_t /*bytes*/) {
          if (!self->done_) {
            return;
          }
          if (error) {
            return self->fail("it took no request", error);
          }
          self->read(stream);
        });
  }

  template <class Stream>
  void read(Stream& stream) {
    answer_.header_limit(answer_header_bytes_max);
    beast::http::async_read_header(
        stream, buffer_, answer_,
        [self = shared_from_this()](const error_code& error, std::size_t /*bytes*/) {
          if (!self->done_) {
            return;
          }
          if (error) {
            return self->fail("it gave no answer", error);
          }
          self->answered(self->answer_.get().result_int());
        });
  }

  void answered(unsigned status) {
    constexpr unsigned gone = 410;
    if (status / 100 == 2) {
      return finish({.delivered = true});
    }
    const std::string_view what = status / 100 == 3 ? " (redirects are not followed)" : "";
    finish({.hopeless = status == gone,
            .trouble = std::string{"answered "}.append(std::to_string(status)).append(what)});
  }

  void fail(std::string_view what, const error_code& error) {
    std::string trouble{what};
    if (error) {
      trouble.append(": ").append(error.message());
    }
    finish({.trouble = std::move(trouble)});
  }

  void finish(Attempt attempt) {
    if (const auto done = std::exchange(done_, nullptr)) {
      deadline_.cancel();
      socket().close();
      done(std::move(attempt));
    }
  }

  beast::tcp_stream& socket() { return stream_.next_layer(); }

  Lookups& lookups_;
  PostRules rules_;
  Target target_;
  std::function<void(Attempt)> done_;  ///< Null once it was called.
  asio::steady_timer deadline_;
  bool looking_up_ = false;
  bool late_ = false;  ///< The deadline has passed.
  beast::ssl_stream<beast::tcp_stream> stream_;
  std::vector<tcp::endpoint> addresses_;
  beast::http::request<beast::http::string_body> request_;
  beast::flat_buffer buffer_{answer_header_bytes_max};
  beast::http::response_parser<beast::http::empty_body> answer_;
};

}  // namespace

void post(asio::io_context& loop, asio::ssl::context& tls, Lookups& lookups, const PostRules& rules,
          Target target, Message message, std::function<void(Attempt)> done) {
  std::make_shared<Posting>(loop, tls, lookups, rules, std::move(target), std::move(done))
      ->start(std::move(message));
}

}  // namespace sluice::webhooks
