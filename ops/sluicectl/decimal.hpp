// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/text/decimal.hpp"

namespace sluice::ctl {

using text::Decimal;
using text::take_decimal;
using text::take_letters;
using text::times;

}  // namespace sluice::ctl
