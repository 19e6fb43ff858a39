// SPDX-License-Identifier: Apache-2.0
#include "tests/support/raw_peer.hpp"

#include <arpa/inet.h>
#include <capnp/message.h>
#include <capnp/rpc.capnp.h>
#include <capnp/serialize.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "protocol/sluice.capnp.h"

namespace sluice::test {
namespace {

std::vector<std::byte> framed(capnp::MessageBuilder& message) {
  const kj::Array<capnp::word> words = capnp::messageToFlatArray(message);
  const auto bytes = std::as_bytes(std::span{words.begin(), words.size()});
  return {bytes.begin(), bytes.end()};
}

// Where `gateway` stands among the pointers of the answer to `enter`.
constexpr std::uint16_t welcome_pointer = 0;
constexpr std::uint16_t gateway_pointer = 3;

}  // namespace

RawPeer::RawPeer(std::uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
  // A small receive buffer, so that a peer that does not read is noticed soon.
  const int receive_bytes = 4096;
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    close(descriptor_);
    throw std::system_error(error, std::generic_category(), "connect");
  }
}

RawPeer::~RawPeer() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

std::size_t RawPeer::send(std::span<const std::byte> bytes, std::chrono::milliseconds patience) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    pollfd writable{descriptor_, POLLOUT, 0};
    if (poll(&writable, 1, static_cast<int>(patience.count())) <= 0) {
      break;
    }
    const ssize_t went =
        ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (went <= 0) {
      break;
    }
    sent += static_cast<std::size_t>(went);
  }
  return sent;
}

bool RawPeer::closed_within(std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::array<char, 65536> ignored;
  while (std::chrono::steady_clock::now() < end) {
    pollfd readable{descriptor_, POLLIN, 0};
    if (poll(&readable, 1, 100) > 0 && recv(descriptor_, ignored.data(), ignored.size(), 0) <= 0) {
      return true;
    }
  }
  return false;
}

bool RawPeer::hung_up_within(std::chrono::seconds patience) {
  pollfd closed{descriptor_, POLLRDHUP, 0};
  const auto patience_ms = std::chrono::milliseconds{patience}.count();
  return poll(&closed, 1, static_cast<int>(patience_ms)) > 0;
}

bool RawPeer::answered_within(std::chrono::seconds patience) {
  pollfd readable{descriptor_, POLLIN, 0};
  const auto patience_ms = std::chrono::milliseconds{patience}.count();
  return poll(&readable, 1, static_cast<int>(patience_ms)) > 0 && (readable.revents & POLLIN) != 0;
}

std::vector<std::byte> bootstrap_frame(std::uint32_t question) {
  capnp::MallocMessageBuilder message;
  message.initRoot<capnp::rpc::Message>().initBootstrap().setQuestionId(question);
  return framed(message);
}

std::vector<std::byte> enter_frame(std::uint32_t question, std::uint32_t bootstrap_question) {
  capnp::MallocMessageBuilder message;
  auto call = message.initRoot<capnp::rpc::Message>().initCall();
  call.setQuestionId(question);
  call.setInterfaceId(capnp::typeId<wire::Front>());
  call.setMethodId(0);
  call.initTarget().initPromisedAnswer().setQuestionId(bootstrap_question);
  auto hello = call.initParams().getContent().initAs<wire::Front::EnterParams>().initHello();
  hello.setProtocol(wire::PROTOCOL_VERSION);
  hello.setClient("raw-peer");
  return framed(message);
}

std::vector<std::byte> check_frame(std::uint32_t question, std::uint32_t enter_question,
                                   TenantId tenant, std::uint32_t checks) {
  capnp::MallocMessageBuilder message;
  auto call = message.initRoot<capnp::rpc::Message>().initCall();
  call.setQuestionId(question);
  call.setInterfaceId(capnp::typeId<wire::Gateway>());
  call.setMethodId(0);
  auto promised = call.initTarget().initPromisedAnswer();
  promised.setQuestionId(enter_question);
  auto path = promised.initTransform(2);
  path[0].setGetPointerField(welcome_pointer);
  path[1].setGetPointerField(gateway_pointer);
  auto list =
      call.initParams().getContent().initAs<wire::Gateway::CheckParams>().initChecks(checks);
  for (auto check : list) {
    check.setTenantHigh(tenant.high);
    check.setTenantLow(tenant.low);
    check.setMeter(1);
    check.setAmount(1);
  }
  return framed(message);
}

}  // namespace sluice::test
