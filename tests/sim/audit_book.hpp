// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "actors/tenant/audit_drafts.hpp"
#include "tests/sim/model.hpp"
#include "tests/sim/sim_database.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

/// Which changes of credit somebody was told of, and so must be in the audit, each once.
///
/// Role       Gives each change its event, which names it, and compares the audit with what was
///            acknowledged.
/// Threading  Confined.
/// Ownership  Owns its book.
/// Units      None.
/// Errors     Throws `Failure`.
class AuditBook {
public:
  explicit AuditBook(Model& model) : model_(model) {}

  /// What is said of the request of this number, if it changes credit.
  [[nodiscard]] static AuditRow row_of(TenantId tenant, std::size_t request,
                                       const CreditChange& change) {
    AuditRow row{EntryId{5, request + 1}, audit_of_credit(tenant, {}, {}, change)};
    row.what.author = anonymous_author("");
    row.what.after = std::to_string(request);
    return row;
  }

  /// The change was made of this incarnation, which may be gone by now, and another one there.
  void acknowledged(TenantId tenant, std::uint32_t incarnation, std::size_t request) {
    acknowledged_.insert_or_assign(std::to_string(request), Change{tenant, incarnation});
  }
  /// What was acknowledged may be gone.
  void forget() { acknowledged_.clear(); }

  /// The store has everything. What is known of a tenant ends with it.
  void check_stored(const SimDatabase& database, std::size_t requests) const {
    std::map<std::string, TenantId> events;
    for (const auto& [tenant, row] : database.rows()) {
      expect(!database.audit().check(tenant, std::nullopt).broken, "the audit of tenant ",
             number_of(tenant), " does not hold");
      for (const AuditEvent& event : database.audit().events(tenant)) {
        const bool is_credit = to_string(event.what.action).starts_with("credit.");
        expect(!is_credit || events.emplace(event.what.after, tenant).second,
               "the audit has change ", event.what.after, " twice");
        expect(!is_credit || std::stoull(event.what.after) < requests,
               "the audit has a change that nobody asked for");
      }
    }
    for (const auto& [request, change] : acknowledged_) {
      const bool is_there =
          change.incarnation != 0 && change.incarnation == model_.incarnation(change.tenant);
      const auto found = events.find(request);
      expect(!is_there || (found != events.end() && found->second == change.tenant),
             "the audit of tenant ", number_of(change.tenant), " lacks change ", request,
             ", which was acknowledged");
    }
  }

private:
  struct Change {
    TenantId tenant;
    std::uint32_t incarnation;
  };
  Model& model_;
  std::map<std::string, Change> acknowledged_;
};

}  // namespace sluice::sim
