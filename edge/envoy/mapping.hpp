// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/entry.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice::envoy {

/// Something that Envoy says of a request.
struct DescriptorEntry {
  std::string_view key;
  std::string_view value;
};
/// Several of them together.
using Descriptor = std::vector<DescriptorEntry>;

/// What a request of Envoy comes to: one check, so that all that limit it are asked together, and
/// none takes anything if another refuses.
struct Asked {
  TenantId tenant;
  std::vector<std::string> meters;  ///< Each once; all are charged the same.
  std::vector<OwnedLabel> labels;
};

/// Says what descriptors mean, by a file that the operator wrote: for each domain of Envoy's, which
/// key names the tenant, which the meter, and which are labels.
///
/// Role       Pure. Keys that the file does not name say nothing.
/// Threading  Immutable; may be shared.
/// Ownership  Owns its texts.
/// Errors     `invalid_argument` names the member of the file, or what the descriptors disagree on.
/// Cost       A few look-ups in trees for each entry.
class Mapping {
public:
  [[nodiscard]] static Result<Mapping> read(std::string_view json);

  /// Nothing: the domain is not in the file, or no descriptor names a tenant.
  [[nodiscard]] Result<std::optional<Asked>> asked_by(
      std::string_view domain, std::span<const Descriptor> descriptors) const;

  static constexpr std::size_t domains_max = 256;
  static constexpr std::size_t names_max = 100'000;  ///< Of tenants in one domain.

private:
  struct Domain {
    std::string tenant;                                          ///< The key that names it.
    std::map<std::string, TenantId, std::less<>> tenants;        ///< Names that stand for ids.
    std::string meter = "api_requests";                          ///< If no key names one.
    std::string meter_key;                                       ///< Empty: none does.
    std::map<std::string, std::string, std::less<>> label_keys;  ///< Key to label.
  };

  [[nodiscard]] static Result<Done> take(const Domain& domain, const DescriptorEntry& entry,
                                         std::optional<TenantId>& tenant, Asked& asked);

  std::map<std::string, Domain, std::less<>> domains_;
};

}  // namespace sluice::envoy
