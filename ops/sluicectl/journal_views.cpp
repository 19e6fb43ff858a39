// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/offline_journal.hpp"
#include "ops/sluicectl/stored_documents.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

std::string_view to_string(SegmentReport::State state) {
  switch (state) {
    case SegmentReport::State::whole:
      return "whole";
    case SegmentReport::State::torn:
      return "torn";
    case SegmentReport::State::damaged:
      return "damaged";
  }
  return "";
}

Tint tint_of(SegmentReport::State state) {
  switch (state) {
    case SegmentReport::State::whole:
      return Tint::good;
    case SegmentReport::State::torn:
      return Tint::warning;
    case SegmentReport::State::damaged:
      return Tint::bad;
  }
  return Tint::none;
}

std::string_view to_string(Durability durability) {
  switch (durability) {
    case Durability::memory:
      return "memory";
    case Durability::process:
      return "process";
    case Durability::disk:
      return "disk";
  }
  return "";
}

std::string range(Sequence first, Sequence last) {
  return first == last ? fmt::format("{}", first.raw())
                       : fmt::format("{} to {}", first.raw(), last.raw());
}

Cell state_cell(const SegmentReport& segment) {
  const bool whole = segment.state == SegmentReport::State::whole;
  return {whole ? std::string{to_string(segment.state)}
                : fmt::format("{} at byte {}", to_string(segment.state), segment.offset),
          tint_of(segment.state)};
}

std::string bytes(std::uint64_t number) {
  return format_amount(Amount{number}, AmountUnit::bytes);
}

Json number_or_null(const std::optional<Sequence>& sequence) {
  return sequence ? Json(sequence->raw()) : Json();
}

/// What few parts have is told of those that have it.
std::string unless_none(std::string_view name, Amount amount) {
  return amount == Amount{} ? "" : fmt::format(", {} {}", name, amount.raw());
}

std::string part_text(const PartRef& part) {
  return part.is_whole() ? ""
         : part->others  ? fmt::format(", of other {}s", part->label)
                         : fmt::format(", of {}={}", part->label, part->value);
}

std::string usage_line(std::string_view kind, const UsageBucket& bucket) {
  return fmt::format(
      "  {} usage: meter {}, minute {}, used {}, allowed {}, denied {}, throttled {}{}{}{}\n", kind,
      bucket.meter.raw(), format_instant(start_of(bucket.minute)), bucket.used.raw(),
      bucket.allowed, bucket.denied, bucket.throttled, unless_none("overage", bucket.overage),
      unless_none("price_micros", Amount{bucket.price_micros}), part_text(bucket.part));
}

std::string until(WallTime instant) {
  return instant == wall_time_never ? "never" : format_instant(instant);
}

std::string counter_line(const Counter& counter) {
  const bool paced = counter.paced_until != WallTime{};
  return fmt::format("  counter: limit {}, used {}, until {}{}{}{}\n", counter.limit.raw(),
                     counter.used.raw(), until(counter.until), unless_none("overage", counter.over),
                     unless_none("previous", counter.previous),
                     paced ? ", paced until " + until(counter.paced_until) : "");
}

std::string window_line(const ClosedWindow& window) {
  const bool paid = window.paid_by != EntryId{};
  return fmt::format("  closed window: limit {}, meter {}, ended {}, used {}{}{}{}\n",
                     window.limit.raw(), window.meter.raw(), format_instant(window.ended_at),
                     window.used.raw(), unless_none("overage", window.over),
                     unless_none("price_micros", Amount{window.price_micros}),
                     paid ? ", paid by " + text_of(window.paid_by) : "");
}

std::string crossing_line(const ThresholdCrossed& crossed) {
  const bool labelled = crossed.counter != EntryId{};
  return fmt::format("  crossed: limit {}, meter {}, {}% of {}, used {}, until {}{}\n",
                     crossed.limit.raw(), crossed.meter.raw(), crossed.threshold.raw(),
                     crossed.size.raw(), crossed.used.raw(), until(crossed.until),
                     labelled ? ", counter " + text_of(crossed.counter) : "");
}

