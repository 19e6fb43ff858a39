// SPDX-License-Identifier: Apache-2.0
#include "server/http/routes.hpp"

#include <algorithm>
#include <string>

#include "server/http/answers.hpp"

namespace sluice::http {
namespace {

/// Up to the next slash, which is dropped with it.
std::string_view take_part(std::string_view& path) {
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(path.size(), part.size() + 1));
  return part;
}

bool is_asked_by(Method asked, Method served) {
  return asked == served || (asked == Method::head && served == Method::get);
}

/// A browser sends other types across sites without asking first, so they are no way in.
bool has_json(const Request& request) {
  const auto type = request.header("content-type");
  return type && type->substr(0, type->find_first_of("; ")) == "application/json";
}

Response not_allowed(const std::string& methods) {
  Response response =
      failure(405, "method_not_allowed", "this path is asked for by " + methods + " only");
  response.headers.emplace_back("Allow", methods);
  return response;
}

}  // namespace

std::optional<std::vector<std::string>> match(std::string_view shape, std::string_view path) {
  std::vector<std::string> parts;
  while (!shape.empty() || !path.empty()) {
    const std::string_view wanted = take_part(shape);
    const std::string_view given = take_part(path);
    if (wanted.starts_with('{') && !given.empty()) {
      parts.emplace_back(given);
    } else if (wanted != given) {
      return std::nullopt;
    }
  }
  return parts;
}

void dispatch(const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  const Foundations& on = exchange->service->environment->on;
  std::string methods;
  for (const Route& route : routes()) {
    auto parts = match(route.path, request.path);
    if (!parts || (route.simulated_time_only && on.simulated_clock == nullptr)) {
      continue;
    }
    if (!is_asked_by(request.method, route.method)) {
      methods += (methods.empty() ? "" : ", ") + std::string{to_string(route.method)};
      continue;
    }
    exchange->wanted = {route.area, route.permission};
    if (const auto permitted = on.authorize.permit(request, exchange->wanted, std::nullopt);
        !permitted.ok()) {
      return exchange->answer(failure(permitted.fault()));
    }
    if ((!route.body.empty() || route.mode) && !has_json(request)) {
      return exchange->answer(failure(415, "unsupported_media_type",
                                      "Content-Type: the body must be application/json"));
    }
    exchange->parts = *std::move(parts);
    return route.answer(exchange, route);
  }
  exchange->answer(methods.empty() ? failure(404, "not_found", "nothing is served at this path")
                                   : not_allowed(methods));
}

}  // namespace sluice::http
