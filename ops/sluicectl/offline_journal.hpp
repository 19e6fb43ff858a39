// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/tenant/journal.hpp"
#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/table.hpp"
#include "storage/directory/data_directory.hpp"
#include "storage/journal/inspection.hpp"
#include "storage/journal/survey.hpp"

namespace sluice::ctl {

/// The journals in a data directory that no server holds, kept from all servers meanwhile.
///
/// Ownership  Holds the lock of the directory.
/// Errors     Throws `Failure`: `bad_usage` if there are no journals; `no_answer` if a server holds
///            the directory.
class OfflineJournal {
public:
  explicit OfflineJournal(const std::string& data_directory);

  [[nodiscard]] Disk& disk() const { return *disk_; }
  [[nodiscard]] const BootId& boot() const { return boot_; }

private:
  DataDirectory held_;
  std::unique_ptr<Disk> disk_;
  BootId boot_;
};

/// Commits of one journal without a gap between them.
struct KeptCommits {
  JournalId journal;
  Sequence first;
  Sequence last;
  friend bool operator==(const KeptCommits&, const KeptCommits&) = default;
};

/// Something that cannot be replayed.
struct LostCommits {
  JournalId journal;
  Loss loss;
  std::string sentence;
};

/// What replay will find of all journals once damage is accepted.
struct Salvage {
  std::vector<KeptCommits> kept;
  std::vector<LostCommits> cut;   ///< Never whole, or never said to be on the disk.
  std::vector<LostCommits> lost;  ///< Was there and is not any more.
};
[[nodiscard]] Salvage salvage_of(const OfflineJournal& journal);

/// What `repair` did, or would do.
struct RepairReport {
  Salvage salvage;
  std::vector<std::string> rewritten;  ///< A sentence for each file.
  RepairMode mode = RepairMode::dry_run;
};

[[nodiscard]] Json document_of(const std::vector<SegmentReport>& segments);
[[nodiscard]] Json document_of(const Watermark& at, const TenantChange& change);
[[nodiscard]] Json document_of(const RepairReport& repair);

[[nodiscard]] std::string view_of(const std::vector<SegmentReport>& segments, Style style);
/// One line for the change and one for each part of it.
[[nodiscard]] std::string view_of(const Watermark& at, const TenantChange& change);
[[nodiscard]] std::string view_of(const RepairReport& repair, Style style);

}  // namespace sluice::ctl
