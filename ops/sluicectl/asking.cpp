// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/asking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>
#include <variant>

#include "actors/tenant/sharing/peer_address.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"
#include "ops/sluicectl/amount_text.hpp"
#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/entry_id_text.hpp"
#include "ops/sluicectl/label_text.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

/// An id that no tenant has is still asked about: "unknown tenant" is an answer to a check. A slug
/// that nobody has cannot be asked about.
void find_tenant(const std::string& text, ServerLink& link, AskedCheck& asked) {
  const client::TenantRef ref = parse_tenant_ref(text);
  auto found = link.management().show(ref);
  if (!found.ok() && found.fault().code == FaultCode::not_found) {
    if (const TenantId* const id = std::get_if<TenantId>(&ref)) {
      asked.tenant_id = *id;
      return;
    }
  }
  asked.tenant = answered(std::move(found));
  asked.tenant_id = asked.tenant->id;
}

Failure wrong_usage(std::string why) {
  return Failure{ExitCode::bad_usage, Fault{FaultCode::invalid_argument, std::move(why)}};
}

}  // namespace

Charge charge_from(const std::string& text, ServerLink& link) {
  const std::size_t equals = text.find('=');
  const Meter meter = link.meter(text.substr(0, equals), "METER");
  if (equals == std::string::npos) {
    return Charge{meter.id, Amount{1}};
  }
  return Charge{meter.id,
                accept(parse_amount(text.substr(equals + 1), amount_unit_of(meter)), meter.name)};
}

Charge used_from(const std::string& text, ServerLink& link) {
  if (text.find('=') == std::string::npos) {
    throw wrong_usage(fmt::format("{0}: say how much was used, as in {0}=100", text));
  }
  return charge_from(text, link);
}

EntryId id_from(const std::string& text) {
  if (!text.empty()) {
    return accept(parse_entry_id(text), "--id");
  }
  std::random_device random;
  std::uniform_int_distribution<std::uint64_t> words;
  return make_entry_id(words(random), words(random));
}

Duration ttl_from(const std::string& text) {
  if (text.empty()) {
    return Duration{};
  }
  const Duration ttl = accept(parse_duration(text), "--ttl");
  if (ttl < ttl_min || ttl > ttl_max) {
    throw wrong_usage(fmt::format("--ttl: '{}' is not from {} to {}", text,
                                  format_duration(ttl_min), format_duration(ttl_max)));
  }
  return ttl;
}

std::vector<OwnedLabel> labels_from(const std::vector<std::string>& texts) {
  if (texts.size() > labels_per_check_max) {
    throw wrong_usage(fmt::format("--label: there are more than {}", labels_per_check_max));
  }
  std::vector<OwnedLabel> labels;
  for (const std::string& text : texts) {
    OwnedLabel label = accept(parse_label(text), "--label");
    if (std::ranges::find(labels, label.name, &OwnedLabel::name) != labels.end()) {
      throw wrong_usage(fmt::format("--label: '{}' is there twice", label.name));
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

void add_labels(CLI::App& command, std::vector<std::string>& texts, const char* description) {
  command.add_option("--label", texts, description)
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void add_resource(CLI::App& command, ResourceWish& wish, const char* description) {
  auto* const resource =
      command.add_option("--resource", wish.resource, description)->type_name("TYPE:ID");
  command
      .add_option("--permission", wish.permission,
                  "What is done with it: read, execute, modify, share, delete or admin")
      ->needs(resource)
      ->default_val(wish.permission);
  command.add_option("--ip", wish.peer, "From where it is used, for conditions that ask")
      ->needs(resource)
      ->type_name("ADDRESS");
}

std::optional<SharedUse> use_from(const ResourceWish& wish, ServerLink& link) {
  const auto& [resource, permission, peer] = wish;
  if (resource.empty()) {
    return std::nullopt;
  }
  const std::size_t end_of_type = resource.find_first_of(":/");
  const auto type = parse_resource_type(resource.substr(0, end_of_type));
  if (end_of_type == std::string::npos || !type) {
    throw wrong_usage(fmt::format("--resource: '{}' is not TYPE:ID, as in model:gpt-x", resource));
  }
  SharedUse use;
  const auto asked = parse_share_permission(permission);
  if (!asked) {
    throw wrong_usage(fmt::format("--permission: '{}' is none", permission));
  }
  use.permission = *asked;
  if (!peer.empty()) {
    use.peer = parse_peer_address(peer);
    if (!use.peer) {
      throw wrong_usage(fmt::format("--ip: '{}' is no IPv4 or IPv6 address", peer));
    }
  }
  use.policy = answered(link.gateway().resource({*type, resource.substr(end_of_type + 1)}));
  return use;
}

Report ask(Session& session, const std::string& tenant, AskedCheck asked) {
  find_tenant(tenant, session.link, asked);
  std::vector<Label> labels;
  for (const OwnedLabel& label : asked.labels) {
    labels.push_back({label.name, label.value});
  }
  Check check{asked.tenant_id, asked.charges, asked.mode, asked.id, asked.ttl, labels, asked.want};
  check.explain = asked.explain;
  check.shared = asked.use ? &*asked.use : nullptr;
  asked.answer = session.link.gateway().check(check);
  return {document_of(asked, session.link), view_of(asked, session.link, session.style),
          exit_of(asked.answer.decision.outcome)};
}

}  // namespace sluice::ctl
