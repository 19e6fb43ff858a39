// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "actors/tenant/journal.hpp"
#include "storage/journal/background.hpp"
#include "storage/journal/disk.hpp"
#include "storage/journal/segment.hpp"

namespace sluice {

inline constexpr std::uint64_t segment_bytes_min = 128 << 10;
inline constexpr std::uint64_t segment_bytes_max = 1 << 30;

struct JournalOptions {
  Durability durability = Durability::process;
  std::uint64_t segment_bytes = 32 << 20;  ///< `segment_bytes_min` to `segment_bytes_max`.
  BootId boot;                             ///< Of the machine that runs now.
};

/// The journals in a directory. Each journal that is opened gets a background of its own from the
/// factory, and has two segments on the disk at least: the current one and the next.
///
/// `replay` reads everything twice: first to see whether it is whole, so that the visitor hears
/// nothing of journals that an operator has to look at first. `forget_replayed` brings the journals
/// of this run to the disk, whatever the durability, before it removes older files, which may have
/// been on the disk for long.
///
/// With `memory`, what earlier runs left is replayed, and nothing is written.
///
/// The disk must outlive the journals. `invalid_argument` names the option that is wrong.
[[nodiscard]] Result<std::unique_ptr<Journals>> open_journals(const JournalOptions& options,
                                                              Disk& disk,
                                                              BackgroundFactory backgrounds);

}  // namespace sluice
