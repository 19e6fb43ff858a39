// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "actors/tenant/time.hpp"
#include "server/http/http_message.hpp"

namespace sluice::http {

/// The `Date` of answers, which is written out once for each second.
///
/// Threading  Confined.
/// Ownership  Owns the text.
/// Units      Whole seconds of wall time, in GMT.
/// Errors     None.
/// Cost       A comparison in the same second.
class DateText {
public:
  /// `Sun, 06 Nov 1994 08:49:37 GMT`; good until the next call.
  [[nodiscard]] std::string_view of(WallTime wall);

private:
  std::int64_t second_ = std::numeric_limits<std::int64_t>::min();
  std::string text_;
};

/// How a peer knows where a body ends.
enum class Framing : std::uint8_t {
  by_length,   ///< It is in the response.
  in_chunks,   ///< Nobody knows its length; it follows as chunks.
  to_the_end,  ///< The same for a peer that knows no chunks: with the connection.
};

/// What the connection says of an answer.
struct AnswerTerms {
  int version = 11;         ///< Of HTTP: 10 or 11.
  bool keeps_alive = true;  ///< Whether another answer may follow.
  bool is_to_head = false;  ///< Then only the length of the body is told, as of 304.
  Framing framing = Framing::by_length;
  std::string_view date;
};

/// An answer as it goes over the wire, or its header alone if its body follows, instead of what
/// `into` held.
void write_answer(const Response& response, const AnswerTerms& terms, std::string& into);

/// A part of a body that follows in chunks; the last one is empty.
[[nodiscard]] std::string chunk_of(std::string_view part);

}  // namespace sluice::http
