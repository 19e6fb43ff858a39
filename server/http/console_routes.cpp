// SPDX-License-Identifier: Apache-2.0
#include "server/http/console_routes.hpp"

#include <algorithm>
#include <string>

#include "server/http/answers.hpp"
#include "server/http/console_files.hpp"

namespace sluice::http {
namespace {

constexpr std::string_view console_root = "/console";

/// Scripts, styles and questions of this server only; nobody may show the page within another.
constexpr std::string_view content_policy =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'";

/// Takes a list such as `a, b;q=0.5` apart. True if one of its items is named so and not refused.
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), item.size() + 1));
    item.remove_prefix(std::min(item.size(), item.find_first_not_of(" \t")));
    const std::string_view word = item.substr(0, item.find_first_of("; \t"));
    const std::string_view rest = item.substr(word.size());
    const auto weight = rest.find("q=");
    const bool refused =
        weight != rest.npos && rest.substr(weight + 2).find_first_of("123456789") == rest.npos;
    if (word == name) {
      return !refused;
    }
  }
  return false;
}

std::string quoted(std::string_view tag, bool zipped) {
  return std::string{"\""}.append(tag).append(zipped ? "-gzip" : "").append("\"");
}

bool is_known(const Request& request, std::string_view tag) {
  const auto known = request.header("if-none-match");
  return known &&
         (*known == "*" || lists(*known, tag) || lists(*known, std::string{"W/"}.append(tag)));
}

Response file_response(const Request& request, const ConsoleFile& file) {
  const auto accepts = request.header("accept-encoding");
  const bool zipped = accepts && lists(*accepts, "gzip");
  const std::string tag = quoted(file.tag, zipped);
  Response response{.headers = {{"ETag", tag},
                                {"Cache-Control",
                                 file.keeps ? "public, max-age=31536000, immutable" : "no-cache"},
                                {"Vary", "Accept-Encoding"},
                                {"Content-Security-Policy", std::string{content_policy}},
                                {"X-Content-Type-Options", "nosniff"},
                                {"Referrer-Policy", "no-referrer"},
                                {"Cross-Origin-Opener-Policy", "same-origin"},
                                {"Cross-Origin-Resource-Policy", "same-origin"}},
                    .content_type = std::string{file.type}};
  if (zipped) {
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  response.status = is_known(request, tag) ? 304 : 200;
  response.body = zipped ? file.gzip : file.plain;
  return response;
}

}  // namespace

bool is_of_console(std::string_view path) {
  return path.starts_with(console_root) &&
         (path.size() == console_root.size() || path[console_root.size()] == '/');
}

Response answer_console(const Request& request) {
  if (request.method != Method::get && request.method != Method::head) {
    Response response =
        failure(405, "method_not_allowed", "this path is asked for by GET, HEAD only");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (request.target.path == console_root) {
    return {.status = 308, .headers = {{"Location", "console/"}}, .content_type = {}};
  }
  for (const ConsoleFile& file : console_files()) {
    if (file.path == request.target.path) {
      return file_response(request, file);
    }
  }
  return failure(404, "not_found", "nothing is served at this path");
}

}  // namespace sluice::http
