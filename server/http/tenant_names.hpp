// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice::http {

/// Finds the ids of tenants that are called by their slugs, without asking the store each time.
///
/// Role       A direct-mapped table: a slug has one place, and the newest there wins. A slug that
///            moved to another tenant is noticed after `believed_for`, and at once where the old
///            tenant is gone.
/// Threading  Confined to its reactor.
/// Ownership  Borrows the engine and the machine's clock; must outlive the replies.
/// Errors     `not_found`. While the store is away, what was known before still holds.
/// Cost       A hash of the slug; a question to the store if it is not known.
class TenantNames {
public:
  static constexpr std::size_t places = 4096;
  static constexpr std::chrono::seconds believed_for{5};
  static constexpr std::chrono::seconds missing_for{1};

  TenantNames(Engine& engine, ReactorIndex here, const Clock& machine)
      : engine_(engine), here_(here), machine_(machine), entries_(places) {}

  /// Of a UUID or a slug. Replies at once if it can.
  void locate(std::string_view name, Reply<TenantId> reply);
  /// What was known of this slug is wrong.
  void forget(std::string_view slug);

private:
  struct Entry {
    std::string slug;
    TenantId id;  ///< All zero: there is none.
    Instant until = Instant::min();
  };
  [[nodiscard]] Entry& entry_of(std::string_view slug);
  void learn(const std::string& slug, const Result<TenantId>& found);

  Engine& engine_;
  ReactorIndex here_;
  const Clock& machine_;
  std::vector<Entry> entries_;
};

}  // namespace sluice::http
