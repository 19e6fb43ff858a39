// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
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

/// The fields of a header, as they came.
///
/// Threading  Confined.
/// Ownership  Owns them, in one piece of text.
/// Errors     None; what a field means is for the reader.
/// Cost       `find` looks at each name until it is the one.
class Fields {
public:
  Fields() = default;
  Fields(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

  void add(std::string_view name, std::string_view value);
  /// The first value of that name, whose letters may be of either case.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

private:
  struct Place {
    std::size_t begin;
    std::size_t name_size;
    std::size_t value_size;  ///< Right behind the name.
  };
  std::string text_;
  std::vector<Place> places_;
};

/// A target such as `/v1/auth?tenant=acme`, taken apart.
struct Target {
  std::string path;                ///< As it was written, without the query.
  std::vector<std::string> parts;  ///< Of the path, between its slashes; then their escapes undone.
  std::vector<NamedText> query;    ///< With their escapes undone, each name once.
};
/// A fault says what is wrong with it.
[[nodiscard]] Result<Target> parse_target(std::string_view target);

/// A request as it was read, free of the library that read it.
///
/// Threading  Confined.
/// Ownership  Owns its texts.
/// Errors     None; what a field means is for the reader.
struct Request {
  Method method = Method::other;
  Target target;
  Fields headers;
  std::string body;
  std::string peer;  ///< Address and port.

  /// The first value of that name.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    return headers.find(name);
  }
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};

/// A body that is made while it is sent.
///
/// Role       Asked for the next part once the one before has left; the end is an empty one.
/// Threading  Confined to the reactor of who asks.
/// Errors     After a fault the connection is cut, so that nobody takes what came for all.
class BodySource {
public:
  virtual ~BodySource() = default;
  using Take = std::function<void(Result<std::string>)>;
  /// `take` is called once, in this turn or in a later one.
  virtual void next(Take take) = 0;
};

struct Response {
  unsigned status = 200;
  std::vector<NamedText> headers{};
  std::string body{};  ///< Of 304, and to HEAD, only its length is told.
  std::string content_type = "application/json";
  std::shared_ptr<BodySource> source{};  ///< Tells the body, if there is one.
};

}  // namespace sluice::http
