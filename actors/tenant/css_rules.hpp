// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "actors/tenant/fault.hpp"

namespace sluice {

/// Whether a tenant's style sheet can do no more than change looks: colours, fonts, borders and
/// spacing of what is there. What is not known is refused, never repaired.
///
///   sheet     = { selectors "{" [ declaration { ";" declaration } [ ";" ] ] "}" }
///   selectors = selector { "," selector }, of names of elements, classes, ids, `:hover`, `:focus`,
///               `:active`, `:visited` and `:disabled`, with blanks or ">" between
///   value     = words, numbers, `#rrggbb`, commas, and the functions rgb, rgba, hsl and hsla
///
/// So there are no comments, escapes, quotes, at-rules, attributes, URLs, or anything that lays one
/// thing over another. A fault says on which line it is.
[[nodiscard]] Result<Done> validate_css(std::string_view css);

}  // namespace sluice
