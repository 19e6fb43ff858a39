// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/file_journals.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "storage/journal/file_journal.hpp"
#include "storage/journal/inspection.hpp"
#include "storage/journal/survey.hpp"

namespace sluice {

namespace {

/// Tells a visitor the runs that count.
class Replay {
public:
  Replay(Disk& disk, ReplayVisitor& visitor, std::uint64_t bytes_total)
      : disk_(disk), visitor_(visitor), bytes_total_(bytes_total) {
    visitor_.progress(0, bytes_total_);
  }

  [[nodiscard]] Result<Done> run(const SurveyedJournal& journal, const Judgement& judgement) {
    for (std::size_t i = 0; i < judgement.kept.size(); ++i) {
      const RunIndex at = judgement.kept[i];
      const SurveyedSegment& segment = journal.segments[at.segment];
      if (i == 0 || judgement.kept[i - 1].segment != at.segment) {
        Result<std::span<const std::byte>> read =
            read_segment(disk_, to_string(segment.name), buffer_);
        if (!read.ok()) {
          return read.fault();
        }
        bytes_ = read.value();
      }
      if (!tell(journal.id.epoch, segment.runs[at.run])) {
        return Fault{FaultCode::data_damaged, "journal file " + disk_.path() + '/' +
                                                  to_string(segment.name) +
                                                  " changed while it was read"};
      }
    }
    return Done{};
  }

private:
  [[nodiscard]] bool tell(Epoch epoch, const FrameRun& run) {
    std::size_t at = run.begin;
    while (at < run.end) {
      const std::optional<Frame> frame = frame_at(bytes_.subspan(std::min(at, bytes_.size())));
      if (!frame) {
        return false;
      }
      reader_.start(*frame);
      while (const TenantChange* change = reader_.next()) {
        visitor_.change(Watermark{epoch, frame->header.sequence}, *change);
      }
      at += frame->bytes.size();
    }
    bytes_done_ += run.end - run.begin;
    visitor_.progress(bytes_done_, bytes_total_);
    return true;
  }

  Disk& disk_;
  ReplayVisitor& visitor_;
  const std::uint64_t bytes_total_;
  std::uint64_t bytes_done_ = 0;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> bytes_;
  ChangeReader reader_;
};

class FileJournals final : public Journals {
public:
  FileJournals(const JournalOptions& options, Disk& disk, BackgroundFactory backgrounds)
      : options_(options), disk_(disk), backgrounds_(std::move(backgrounds)) {}

  [[nodiscard]] Result<Done> replay(ReplayVisitor& visitor) override;
  [[nodiscard]] Result<std::unique_ptr<Journal>> open(Epoch epoch, std::uint16_t reactor,
                                                      std::function<void()> on_durable) override;
  [[nodiscard]] bool keeps() const noexcept override {
    return options_.durability != Durability::memory;
  }
  [[nodiscard]] Result<Done> forget_replayed() override;

private:
  [[nodiscard]] Result<std::vector<SegmentName>> list() const;
  [[nodiscard]] bool is_replayed(const SegmentName& name) const {
    return std::find(replayed_.begin(), replayed_.end(), name) != replayed_.end();
  }

  const JournalOptions options_;
  Disk& disk_;
  const BackgroundFactory backgrounds_;
  std::vector<SegmentName> replayed_;
};

Result<std::vector<SegmentName>> FileJournals::list() const {
  const Result<std::vector<std::string>> files = disk_.list();
  if (!files.ok()) {
    return files.fault();
  }
  std::vector<SegmentName> names;
  for (const std::string& file : files.value()) {
    if (const std::optional<SegmentName> name = parse_segment_name(file)) {
      names.push_back(*name);
    }
  }
  return names;
}

Result<Done> FileJournals::replay(ReplayVisitor& visitor) {
  const Result<std::vector<SurveyedJournal>> journals = survey(disk_);
  if (!journals.ok()) {
    return journals.fault();
  }
  std::vector<Judgement> judgements;
  std::uint64_t bytes = 0;
  for (const SurveyedJournal& journal : journals.value()) {
    judgements.push_back(judge(journal, options_.boot));
    for (const Loss& loss : judgements.back().losses) {
      if (loss.is_damage()) {
        return Fault{FaultCode::data_damaged,
                     describe(disk_, journal, loss) +
                         "; see `sluicectl journal verify`, and `sluicectl journal repair` to go "
                         "on without it"};
      }
    }
    for (const RunIndex& at : judgements.back().kept) {
      const FrameRun& run = journal.segments[at.segment].runs[at.run];
      bytes += run.end - run.begin;
    }
  }
  Replay replay{disk_, visitor, bytes};
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    if (Result<Done> told = replay.run(journals.value()[i], judgements[i]); !told.ok()) {
      return told;
    }
  }
  replayed_.clear();
  for (const SurveyedJournal& journal : journals.value()) {
    for (const SurveyedSegment& segment : journal.segments) {
      replayed_.push_back(segment.name);
    }
  }
  return Done{};
}

Result<std::unique_ptr<Journal>> FileJournals::open(Epoch epoch, std::uint16_t reactor,
                                                    std::function<void()> on_durable) {
  if (!keeps()) {
    return std::unique_ptr<Journal>{std::make_unique<NoJournal>()};
  }
  const JournalId id{epoch, reactor};
  const Result<std::vector<SegmentName>> names = list();
  if (!names.ok()) {
    return names.fault();
  }
  for (const SegmentName& name : names.value()) {
    if (name.journal == id) {
      return Fault{FaultCode::already_exists, "there is a journal of this epoch already: " +
                                                  disk_.path() + '/' + to_string(name)};
    }
  }
  const SegmentPlan plan{id, options_.durability, options_.boot, options_.segment_bytes};
  return FileJournal::open(disk_, backgrounds_(), plan, std::move(on_durable));
}

Result<Done> FileJournals::forget_replayed() {
  const Result<std::vector<SegmentName>> names = list();
  if (!names.ok()) {
    return names.fault();
  }
  for (const SegmentName& name : names.value()) {
    if (is_replayed(name)) {
      continue;
    }
    const Result<std::unique_ptr<DiskFile>> file = disk_.open(to_string(name));
    if (!file.ok()) {
      return file.fault();
    }
    if (Result<Done> synced = file.value()->sync(); !synced.ok()) {
      return synced;
    }
  }
  // Oldest first, and each for good before the next: a power cut leaves no hole in the middle.
  for (const SegmentName& name : replayed_) {
    Result<Done> removed = disk_.remove(to_string(name));
    if (removed.ok()) {
      removed = disk_.sync_directory();
    }
    if (!removed.ok()) {
      return removed;
    }
  }
  replayed_.clear();
  return Done{};
}

}  // namespace

Result<std::unique_ptr<Journals>> open_journals(const JournalOptions& options, Disk& disk,
                                                BackgroundFactory backgrounds) {
  if (options.segment_bytes < segment_bytes_min || options.segment_bytes > segment_bytes_max) {
    return Fault{FaultCode::invalid_argument, "segment_bytes must be from " +
                                                  std::to_string(segment_bytes_min) + " to " +
                                                  std::to_string(segment_bytes_max)};
  }
  if (options.boot.raw().size() > boot_id_characters_max) {
    return Fault{
        FaultCode::invalid_argument,
        "the boot id has more than " + std::to_string(boot_id_characters_max) + " characters"};
  }
  return std::unique_ptr<Journals>{
      std::make_unique<FileJournals>(options, disk, std::move(backgrounds))};
}

}  // namespace sluice
