// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <utility>

namespace sluice {

/// A value of type `Rep` that may only meet values with the same `Tag`.
/// Construction and extraction are both explicit; there is no implicit way in or out, and no
/// arithmetic.
template <class Tag, class Rep>
class Strong {
public:
  constexpr Strong() = default;
  constexpr explicit Strong(Rep raw) : raw_(std::move(raw)) {}
  [[nodiscard]] constexpr const Rep& raw() const noexcept { return raw_; }
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

private:
  Rep raw_{};
};

}  // namespace sluice
