// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "actors/tenant/api_key.hpp"
#include "actors/tenant/member.hpp"
#include "actors/tenant/store.hpp"
#include "ops/sluicectl/report.hpp"

namespace sluice::ctl {

/// What --json prints of members and roles; the rules of documents.hpp hold.
[[nodiscard]] Json document_of(const Member& member);
[[nodiscard]] Json document_of(const MemberPage& page);
[[nodiscard]] Json document_of(const TenantsOfPage& page);
[[nodiscard]] Json document_of(const std::vector<CustomRole>& custom);
/// Nothing of its secret.
[[nodiscard]] Json document_of(const ApiKey& key);

}  // namespace sluice::ctl
