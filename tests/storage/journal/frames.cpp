// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/journal/frames.hpp"

#include <cstring>

namespace sluice::test {

std::vector<std::byte> frame_of(const std::vector<OwnedChange>& changes, FrameHeader header) {
  std::size_t bytes = frame_header_bytes;
  for (const OwnedChange& change : changes) {
    bytes += encoded_bytes(change.view());
  }
  std::vector<std::byte> frame(aligned(bytes));
  std::byte* at = frame.data() + frame_header_bytes;
  for (const OwnedChange& change : changes) {
    at = encode(change.view(), at);
  }
  header.changes = static_cast<std::uint32_t>(changes.size());
  seal(frame, header);
  return frame;
}

std::optional<std::vector<OwnedChange>> changes_of(std::span<const std::byte> bytes) {
  const std::optional<Frame> frame = frame_at(bytes);
  if (!frame) {
    return std::nullopt;
  }
  ChangeReader reader;
  reader.start(*frame);
  std::vector<OwnedChange> changes;
  while (const TenantChange* change = reader.next()) {
    changes.emplace_back(*change);
  }
  return reader.whole() ? std::optional{changes} : std::nullopt;
}

void reseal(std::vector<std::byte>& frame) {
  const FrameHeader header = frame_at(frame_of({}))->header;
  std::uint32_t changes = 0;
  std::memcpy(&changes, frame.data() + 28, sizeof changes);
  seal(frame, {header.sequence, header.synced_through, 0, changes});
}

}  // namespace sluice::test
