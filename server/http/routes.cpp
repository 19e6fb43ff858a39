// SPDX-License-Identifier: Apache-2.0
#include "server/http/routes.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/http/answers.hpp"
#include "server/http/console_routes.hpp"
#include "server/http/located.hpp"

namespace sluice::http {
namespace {

/// The routes of one path.
struct Shape {
  PathShape parts;
  std::vector<const Route*> routes;
};

bool is_variable(std::string_view part) {
  return part.starts_with('{');
}

PathShape shape_of(std::string_view path) {
  PathShape parts;
  while (!path.empty()) {
    path.remove_prefix(1);
    parts.push_back(path.substr(0, path.find('/')));
    path.remove_prefix(parts.back().size());
  }
  return parts;
}

/// By the number of their parts, so that a path is compared with few.
std::vector<std::vector<Shape>> make_shapes() {
  std::vector<std::vector<Shape>> by_size;
  for (const Route& route : routes()) {
    PathShape parts = shape_of(route.path);
    by_size.resize(std::max(by_size.size(), parts.size() + 1));
    std::vector<Shape>& shapes = by_size[parts.size()];
    auto shape = std::ranges::find(shapes, parts, &Shape::parts);
    if (shape == shapes.end()) {
      shape = shapes.insert(shapes.end(), Shape{std::move(parts), {}});
    }
    shape->routes.push_back(&route);
  }
  return by_size;
}

std::span<const Shape> shapes_of(std::size_t parts) {
  static const std::vector<std::vector<Shape>> by_size = make_shapes();
  return parts < by_size.size() ? std::span<const Shape>(by_size[parts]) : std::span<const Shape>();
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

/// The audit of the tenant that it is about says who was refused; bodies are not looked into.
void refuse(const ExchangePtr& exchange, const Route& route, const Fault& refused) {
  const bool is_of_tenant = route.area == Area::tenant || route.area == Area::spending;
  if (!is_of_tenant || refused.code != FaultCode::permission_denied) {
    return exchange->answer(failure(refused));
  }
  if (route.path.find("{tenant}") != std::string_view::npos) {
    return refuse_about(exchange, exchange->parts.front(), refused);
  }
  const auto acting = exchange->request.parameter("tenant");
  refuse_about(exchange, std::string{acting.value_or("")}, refused);
}

/// If the gate lets it through and there is a body where there should be one.
void answer_by(const Route& route, const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  exchange->wanted = {route.area, route.permission};
  if (const auto permitted = exchange->service->environment->on.authorize.permit(
          request, exchange->wanted, std::nullopt);
      !permitted.ok()) {
    return refuse(exchange, route, permitted.fault());
  }
  if ((!route.body.empty() || route.mode) && !has_json(request)) {
    return exchange->answer(
        failure(415, "unsupported_media_type", "Content-Type: the body must be application/json"));
  }
  route.answer(exchange, route);
}

}  // namespace

std::optional<std::vector<std::string>> match(const PathShape& shape,
                                              const std::vector<std::string>& parts) {
  if (shape.size() != parts.size()) {
    return std::nullopt;
  }
  std::vector<std::string> values;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (is_variable(shape[i]) && !parts[i].empty()) {
      values.push_back(parts[i]);
    } else if (shape[i] != parts[i]) {
      return std::nullopt;
    }
  }
  return values;
}

void dispatch(const ExchangePtr& exchange) {
  const Request& request = exchange->request;
  if (is_of_console(request.target.path)) {
    return exchange->answer(answer_console(request));
  }
  const bool is_simulated = exchange->service->environment->on.simulated_clock != nullptr;
  std::string methods;
  for (const Shape& shape : shapes_of(request.target.parts.size())) {
    auto parts = match(shape.parts, request.target.parts);
    if (!parts) {
      continue;
    }
    for (const Route* const route : shape.routes) {
      if (route->simulated_time_only && !is_simulated) {
        continue;
      }
      if (is_asked_by(request.method, route->method)) {
        exchange->parts = *std::move(parts);
        return answer_by(*route, exchange);
      }
      methods += (methods.empty() ? "" : ", ") + std::string{to_string(route->method)};
    }
  }
  exchange->answer(methods.empty() ? failure(404, "not_found", "nothing is served at this path")
                                   : not_allowed(methods));
}

}  // namespace sluice::http
