// SPDX-License-Identifier: Apache-2.0
#include "tests/protocol/transport/tcp_segments.hpp"

// The C library's own tcp_info is too old, and the two headers exclude each other.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>

namespace sluice {

unsigned data_segments_received(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
    std::abort();
  }
  return info.tcpi_data_segs_in;
}

}  // namespace sluice
