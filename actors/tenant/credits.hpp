// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "actors/tenant/credit_account.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice {

/// The accounts of a tenant's limits of credit.
///
/// Role       Bookkeeping: an account for each such limit, and which grants the journal and the
///            store have not seen. Only tenants with credit have any.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns the accounts; a pointer to one is good until the plan changes.
/// Units      Of the limits.
/// Errors     None.
/// Cost       A look at each account, or at each grant, of which there are at most
///            `grants_per_tenant_max`.
class Credits {
public:
  [[nodiscard]] bool empty() const noexcept { return accounts_.empty(); }
  [[nodiscard]] CreditAccount* find(LimitId limit);
  [[nodiscard]] const CreditAccount* find(LimitId limit) const {
    return const_cast<Credits*>(this)->find(limit);
  }
  CreditAccount& open(LimitId limit, WallTime settled_at);
  /// The limit has no credit any more: its grants are forgotten.
  void close(LimitId limit);
  template <class Visit>
  void each_limit(Visit&& visit) const {
    for (const auto& [limit, account] : accounts_) {
      visit(limit);
    }
  }

  [[nodiscard]] const Grant* find_grant(EntryId id) const;
  /// Of all accounts.
  [[nodiscard]] std::size_t size() const noexcept;
  /// The grant that gives way to another one: which ended first, or else of those that are used up
  /// for good the one that was given first. Null if none is spent.
  [[nodiscard]] const Grant* first_spent() const;
  /// What it paid must be told.
  void forget(const Grant& spent);
  /// The store has it, and nobody else does.
  void forget(EntryId id) { gone_.push_back(id); }

  /// Appends what is to be kept of grants that changed. Good until `forget_told`.
  void tell_changed(CreditAccount& account, std::vector<const Entry*>& entries);
  void forget_told() { told_.clear(); }

  [[nodiscard]] static Entry entry_of(const Grant& grant);
  template <class Visit>
  void each_grant(Visit&& visit) const {
    for (const auto& [limit, account] : accounts_) {
      account.each(visit);
    }
  }
  [[nodiscard]] const std::set<EntryId>& unsaved() const noexcept { return unsaved_; }
  /// Calls `visit` with the id of each grant that is no more, and that the store may still have.
  template <class Visit>
  void each_forgotten(Visit&& visit) const {
    for (const auto* const gone : {&gone_, &gone_last_}) {
      for (const EntryId id : *gone) {
        if (find_grant(id) == nullptr) {
          visit(id);
        }
      }
    }
  }
  /// Appends what changed since it was last taken, and the ids of what was forgotten.
  void take_unsaved(std::vector<Entry>& entries, std::vector<EntryId>& forgotten);
  void mark_unsaved();

private:
  std::map<LimitId, CreditAccount> accounts_;
  std::vector<std::unique_ptr<Entry>> told_;
  std::set<EntryId> unsaved_;
  std::vector<EntryId> gone_;       ///< Forgotten, and not yet told to the store.
  std::vector<EntryId> gone_last_;  ///< As they were last taken.
};

}  // namespace sluice
