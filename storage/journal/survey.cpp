// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/survey.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice {

namespace {

bool all_zeros(std::span<const std::byte> bytes) noexcept {
  // Each byte equals the one before it, and the first is zero.
  return bytes.empty() || (bytes.front() == std::byte{0} &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

/// Finds the frames of one segment.
class FrameSearch {
public:
  FrameSearch(std::span<const std::byte> bytes, SurveyedJournal& journal, SurveyedSegment& segment)
      : bytes_(bytes), journal_(journal), segment_(segment) {}

  void run() {
    std::optional<std::uint64_t> bad;
    // A header is on the disk before there is a frame behind it. So one that cannot be read, with
    // nothing behind it, is what is left of a segment that could not be made.
    if (!segment_.header && bytes_.size() > segment_header_bytes &&
        !all_zeros(bytes_.subspan(segment_header_bytes))) {
      bad = 0;
    }
    std::size_t at = segment_header_bytes;
    while (at < bytes_.size()) {
      if (const std::optional<Frame> frame = good_frame(at)) {
        take(*frame, at, std::exchange(bad, std::nullopt));
        at += frame->bytes.size();
        continue;
      }
      if (!bad && all_zeros(bytes_.subspan(at))) {
        break;  // Nothing more was ever written.
      }
      if (!bad) {
        bad = at;
      }
      at += frame_alignment;
    }
    segment_.bad_tail = bad;
    if (bad == segment_header_bytes && segment_.runs.empty()) {
      segment_.only_claim = claim_at(bytes_.subspan(segment_header_bytes));
    }
  }

private:
  [[nodiscard]] std::optional<Frame> good_frame(std::size_t at) {
    std::optional<Frame> frame = frame_at(bytes_.subspan(at));
    if (frame) {
      reader_.start(*frame);
      while (reader_.next() != nullptr) {
      }
      if (!reader_.whole()) {
        frame = std::nullopt;
      }
    }
    return frame;
  }

  void take(const Frame& frame, std::size_t at, std::optional<std::uint64_t> bad_before) {
    const FrameHeader& header = frame.header;
    std::vector<FrameRun>& runs = segment_.runs;
    if (bad_before || runs.empty() || header.is_mark() || !goes_on(runs.back(), header)) {
      FrameRun& run = runs.emplace_back();
      run.bad_before = bad_before;
      run.begin = at;
      run.first = header.sequence;
      run.follows = header.follows;
      if (header.is_mark()) {
        run.gap_after = header.synced_through;
      }
    }
    if (!header.is_mark()) {
      journal_.synced_through = std::max(journal_.synced_through, header.synced_through);
    }
    FrameRun& run = runs.back();
    run.end = at + frame.bytes.size();
    run.last = header.sequence;
    run.end_link = {frame.checksum, header.follows, header.is_mark()};
    ++run.frames;
  }

  [[nodiscard]] static bool goes_on(const FrameRun& run, const FrameHeader& header) noexcept {
    return header.sequence.raw() == run.last.raw() + 1 &&
           (run.end_link.is_mark || header.follows == run.end_link.checksum);
  }

  std::span<const std::byte> bytes_;
  SurveyedJournal& journal_;
  SurveyedSegment& segment_;
  ChangeReader reader_;
};

Result<Done> survey_segment(Disk& disk, const SegmentName& name, std::vector<std::byte>& buffer,
                            SurveyedJournal& journal) {
  const std::string file = to_string(name);
  const Result<std::span<const std::byte>> read = read_segment(disk, file, buffer);
  if (!read.ok()) {
    return read.fault();
  }
  Result<std::optional<SegmentHeader>> header = decode_header(read.value());
  if (!header.ok()) {
    return Fault{header.fault().code,
                 "journal file " + disk.path() + '/' + file + ": " + header.fault().context};
  }
  SurveyedSegment segment{.name = name,
                          .size = read.value().size(),
                          .header = std::move(header).value(),
                          .runs = {},
                          .bad_tail = std::nullopt,
                          .only_claim = std::nullopt};
  if (segment.header && segment.header->name != name) {
    segment.header = std::nullopt;  // It belongs to another file.
  }
  if (segment.header && !segment.header->boot.raw().empty()) {
    journal.boot = segment.header->boot;
  }
  FrameSearch{read.value(), journal, segment}.run();
  journal.segments.push_back(std::move(segment));
  return Done{};
}

/// Goes through the runs of a journal and tells jumps from what is in its order.
class Judge {
public:
  Judge(const SurveyedJournal& journal, const BootId& current_boot)
      : journal_(journal),
        // Who wrote it is unknown only if every header is damaged.
        same_boot_(journal.boot.raw().empty() || journal.boot == current_boot) {}

  [[nodiscard]] Judgement run() && {
    for (std::size_t segment = 0; segment < journal_.segments.size(); ++segment) {
      const SurveyedSegment& surveyed = journal_.segments[segment];
      for (std::size_t run = 0; run < surveyed.runs.size(); ++run) {
        note_bad(segment, surveyed.runs[run].bad_before);
        if (!judge_run({segment, run}, surveyed.runs[run])) {
          return std::move(judgement_);
        }
        bad_ = std::nullopt;
      }
      note_bad(segment, surveyed.bad_tail, surveyed.only_claim);
    }
    judge_end();
    return std::move(judgement_);
  }

private:
  struct Place {
    std::size_t segment;
    std::uint64_t offset;
    std::optional<FrameHeader> claim;  ///< Of one that is alone in its segment.
  };

  void note_bad(std::size_t segment, std::optional<std::uint64_t> offset,
                const std::optional<FrameHeader>& claim = std::nullopt) {
    if (offset && !bad_) {
      bad_ = Place{segment, *offset, claim};
    } else if (offset && !(bad_->claim && claim && is_same_commit(*bad_->claim, *claim))) {
      bad_->claim = std::nullopt;
    }
  }

  [[nodiscard]] static bool is_same_commit(const FrameHeader& a, const FrameHeader& b) {
    return a.sequence == b.sequence && a.follows == b.follows;
  }
  /// Whether no more stood in the bad place than an earlier try to write the first frame of the
  /// run: each goes on from the same frame.
  [[nodiscard]] bool is_first_try(const FrameRun& run) const {
    return bad_->claim && bad_->claim->sequence == run.first && bad_->claim->follows == run.follows;
  }

  [[nodiscard]] bool goes_on(const FrameRun& run, const RunIndex& at) const {
    const std::uint64_t first = run.first.raw();
    if (first == last_ + 1 && (link_.is_mark || run.follows == link_.checksum)) {
      return true;
    }
    if (judgement_.kept.empty() && (!bad_ || is_first_try(run))) {
      return true;  // Whole segments before it were released; a bad place could hide more.
    }
    if (run.gap_after) {
      return run.gap_after->raw() <= last_ && first >= last_;
    }
    // A write that failed may yet have arrived, and was then repeated in the next segment.
    return !judgement_.kept.empty() && first == last_ && at.run == 0 &&
           run.follows == link_.follows;
  }

  /// False if the journal ends in front of this run.
  [[nodiscard]] bool judge_run(const RunIndex& at, const FrameRun& run) {
    if (goes_on(run, at)) {
      keep(at, run);
      return true;
    }
    const Place place = bad_.value_or(Place{at.segment, run.begin, std::nullopt});
    const Sequence last = run.gap_after.value_or(Sequence{run.first.raw() - 1});
    Loss loss{.kind = Loss::Kind::damaged,
              .segment = place.segment,
              .offset = place.offset,
              .first = std::min(Sequence{last_ + 1}, last),
              .last = last,
              .before = at};
    if (!same_boot_ && journal_.synced_through < loss.first) {
      loss.kind = Loss::Kind::cut;
      loss.last = std::max(last_anywhere(), loss.first);
    } else if (run.first.raw() <= last_) {
      loss.kind = Loss::Kind::misplaced;
      loss.first = run.first;
      loss.last = run.last;
    } else {
      keep(at, run);
    }
    judgement_.losses.push_back(loss);
    return loss.kind != Loss::Kind::cut;
  }

  void keep(const RunIndex& at, const FrameRun& run) {
    judgement_.kept.push_back(at);
    last_ = run.last.raw();
    link_ = run.end_link;
  }

  void judge_end() {
    // What a frame says was synced came before that frame, so a missing end is never known to have
    // been there.
    if (bad_) {
      Loss loss;
      loss.segment = bad_->segment;
      loss.offset = bad_->offset;
      judgement_.losses.push_back(loss);
    }
  }

  [[nodiscard]] Sequence last_anywhere() const {
    Sequence last{0};
    for (const SurveyedSegment& segment : journal_.segments) {
      for (const FrameRun& run : segment.runs) {
        last = std::max(last, run.last);
      }
    }
    return last;
  }

  const SurveyedJournal& journal_;
  const bool same_boot_;
  Judgement judgement_;
  std::uint64_t last_ = 0;    ///< The sequence that the next run should go on from.
  FrameLink link_;            ///< The frame of that.
  std::optional<Place> bad_;  ///< The first bad place since the last run.
};

}  // namespace

Result<std::span<const std::byte>> read_segment(Disk& disk, const std::string& file,
                                                std::vector<std::byte>& buffer) {
  Result<std::unique_ptr<DiskFile>> opened = disk.open(file);
  if (!opened.ok()) {
    return opened.fault();
  }
  DiskFile& segment = *opened.value();
  if (segment.size() > segment_header_bytes + frame_bytes_max) {
    return Fault{FaultCode::data_damaged, "journal file " + disk.path() + '/' + file +
                                              " is larger than any that sluiced writes"};
  }
  if (buffer.size() < segment.size()) {
    buffer.resize(static_cast<std::size_t>(segment.size()));
  }
  const std::span<std::byte> bytes{buffer.data(), static_cast<std::size_t>(segment.size())};
  const Result<std::size_t> read = segment.read(0, bytes);
  if (!read.ok()) {
    return read.fault();
  }
  return std::span<const std::byte>{bytes.first(read.value())};
}

Result<std::vector<SurveyedJournal>> survey(Disk& disk) {
  const Result<std::vector<std::string>> files = disk.list();
  if (!files.ok()) {
    return files.fault();
  }
  std::vector<SegmentName> names;
  for (const std::string& file : files.value()) {
    if (const std::optional<SegmentName> name = parse_segment_name(file)) {
      names.push_back(*name);
    }
  }
  std::sort(names.begin(), names.end());
  std::vector<SurveyedJournal> journals;
  std::vector<std::byte> buffer;
  for (const SegmentName& name : names) {
    if (journals.empty() || journals.back().id != name.journal) {
      journals.push_back({name.journal, BootId{}, Sequence{0}, {}});
    }
    if (Result<Done> done = survey_segment(disk, name, buffer, journals.back()); !done.ok()) {
      return done.fault();
    }
  }
  return journals;
}

Judgement judge(const SurveyedJournal& journal, const BootId& current_boot) {
  return Judge{journal, current_boot}.run();
}

}  // namespace sluice
