// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/text/entry_id_text.hpp"

namespace sluice::ctl {

using text::format_entry_id;
using text::make_entry_id;
using text::parse_entry_id;

}  // namespace sluice::ctl
