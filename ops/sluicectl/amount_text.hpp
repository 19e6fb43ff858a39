// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/text/amount_text.hpp"

namespace sluice::ctl {

using text::amount_unit_of;
using text::AmountUnit;
using text::format_amount;
using text::parse_amount;

}  // namespace sluice::ctl
