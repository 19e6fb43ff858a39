// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/tenant/store.hpp"

namespace sluice::testing {

/// The table of members of a database in memory.
///
/// Threading  Confined: the database locks.
class MemoryMembers {
public:
  void write(const MemberChange& change) {
    const TenantId tenant = change.definition.id;
    for (const Member& member : change.put) {
      rows_[{tenant, member.user_id}] = member;
    }
    if (change.removed) {
      rows_.erase({tenant, change.removed->user_id});
    }
  }
  void forget(TenantId tenant) {
    std::erase_if(rows_, [&](const auto& row) { return row.first.first == tenant; });
  }
  [[nodiscard]] std::optional<Member> find(TenantId tenant, std::string_view user_id) const {
    const auto found = rows_.find({tenant, std::string{user_id}});
    return found == rows_.end() ? std::nullopt : std::optional{found->second};
  }
  [[nodiscard]] MemberPage page(const MemberQuery& query) const {
    MemberPage page;
    for (auto row = rows_.upper_bound({query.tenant, query.after});
         row != rows_.end() && row->first.first == query.tenant && !page.more; ++row) {
      const Member& member = row->second;
      const bool matches = (!query.status || member.status == *query.status) &&
                           (member.user_id.find(query.text) != std::string::npos ||
                            member.email.find(query.text) != std::string::npos);
      page.more = matches && page.members.size() == query.page_size;
      if (matches && !page.more) {
        page.members.push_back(member);
      }
    }
    return page;
  }
  /// Without the names of the tenants.
  [[nodiscard]] TenantsOfPage tenants_of(const TenantsOfQuery& query) const {
    TenantsOfPage page;
    for (const auto& [key, member] : rows_) {
      if (key.second == query.user_id && key.first > query.after.value_or(TenantId{})) {
        page.more = page.tenants.size() == query.page_size;
        if (page.more) {
          break;
        }
        page.tenants.push_back({key.first, {}, {}, member});
      }
    }
    return page;
  }

private:
  std::map<std::pair<TenantId, std::string>, Member> rows_;
};

}  // namespace sluice::testing
