// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/sharing/sharing_change.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/report.hpp"

namespace sluice::ctl {

/// What commands about sharing print.

[[nodiscard]] Report policy_report(const SharingPolicy& policy, Session& session);
[[nodiscard]] Report policies_report(const PolicyPage& page, Session& session);
[[nodiscard]] Report request_report(const SharingRequest& request, Session& session);
[[nodiscard]] Report requests_report(const SharingPage& page, Session& session);

}  // namespace sluice::ctl
