// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::test {

/// What a webhook was sent.
struct Received {
  std::string path;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
};

/// A webhook on loopback that keeps what it is sent and answers as the test says.
///
/// Threading  Its own; the answer is made on it. Other calls from the test's thread.
/// Errors     Throws if it cannot listen.
class WebhookReceiver {
public:
  /// Which status the call of this number, from 1, is answered with; 0: none, ever.
  using Answer = std::function<unsigned(std::size_t number)>;
  struct Tls {
    std::string certificate;
    std::string key;
  };

  explicit WebhookReceiver(Answer answer);
  WebhookReceiver(Answer answer, const Tls& tls);
  ~WebhookReceiver();
  WebhookReceiver(const WebhookReceiver&) = delete;
  WebhookReceiver& operator=(const WebhookReceiver&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// `http://127.0.0.1:<port>/hook`, or `https://localhost:...`.
  [[nodiscard]] std::string url() const;
  /// Waits until it was called so often; what it was sent until then. Fewer after ten seconds.
  [[nodiscard]] std::vector<Received> wait_for(std::size_t calls);

private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::test
