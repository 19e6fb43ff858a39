// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/credits.hpp"

#include <tuple>
#include <utility>

namespace sluice {

CreditAccount* Credits::find(LimitId limit) {
  const auto found = accounts_.find(limit);
  return found == accounts_.end() ? nullptr : &found->second;
}

CreditAccount& Credits::open(LimitId limit, WallTime settled_at) {
  return accounts_.try_emplace(limit, settled_at).first->second;
}

void Credits::close(LimitId limit) {
  const auto found = accounts_.find(limit);
  found->second.each([this](const Grant& grant) {
    unsaved_.erase(grant.id);
    gone_.push_back(grant.id);
  });
  accounts_.erase(found);
}

const Grant* Credits::find_grant(EntryId id) const {
  for (const auto& [limit, account] : accounts_) {
    if (const Grant* const grant = account.find(id)) {
      return grant;
    }
  }
  return nullptr;
}

std::size_t Credits::size() const noexcept {
  std::size_t size = 0;
  for (const auto& [limit, account] : accounts_) {
    size += account.size();
  }
  return size;
}

const Grant* Credits::first_spent() const {
  const auto order = [](const Grant& grant) {
    return std::tuple{grant.ends_at(), grant.given_at};  // What never ends comes last.
  };
  const Grant* first = nullptr;
  for (const auto& [limit, account] : accounts_) {
    account.each([&, &of = account](const Grant& grant) {
      if (of.is_spent(grant) && (first == nullptr || order(grant) < order(*first))) {
        first = &grant;
      }
    });
  }
  return first;
}

void Credits::forget(const Grant& spent) {
  const EntryId id = spent.id;
  find(spent.limit)->forget(id);
  unsaved_.erase(id);
  gone_.push_back(id);
}

void Credits::tell_changed(CreditAccount& account, std::vector<const Entry*>& entries) {
  account.take_changed([&](const Grant& grant) {
    unsaved_.insert(grant.id);
    told_.push_back(std::make_unique<Entry>(entry_of(grant)));
    entries.push_back(told_.back().get());
  });
}

Entry Credits::entry_of(const Grant& grant) {
  return Entry{.id = grant.id,
               .state = EntryState::granted,
               .digest = grant.digest,
               .begun = grant.given_at,
               .grant = grant};
}

void Credits::take_unsaved(std::vector<Entry>& entries, std::vector<EntryId>& forgotten) {
  gone_last_ = std::exchange(gone_, {});
  // One that was given again under its old id is there.
  std::erase_if(gone_last_, [this](EntryId id) { return find_grant(id) != nullptr; });
  for (const EntryId id : unsaved_) {
    entries.push_back(entry_of(*find_grant(id)));
  }
  unsaved_.clear();
  forgotten.insert(forgotten.end(), gone_last_.begin(), gone_last_.end());
}

void Credits::mark_unsaved() {
  gone_.insert(gone_.end(), gone_last_.begin(), gone_last_.end());
  each_grant([this](const Grant& grant) { unsaved_.insert(grant.id); });
}

}  // namespace sluice
