// SPDX-License-Identifier: Apache-2.0
// How members of tenants are changed.
#include <utility>

#include "actors/runtime/store_writer.hpp"
#include "actors/tenant/audit_drafts.hpp"

namespace sluice {

Result<StoreWriter::Change> StoreWriter::change_members(Author author, const MemberWish& wish,
                                                        std::optional<Member>& told) {
  auto current = read(wish.tenant);
  if (!current.ok()) {
    return current.fault();
  }
  std::vector<Member> concerned;
  for (const std::string& user : concerned_by(wish.event)) {
    auto found = store_->member(wish.tenant, user);
    if (!found.ok()) {
      return found.fault();
    }
    if (found.value()) {
      concerned.push_back(*std::move(found).value());
    }
  }
  const TenantDefinition before = current.value();
  auto changed = sluice::change_members(std::move(current).value(), concerned, wish,
                                        shared_.surroundings.clock->now().wall);
  if (!changed.ok()) {
    return changed.fault();
  }
  const auto written = store_->change_members(
      deed_of(audit_of_members(wish.event, before, concerned, changed.value()), std::move(author)),
      changed.value());
  shared_.members->forget(wish.tenant);
  if (!written.ok()) {
    return written.fault();
  }
  if (const Member* const member = changed.value().told()) {
    told = *member;
  }
  return Change{std::move(changed).value().definition, false, false, before.tier};
}

}  // namespace sluice
