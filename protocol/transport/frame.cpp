// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/frame.hpp"

#include <capnp/serialize.h>

#include <bit>
#include <cstdint>
#include <cstring>

namespace sluice {

namespace {

static_assert(std::endian::native == std::endian::little, "the wire is little-endian");

constexpr std::size_t word_bytes = sizeof(capnp::word);
constexpr std::size_t segments_max = 511;

std::uint32_t number_at(std::span<const std::byte> bytes, std::size_t index) noexcept {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + index * sizeof number, sizeof number);
  return number;
}

constexpr std::size_t table_bytes(std::size_t segments) noexcept {
  return (segments / 2 + 1) * word_bytes;
}

class FrameReader final : public capnp::FlatArrayMessageReader {
public:
  FrameReader(kj::Array<capnp::word> words, const capnp::ReaderOptions& limits)
      : capnp::FlatArrayMessageReader{words.asPtr(), limits}, words_{kj::mv(words)} {}

private:
  kj::Array<capnp::word> words_;
};

}  // namespace

FrameHead read_frame_head(std::span<const std::byte> front, std::size_t frame_bytes_max) {
  if (front.size() < word_bytes) {
    return {};
  }
  const std::size_t segments = std::size_t{number_at(front, 0)} + 1;
  if (segments > segments_max) {
    return {0, "a message of " + std::to_string(segments) + " segments: at most " +
                   std::to_string(segments_max) + " are allowed"};
  }
  if (front.size() < table_bytes(segments)) {
    return {};
  }
  std::size_t words = 0;
  for (std::size_t i = 1; i <= segments; ++i) {
    words += number_at(front, i);
  }
  if (words == 0) {
    return {0, "a message without content"};
  }
  const std::size_t frame_bytes = table_bytes(segments) + words * word_bytes;
  if (frame_bytes > frame_bytes_max) {
    return {0, "a message of " + std::to_string(frame_bytes) + " bytes: frame_bytes_max is " +
                   std::to_string(frame_bytes_max)};
  }
  return {frame_bytes, {}};
}

kj::Own<capnp::MessageReader> copy_frame(std::span<const std::byte> frame,
                                         const capnp::ReaderOptions& options) {
  auto words = kj::heapArray<capnp::word>(frame.size() / word_bytes);
  std::memcpy(words.begin(), frame.data(), frame.size());
  return kj::heap<FrameReader>(kj::mv(words), options);
}

std::size_t framed_bytes(Segments segments) noexcept {
  std::size_t bytes = table_bytes(segments.size());
  for (const auto& segment : segments) {
    bytes += segment.size() * word_bytes;
  }
  return bytes;
}

void write_frame(Segments segments, std::byte* to) noexcept {
  const auto put = [&to](std::uint32_t number) {
    std::memcpy(to, &number, sizeof number);
    to += sizeof number;
  };
  put(static_cast<std::uint32_t>(segments.size() - 1));
  for (const auto& segment : segments) {
    put(static_cast<std::uint32_t>(segment.size()));
  }
  if (segments.size() % 2 == 0) {
    put(0);
  }
  for (const auto& segment : segments) {
    std::memcpy(to, segment.begin(), segment.size() * word_bytes);
    to += segment.size() * word_bytes;
  }
}

}  // namespace sluice
