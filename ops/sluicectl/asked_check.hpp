// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "ops/sluicectl/report.hpp"
#include "ops/sluicectl/server_link.hpp"
#include "ops/sluicectl/table.hpp"
#include "protocol/client/client.hpp"

namespace sluice::ctl {

/// A check that was asked from the command line, and its answer.
struct AskedCheck {
  TenantId tenant_id;
  std::optional<TenantDefinition> tenant;  ///< Nothing if there is no such tenant.
  std::vector<Charge> charges;
  Mode mode = Mode::normal;
  EntryId id{};
  Duration ttl{};
  std::vector<OwnedLabel> labels{};
  Amount want{};
  bool explain = false;
  std::optional<SharedUse> use{};  ///< Of the resource that it names.
  client::Answer answer;
};

/// The modes of a check as they are written: `normal`, `peek`, `best-effort`, `record`, `release`.
/// Those of a reservation are commands.
[[nodiscard]] std::vector<std::string> mode_names();
[[nodiscard]] std::optional<Mode> mode_from(std::string_view name);

/// As they are written for programs, with those of a reservation.
[[nodiscard]] std::string_view name_of(Mode mode);

/// As in documents.hpp and views.hpp.
[[nodiscard]] Json document_of(const AskedCheck& check, ServerLink& link);
[[nodiscard]] std::string view_of(const AskedCheck& check, ServerLink& link, Style style);

[[nodiscard]] ExitCode exit_of(Outcome outcome);

}  // namespace sluice::ctl
