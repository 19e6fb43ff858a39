// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/journal.hpp"
#include "storage/journal/survey.hpp"

namespace sluice {

/// What an operator can do with the journals of a server that is not running: look at them, and
/// accept what is lost.

struct SegmentReport {
  enum class State : std::uint8_t {
    whole,
    torn,     ///< The last commit in it was never whole, or a power cut took the end. Passed over.
    damaged,  ///< A server does not start with it.
  };
  std::string file;
  SegmentName name;
  std::optional<SegmentHeader> header;  ///< Nothing if it is damaged.
  std::uint64_t size = 0;
  std::uint64_t used = 0;  ///< Up to the end of the last frame.
  std::uint64_t frames = 0;
  std::optional<Sequence> first;
  std::optional<Sequence> last;
  State state = State::whole;
  std::uint64_t offset = 0;  ///< Where it stops being whole.
};

/// One report for each segment, in the order of replay.
[[nodiscard]] Result<std::vector<SegmentReport>> inspect(Disk& disk, const BootId& current_boot);

/// Tells each change that can be read in a segment, whether it counts or not.
using ChangeTold = std::function<void(const Watermark&, const TenantChange&)>;
[[nodiscard]] Result<Done> read_changes(Disk& disk, const SegmentName& segment,
                                        const ChangeTold& told);

/// One sentence for each damage that keeps a server from starting; none if all is well. What was
/// torn is well.
[[nodiscard]] Result<std::vector<std::string>> verify(Disk& disk, const BootId& current_boot);

enum class RepairMode : std::uint8_t { dry_run, apply };

/// Makes damaged journals readable, losing only what cannot be read. Each segment that damage was
/// found in is written anew with all its frames that make sense, and with a mark in place of what
/// is missing; the original stays beside it as `<file>.damaged-copy` (then `-2` and so on). Returns
/// one sentence for each file that was (or would be) written anew, with the sequences that are
/// lost; which tenants they were of cannot be known. A fault leaves every segment either as it was
/// or repaired.
[[nodiscard]] Result<std::vector<std::string>> repair(Disk& disk, const BootId& current_boot,
                                                      RepairMode mode);

/// What is lost, and where that shows.
[[nodiscard]] std::string describe(const Disk& disk, const SurveyedJournal& journal,
                                   const Loss& loss);

}  // namespace sluice
