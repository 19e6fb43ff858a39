// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/text.hpp"
#include "actors/tenant/tier.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// How a tenant's own users see the platform: its looks, its addresses, and where it signs in and
/// is told of things. Sluice keeps and checks it; whoever shows pages or sends mail reads it.
/// Pure functions; a fault names the field, as in `branding.primary_colour`.

/// Empty where nothing is said. URLs are `https` only.
struct Branding {
  std::string logo_url{};
  std::string favicon_url{};
  std::string primary_colour{};  ///< `#rrggbb`.
  std::string secondary_colour{};
  friend bool operator==(const Branding&, const Branding&) = default;
};

enum class Theme : std::uint8_t { system, light, dark };
enum class SsoProtocol : std::uint8_t { none, saml, oidc };

struct Sso {
  SsoProtocol protocol = SsoProtocol::none;
  std::string url{};        ///< Of the metadata (SAML) or the issuer (OIDC).
  std::string client_id{};  ///< Only of OIDC.
  friend bool operator==(const Sso&, const Sso&) = default;
};

struct Webhook {
  std::string url;                    ///< Each once.
  std::vector<std::string> events{};  ///< `[a-z][a-z0-9_.]{0,62}`, or `*`.
  /// What calls are signed with, so it is stored as it is; never shown. A change that leaves it
  /// empty keeps that of the same URL.
  std::string secret{};
  bool enabled = true;
  friend bool operator==(const Webhook&, const Webhook&) = default;
};

struct EmailTemplate {
  std::string name;  ///< `[a-z][a-z0-9_.]{0,62}`, each once.
  std::string subject;
  std::string body;
  friend bool operator==(const EmailTemplate&, const EmailTemplate&) = default;
};

struct Customisation {
  Branding branding{};
  Theme theme = Theme::system;
  std::string css{};  ///< See css_rules.hpp.
  Sso sso{};
  std::vector<Webhook> webhooks{};
  std::vector<EmailTemplate> emails{};
  bool white_label = false;
  Version version{};  ///< Grows by one with each change; 0: nothing was ever set.
  friend bool operator==(const Customisation&, const Customisation&) = default;
};

inline constexpr std::size_t customisation_bytes_max = 65'536;  ///< As it is stored.
inline constexpr std::size_t custom_css_bytes_max = 16'384;
inline constexpr std::size_t custom_url_bytes_max = 2'048;
inline constexpr std::size_t webhooks_max = 10;
inline constexpr std::size_t webhook_events_max = 32;
inline constexpr std::size_t email_templates_max = 20;
inline constexpr std::size_t email_body_bytes_max = 16'384;

/// A host name that is the tenant's, once somebody has seen that it is.
struct Domain {
  std::string host;                       ///< Lower case; one tenant's in all the system.
  std::string token;                      ///< What stands in its TXT record `_sluice.<host>`.
  std::optional<WallTime> verified_at{};  ///< Nothing: pending.
  WallTime added_at{};
  friend bool operator==(const Domain&, const Domain&) = default;
};
inline constexpr std::size_t domains_per_tenant_max = 10;
inline constexpr std::size_t domains_max = 100'000;  ///< In the system.
/// For how long a domain that nobody verifies is reserved; then it is removed, as by a caller.
inline constexpr Duration domain_reserved_for = std::chrono::hours{7 * 24};

/// Until when it is reserved; nothing if it is verified.
[[nodiscard]] std::optional<WallTime> reserved_until(const Domain& domain);

/// All of it.
struct Customised {
  Customisation custom{};
  std::vector<Domain> domains{};  ///< By host.
  friend bool operator==(const Customised&, const Customised&) = default;
};

/// A verified domain, and whose it is.
struct HostedDomain {
  std::string host;
  TenantId tenant;
  friend bool operator==(const HostedDomain&, const HostedDomain&) = default;
};

/// Replaces the parts that are there, each as a whole, and leaves the others.
struct PutCustomisation {
  std::optional<Version> expected{};  ///< Holds only for that version.
  std::optional<Branding> branding{};
  std::optional<Theme> theme{};
  std::optional<std::string> css{};
  std::optional<Sso> sso{};
  std::optional<std::vector<Webhook>> webhooks{};
  std::optional<std::vector<EmailTemplate>> emails{};
  std::optional<bool> white_label{};
  friend bool operator==(const PutCustomisation&, const PutCustomisation&) = default;
};
struct AddDomain {
  std::string host;
  std::string token;  ///< By `domain_token`.
};
/// What somebody whom the platform trusts has found in the TXT record.
struct VerifyDomain {
  std::string host;
  std::string found;
};
struct RemoveDomain {
  std::string host;
};
using CustomisationEvent = std::variant<PutCustomisation, AddDomain, VerifyDomain, RemoveDomain>;

struct CustomisationWish {
  TenantId tenant;
  CustomisationEvent event;
};

/// What the store has to write: one of the three.
struct CustomisationChange {
  TenantId tenant;
  std::optional<Customisation> put{};  ///< Stands after the version before its own.
  std::optional<Domain> domain{};      ///< New if it is pending; otherwise it was there.
  std::optional<std::string> removed{};
  Customised after{};  ///< All of it then.
};

/// Checks every field, and that it is not too much to be stored.
[[nodiscard]] Result<Done> validate(const Customisation& custom);

/// The change, checked; or why it cannot be. What the tenant lacks the feature for it may not set,
/// only take back.
[[nodiscard]] Result<CustomisationChange> customise(Customised current,
                                                    const CustomisationWish& wish,
                                                    const TenantDefinition& definition,
                                                    const TierCatalogue& tiers, WallTime now);

/// What the audit says of it; no secrets.
[[nodiscard]] AuditDraft audit_of_customisation(const Customised& before,
                                                const CustomisationChange& change);

/// `sluice-verify=` and 32 digits, from random words.
[[nodiscard]] std::string domain_token(std::uint64_t high, std::uint64_t low);
/// Objects to what is no URL of `https`, names a user, or has more than `custom_url_bytes_max`.
[[nodiscard]] Objection object_to_url(std::string_view url);
/// Lower case, at least two labels, and no address.
[[nodiscard]] bool is_host_name(std::string_view host);
/// What a browser may send as `Host`, as domains are written: in lower case, without port and
/// without a dot at the end.
[[nodiscard]] std::string host_named(std::string_view header);

[[nodiscard]] std::string_view to_string(Theme theme);
[[nodiscard]] std::optional<Theme> parse_theme(std::string_view text);
[[nodiscard]] std::string_view to_string(SsoProtocol protocol);
[[nodiscard]] std::optional<SsoProtocol> parse_sso_protocol(std::string_view text);

}  // namespace sluice
