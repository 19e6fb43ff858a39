// SPDX-License-Identifier: Apache-2.0
#include "server/auth/principal.hpp"

#include <algorithm>

#include "actors/tenant/text.hpp"

namespace sluice::auth {

namespace {

constexpr std::size_t author_characters_max = 255;

std::string fine(std::string_view text) {
  std::string told{text};
  if (!text.empty() && object_to_prose(text, author_characters_max)) {
    told.resize(std::min(told.size(), author_characters_max));
    std::ranges::replace_if(
        told, [](char c) { return c < ' ' || c > '~'; }, '?');
  }
  return told;
}

}  // namespace

Author author_of(const Principal* principal, std::string_view address) {
  if (principal == nullptr) {
    return anonymous_author(std::string{address});
  }
  const bool is_member = principal->kind == CallerKind::member;
  return {std::string{to_string(principal->kind)},
          fine(is_member ? principal->user : principal->name), fine(principal->credential),
          std::string{address}};
}

void ClaimedRoles::find(const Principal& member, TenantId tenant, std::uint16_t /*reactor*/,
                        Answer answer) const {
  const bool is_member = member.role && member.covers(tenant);
  answer(is_member ? permissions_of(*member.role) : PermissionSet{});
}

}  // namespace sluice::auth
