// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "server/http/exchange.hpp"
#include "server/http/members.hpp"

namespace sluice::http {

/// Reads a body of these members into `into`, or answers why it is none.
template <class T>
bool read_body(const ExchangePtr& exchange, std::span<const Member<T>> members, T& into) {
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    exchange->answer(malformed(body.fault()));
    return false;
  }
  const auto read = read_members(body.value(), members, into);
  if (!read.ok()) {
    exchange->answer(failure(read.fault()));
  }
  return read.ok();
}

/// A count in the query; nothing if it is none within the bounds.
[[nodiscard]] inline std::optional<std::size_t> count_in(const Request& request,
                                                         std::string_view name,
                                                         std::size_t otherwise, std::size_t most) {
  const auto text = request.parameter(name);
  if (!text) {
    return otherwise;
  }
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
  const bool whole = error == std::errc{} && end == text->data() + text->size();
  return whole && count >= 1 && count <= most ? std::optional(count) : std::nullopt;
}

}  // namespace sluice::http
