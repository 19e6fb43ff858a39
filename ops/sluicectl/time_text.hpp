// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/text/time_text.hpp"

namespace sluice::ctl {

using text::format_duration;
using text::format_instant;
using text::format_instant_in;
using text::parse_duration;
using text::parse_instant;

}  // namespace sluice::ctl