std::string entry_line(const Entry& entry) {
  std::string line =
      fmt::format("  entry: id {}, {}, due {}, first {}", text_of(entry.id), name_of(entry.state),
                  until(entry.due), to_string(entry.first.outcome));
  for (const HeldCharge& charge : entry.charges) {
    line += fmt::format(", meter {} held {} used {}", charge.meter.raw(), charge.held.raw(),
                        charge.used.raw());
  }
  if (entry.given_back) {
    line += fmt::format(", gave back {}", entry.given_back->raw());
  }
  for (const OwnedLabel& label : entry.labels) {
    line += fmt::format(", {}={}", label.name, label.value);
  }
  if (entry.counter) {
    line +=
        fmt::format(", limit {} used {}", entry.counter->limit.raw(), entry.counter->used.raw());
  }
  if (entry.use) {
    line += fmt::format(", grant {} since {}: {} uses, {} units", to_string(entry.use->open.grant),
                        format_instant(start_of(entry.use->open.hour)), entry.use->open.uses,
                        entry.use->open.units.raw());
  }
  if (entry.grant) {
    line += fmt::format(", limit {} amount {} balance {} paid {}", entry.grant->limit.raw(),
                        entry.grant->terms.amount.raw(), entry.grant->balance.raw(),
                        entry.grant->paid.raw());
  }
  return line + '\n';
}

Json losses_of(const std::vector<LostCommits>& losses) {
  Json list = Json::array();
  for (const LostCommits& lost : losses) {
    const bool known = lost.loss.first != Sequence{};
    list.push_back(Json{{"epoch", lost.journal.epoch.raw()},
                        {"reactor", lost.journal.reactor},
                        {"first_commit", known ? Json(lost.loss.first.raw()) : Json()},
                        {"last_commit", known ? Json(lost.loss.last.raw()) : Json()},
                        {"offset", lost.loss.offset},
                        {"message", lost.sentence}});
  }
  return list;
}

std::string lines(std::string_view word, Tint tint, const std::vector<LostCommits>& losses,
                  Style style) {
  std::string text;
  for (const LostCommits& lost : losses) {
    text += fmt::format("{}  {}\n", tinted(word, tint, style), lost.sentence);
  }
  return text;
}

}  // namespace

Json document_of(const std::vector<SegmentReport>& segments) {
  Json list = Json::array();
  for (const SegmentReport& segment : segments) {
    const bool whole = segment.state == SegmentReport::State::whole;
    list.push_back(
        Json{{"file", segment.file},
             {"epoch", segment.name.journal.epoch.raw()},
             {"reactor", segment.name.journal.reactor},
             {"segment", segment.name.number.raw()},
             {"durability", segment.header ? Json(to_string(segment.header->durability)) : Json()},
             {"bytes", segment.size},
             {"bytes_used", segment.used},
             {"commits", segment.frames},
             {"first_commit", number_or_null(segment.first)},
             {"last_commit", number_or_null(segment.last)},
             {"state", to_string(segment.state)},
             {"offset", whole ? Json() : Json(segment.offset)}});
  }
  return list;
}

Json audit_list(std::span<const AuditRow> rows) {
  Json list = Json::array();
  for (const AuditRow& row : rows) {
    list.push_back(Json{{"action", to_string(row.what.action)},
                        {"subject", row.what.subject},
                        {"credential", row.what.author.credential},
                        {"after", row.what.after}});
  }
  return list;
}

Json document_of(const Watermark& at, const TenantChange& change) {
  return Json{{"epoch", at.epoch.raw()},
              {"commit", at.sequence.raw()},
              {"tenant", to_string(change.tenant)},
              {"shard", change.shard.raw()},
              {"removed", change.removed},
              {"counters", list_of(change.counters)},
              {"open_usage", list_of(change.open_usage)},
              {"closed_usage", list_of(change.closed_usage)},
              {"closed_windows", list_of(change.closed_windows)},
              {"entries", list_of(change.entries)},
              {"audit", audit_list(change.audit)},
              {"crossed", list_of(change.crossed)},
              {"closed_shared", list_of(change.closed_shared)}};
}

