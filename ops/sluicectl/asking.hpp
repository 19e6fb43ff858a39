// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/sharing/use.hpp"
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

/// A UUID; a random one for an empty text.
[[nodiscard]] EntryId id_from(const std::string& text);
/// For how long something is held, 1 ms to 7 days; an empty text leaves it to the server.
[[nodiscard]] Duration ttl_from(const std::string& text);
/// `NAME=VALUE` each.
[[nodiscard]] std::vector<OwnedLabel> labels_from(const std::vector<std::string>& texts);
/// The option that fills them.
void add_labels(CLI::App& command, std::vector<std::string>& texts, const char* description);

/// What is used of another tenant.
struct ResourceWish {
  std::string resource;  ///< `model:gpt-x` or `model/gpt-x`; empty: nothing.
  std::string permission = "execute";
  std::string peer;  ///< An address, or empty.
};
/// The options that fill it.
void add_resource(CLI::App& command, ResourceWish& wish, const char* description);
/// As the server knows it; nothing if none is named.
[[nodiscard]] std::optional<SharedUse> use_from(const ResourceWish& wish, ServerLink& link);

/// Asks it of the tenant of this name, and tells the answer.
[[nodiscard]] Report ask(Session& session, const std::string& tenant, AskedCheck asked);

}  // namespace sluice::ctl
