// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/inspection.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

constexpr const char* copy_suffix = ".damaged-copy";
constexpr const char* draft_suffix = ".repaired";

std::string commits(Sequence first, Sequence last) {
  return first == last
             ? "commit " + std::to_string(first.raw())
             : "commits " + std::to_string(first.raw()) + " to " + std::to_string(last.raw());
}

SegmentReport report(const SurveyedSegment& segment) {
  SegmentReport report;
  report.file = to_string(segment.name);
  report.name = segment.name;
  report.header = segment.header;
  report.size = segment.size;
  for (const FrameRun& run : segment.runs) {
    report.frames += run.frames;
    report.used = run.end;
    report.first = report.first.value_or(run.first);
    report.last = run.last;
  }
  return report;
}

void mark(SegmentReport& report, const Loss& loss) {
  if (report.state == SegmentReport::State::damaged) {
    return;
  }
  report.state = loss.is_damage() ? SegmentReport::State::damaged : SegmentReport::State::torn;
  report.offset = loss.offset;
}

/// The damage in one journal and the files that it takes to repair it.
class Repair {
public:
  Repair(Disk& disk, const SurveyedJournal& journal, Judgement judgement)
      : disk_(disk), journal_(journal), judgement_(std::move(judgement)) {}

  [[nodiscard]] Result<Done> run(RepairMode mode, std::vector<std::string>& told) {
    for (std::size_t segment = 0; segment < journal_.segments.size(); ++segment) {
      std::string sentence;
      for (const Loss& loss : judgement_.losses) {
        if (loss.is_damage() && loss.before.segment == segment) {
          sentence += (sentence.empty() ? "" : "; ") + describe(disk_, journal_, loss);
        }
      }
      if (sentence.empty()) {
        continue;
      }
      if (mode == RepairMode::apply) {
        if (Result<Done> done = rewrite(segment); !done.ok()) {
          return done;
        }
      }
      told.push_back(to_string(journal_.segments[segment].name) + ": " + sentence);
    }
    return Done{};
  }

private:
  static void append_mark(std::vector<std::byte>& into, const Loss& loss) {
    const std::size_t at = into.size();
    into.resize(at + frame_header_bytes);
    seal(std::span{into}.subspan(at),
         {.sequence = loss.last, .synced_through = Sequence{loss.first.raw() - 1}});
  }

  /// The segment's bytes without what makes no sense, and with marks.
  [[nodiscard]] std::vector<std::byte> mended(std::size_t index,
                                              std::span<const std::byte> bytes) const {
    const SurveyedSegment& segment = journal_.segments[index];
    const auto header = encode(
        segment.header.value_or(SegmentHeader{segment.name, Durability::process, journal_.boot}));
    std::vector<std::byte> result{header.begin(), header.end()};
    for (std::size_t i = 0; i < segment.runs.size(); ++i) {
      const FrameRun& run = segment.runs[i];
      const RunIndex at{index, i};
      if (std::find(judgement_.kept.begin(), judgement_.kept.end(), at) == judgement_.kept.end()) {
        continue;
      }
      for (const Loss& loss : judgement_.losses) {
        if (loss.kind == Loss::Kind::damaged && loss.before == at) {
          append_mark(result, loss);
        }
      }
      const auto frames = bytes.subspan(run.begin, run.end - run.begin);
      result.insert(result.end(), frames.begin(), frames.end());
    }
    return result;
  }

  [[nodiscard]] Result<Done> rewrite(std::size_t index) {
    const std::string file = to_string(journal_.segments[index].name);
    std::vector<std::byte> buffer;
    const Result<std::span<const std::byte>> original = read_segment(disk_, file, buffer);
    if (!original.ok()) {
      return original.fault();
    }
    const Result<std::string> copy = free_name(file + copy_suffix);
    if (!copy.ok()) {
      return copy.fault();
    }
    if (Result<Done> kept = write(copy.value(), original.value()); !kept.ok()) {
      return kept;
    }
    if (Result<Done> drafted = write(file + draft_suffix, mended(index, original.value()));
        !drafted.ok()) {
      return drafted;
    }
    if (Result<Done> replaced = disk_.rename(file + draft_suffix, file); !replaced.ok()) {
      return replaced;
    }
    return disk_.sync_directory();
  }

  /// An earlier copy is not overwritten: it may have what this one has lost.
  [[nodiscard]] Result<std::string> free_name(const std::string& wanted) const {
    const Result<std::vector<std::string>> files = disk_.list();
    if (!files.ok()) {
      return files.fault();
    }
    const auto taken = [&](const std::string& name) {
      return std::binary_search(files.value().begin(), files.value().end(), name);
    };
    std::string name = wanted;
    for (int number = 2; taken(name); ++number) {
      name = wanted + '-' + std::to_string(number);
    }
    return name;
  }

