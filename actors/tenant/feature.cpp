// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/feature.hpp"

#include "actors/tenant/text.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t name_bytes_max = 63;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= name_bytes_max && name.front() >= 'a' &&
         name.front() <= 'z' && is_spelt_in(name, {.extra = "_"});
}

auto place_of(auto& features, std::string_view name) {
  return std::ranges::lower_bound(features, name, {}, &Feature::name);
}

bool is_at(const Features& features, Features::const_iterator place, std::string_view name) {
  return place != features.end() && place->name == name;
}

}  // namespace

Result<Done> validate_features(const Features& features, std::string_view path) {
  if (features.size() > features_max) {
    return Fault{FaultCode::limit_exceeded, std::string{path} + ": more than features_max (64)"};
  }
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto wrong = [&](std::string_view rest) {
      return Fault{FaultCode::invalid_argument,
                   std::string{path} + "[" + std::to_string(i) + "]" + std::string{rest}};
    };
    if (!is_name(features[i].name)) {
      return wrong(".name: must match [a-z][a-z0-9_]{0,62}");
    }
    if (i > 0 && features[i - 1].name >= features[i].name) {
      return wrong(".name: must come after the one before it, each once");
    }
    const auto* text = std::get_if<std::string>(&features[i].value);
    if (text != nullptr && !text->empty() && object_to_prose(*text, feature_text_characters_max)) {
      return wrong(".value: must be UTF-8 without control characters, up to 200 characters");
    }
  }
  return Done{};
}

const Feature* find_feature(const Features& features, std::string_view name) {
  const auto place = place_of(features, name);
  return is_at(features, place, name) ? &*place : nullptr;
}

void put_feature(Features& features, Feature feature) {
  const auto place = place_of(features, feature.name);
  if (is_at(features, place, feature.name)) {
    place->value = std::move(feature.value);
  } else {
    features.insert(place, std::move(feature));
  }
}

bool erase_feature(Features& features, std::string_view name) {
  const auto place = place_of(features, name);
  const bool found = is_at(features, place, name);
  if (found) {
    features.erase(place);
  }
  return found;
}

Features overlaid(Features defaults, const Features& own) {
  for (const Feature& feature : own) {
    put_feature(defaults, feature);
  }
  return defaults;
}

bool is_on(const FeatureValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag;
  }
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? !text->empty() : std::get<std::int64_t>(value) != 0;
}

}  // namespace sluice
