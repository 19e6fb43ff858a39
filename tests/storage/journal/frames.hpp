// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "storage/journal/frame.hpp"
#include "tests/storage/journal/journal_fixture.hpp"

namespace sluice::test {

/// The frame of a commit of these changes.
[[nodiscard]] std::vector<std::byte> frame_of(const std::vector<OwnedChange>& changes,
                                              FrameHeader header = {Sequence{7}, Sequence{6}});

/// Nothing if the frame is not accepted in full.
[[nodiscard]] std::optional<std::vector<OwnedChange>> changes_of(std::span<const std::byte> bytes);

/// Makes the checksum right again after a test has changed the frame.
void reseal(std::vector<std::byte>& frame);

}  // namespace sluice::test
