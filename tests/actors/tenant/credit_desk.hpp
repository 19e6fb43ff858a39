// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/actors/tenant/desk.hpp"

#include <string_view>

namespace sluice {

/// What grants have paid for, on api_requests.
inline Limit credit(Period period = Period::never, MeterId meter = api_requests) {
  Limit limit = window(0, Period::never, meter);
  limit.name = "credit";
  limit.rule = CreditRule{period};
  return limit;
}

/// A tenant with credit, and an operator who sees to it.
class CreditDesk : public Desk {
public:
  using Desk::Desk;

  Decision change(std::uint64_t id, const CreditChange& change) {
    Decision decision;
    const Check check{.tenant = tenant.id(),
                      .charges = {},
                      .mode = Mode::credit,
                      .id = id == 0 ? EntryId{} : EntryId{1, id},
                      .credit = &change};
    effect = tenant.decide(check, now, decision, happenings);
    return decision;
  }
  Decision give(std::uint64_t id, GrantTerms terms, std::string_view limit = "credit") {
    return change(id, GiveCredit{limit, terms});
  }
  Decision give(std::uint64_t id, std::uint64_t amount) {
    return give(id, GrantTerms{.amount = Amount{amount}});
  }
  Decision take_back(std::uint64_t id) { return change(id, VoidCredit{}); }
  Decision reset(bool keeps_overage = false) {
    return change(0, ResetCredit{"credit", keeps_overage});
  }

  [[nodiscard]] std::vector<Grant> grants() const { return tenant.usage(now).at(0).grants; }
  [[nodiscard]] Grant grant(std::uint64_t id) const {
    for (const Grant& grant : grants()) {
      if (grant.id == EntryId{1, id}) {
        return grant;
      }
    }
    return Grant{};
  }
  [[nodiscard]] Amount left(std::uint64_t id) const { return grant(id).balance; }
  [[nodiscard]] Amount balance() const { return reading().remaining; }
  [[nodiscard]] Amount owed() const { return tenant.usage(now).at(0).over; }
};

}  // namespace sluice
