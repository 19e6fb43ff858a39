// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "actors/tenant/check.hpp"
#include "server/http/authorize.hpp"
#include "server/http/exchange.hpp"
#include "server/http/http_message.hpp"

namespace sluice::http {

/// One operation of the interface: how it is asked, who may, what answers it, and what people are
/// told of it. The same row routes a request and describes itself in `/openapi.json`, so nothing is
/// served that is not described.
struct Route {
  Method method = Method::get;
  std::string_view path;  ///< A part such as `{tenant}` stands for anything but a slash.
  Area area = Area::open;
  void (*answer)(const ExchangePtr& exchange, const Route& route) = nullptr;
  std::string_view summary;
  std::string_view body{};        ///< JSON Schema of the request's body; empty if it has none.
  std::string_view data{};        ///< JSON Schema of `data` in the answer; empty: any.
  std::string_view parameters{};  ///< Of the query and headers: a JSON array of OpenAPI.
  std::optional<Mode> mode{};     ///< Of a check: its body is what a check of this mode may say.
  bool simulated_time_only = false;
  Permission permission = Permission::platform_write;  ///< What a credential needs for it.
};

/// All operations, in the order in which they are described.
[[nodiscard]] std::span<const Route> routes();

/// Answers a request: 404 for a path that nobody serves, 405 with `Allow` for a method that it does
/// not have, 415 for a body that is not JSON, and otherwise what the route says.
void dispatch(const ExchangePtr& exchange);

/// The values of a path's variable parts, if the path is of this shape.
[[nodiscard]] std::optional<std::vector<std::string>> match(std::string_view shape,
                                                            std::string_view path);

}  // namespace sluice::http
