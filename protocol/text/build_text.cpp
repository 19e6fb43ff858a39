// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/build_text.hpp"

namespace sluice::text {

Build this_build() {
  return {SLUICE_VERSION, SLUICE_COMMIT, SLUICE_BUILD_TYPE};
}

std::string to_string(const Build& build) {
  std::string text{build.version};
  char before = '+';
  for (const std::string_view part : {build.commit, build.type}) {
    if (!part.empty()) {
      text.append(1, before).append(part);
      before = '.';
    }
  }
  return text;
}

}  // namespace sluice::text
