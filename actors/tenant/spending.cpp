// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/spending.hpp"

#include "actors/tenant/rare.hpp"

namespace sluice {

Rare& Spending::make_rare() {
  head()->rare = new Rare{head()->limits};
  return *head()->rare;
}

void Spending::Free::operator()(std::byte* memory) const noexcept {
  delete reinterpret_cast<Head*>(memory)->rare;
  delete[] memory;
}

}  // namespace sluice
