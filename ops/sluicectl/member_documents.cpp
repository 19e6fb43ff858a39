// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/member_documents.hpp"

#include "ops/sluicectl/documents.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {

Json document_of(const Member& member) {
  Json out{{"user_id", member.user_id},
           {"email", member.email},
           {"role", member.role},
           {"status", to_string(member.status)}};
  put_instant(out, "invited", member.invited_at);
  put_instant(out, "joined", member.joined_at.value_or(wall_time_never));
  return out;
}

Json document_of(const MemberPage& page) {
  Json members = Json::array();
  for (const Member& member : page.members) {
    members.push_back(document_of(member));
  }
  return Json{{"members", std::move(members)}, {"more", page.more}};
}

Json document_of(const TenantsOfPage& page) {
  Json tenants = Json::array();
  for (const TenantOf& of : page.tenants) {
    tenants.push_back(Json{{"id", to_string(of.tenant)},
                           {"slug", of.slug},
                           {"name", of.name},
                           {"member", document_of(of.member)}});
  }
  return Json{{"tenants", std::move(tenants)}, {"more", page.more}};
}

Json document_of(const std::vector<CustomRole>& custom) {
  Json list = Json::array();
  for (const CustomRole& role : custom) {
    list.push_back(Json{{"name", role.name},
                        {"permissions", to_string(role.permissions)},
                        {"members", role.members}});
  }
  return Json{{"roles", std::move(list)}};
}

Json document_of(const ApiKey& key) {
  Json tenants;
  if (key.tenants) {
    tenants = Json::array();
    for (const TenantId id : *key.tenants) {
      tenants.push_back(to_string(id));
    }
  }
  return Json{{"id", to_string(key.id)},
              {"name", key.name},
              {"kind", to_string(key.kind)},
              {"scopes", to_string(key.permissions)},
              {"tenants", tenants},
              {"createdAt", format_instant(key.created_at)},
              {"expiresAt",
               key.expires_at == wall_time_never ? Json() : Json(format_instant(key.expires_at))}};
}

}  // namespace sluice::ctl
