// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/sharing/peer_address.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "protocol/mode_terms.hpp"
#include "server/http/json.hpp"

namespace sluice::http {

/// A check as a request asks it; the tenant is as it was written, an id or a slug.
struct AskedCheck {
  std::string tenant;
  Mode mode = Mode::normal;
  std::vector<Charge> charges{};
  EntryId id{};
  Duration ttl{};
  Amount want{};
  std::vector<OwnedLabel> labels{};
  bool explain = false;
  std::optional<Resource> resource{};
  SharePermission permission = SharePermission::execute;
  std::optional<PeerAddress> ip{};  ///< From where the resource is used, if the request says it.
};

/// Why something that was asked is no check.
struct Objected {
  Outcome outcome = Outcome::invalid;
  std::string problem;  ///< `charges[1].amount: is not an amount`
};

/// What a check is read with.
struct CheckReading {
  const MeterTable& meters;
  std::optional<Mode> mode;                         ///< Nothing: the check says it, or is normal.
  std::optional<std::string_view> idempotency_key;  ///< Of the request.
  std::mt19937_64& random;                          ///< Ids that nobody chose are made of it.
};

/// Reads one check. Everything that it may say stands in `check_fields`; what is not there is
/// objected to.
[[nodiscard]] std::optional<Objected> read_check(const Json& in, const CheckReading& with,
                                                 std::string_view path, AskedCheck& out);

/// One member of a check: what reads it, and what the description of the interface says of it.
struct CheckField {
  std::string_view name;
  std::string_view schema;  ///< JSON Schema.
  Say ModeTerms::*said;     ///< Whether a mode has it; null: every mode, or as `applies` says.
  bool (*applies)(Mode mode);
};
[[nodiscard]] std::span<const CheckField> check_fields();
/// Whether a check of this mode may have it.
[[nodiscard]] bool may_have(const CheckField& field, Mode mode);

/// The modes as they are written: `normal`, `best_effort`, ...
[[nodiscard]] std::string_view name_of(Mode mode);
[[nodiscard]] std::optional<Mode> mode_from(std::string_view name);

/// The id that an `Idempotency-Key` stands for: a UUID is itself, any other text of 1 to 255
/// printable characters is hashed to a UUID (version 8). Quotes around it are no part of it.
[[nodiscard]] std::optional<EntryId> id_of_key(std::string_view key);

}  // namespace sluice::http
