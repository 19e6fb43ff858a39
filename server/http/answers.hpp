// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "actors/tenant/check.hpp"
#include "actors/tenant/fault.hpp"
#include "server/http/http_message.hpp"
#include "server/http/json.hpp"
#include "server/http/json_writer.hpp"

namespace sluice::http {

/// The two shapes that bodies have: `{"success":true,"data":...}` and
/// `{"success":false,"error":{"code","message","details"}}`.
[[nodiscard]] Response success(const Json& data, unsigned status = 200);
[[nodiscard]] Response success(const JsonText& data, unsigned status = 200);
[[nodiscard]] Response failure(unsigned status, std::string_view code, std::string_view message,
                               const Json& details = Json::object());
[[nodiscard]] Response failure(unsigned status, std::string_view code, std::string_view message,
                               const JsonText& details);

/// A fault, with the status that belongs to its code.
[[nodiscard]] Response failure(const Fault& fault);

/// A body that cannot be read at all.
[[nodiscard]] Response malformed(const Fault& fault);

[[nodiscard]] unsigned status_of(FaultCode code);
[[nodiscard]] unsigned status_of(Outcome outcome);

/// What people are told of an outcome that is not `allowed`.
[[nodiscard]] std::string_view sentence_of(Outcome outcome);

/// The field that a sentence such as `limit.name: is not ...` or `amount is not ...` begins with.
[[nodiscard]] std::string_view field_of(std::string_view sentence);

}  // namespace sluice::http
