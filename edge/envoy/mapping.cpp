// SPDX-License-Identifier: Apache-2.0
#include "edge/envoy/mapping.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/tenant/check.hpp"
#include "actors/tenant/limit_rules.hpp"

namespace sluice::envoy {

namespace {

using Json = nlohmann::json;

Fault wrong(const std::string& member, const std::string& what) {
  return {FaultCode::invalid_argument, member + ": " + what};
}

/// A member of a domain, read into where it belongs.
using TakeMember = std::function<Result<Done>(const Json& value, const std::string& member)>;

TakeMember text_into(std::string& into) {
  return [&into](const Json& value, const std::string& member) -> Result<Done> {
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
      return wrong(member, "is not a text");
    }
    into = value.get<std::string>();
    return Done{};
  };
}

/// An object of texts, each of which `take` judges.
template <class Take>
TakeMember texts_into(Take take, std::size_t count_max) {
  return [take, count_max](const Json& value, const std::string& member) -> Result<Done> {
    if (!value.is_object() || value.size() > count_max) {
      return wrong(member, "is not an object of at most " + std::to_string(count_max) + " texts");
    }
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string() || !take(key, text.template get_ref<const std::string&>())) {
        return wrong(member + "." + key, "is not what stands there");
      }
    }
    return Done{};
  };
}

}  // namespace

Result<Mapping> Mapping::read(std::string_view json) {
  const Json file = Json::parse(json, nullptr, false);
  if (!file.is_object() || file.size() != 1 || !file.contains("domains") ||
      !file["domains"].is_object() || file["domains"].size() > domains_max) {
    return wrong("domains",
                 "the file is one JSON object with domains, an object, and nothing else");
  }
  Mapping mapping;
  for (const auto& [name, said] : file["domains"].items()) {
    const std::string where = "domains." + name;
    if (!said.is_object()) {
      return wrong(where, "is not an object");
    }
    Domain domain;
    const auto take_tenant = [&domain](const std::string& key, const std::string& text) {
      const auto id = parse_tenant_id(text);
      return id && domain.tenants.emplace(key, *id).second;
    };
    const auto take_label = [&domain](const std::string& key, const std::string& text) {
      return is_label_name(text) && domain.label_keys.emplace(key, text).second;
    };
    const std::map<std::string, TakeMember> members{
        {"tenant", text_into(domain.tenant)},
        {"tenants", texts_into(take_tenant, names_max)},
        {"meter", text_into(domain.meter)},
        {"meter_key", text_into(domain.meter_key)},
        {"labels", texts_into(take_label, labels_per_check_max)}};
    for (const auto& [member, value] : said.items()) {
      const auto known = members.find(member);
      if (known == members.end()) {
        return wrong(where + "." + member, "is not known");
      }
      if (const auto taken = known->second(value, where + "." + member); !taken.ok()) {
        return taken.fault();
      }
    }
    if (domain.tenant.empty()) {
      return wrong(where + ".tenant", "is missing: the key that names the tenant");
    }
    mapping.domains_.emplace(name, std::move(domain));
  }
  return mapping;
}

Result<Done> Mapping::take(const Domain& domain, const DescriptorEntry& entry,
                           std::optional<TenantId>& tenant, Asked& asked) {
  if (entry.key == domain.tenant) {
    const auto named = domain.tenants.find(entry.value);
    const auto id =
        named == domain.tenants.end() ? parse_tenant_id(entry.value) : std::optional{named->second};
    if (!id) {
      return wrong(std::string{entry.key}, "is neither a tenant's id nor a name in the mapping");
    }
    if (tenant && *tenant != *id) {
      return wrong(std::string{entry.key}, "the descriptors name two tenants");
    }
    tenant = id;
  } else if (entry.key == domain.meter_key && !domain.meter_key.empty()) {
    if (std::find(asked.meters.begin(), asked.meters.end(), entry.value) == asked.meters.end()) {
      asked.meters.emplace_back(entry.value);
    }
  } else if (const auto label = domain.label_keys.find(entry.key);
             label != domain.label_keys.end()) {
    const auto same =
        std::find_if(asked.labels.begin(), asked.labels.end(),
                     [&label](const OwnedLabel& known) { return known.name == label->second; });
    if (same == asked.labels.end()) {
      asked.labels.push_back({label->second, std::string{entry.value}});
    } else if (same->value != entry.value) {
      return wrong(std::string{entry.key}, "the descriptors give it two values");
    }
  }
  return Done{};
}

Result<std::optional<Asked>> Mapping::asked_by(std::string_view domain,
                                               std::span<const Descriptor> descriptors) const {
  const auto known = domains_.find(domain);
  if (known == domains_.end()) {
    return std::optional<Asked>{};
  }
  std::optional<TenantId> tenant;
  Asked asked{};
  for (const Descriptor& descriptor : descriptors) {
    for (const DescriptorEntry& entry : descriptor) {
      if (const auto taken = take(known->second, entry, tenant, asked); !taken.ok()) {
        return taken.fault();
      }
    }
  }
  if (!tenant) {
    return std::optional<Asked>{};
  }
  asked.tenant = *tenant;
  if (asked.meters.empty()) {
    asked.meters.push_back(known->second.meter);
  }
  if (asked.meters.size() > charges_per_check_max) {
    return wrong(known->second.meter_key,
                 "names more than " + std::to_string(charges_per_check_max) + " meters");
  }
  return std::optional{std::move(asked)};
}

}  // namespace sluice::envoy
