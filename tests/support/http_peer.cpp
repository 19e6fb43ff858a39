// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
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

HttpPeer::~HttpPeer() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

HttpPeer::HttpPeer(HttpPeer&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), unread_(std::move(other.unread_)) {}

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
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return;  // The server has closed; what it said before can still be read.
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool HttpPeer::fill() {
  if (!readable_within(descriptor_, answer_patience)) {
    throw std::runtime_error("no answer in time; so far: " + unread_);
  }
  std::array<char, 16384> part;
  const ssize_t got = ::recv(descriptor_, part.data(), part.size(), 0);
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
  const std::string length = reply.header("content-length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (unread_.size() < size) {
    if (!fill()) {
      throw std::runtime_error("the connection ended within a body");
    }
  }
  reply.body = unread_.substr(0, size);
  unread_.erase(0, size);
  return reply;
}

bool HttpPeer::closed_within(std::chrono::seconds patience) {
  if (!unread_.empty() || !readable_within(descriptor_, patience)) {
    return false;
  }
  char byte = 0;
  return ::recv(descriptor_, &byte, 1, 0) <= 0;
}

}  // namespace sluice::test
