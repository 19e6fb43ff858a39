// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/customisation.hpp"

#include <algorithm>
#include <utility>

#include "actors/tenant/tenant_tier.hpp"

namespace sluice {
namespace {

std::vector<Domain>::iterator find_domain(std::vector<Domain>& domains, const std::string& host) {
  return std::ranges::find(domains, host, &Domain::host);
}

Fault no_domain(const std::string& host) {
  return Fault{FaultCode::not_found, "host: \"" + host + "\" is not a domain of this tenant"};
}

/// Makes one event of a tenant's customisation the change that it is.
class Changer {
public:
  Changer(Customised current, TenantId tenant, const TenantDefinition& definition,
          const TierCatalogue& tiers, WallTime now)
      : definition_(definition), tiers_(tiers), now_(now) {
    change_.tenant = tenant;
    change_.after = std::move(current);
  }

  Result<CustomisationChange> operator()(const PutCustomisation& put) {
    Customisation& custom = change_.after.custom;
    if (put.expected && *put.expected != custom.version) {
      return Fault{FaultCode::conflict, "version: expected " + std::to_string(put.expected->raw()) +
                                            ", but the customisation is at " +
                                            std::to_string(custom.version.raw())};
    }
    if (put == PutCustomisation{.expected = put.expected}) {
      return Fault{FaultCode::invalid_argument, "customisation: no part of it is there"};
    }
    const std::vector<Webhook> hooks = custom.webhooks;
    replace(custom.branding, put.branding, "custom_branding");
    replace(custom.theme, put.theme, "custom_branding");
    replace(custom.css, put.css, "custom_branding");
    replace(custom.emails, put.emails, "custom_branding");
    replace(custom.sso, put.sso, "sso");
    replace(custom.webhooks, put.webhooks, "webhooks");
    replace(custom.white_label, put.white_label, "white_label");
    if (refusal_) {
      return *refusal_;
    }
    keep_secrets(hooks);
    if (const auto valid = validate(custom); !valid.ok()) {
      return valid.fault();
    }
    custom.version = Version{custom.version.raw() + 1};
    change_.put = custom;
    return std::move(change_);
  }

  Result<CustomisationChange> operator()(const AddDomain& add) {
    std::vector<Domain>& domains = change_.after.domains;
    if (!is_host_name(add.host)) {
      return Fault{FaultCode::invalid_argument,
                   "host: must be a host name in lower case, such as shop.example.com"};
    }
    if (const auto allowed = require("custom_domain"); !allowed.ok()) {
      return allowed.fault();
    }
    if (find_domain(domains, add.host) != domains.end()) {
      return Fault{FaultCode::already_exists, "host is taken"};
    }
    if (domains.size() >= domains_per_tenant_max) {
      return Fault{FaultCode::limit_exceeded, "domains_per_tenant_max: there are 10 already"};
    }
    change_.domain = Domain{add.host, add.token, std::nullopt, now_};
    domains.insert(std::ranges::upper_bound(domains, add.host, {}, &Domain::host), *change_.domain);
    return std::move(change_);
  }

  Result<CustomisationChange> operator()(const VerifyDomain& verify) {
    const auto domain = find_domain(change_.after.domains, verify.host);
    if (domain == change_.after.domains.end()) {
      return no_domain(verify.host);
    }
    if (const auto allowed = require("custom_domain"); !allowed.ok()) {
      return allowed.fault();
    }
    if (verify.found != domain->token) {
      return Fault{FaultCode::invalid_argument, "found: is not the token of this domain"};
    }
    if (!domain->verified_at) {
      domain->verified_at = now_;
    }
    change_.domain = *domain;
    return std::move(change_);
  }

  Result<CustomisationChange> operator()(const RemoveDomain& remove) {
    const auto domain = find_domain(change_.after.domains, remove.host);
    if (domain == change_.after.domains.end()) {
      return no_domain(remove.host);
    }
    change_.after.domains.erase(domain);
    change_.removed = remove.host;
    return std::move(change_);
  }

private:
  [[nodiscard]] Result<Done> require(std::string_view feature) const {
    return require_feature(definition_, tiers_, feature);
  }

  template <class Part>
  void replace(Part& part, const std::optional<Part>& by, std::string_view feature) {
    if (!by) {
      return;
    }
    part = *by;
    if (part == Part{} || refusal_) {
      return;
    }
    if (const auto allowed = require(feature); !allowed.ok()) {
      refusal_ = allowed.fault();
    }
  }

  void keep_secrets(const std::vector<Webhook>& before) {
    for (Webhook& hook : change_.after.custom.webhooks) {
      const auto same = std::ranges::find(before, hook.url, &Webhook::url);
      if (hook.secret.empty() && same != before.end()) {
        hook.secret = same->secret;
      }
    }
  }

  const TenantDefinition& definition_;
  const TierCatalogue& tiers_;
  WallTime now_;
  CustomisationChange change_{};
  std::optional<Fault> refusal_{};
};

}  // namespace

Result<CustomisationChange> customise(Customised current, const CustomisationWish& wish,
                                      const TenantDefinition& definition,
                                      const TierCatalogue& tiers, WallTime now) {
  return std::visit(Changer{std::move(current), wish.tenant, definition, tiers, now}, wish.event);
}

std::optional<WallTime> reserved_until(const Domain& domain) {
  return domain.verified_at ? std::nullopt : std::optional{domain.added_at + domain_reserved_for};
}

std::string domain_token(std::uint64_t high, std::uint64_t low) {
  std::string token = "sluice-verify=";
  for (const std::uint64_t word : {high, low}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      token += "0123456789abcdef"[(word >> shift) & 0xF];
    }
  }
  return token;
}

}  // namespace sluice
