// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace sluice::http {

/// A file of the console, as `console/build.mjs` has put it into the program.
struct ConsoleFile {
  std::string_view path;  ///< Such as `/console/`.
  std::string_view type;  ///< What it is, for `Content-Type`.
  std::string_view tag;   ///< Changes with what is in it.
  bool keeps = false;     ///< Its name changes with what is in it, so nobody need ask for it again.
  std::string_view plain;  ///< All of it.
  std::string_view gzip;   ///< The same, compressed.
};

/// All that there are, the page itself first. They are never freed.
[[nodiscard]] std::span<const ConsoleFile> console_files();

}  // namespace sluice::http
