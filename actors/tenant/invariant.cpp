// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace sluice {

void invariant_broken(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "event=invariant_broken condition=\"%s\" at=%s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace sluice
