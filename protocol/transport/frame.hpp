// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/message.h>
#include <kj/memory.h>

#include <cstddef>
#include <span>
#include <string>

namespace sluice {

/// What the bytes at the front of a stream announce.
struct FrameHead {
  std::size_t frame_bytes = 0;  ///< Of the whole frame; 0 while too little has arrived to say.
  std::string problem;          ///< Not empty if the frame must be refused.
};

/// Reads the table of segments that a Cap'n Proto message on a stream begins with: the count less
/// one and each segment's size in words, as little-endian 32-bit numbers, padded to a word.
[[nodiscard]] FrameHead read_frame_head(std::span<const std::byte> front,
                                        std::size_t frame_bytes_max);

/// A message from a whole frame, of which it keeps an exact copy: a message may be held for as long
/// as its call lasts, and must not hold the bytes of others with it.
[[nodiscard]] kj::Own<capnp::MessageReader> copy_frame(std::span<const std::byte> frame,
                                                       const capnp::ReaderOptions& options);

using Segments = kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>;

[[nodiscard]] std::size_t framed_bytes(Segments segments) noexcept;
/// Writes exactly `framed_bytes(segments)`.
void write_frame(Segments segments, std::byte* to) noexcept;

}  // namespace sluice
