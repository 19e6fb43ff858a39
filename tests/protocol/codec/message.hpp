// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/message.h>

#include <string>

#include "actors/tenant/fault.hpp"

namespace sluice::codec_test {

/// A message of one struct, to be written and then read.
template <class Struct>
class Message {
public:
  Message() = default;
  ~Message() noexcept = default;
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  typename Struct::Builder write() { return builder_.template initRoot<Struct>(); }
  [[nodiscard]] typename Struct::Builder edit() { return builder_.template getRoot<Struct>(); }
  [[nodiscard]] typename Struct::Reader read() { return edit().asReader(); }
  [[nodiscard]] capnp::MessageBuilder& builder() { return builder_; }

private:
  capnp::MallocMessageBuilder builder_;
};

/// What the peer is told; empty if nothing was wrong.
template <class T>
std::string refusal_of(const Result<T>& result) {
  return result.ok() ? "" : result.fault().context;
}

}  // namespace sluice::codec_test
