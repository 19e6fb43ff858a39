// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "actors/tenant/check.hpp"
#include "ops/sluicectl/asked_check.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/server_link.hpp"

namespace sluice::ctl {

// What the commands that ask a check share. They throw `Failure`.

/// `METER` or `METER=AMOUNT`; without an amount, one unit.
[[nodiscard]] Charge charge_from(const std::string& text, ServerLink& link);
/// `METER=USED`.
[[nodiscard]] Charge used_from(const std::string& text, ServerLink& link);

/// Asks it of the tenant of this name, and tells the answer.
[[nodiscard]] Report ask(Session& session, const std::string& tenant, AskedCheck asked);

}  // namespace sluice::ctl
