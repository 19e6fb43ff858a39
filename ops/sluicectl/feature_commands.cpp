// SPDX-License-Identifier: Apache-2.0
// What a tenant may use, by its tier or by itself.
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/views.hpp"

namespace sluice::ctl {
namespace {

struct ShowWish {
  std::string tenant;
};

struct SetWish {
  std::string tenant;
  std::string feature;  ///< `NAME`, or `NAME=VALUE`.
  bool is_text = false;
  std::optional<std::uint64_t> expected;
};

/// What the text looks like, unless it is said to be a text.
FeatureValue value_from(const std::string& text, bool is_text) {
  if (!is_text && (text == "true" || text == "false")) {
    return text == "true";
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return !is_text && whole ? FeatureValue{number} : FeatureValue{text};
}

Report tell(Session& session, const std::string& tenant) {
  const TenantFeatures features =
      answered(session.link.management().features(parse_tenant_ref(tenant)));
  return {document_of(features), view_of(features, session.style)};
}

Report list(Session& session, const ShowWish& wish) {
  return tell(session, wish.tenant);
}

std::optional<Version> version_of(const SetWish& wish) {
  return wish.expected ? std::optional{Version{*wish.expected}} : std::nullopt;
}

Report set(Session& session, const SetWish& wish) {
  const std::size_t equals = wish.feature.find('=');
  Feature feature{wish.feature.substr(0, equals), true};
  if (equals != std::string::npos) {
    feature.value = value_from(wish.feature.substr(equals + 1), wish.is_text);
  }
  static_cast<void>(answered(session.link.management().set_feature(parse_tenant_ref(wish.tenant),
                                                                   version_of(wish), feature)));
  return tell(session, wish.tenant);
}

Report clear(Session& session, const SetWish& wish) {
  static_cast<void>(answered(session.link.management().clear_feature(
      parse_tenant_ref(wish.tenant), version_of(wish), wish.feature)));
  return tell(session, wish.tenant);
}

}  // namespace

void add_feature_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("feature", "What a tenant may use");
  group.require_subcommand(1);
  auto shown = std::make_shared<ShowWish>();
  CLI::App& list_command = *group.add_subcommand("list", "List the features of a tenant");
  list_command.add_option(tenant_positional, shown->tenant, "Slug or UUID")->required();
  runs(line, list_command, shown, list);

  auto made = std::make_shared<SetWish>();
  CLI::App& set_command =
      *group.add_subcommand("set", "Give a tenant a value of its own, instead of its tier's");
  set_command.add_option(tenant_positional, made->tenant, "Slug or UUID")->required();
  set_command
      .add_option("FEATURE", made->feature,
                  "NAME for true, or NAME=VALUE: true, false, a whole number or a text")
      ->required();
  set_command.add_flag("--text", made->is_text, "The value is a text, whatever it looks like");
  set_command.add_option("--expect-version", made->expected, "Only if the tenant has this version");
  runs(line, set_command, made, set);

  auto cleared = std::make_shared<SetWish>();
  CLI::App& clear_command =
      *group.add_subcommand("clear", "Take its own value away; that of its tier counts again");
  clear_command.add_option(tenant_positional, cleared->tenant, "Slug or UUID")->required();
  clear_command.add_option("FEATURE", cleared->feature, "Its name")->required();
  clear_command.add_option("--expect-version", cleared->expected,
                           "Only if the tenant has this version");
  runs(line, clear_command, cleared, clear);
}

}  // namespace sluice::ctl
