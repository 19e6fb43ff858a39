// SPDX-License-Identifier: Apache-2.0
#include "server/http/answer_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <chrono>
#include <ctime>
#include <iterator>

namespace sluice::http {
namespace {

void add_field(std::string& into, std::string_view name, std::string_view value) {
  into.append(name).append(": ").append(value).append("\r\n");
}

/// Only where it is not what the version means anyhow.
void add_connection(std::string& into, const AnswerTerms& terms) {
  if (terms.version == 11 && !terms.keeps_alive) {
    add_field(into, "Connection", "close");
  } else if (terms.version == 10 && terms.keeps_alive) {
    add_field(into, "Connection", "keep-alive");
  }
}

}  // namespace

std::string_view DateText::of(WallTime wall) {
  const auto second = std::chrono::floor<std::chrono::seconds>(wall.time_since_epoch()).count();
  if (second != second_) {
    second_ = second;
    text_ = fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(static_cast<time_t>(second)));
  }
  return text_;
}

void write_answer(const Response& response, const AnswerTerms& terms, std::string& into) {
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  into.clear();
  fmt::format_to(std::back_inserter(into), "HTTP/1.{} {} {}\r\n", terms.version - 10,
                 response.status, std::string_view{reason.data(), reason.size()});
  add_field(into, "Server", "sluiced");
  add_field(into, "Date", terms.date);
  if (!response.content_type.empty()) {
    add_field(into, "Content-Type", response.content_type);
  }
  for (const auto& [name, value] : response.headers) {
    add_field(into, name, value);
  }
  add_connection(into, terms);
  if (terms.framing == Framing::by_length) {
    add_field(into, "Content-Length", std::to_string(response.body.size()));
  } else if (terms.framing == Framing::in_chunks) {
    add_field(into, "Transfer-Encoding", "chunked");
  }
  into.append("\r\n");
  if (!terms.is_to_head && response.status != 304) {
    into.append(response.body);
  }
}

std::string chunk_of(std::string_view part) {
  return fmt::format("{:x}\r\n{}\r\n", part.size(), part);
}

}  // namespace sluice::http
