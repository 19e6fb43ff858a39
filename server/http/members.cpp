// SPDX-License-Identifier: Apache-2.0
#include "server/http/members.hpp"

namespace sluice::http {

Wrong read_text(const Json& value, std::string& into) {
  constexpr std::size_t bytes_max = 1024;
  if (!value.is_string()) {
    return "must be a text";
  }
  into = value.get<std::string>();
  if (into.size() > bytes_max) {
    return "is longer than 1024 bytes";
  }
  return std::nullopt;
}

}  // namespace sluice::http
