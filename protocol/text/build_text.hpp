// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sluice::text {

/// What was built.
struct Build {
  std::string_view version;  ///< Such as `0.1.0`.
  std::string_view commit;   ///< Its first 12 digits; empty if it was not known.
  std::string_view type;     ///< How it was compiled, such as `release`.
};

[[nodiscard]] Build this_build();

/// Such as `0.1.0+556e72858fda.release`, a version as semver.org has it.
[[nodiscard]] std::string to_string(const Build& build);

}  // namespace sluice::text
