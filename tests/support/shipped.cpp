// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shipped.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace sluice::test {

std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool taken =
      ::bind(descriptor, generic, size) == 0 && ::getsockname(descriptor, generic, &size) == 0;
  ::close(descriptor);
  if (!taken) {
    throw std::runtime_error("there is no port");
  }
  return ntohs(address.sin_port);
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

std::string text_of(const std::string& path) {
  std::stringstream content;
  content << std::ifstream{path}.rdbuf();
  std::string text = content.str();
  if (text.empty()) {
    throw std::runtime_error("there is nothing in " + path);
  }
  return text;
}

}  // namespace sluice::test
