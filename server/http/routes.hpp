// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/check.hpp"
#include "server/http/authorize.hpp"
#include "server/http/exchange.hpp"
#include "server/http/http_message.hpp"

namespace sluice::http {

/// One operation of the interface: how it is asked, who may, what answers it, and what people are
/// told of it. The same row routes a request and describes itself in `/openapi.json`, so no
/// operation is served that is not described. What is served beside the table are the files of the
/// console, which are no operations (console_routes.hpp).
struct Route {
  Method method = Method::get;
  std::string_view path;  ///< A part such as `{tenant}` stands for any text.
  Area area = Area::open;
  void (*answer)(const ExchangePtr& exchange, const Route& route) = nullptr;
  std::string_view summary;
  std::string_view body{};        ///< JSON Schema of the request's body; empty if it has none.
  std::string_view data{};        ///< JSON Schema of `data` in the answer; empty: any.
  std::string_view parameters{};  ///< Of the query and headers: a JSON array of OpenAPI.
  unsigned status = 200;          ///< Of an answer that is good.
  std::string_view media = "application/json";  ///< Its type; empty: it has no body.
  bool has_rows = false;       ///< Also answers in CSV, where `format` or `Accept` asks for it.
  std::optional<Mode> mode{};  ///< Of a check: its body is what a check of this mode may say.
  bool simulated_time_only = false;
  Permission permission = Permission::platform_write;  ///< What a credential needs for it.
};

/// The same operation, which makes something.
constexpr Route making(Route route) {
  route.status = 201;
  return route;
}
/// The same operation, which also tells rows.
constexpr Route with_rows(Route route) {
  route.has_rows = true;
  return route;
}

/// All operations, in the order in which they are described.
[[nodiscard]] std::span<const Route> routes();

/// Answers a request: 404 for a path that nobody serves, 405 with `Allow` for a method that it does
/// not have, 415 for a body that is not JSON, and otherwise what the route says;
/// below `/console` what `answer_console` does.
void dispatch(const ExchangePtr& exchange);

/// The path of a route, in parts.
using PathShape = std::vector<std::string_view>;
/// The values of a path's variable parts, none of which is empty, if the path is of this shape.
[[nodiscard]] std::optional<std::vector<std::string>> match(const PathShape& shape,
                                                            const std::vector<std::string>& parts);

}  // namespace sluice::http
