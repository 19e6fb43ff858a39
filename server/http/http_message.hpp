// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tenant/fault.hpp"

namespace sluice::http {

enum class Method : std::uint8_t { get, head, post, put, patch, remove, other };
[[nodiscard]] std::string_view to_string(Method method);

using NamedText = std::pair<std::string, std::string>;

/// A request as it was read, free of the library that read it.
///
/// Threading  Confined.
/// Ownership  Owns its texts.
/// Errors     None; what a field means is for the reader.
struct Request {
  Method method = Method::other;
  std::string path;                ///< With its escapes undone, without the query.
  std::vector<NamedText> query;    ///< With their escapes undone, each name once.
  std::vector<NamedText> headers;  ///< In the order in which they came; names in lower case.
  std::string body;
  std::string peer;  ///< Address and port.

  /// The first value of that name, which is written in lower case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};

struct Response {
  unsigned status = 200;
  std::vector<NamedText> headers{};
  std::string body{};
  std::string content_type = "application/json";
};

/// A target such as `/v1/auth?tenant=acme`, taken apart. A fault says what is wrong with it.
struct Target {
  std::string path;
  std::vector<NamedText> query;
};
[[nodiscard]] Result<Target> parse_target(std::string_view target);

}  // namespace sluice::http
