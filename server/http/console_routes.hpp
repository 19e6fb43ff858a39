// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "server/http/http_message.hpp"

namespace sluice::http {

/// The console: a page for people, which asks the interface as any other client does.
///
/// Its files stand beside the table of routes and not in it, because the table is the interface,
/// and describes itself in `/openapi.json`: a program has nothing to ask of them. They are the same
/// for everybody and tell nothing, so no credential is asked for. What may be asked for are the
/// names in `console_files`, and nothing else; no path ever becomes the name of a file on a disk.

/// Whether the path is the console's: `/console`, and all below it.
[[nodiscard]] bool is_of_console(std::string_view path);

/// 200, 304 if the caller has it already, 308 from `/console` to the page, 404 for what there is
/// not, and 405 for all but `GET` and `HEAD`.
[[nodiscard]] Response answer_console(const Request& request);

}  // namespace sluice::http