Json document_of(const RepairReport& repair) {
  Json kept = Json::array();
  for (const KeptCommits& commits : repair.salvage.kept) {
    kept.push_back(Json{{"epoch", commits.journal.epoch.raw()},
                        {"reactor", commits.journal.reactor},
                        {"first_commit", commits.first.raw()},
                        {"last_commit", commits.last.raw()}});
  }
  return Json{{"applied", repair.mode == RepairMode::apply},
              {"kept", kept},
              {"cut", losses_of(repair.salvage.cut)},
              {"lost", losses_of(repair.salvage.lost)},
              {"rewritten", repair.rewritten}};
}

std::string view_of(const std::vector<SegmentReport>& segments, Style style) {
  if (segments.empty()) {
    return "no segments\n";
  }
  Table table{{{"FILE"},
               {"EPOCH", Align::right},
               {"REACTOR", Align::right},
               {"DURABILITY"},
               {"SIZE", Align::right},
               {"USED", Align::right},
               {"COMMITS", Align::right},
               {"SEQUENCES"},
               {"STATE"}}};
  for (const SegmentReport& segment : segments) {
    table.add(
        {{segment.file, Tint::none},
         {fmt::format("{}", segment.name.journal.epoch.raw()), Tint::none},
         {fmt::format("{}", segment.name.journal.reactor), Tint::none},
         {segment.header ? std::string{to_string(segment.header->durability)} : "?", Tint::none},
         {bytes(segment.size), Tint::none},
         {bytes(segment.used), Tint::none},
         {fmt::format("{}", segment.frames), Tint::none},
         {segment.first ? range(*segment.first, *segment.last) : "-", Tint::none},
         state_cell(segment)});
  }
  return table.print(style);
}

std::string view_of(const Watermark& at, const TenantChange& change) {
  std::string text =
      fmt::format("epoch {}, commit {}: tenant {}, shard {}{}\n", at.epoch.raw(), at.sequence.raw(),
                  to_string(change.tenant), change.shard.raw(), change.removed ? ", removed" : "");
  for (const Counter& counter : change.counters) {
    text += counter_line(counter);
  }
  for (const UsageBucket& bucket : change.open_usage) {
    text += usage_line("open", bucket);
  }
  for (const UsageBucket& bucket : change.closed_usage) {
    text += usage_line("closed", bucket);
  }
  for (const ClosedWindow& window : change.closed_windows) {
    text += window_line(window);
  }
  for (const Entry& entry : change.entries) {
    text += entry_line(entry);
  }
  for (const AuditRow& row : change.audit) {
    text += fmt::format("  audit {} {}\n", to_string(row.what.action), row.what.subject);
  }
  for (const ThresholdCrossed& crossed : change.crossed) {
    text += crossing_line(crossed);
  }
  for (const SharedHourRow& row : change.closed_shared) {
    text += fmt::format("  used under grant {} in the hour of {}: {} uses, {} units, {} denied\n",
                        to_string(row.hour.grant), format_instant(start_of(row.hour.hour)),
                        row.hour.uses, row.hour.units.raw(), row.hour.denied);
  }
  return text;
}

std::string view_of(const RepairReport& repair, Style style) {
  std::string text;
  for (const KeptCommits& kept : repair.salvage.kept) {
    text +=
        fmt::format("{}  epoch {}, reactor {}: commits {}\n", tinted("kept", Tint::good, style),
                    kept.journal.epoch.raw(), kept.journal.reactor, range(kept.first, kept.last));
  }
  text += lines("cut ", Tint::warning, repair.salvage.cut, style);
  text += lines("lost", Tint::bad, repair.salvage.lost, style);
  if (repair.rewritten.empty()) {
    return text + "nothing is damaged: there is nothing to repair\n";
  }
  const bool applied = repair.mode == RepairMode::apply;
  for (const std::string& sentence : repair.rewritten) {
    text += fmt::format("{} {}\n", applied ? "wrote anew" : "would write anew", sentence);
  }
  return text + (applied ? "the originals are beside them as .damaged-copy\n"
                         : "nothing was changed; --apply does it, and gives up what is lost\n");
}

}  // namespace sluice::ctl
