// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "actors/tenant/answer_bytes.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Answers in the order in which they are forgotten, as bytes side by side.
///
/// They lie in chunks. A flush closes the chunk that is being filled and decides how the store has
/// it: many answers as one row, a page; a few as a row each, as all were in earlier versions. So a
/// busy tenant costs the store a row for some fifty answers, and each is written once.
///
/// Role       Bookkeeping: what is remembered, and in which row.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns the bytes. A place is good until its answer is forgotten.
/// Units      Answers fall due by `Now::steady`.
/// Errors     None.
/// Cost       Some 100 bytes for each answer. Memory of a chunk is used again for the next one.
class Answers {
public:
  /// Below `places`.
  using Place = std::uint32_t;
  static constexpr Place places = Place{1} << 31U;
  /// From so many answers in a flush on, they have no rows of their own.
  static constexpr std::size_t page_answers_min = 16;
  /// A chunk with so many is full; what one answer has beyond that is in it.
  static constexpr std::size_t chunk_bytes_max = 4000;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Due after all others, as far as possible. With `has_row` the store has a row of its own for
  /// it, perhaps as it was before.
  Place append(const Entry& entry, Instant due, bool has_row);
  [[nodiscard]] EntryId id_at(Place place) const noexcept;
  [[nodiscard]] Instant due_at(Place place) const noexcept { return at(place).due; }
  /// Whether its row holds it and no other.
  [[nodiscard]] bool has_row(Place place) const noexcept { return at(place).has_row; }
  /// Overwrites all of `entry` that an answer has.
  void read(Place place, Entry& entry) const;

  /// The one to be forgotten first; there must be some.
  [[nodiscard]] Place oldest() const noexcept;
  /// Ask the processor to fetch what the next calls read and write: where the chunks are, and once
  /// that has come, where the next answer goes and the oldest one lies.
  void prefetch_chunks() const noexcept;
  void prefetch_ends() const noexcept;

  /// Ids of rows that are good for nothing any more are appended to `gone`.
  void forget(Place place, std::vector<EntryId>& gone);

  /// What follows is in this page of the store, or has a row each, until `end`.
  void begin_page(std::uint64_t number);
  void begin_rows();
  void end(std::vector<EntryId>& gone);
  /// So many numbers were given to pages.
  void number_from(std::uint64_t number) noexcept { next_page_ = number; }

  /// All, the oldest first.
  template <class Visit>
  void each(Visit&& visit) const {
    each_from(first_, visit);
  }
  /// Those that the store may not have.
  template <class Visit>
  void each_unsaved(Visit&& visit) const {
    each_from(first_unsaved_, visit);
  }
  /// Appends the rows that the store may not have; and to `gone` those that others take the place
  /// of.
  void take_unsaved(std::vector<Entry>& rows, std::vector<EntryId>& gone);
  void mark_unsaved() noexcept { first_unsaved_ = first_; }
  /// The store has all that was restored.
  void mark_saved() noexcept { first_unsaved_ = first_ + chunks_.size(); }

private:
  enum class Kind : std::uint8_t { fresh, page, rows };
  struct Answer {
    Instant due;
    std::uint32_t begin = 0;  ///< Where its bytes do.
    bool is_gone = false;
    bool has_row = false;
  };
  struct Chunk {
    Kind kind = Kind::fresh;
    std::uint64_t page = 0;  ///< Its number.
    std::size_t live = 0;
    std::size_t first = 0;  ///< All before are gone.
    std::vector<Answer> answers{};
    std::vector<std::byte> bytes{};
  };
  static constexpr unsigned ordinal_bits = 8;
  static constexpr std::size_t usual_answer_bytes = 128;
  static constexpr std::size_t answers_per_chunk_max = answers_per_page_max;
  static_assert(answers_per_chunk_max == (std::size_t{1} << ordinal_bits) - 1);
  static constexpr std::uint64_t serial_mask = (places >> ordinal_bits) - 1;

  [[nodiscard]] std::size_t chunk_of(Place place) const noexcept {
    return static_cast<std::size_t>(((place >> ordinal_bits) - first_) & serial_mask);
  }
  [[nodiscard]] const Answer& at(Place place) const noexcept {
    return chunks_[chunk_of(place)].answers[place & answers_per_chunk_max];
  }
  [[nodiscard]] Chunk& chunk_to_fill();
  void start(Kind kind, std::uint64_t page);
  [[nodiscard]] static std::size_t end_of(const Chunk& chunk, std::size_t ordinal) noexcept;
  static void read(const Chunk& chunk, std::size_t ordinal, Entry& entry);
  void take_page(Chunk& chunk, std::vector<Entry>& rows, std::vector<EntryId>& gone);
  void take_rows(Chunk& chunk, std::vector<Entry>& rows);

  template <class Visit>
  void each_from(std::uint64_t serial, Visit&& visit) const {
    Entry entry;
    for (std::uint64_t at = std::max(serial, first_); at < first_ + chunks_.size(); ++at) {
      const Chunk& chunk = chunks_[static_cast<std::size_t>(at - first_)];
      for (std::size_t ordinal = chunk.first; ordinal < chunk.answers.size(); ++ordinal) {
        if (!chunk.answers[ordinal].is_gone) {
          read(chunk, ordinal, entry);
          visit(std::as_const(entry));
        }
      }
    }
  }

  std::deque<Chunk> chunks_;
  Chunk spare_;                      ///< For its memory.
  std::uint64_t first_ = 0;          ///< Chunks are counted on for ever: the first of `chunks_`.
  std::uint64_t first_unsaved_ = 0;  ///< From this one on the store may lack them.
  bool is_filling_ = false;          ///< The last one takes what comes.
  std::size_t size_ = 0;
  std::uint64_t next_page_ = 1;
};

}  // namespace sluice
