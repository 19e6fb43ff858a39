// SPDX-License-Identifier: Apache-2.0
// What the audit says of changes of a customisation.
#include <algorithm>
#include <string>

#include "actors/tenant/audit_json.hpp"
#include "actors/tenant/customisation.hpp"

namespace sluice {

namespace {

using audit::Fields;

std::string told(const Webhook& hook) {
  return Fields{}
      .add("url", std::string_view{hook.url})
      .add_json("events", audit::list(hook.events,
                                      [](const std::string& event) { return audit::json(event); }))
      .add("enabled", hook.enabled)
      .object();
}

std::string told(const EmailTemplate& email) {
  return Fields{}
      .add("name", std::string_view{email.name})
      .add("subject", std::string_view{email.subject})
      .add("body", std::string_view{email.body})
      .object();
}

/// The long ones last: what is cut is cut from the end.
Fields fields_of(const Customisation& custom, bool other_secrets) {
  Fields fields;
  fields.add("logo_url", std::string_view{custom.branding.logo_url})
      .add("favicon_url", std::string_view{custom.branding.favicon_url})
      .add("primary_colour", std::string_view{custom.branding.primary_colour})
      .add("secondary_colour", std::string_view{custom.branding.secondary_colour})
      .add("theme", to_string(custom.theme))
      .add("sso_protocol", to_string(custom.sso.protocol))
      .add("sso_url", std::string_view{custom.sso.url})
      .add("sso_client_id", std::string_view{custom.sso.client_id})
      .add("white_label", custom.white_label)
      .add("other_secrets", other_secrets)
      .add_json("webhooks",
                audit::list(custom.webhooks, [](const Webhook& hook) { return told(hook); }))
      .add("css", std::string_view{custom.css})
      .add_json("emails",
                audit::list(custom.emails, [](const EmailTemplate& email) { return told(email); }));
  return fields;
}

/// Whether a webhook that stays has another secret.
bool changes_secrets(const Customisation& before, const Customisation& after) {
  return std::ranges::any_of(after.webhooks, [&](const Webhook& hook) {
    const auto same = std::ranges::find(before.webhooks, hook.url, &Webhook::url);
    return same != before.webhooks.end() && same->secret != hook.secret;
  });
}

}  // namespace

AuditDraft audit_of_customisation(const Customised& before, const CustomisationChange& change) {
  AuditDraft draft{.tenant = change.tenant, .action = AuditAction::customisation_put};
  if (change.put) {
    Fields old = fields_of(before.custom, false);
    Fields now = fields_of(*change.put, changes_secrets(before.custom, *change.put));
    Fields::keep_differences(old, now);
    draft.before = old.text();
    draft.after = now.text();
  } else if (change.domain) {
    draft.action =
        change.domain->verified_at ? AuditAction::domain_verified : AuditAction::domain_added;
    draft.subject = change.domain->host;
  } else {
    draft.action = AuditAction::domain_removed;
    draft.subject = change.removed.value();
  }
  return draft;
}

}  // namespace sluice
