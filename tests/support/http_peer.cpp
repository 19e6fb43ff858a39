// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <stdexcept>

namespace sluice::test {
namespace {

constexpr std::chrono::seconds answer_patience{20};

std::string lower_case(std::string text) {
  for (char& letter : text) {
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return text;
}

bool readable_within(int descriptor, std::chrono::milliseconds patience) {
  pollfd waited{descriptor, POLLIN, 0};
  return ::poll(&waited, 1, static_cast<int>(patience.count())) == 1;
}

}  // namespace

std::string HttpReply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

HttpPeer::HttpPeer(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(descriptor_);
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
}

HttpPeer::HttpPeer(std::uint16_t port, const HttpTls& tls) : HttpPeer(port) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free};
  bool fine = SSL_CTX_load_verify_file(context.get(), tls.authority.c_str()) == 1;
  if (!tls.certificate.empty()) {
    fine = fine && SSL_CTX_use_certificate_chain_file(context.get(), tls.certificate.c_str()) == 1;
    fine =
        fine && SSL_CTX_use_PrivateKey_file(context.get(), tls.key.c_str(), SSL_FILETYPE_PEM) == 1;
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  tls_ = {SSL_new(context.get()), SSL_free};
  fine = fine && SSL_set1_host(tls_.get(), "localhost") == 1;
  fine = fine && SSL_set_fd(tls_.get(), descriptor_) == 1;
  if (!fine || SSL_connect(tls_.get()) != 1) {
    throw std::runtime_error("no TLS with port " + std::to_string(port));
  }
}

long HttpPeer::receive(char* into, std::size_t size) {
  return tls_ == nullptr ? ::recv(descriptor_, into, size, 0)
                         : SSL_read(tls_.get(), into, static_cast<int>(size));
}

long HttpPeer::transmit(std::string_view bytes) const {
  return tls_ == nullptr ? ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL)
                         : SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
}

HttpPeer::~HttpPeer() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

HttpPeer::HttpPeer(HttpPeer&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      tls_(std::move(other.tls_)),
      unread_(std::move(other.unread_)) {}

std::string HttpPeer::request(const std::string& method, const std::string& target,
                              const std::string& body, const HttpHeaders& headers) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
  for (const auto& [name, value] : headers) {
    text += name + ": " + value + "\r\n";
  }
  if (!body.empty()) {
    text +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return text + "\r\n" + body;
}

HttpReply HttpPeer::ask(const std::string& method, const std::string& target,
                        const std::string& body, const HttpHeaders& headers) {
  send(request(method, target, body, headers));
  return read(method == "HEAD");
}

void HttpPeer::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const long sent = transmit(bytes);
    if (sent <= 0) {
      return;  // The server has closed; what it said before can still be read.
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool HttpPeer::fill() {
  const bool has_more = tls_ != nullptr && SSL_pending(tls_.get()) > 0;
  if (!has_more && !readable_within(descriptor_, answer_patience)) {
    throw std::runtime_error("no answer in time; so far: " + unread_);
  }
  std::array<char, 16384> part;
  const long got = receive(part.data(), part.size());
  if (got <= 0) {
    return false;
  }
  unread_.append(part.data(), static_cast<std::size_t>(got));
  return true;
}

std::string HttpPeer::take_line() {
  std::size_t end = unread_.find("\r\n");
  while (end == std::string::npos) {
    if (!fill()) {
      throw std::runtime_error("the connection ended within a header");
    }
    end = unread_.find("\r\n");
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 2);
  return line;
}

std::string HttpPeer::take(std::size_t size) {
  while (unread_.size() < size) {
    if (!fill()) {
      throw std::runtime_error("the connection ended within a body");
    }
  }
  std::string bytes = unread_.substr(0, size);
  unread_.erase(0, size);
  return bytes;
}

HttpReply HttpPeer::read(bool to_head) {
  HttpReply reply;
  const std::string first = take_line();
  if (!first.starts_with("HTTP/1.")) {
    throw std::runtime_error("no HTTP: " + first);
  }
  reply.status = std::stoi(first.substr(9));
  for (std::string line = take_line(); !line.empty(); line = take_line()) {
    const std::size_t colon = line.find(':');
    reply.headers[lower_case(line.substr(0, colon))] = line.substr(colon + 2);
  }
  if (to_head || reply.status == 100) {
    return reply;
  }
  if (reply.header("transfer-encoding") == "chunked") {
    while (const std::size_t size = std::stoul(take_line(), nullptr, 16)) {
      reply.body += take(size);
      static_cast<void>(take_line());
    }
    static_cast<void>(take_line());
    return reply;
  }
  const std::string length = reply.header("content-length");
  reply.body = take(length.empty() ? 0 : std::stoul(length));
  return reply;
}

bool HttpPeer::closed_within(std::chrono::seconds patience) {
  if (!unread_.empty() || !readable_within(descriptor_, patience)) {
    return false;
  }
  char byte = 0;
  return receive(&byte, 1) <= 0;
}

}  // namespace sluice::test
