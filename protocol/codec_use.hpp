// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "actors/tenant/check.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

// What a check says of the resource that it uses; what codec.hpp says holds.

/// Whether it names one.
[[nodiscard]] bool names_policy(wire::Particulars::Reader in);
/// Whether there is anything about a use: if not, `decode_use` finds nothing.
[[nodiscard]] bool speaks_of_use(wire::Particulars::Reader in);
/// Nothing if it names none. The fault begins with the field.
[[nodiscard]] Result<std::optional<SharedUse>> decode_use(wire::Particulars::Reader in, Mode mode);
void encode_use(const SharedUse& use, wire::Particulars::Builder out);
[[nodiscard]] Result<Resource> decode_resource(wire::Gateway::ResolveResourceParams::Reader in);
void encode_resource(const Resource& resource, wire::Gateway::ResolveResourceParams::Builder out);
/// What `encode_use` fills at the most beside the particulars themselves.
inline constexpr std::uint64_t use_words_max = 2;

}  // namespace sluice
