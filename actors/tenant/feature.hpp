// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/tenant/fault.hpp"

namespace sluice {

/// What a flag may say: whether, how many, or which.
using FeatureValue = std::variant<bool, std::int64_t, std::string>;

/// Something that a tenant may use or not. `name` is `[a-z][a-z0-9_]{0,62}`.
struct Feature {
  std::string name;
  FeatureValue value;  ///< A text has up to 200 characters.
  friend bool operator==(const Feature&, const Feature&) = default;
};

/// By name, each once.
using Features = std::vector<Feature>;

inline constexpr std::size_t features_max = 64;
inline constexpr std::size_t feature_text_characters_max = 200;

/// A fault names the feature by its path, as in `features[2].name`.
[[nodiscard]] Result<Done> validate_features(const Features& features, std::string_view path);

/// Null if it is not there.
[[nodiscard]] const Feature* find_feature(const Features& features, std::string_view name);
/// Instead of the one of that name, if there is one.
void put_feature(Features& features, Feature feature);
/// False if it was not there.
[[nodiscard]] bool erase_feature(Features& features, std::string_view name);

/// The defaults, but where `own` says something else.
[[nodiscard]] Features overlaid(Features defaults, const Features& own);

/// Whether the value grants something: true, a number that is not 0, a text that is not empty.
[[nodiscard]] bool is_on(const FeatureValue& value);

}  // namespace sluice