  /// A new file with these bytes, durably; or none.
  [[nodiscard]] Result<Done> write(const std::string& file, std::span<const std::byte> bytes) {
    Result<Done> written = disk_.remove(file);
    if (written.ok()) {
      written = fill(file, bytes);
    }
    if (!written.ok()) {
      (void)disk_.remove(file);  // It may be the disk that is full, and this is of no use.
    }
    return written;
  }

  [[nodiscard]] Result<Done> fill(const std::string& file, std::span<const std::byte> bytes) {
    const Result<std::unique_ptr<DiskFile>> created = disk_.create(file, bytes.size());
    if (!created.ok()) {
      return created.fault();
    }
    if (Result<Done> written = created.value()->write(0, bytes); !written.ok()) {
      return written;
    }
    if (Result<Done> synced = created.value()->sync(); !synced.ok()) {
      return synced;
    }
    return disk_.sync_directory();
  }

  Disk& disk_;
  const SurveyedJournal& journal_;
  const Judgement judgement_;
};

}  // namespace

std::string describe(const Disk& disk, const SurveyedJournal& journal, const Loss& loss) {
  const std::string place = "journal file " + disk.path() + '/' +
                            to_string(journal.segments[loss.segment].name) + ", byte " +
                            std::to_string(loss.offset) + ": ";
  switch (loss.kind) {
    case Loss::Kind::torn:
      return place + "the last commit was never whole";
    case Loss::Kind::cut:
      return place + "a power cut took " + commits(loss.first, loss.last);
    case Loss::Kind::damaged:
      return place + commits(loss.first, loss.last) + " of epoch " +
             std::to_string(journal.id.epoch.raw()) + " must have been there and cannot be read";
    case Loss::Kind::misplaced:
      return place + commits(loss.first, loss.last) + " of epoch " +
             std::to_string(journal.id.epoch.raw()) + " stand behind later ones";
  }
  return place;
}

Result<std::vector<SegmentReport>> inspect(Disk& disk, const BootId& current_boot) {
  const Result<std::vector<SurveyedJournal>> journals = survey(disk);
  if (!journals.ok()) {
    return journals.fault();
  }
  std::vector<SegmentReport> reports;
  for (const SurveyedJournal& journal : journals.value()) {
    const std::size_t first = reports.size();
    std::transform(journal.segments.begin(), journal.segments.end(), std::back_inserter(reports),
                   report);
    for (const Loss& loss : judge(journal, current_boot).losses) {
      mark(reports[first + loss.segment], loss);
    }
  }
  return reports;
}

Result<Done> read_changes(Disk& disk, const SegmentName& segment, const ChangeTold& told) {
  std::vector<std::byte> buffer;
  const Result<std::span<const std::byte>> read = read_segment(disk, to_string(segment), buffer);
  if (!read.ok()) {
    return read.fault();
  }
  if (Result<std::optional<SegmentHeader>> header = decode_header(read.value()); !header.ok()) {
    return header.fault();
  }
  ChangeReader reader;
  std::span<const std::byte> left = read.value();
  left = left.subspan(std::min(segment_header_bytes, left.size()));
  while (left.size() >= frame_header_bytes) {
    const std::optional<Frame> frame = frame_at(left);
    if (frame) {
      reader.start(*frame);
      while (const TenantChange* change = reader.next()) {
        told(Watermark{segment.journal.epoch, frame->header.sequence}, *change);
      }
    }
    left = left.subspan(frame ? frame->bytes.size() : frame_alignment);
  }
  return Done{};
}

Result<std::vector<std::string>> verify(Disk& disk, const BootId& current_boot) {
  const Result<std::vector<SurveyedJournal>> journals = survey(disk);
  if (!journals.ok()) {
    return journals.fault();
  }
  std::vector<std::string> problems;
  for (const SurveyedJournal& journal : journals.value()) {
    for (const Loss& loss : judge(journal, current_boot).losses) {
      if (loss.is_damage()) {
        problems.push_back(describe(disk, journal, loss));
      }
    }
  }
  return problems;
}

Result<std::vector<std::string>> repair(Disk& disk, const BootId& current_boot, RepairMode mode) {
  const Result<std::vector<SurveyedJournal>> journals = survey(disk);
  if (!journals.ok()) {
    return journals.fault();
  }
  std::vector<std::string> told;
  for (const SurveyedJournal& journal : journals.value()) {
    Repair repair{disk, journal, judge(journal, current_boot)};
    if (Result<Done> done = repair.run(mode, told); !done.ok()) {
      return done.fault();
    }
  }
  return told;
}

}  // namespace sluice
