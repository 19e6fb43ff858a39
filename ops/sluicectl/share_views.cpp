// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/share_views.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "protocol/text/sharing_json.hpp"

namespace sluice::ctl {
namespace {

Cell share_cell(std::string text, Tint tint = Tint::none) {
  return {std::move(text), tint};
}

std::string instant_or_dash(const std::optional<WallTime>& instant) {
  return instant ? format_instant_in(*instant, "UTC") : "-";
}

std::string text_or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

Tint tint_of(SharingState state) {
  switch (state) {
    case SharingState::pending:
      return Tint::warning;
    case SharingState::approved:
      return Tint::good;
    case SharingState::rejected:
    case SharingState::withdrawn:
    case SharingState::revoked:
    case SharingState::expired:
      return Tint::faint;
  }
  return Tint::none;
}

std::string condition_text(const SharingCondition& condition) {
  std::string values;
  for (const std::string& value : condition.values) {
    values.append(values.empty() ? "" : ",").append(value);
  }
  return fmt::format("{} {} {}", to_string(condition.kind), to_string(condition.op), values);
}

}  // namespace

Report policy_report(const SharingPolicy& policy, Session& session) {
  Card card;
  card.add("policy", to_string(policy.id));
  card.add("resource", to_string(policy.resource));
  card.add("owner", to_string(policy.owner));
  card.add("title", text_or_dash(policy.title));
  card.add("visibility", std::string{to_string(policy.visibility)});
  card.add("permissions", to_string(policy.permissions));
  card.add("allow", std::to_string(policy.allow.size()));
  card.add("block", std::to_string(policy.block.size()));
  for (const SharingCondition& condition : policy.conditions) {
    card.add("condition", condition_text(condition));
  }
  card.add("pricing", std::string{to_string(policy.pricing.kind)});
  card.add("approval", policy.requires_approval ? "by the owner" : "none");
  card.add("consumers", policy.max_consumers ? fmt::format("up to {}", *policy.max_consumers)
                                             : std::string{"any number"});
  card.add("expires", instant_or_dash(policy.expires_at));
  card.add("version", std::to_string(policy.version.raw()));
  return {text::json_of(policy, session.link.meters()), card.print(session.style)};
}

Report policies_report(const PolicyPage& page, Session& session) {
  Table table{{{"POLICY"},
               {"RESOURCE"},
               {"VISIBILITY"},
               {"PERMISSIONS"},
               {"PRICING"},
               {"EXPIRES"},
               {"TITLE"}}};
  for (const SharingPolicy& policy : page.policies) {
    table.add({share_cell(to_string(policy.id)), share_cell(to_string(policy.resource)),
               share_cell(std::string{to_string(policy.visibility)}),
               share_cell(to_string(policy.permissions)),
               share_cell(std::string{to_string(policy.pricing.kind)}),
               share_cell(instant_or_dash(policy.expires_at)),
               share_cell(text_or_dash(policy.title))});
  }
  std::string text = table.print(session.style);
  if (page.more) {
    text += fmt::format("There are more: --after {}\n", to_string(page.policies.back().id));
  }
  return {text::json_of(page, session.link.meters()), std::move(text)};
}

Report request_report(const SharingRequest& request, Session& session) {
  Card card;
  card.add("request", to_string(request.id));
  card.add("policy", to_string(request.policy));
  card.add("owner", to_string(request.owner));
  card.add("consumer", to_string(request.consumer));
  card.add("state", std::string{to_string(request.state)}, tint_of(request.state));
  card.add("permissions", to_string(request.permissions));
  card.add("message", text_or_dash(request.message));
  card.add("reason", text_or_dash(request.reason));
  card.add("asked", format_instant_in(request.created_at, "UTC"));
  card.add("decided", instant_or_dash(request.decided_at));
  card.add("ended", instant_or_dash(request.ended_at));
  card.add("expires", instant_or_dash(request.expires_at));
  return {text::json_of(request), card.print(session.style)};
}

Report requests_report(const SharingPage& page, Session& session) {
  Table table{
      {{"REQUEST"}, {"STATE"}, {"POLICY"}, {"OWNER"}, {"CONSUMER"}, {"PERMISSIONS"}, {"EXPIRES"}}};
  for (const SharingRequest& request : page.requests) {
    table.add({share_cell(to_string(request.id)),
               share_cell(std::string{to_string(request.state)}, tint_of(request.state)),
               share_cell(to_string(request.policy)), share_cell(to_string(request.owner)),
               share_cell(to_string(request.consumer)), share_cell(to_string(request.permissions)),
               share_cell(instant_or_dash(request.expires_at))});
  }
  std::string text = table.print(session.style);
  if (page.more) {
    text += fmt::format("There are more: --after {}\n", to_string(page.requests.back().id));
  }
  return {text::json_of(page), std::move(text)};
}

}  // namespace sluice::ctl
