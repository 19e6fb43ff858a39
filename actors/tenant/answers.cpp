// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/answers.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "actors/tenant/invariant.hpp"
#include "actors/tenant/prefetch.hpp"

namespace sluice {

Answers::Place Answers::append(const Entry& entry, Instant due, bool has_row) {
  Chunk& chunk = chunk_to_fill();
  const std::size_t ordinal = chunk.answers.size();
  chunk.answers.push_back(
      {.due = due, .begin = static_cast<std::uint32_t>(chunk.bytes.size()), .has_row = has_row});
  append_answer(entry, chunk.bytes);
  ++chunk.live;
  ++size_;
  const std::uint64_t serial = first_ + chunks_.size() - 1;
  return static_cast<Place>((serial & serial_mask) << ordinal_bits | ordinal);
}

Answers::Chunk& Answers::chunk_to_fill() {
  if (!is_filling_) {
    start(Kind::fresh, 0);
  }
  const Chunk& last = chunks_.back();
  const bool is_full =
      last.bytes.size() >= chunk_bytes_max || last.answers.size() >= answers_per_chunk_max;
  // A page is as large as it was written; what would be beyond it, it does not have.
  if (is_full && last.kind != Kind::page) {
    start(last.kind, 0);
  }
  return chunks_.back();
}

void Answers::start(Kind kind, std::uint64_t page) {
  const Chunk* const before = chunks_.empty() ? nullptr : &chunks_.back();
  Chunk& chunk = chunks_.emplace_back(std::exchange(spare_, Chunk{}));
  chunk.kind = kind;
  chunk.page = page;
  chunk.live = chunk.first = 0;
  chunk.answers.clear();
  chunk.bytes.clear();
  if (before != nullptr) {  // It is likely to become as large.
    chunk.answers.reserve(before->answers.size());
    chunk.bytes.reserve(before->bytes.size());
  }
  is_filling_ = true;
}

void Answers::begin_page(std::uint64_t number) {
  start(Kind::page, number);
}

void Answers::begin_rows() {
  start(Kind::rows, 0);
}

void Answers::end(std::vector<EntryId>& gone) {
  is_filling_ = false;
  const Chunk& last = chunks_.back();
  if (last.live > 0) {
    return;
  }
  if (last.kind == Kind::page) {
    gone.push_back({reserved_id_high, last.page});
  }
  chunks_.pop_back();
}

EntryId Answers::id_at(Place place) const noexcept {
  return answer_id_at(chunks_[chunk_of(place)].bytes.data() + at(place).begin);
}

void Answers::read(Place place, Entry& entry) const {
  read(chunks_[chunk_of(place)], place & answers_per_chunk_max, entry);
}

void Answers::read(const Chunk& chunk, std::size_t ordinal, Entry& entry) {
  const std::size_t begin = chunk.answers[ordinal].begin;
  auto bytes = std::span{chunk.bytes}.subspan(begin, end_of(chunk, ordinal) - begin);
  SLUICE_INVARIANT(take_answer(bytes, entry));
}

std::size_t Answers::end_of(const Chunk& chunk, std::size_t ordinal) noexcept {
  const bool is_last = ordinal + 1 == chunk.answers.size();
  return is_last ? chunk.bytes.size() : chunk.answers[ordinal + 1].begin;
}

Answers::Place Answers::oldest() const noexcept {
  return static_cast<Place>((first_ & serial_mask) << ordinal_bits | chunks_.front().first);
}

void Answers::prefetch_chunks() const noexcept {
  if (!chunks_.empty()) {
    prefetch_object(chunks_.front());
    prefetch_object(chunks_.back());
  }
}

void Answers::prefetch_ends() const noexcept {
  if (chunks_.empty()) {
    return;
  }
  const Chunk& oldest = chunks_.front();
  const Chunk& latest = chunks_.back();
  __builtin_prefetch(oldest.answers.data() + oldest.first);
  __builtin_prefetch(latest.answers.data() + latest.answers.size(), 1);
  prefetch_bytes(latest.bytes.data() + latest.bytes.size(), usual_answer_bytes);
}

void Answers::forget(Place place, std::vector<EntryId>& gone) {
  Chunk& chunk = chunks_[chunk_of(place)];
  Answer& answer = chunk.answers[place & answers_per_chunk_max];
  if (answer.has_row) {
    gone.push_back(id_at(place));
  }
  answer.is_gone = true;
  --size_;
  if (--chunk.live == 0 && chunk.kind == Kind::page) {
    gone.push_back({reserved_id_high, chunk.page});
  }
  while (chunk.first < chunk.answers.size() && chunk.answers[chunk.first].is_gone) {
    ++chunk.first;
  }
  while (!chunks_.empty() && chunks_.front().live == 0) {
    is_filling_ = is_filling_ && chunks_.size() > 1;
    spare_ = std::move(chunks_.front());
    chunks_.pop_front();
    ++first_;
  }
}

void Answers::take_unsaved(std::vector<Entry>& rows, std::vector<EntryId>& gone) {
  is_filling_ = false;
  const std::uint64_t begin = std::max(first_, first_unsaved_);
  const bool are_many = begin + 1 < first_ + chunks_.size();
  for (std::uint64_t at = begin; at < first_ + chunks_.size(); ++at) {
    Chunk& chunk = chunks_[static_cast<std::size_t>(at - first_)];
    if (chunk.live == 0) {
      continue;
    }
    if (chunk.kind == Kind::fresh) {
      chunk.kind = are_many || chunk.live >= page_answers_min ? Kind::page : Kind::rows;
      chunk.page = chunk.kind == Kind::page ? next_page_++ : 0;
    }
    chunk.kind == Kind::page ? take_page(chunk, rows, gone) : take_rows(chunk, rows);
  }
  mark_saved();
}

void Answers::take_page(Chunk& chunk, std::vector<Entry>& rows, std::vector<EntryId>& gone) {
  Entry& row = rows.emplace_back();
  for (std::size_t ordinal = chunk.first; ordinal < chunk.answers.size(); ++ordinal) {
    Answer& answer = chunk.answers[ordinal];
    if (answer.is_gone) {
      continue;
    }
    const auto begin = chunk.bytes.begin();
    row.page.insert(row.page.end(), begin + static_cast<std::ptrdiff_t>(answer.begin),
                    begin + static_cast<std::ptrdiff_t>(end_of(chunk, ordinal)));
    if (std::exchange(answer.has_row, false)) {
      gone.push_back(answer_id_at(chunk.bytes.data() + answer.begin));
    }
  }
  Entry last;
  read(chunk, chunk.answers.size() - 1, last);
  row.id = {reserved_id_high, chunk.page};
  row.due = last.due;
}

void Answers::take_rows(Chunk& chunk, std::vector<Entry>& rows) {
  for (std::size_t ordinal = chunk.first; ordinal < chunk.answers.size(); ++ordinal) {
    if (!chunk.answers[ordinal].is_gone) {
      read(chunk, ordinal, rows.emplace_back());
      chunk.answers[ordinal].has_row = true;
    }
  }
}

}  // namespace sluice
