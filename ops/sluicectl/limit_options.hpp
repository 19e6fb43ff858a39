// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "ops/sluicectl/limit_wish.hpp"

namespace sluice::ctl {

// Options that more than one command has. They fill `limit`, which must outlive the command.

/// What the limit measures.
void add_rule_options(CLI::App& command, LimitWish& limit);
/// What happens to a charge that would pass it.
void add_enforcement_options(CLI::App& command, LimitWish& limit);

}  // namespace sluice::ctl
