// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/offline_journal.hpp"

#include <filesystem>
#include <system_error>

#include "storage/journal/posix_disk.hpp"

namespace sluice::ctl {
namespace {

/// Where there is nothing to look at, the command line names the wrong place.
DataDirectory hold(const std::string& path) {
  auto held = DataDirectory::hold_existing(path);
  if (!held.ok() && held.fault().code == FaultCode::not_found) {
    return accept(std::move(held), "DIRECTORY");
  }
  return answered(std::move(held));
}

std::unique_ptr<Disk> open_disk(const DataDirectory& directory) {
  // Opening would make it.
  std::error_code error;
  if (!std::filesystem::is_directory(directory.journal_directory(), error)) {
    throw Failure{ExitCode::bad_usage,
                  {FaultCode::not_found, "DIRECTORY: there are no journals: no directory " +
                                             directory.journal_directory()}};
  }
  return answered(PosixDisk::in(directory.journal_directory()));
}

void keep(const SurveyedJournal& journal, RunIndex at, std::vector<KeptCommits>& kept) {
  const FrameRun& run = journal.segments[at.segment].runs[at.run];
  const bool goes_on = !kept.empty() && kept.back().journal == journal.id &&
                       run.first.raw() == kept.back().last.raw() + 1;
  if (goes_on) {
    kept.back().last = run.last;
  } else {
    kept.push_back({journal.id, run.first, run.last});
  }
}

}  // namespace

OfflineJournal::OfflineJournal(const std::string& data_directory)
    : held_(hold(data_directory)), disk_(open_disk(held_)), boot_(answered(read_boot_id())) {}

Salvage salvage_of(const OfflineJournal& journal) {
  Salvage salvage;
  for (const SurveyedJournal& surveyed : answered(survey(journal.disk()))) {
    const Judgement judgement = judge(surveyed, journal.boot());
    for (const RunIndex at : judgement.kept) {
      keep(surveyed, at, salvage.kept);
    }
    for (const Loss& loss : judgement.losses) {
      (loss.is_damage() ? salvage.lost : salvage.cut)
          .push_back({surveyed.id, loss, describe(journal.disk(), surveyed, loss)});
    }
  }
  return salvage;
}

}  // namespace sluice::ctl
