// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "actors/tenant/audit.hpp"

namespace sluice {

/// The hash that chains are made with: SHA-256.
///
/// Threading  Any thread.
/// Cost       A microsecond or two for an event.
[[nodiscard]] AuditHash audit_hash(std::string_view bytes);

}  // namespace sluice
