// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/message.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "protocol/sluice.capnp.h"
#include "protocol/transport/frame.hpp"

namespace sluice {

/// A page of one tenant less than `segments`, spread over about so many segments.
inline std::unique_ptr<capnp::MallocMessageBuilder> message_of_segments(unsigned segments) {
  auto message = std::make_unique<capnp::MallocMessageBuilder>(
      segments == 1 ? 1024 : 4, capnp::AllocationStrategy::FIXED_SIZE);
  auto tenants = message->initRoot<wire::TenantPage>().initTenants(segments - 1);
  for (unsigned i = 0; i + 1 < segments; ++i) {
    tenants[i].setName("a name that is longer than a segment");
  }
  return message;
}

/// A hello with this text, in one segment.
inline std::unique_ptr<capnp::MallocMessageBuilder> hello(const std::string& text) {
  auto message = std::make_unique<capnp::MallocMessageBuilder>(
      static_cast<unsigned>(text.size() / sizeof(capnp::word) + 16));
  message->initRoot<wire::Hello>().setClient(text.c_str());
  return message;
}

inline std::string text_of(capnp::MessageReader& message) {
  return message.getRoot<wire::Hello>().getClient().cStr();
}

inline std::vector<std::byte> frame_of(capnp::MessageBuilder& message) {
  const auto segments = message.getSegmentsForOutput();
  std::vector<std::byte> frame(framed_bytes(segments));
  write_frame(segments, frame.data());
  return frame;
}

inline std::vector<std::byte> repeated(const std::vector<std::byte>& frame, int times) {
  std::vector<std::byte> all;
  for (int i = 0; i < times; ++i) {
    all.insert(all.end(), frame.begin(), frame.end());
  }
  return all;
}

}  // namespace sluice
