// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::test {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;

  /// Empty if there is none.
  [[nodiscard]] std::string header(const std::string& name) const;
};

/// What a client needs to come by TLS. Files in PEM.
struct HttpTls {
  std::string authority;      ///< Who signs the server's certificate, which is for localhost.
  std::string certificate{};  ///< For a server that asks for one.
  std::string key{};
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// A connection to an HTTP server that sends what it likes, and reads what comes back.
///
/// Threading  One thread.
/// Errors     Throws if it cannot connect, or if what comes back is no HTTP.
class HttpPeer {
public:
  explicit HttpPeer(std::uint16_t port);
  /// By TLS; throws if the two sides do not trust each other.
  HttpPeer(std::uint16_t port, const HttpTls& tls);
  ~HttpPeer();
  HttpPeer(HttpPeer&& other) noexcept;
  HttpPeer& operator=(HttpPeer&&) = delete;

  /// Sends a request and reads the answer. A body is JSON.
  HttpReply ask(const std::string& method, const std::string& target, const std::string& body = "",
                const HttpHeaders& headers = {});
  HttpReply post(const std::string& target, const std::string& body,
                 const HttpHeaders& headers = {}) {
    return ask("POST", target, body, headers);
  }
  HttpReply get(const std::string& target) { return ask("GET", target); }

  /// As it would be sent.
  [[nodiscard]] static std::string request(const std::string& method, const std::string& target,
                                           const std::string& body,
                                           const HttpHeaders& headers = {});
  void send(std::string_view bytes) const;
  /// The next answer; `to_head` has no body.
  HttpReply read(bool to_head = false);
  /// Whether the server closes within the patience, without another word.
  [[nodiscard]] bool closed_within(std::chrono::seconds patience);

private:
  /// Reads more; false at the end.
  bool fill();
  std::string take_line();
  /// Of a body.
  std::string take(std::size_t size);

  /// As `recv` and `send`.
  [[nodiscard]] long receive(char* into, std::size_t size);
  [[nodiscard]] long transmit(std::string_view bytes) const;

  int descriptor_ = -1;
  std::shared_ptr<SSL> tls_;  ///< Null in the clear.
  std::string unread_;
};

}  // namespace sluice::test
