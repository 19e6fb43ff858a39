// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "actors/tenant/alert.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::webhooks {

/// How an alert is told to a webhook. Pure.

/// JSON: `{"id":...,"event":...,"at":...,"tenant":...,"data":{...}}`. The same bytes each time.
[[nodiscard]] std::string body_of(const Alert& alert);

/// `t=<seconds since 1970>,v1=<hex of HMAC-SHA-256 of "<t>.<body>">`: whoever has the secret can
/// tell that the body came from here, and when.
[[nodiscard]] std::string signature_of(std::string_view secret, WallTime now,
                                       std::string_view body);

}  // namespace sluice::webhooks
