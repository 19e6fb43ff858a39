// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tenant/audit.hpp"

namespace sluice::test {

/// Tells texts apart; no more is asked of it in memory.
[[nodiscard]] inline AuditHash toy_hash(std::string_view bytes) {
  std::uint64_t value = 14'695'981'039'346'656'037U;
  for (const char byte : bytes) {
    value = (value ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211U;
  }
  AuditHash hash{};
  for (std::size_t i = 0; i < sizeof value; ++i) {
    hash[i] = static_cast<std::byte>(value >> (8 * i));
  }
  return hash;
}

/// The audit of a database in memory: what the contract of `Store` says of it.
///
/// Threading  Confined; whoever shares the database locks.
class MemoryAudit {
public:
  void append(const AuditDraft& draft) {
    Chain& chain = chains_[draft.tenant];
    chain.events.push_back(chained(draft, chain.last, toy_hash));
    chain.last = {chain.events.back().number, chain.events.back().hash};
  }
  void append(const AuditRow& row) {
    if (changes_.emplace(row.what.tenant, row.change).second) {
      append(row.what);
    }
  }
  [[nodiscard]] std::vector<AuditEvent> events(TenantId tenant) const {
    const auto found = chains_.find(tenant);
    return found == chains_.end() ? std::vector<AuditEvent>{} : found->second.events;
  }
  [[nodiscard]] AuditPage page(const AuditQuery& query) const {
    AuditPage page;
    for (const AuditEvent& event : events(query.tenant)) {
      const AuditDraft& what = event.what;
      const bool matches = event.number > query.after && what.at >= query.from &&
                           what.at < query.to &&
                           (query.author.empty() || what.author.name == query.author ||
                            what.author.credential == query.author) &&
                           (!query.action || what.action == *query.action);
      if (matches && page.events.size() == query.page_size) {
        page.more = true;
        break;
      }
      if (matches) {
        page.events.push_back(event);
      }
    }
    return page;
  }
  [[nodiscard]] bool has(TenantId tenant) const { return chains_.contains(tenant); }
  [[nodiscard]] AuditCheck check(TenantId tenant, const std::optional<AuditMark>& from) const {
    const auto found = chains_.find(tenant);
    const Chain chain = found == chains_.end() ? Chain{} : found->second;
    const AuditMark through = from && from->number > chain.anchor.number ? *from : chain.anchor;
    std::vector<AuditEvent> events;
    std::ranges::copy_if(chain.events, std::back_inserter(events),
                         [&](const AuditEvent& event) { return event.number > through.number; });
    const bool more = events.size() > audit_checked_at_once;
    events.resize(std::min(events.size(), audit_checked_at_once));
    return check_chain(chain.anchor, chain.last, through, events, more, toy_hash);
  }
  void forget(WallTime before) {
    for (auto& [tenant, chain] : chains_) {
      while (!chain.events.empty() && chain.events.front().what.at < before) {
        chain.anchor = {chain.events.front().number, chain.events.front().hash};
        chain.events.erase(chain.events.begin());
      }
    }
  }

private:
  struct Chain {
    AuditMark anchor;
    AuditMark last;
    std::vector<AuditEvent> events;
  };
  std::map<TenantId, Chain> chains_;
  std::set<std::pair<TenantId, EntryId>> changes_;
};

}  // namespace sluice::test
