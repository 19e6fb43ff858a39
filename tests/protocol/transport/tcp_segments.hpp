// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sluice {

/// How many segments with data the kernel has received on this TCP socket.
[[nodiscard]] unsigned data_segments_received(int socket);

}  // namespace sluice
