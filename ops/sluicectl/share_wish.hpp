// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/sharing/sharing_change.hpp"
#include "ops/sluicectl/command_line.hpp"

namespace sluice::ctl {

// What the commands about sharing read from the command line. They throw `Failure`.

/// What `share policy put` is told.
struct ShareWish {
  std::string tenant;
  std::string resource;
  std::string file;
  std::optional<std::string> title;
  std::optional<std::string> visibility;
  std::vector<std::string> permissions;
  // None of each leaves what there is; `none` takes all away.
  std::vector<std::string> allow;
  std::vector<std::string> block;
  std::vector<std::string> conditions;
  std::optional<bool> requires_approval;
  std::optional<std::uint32_t> max_consumers;
  std::optional<std::string> expires_at;
  std::optional<std::uint64_t> expected;
};
void add_share_options(CLI::App& command, ShareWish& wish);

/// The policy that the tenant has of the resource, or a new one, with what the options say.
[[nodiscard]] PolicyWish policy_wish_of(Session& session, const ShareWish& wish);

/// Among whose policies one is looked for that is named by its resource.
enum class Whose : std::uint8_t { own, others, any };
/// A UUID, or the one for `TYPE/ID`.
[[nodiscard]] PolicyId policy_named(Session& session, const std::string& tenant,
                                    const std::string& text, Whose whose);

/// What `--policy` names, in the same way: of what the tenant shares, or as a consumer of what
/// others do; nothing if it is empty.
[[nodiscard]] std::optional<PolicyId> policy_if_named(Session& session, const std::string& tenant,
                                                      SharingSide side, const std::string& text);

[[nodiscard]] PolicyId policy_id_from(const std::string& text, std::string_view field);
[[nodiscard]] SharingId sharing_id_from(const std::string& text, std::string_view field);
[[nodiscard]] SharePermissions share_permissions_from(const std::vector<std::string>& names);
/// `KIND OPERATOR VALUE,VALUE`, as in `region in eu,us`.
[[nodiscard]] Result<SharingCondition> condition_from(const std::string& text);

}  // namespace sluice::ctl
