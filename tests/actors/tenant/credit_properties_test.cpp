// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/credit_account.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "tests/actors/tenant/credit_desk.hpp"
#include "tests/actors/tenant/scenario.hpp"

namespace sluice {
namespace {

// Everything happens on whole minutes of the first days of 2024, by UTC.
const WallTime d0 = utc("2024-01-01T00:00:00Z");
constexpr int minutes = 4 * 24 * 60;

WallTime at(int minute) {
  return d0 + std::chrono::minutes{minute};
}

struct DrawnGrant {
  std::uint64_t amount = 1;
  int priority = 1;
  int effective = 0;
  int lasts = 1;  ///< Zero: for ever.
  int step = 0;   ///< Minutes; zero: does not recur.
  int anchor = 0;
  std::uint64_t rollover_min = 0;
  std::uint64_t rollover_more = 0;

  [[nodiscard]] int expires() const { return lasts == 0 ? 2 * minutes : effective + lasts; }
  [[nodiscard]] GrantTerms terms() const {
    GrantTerms terms{.amount = Amount{amount},
                     .priority = static_cast<std::uint8_t>(priority),
                     .effective_at = at(effective),
                     .expires_at = at(expires()),
                     .rollover = {Amount{rollover_min}, Amount{rollover_min + rollover_more}}};
    if (step > 0) {
      terms.recurrence =
          Recurrence{Period::hour, static_cast<std::uint16_t>(step / 60), at(anchor)};
    }
    return terms;
  }
};

std::ostream& operator<<(std::ostream& out, const DrawnGrant& grant) {
  return out << grant.amount << " priority " << grant.priority << " from " << grant.effective
             << " to " << grant.expires() << " each " << grant.step << " about " << grant.anchor
             << " rollover " << grant.rollover_min << "+" << grant.rollover_more << "\n";
}

rc::Gen<DrawnGrant> any_grant() {
  return rc::gen::build<DrawnGrant>(
      rc::gen::set(&DrawnGrant::amount, rc::gen::inRange<std::uint64_t>(1, 60)),
      rc::gen::set(&DrawnGrant::priority, rc::gen::inRange(0, 4)),
      rc::gen::set(&DrawnGrant::effective, rc::gen::inRange(0, minutes)),
      rc::gen::set(
          &DrawnGrant::lasts,
          rc::gen::weightedOneOf<int>({{1, rc::gen::just(0)}, {2, rc::gen::inRange(1, minutes)}})),
      rc::gen::set(&DrawnGrant::step,
                   rc::gen::element<int>(0, 0, 60, 120, 7 * 60, 24 * 60, 48 * 60)),
      rc::gen::set(&DrawnGrant::anchor, rc::gen::inRange(-minutes, minutes)),
      rc::gen::set(&DrawnGrant::rollover_min, rc::gen::element<std::uint64_t>(0, 0, 5, 20)),
      rc::gen::set(&DrawnGrant::rollover_more, rc::gen::element<std::uint64_t>(0, 10, 100)));
}

struct DrawnUse {
  int minute = 0;
  std::uint64_t amount = 0;
};

std::ostream& operator<<(std::ostream& out, const DrawnUse& use) {
  return out << use.amount << " at " << use.minute << "\n";
}

/// So many at the most, whose ranges are whole from the first case on.
template <class Drawn>
std::vector<Drawn> up_to(std::size_t count_max, const rc::Gen<Drawn>& one) {
  const auto count =
      *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, count_max));
  return *rc::gen::container<std::vector<Drawn>>(count, rc::gen::resize(rc::kNominalSize, one));
}

std::vector<DrawnUse> any_uses() {
  auto uses =
      up_to(60, rc::gen::build<DrawnUse>(
                    rc::gen::set(&DrawnUse::minute, rc::gen::inRange(0, minutes)),
                    rc::gen::set(&DrawnUse::amount, rc::gen::inRange<std::uint64_t>(0, 50))));
  std::ranges::stable_sort(uses, {}, &DrawnUse::minute);
  return uses;
}

std::vector<DrawnGrant> any_grants() {
  return up_to(9, any_grant());
}

Limit any_credit(Enforcement enforcement) {
  Limit limit = credit(*rc::gen::element(Period::never, Period::hour, Period::day));
  limit.enforcement = enforcement;
  return limit;
}

/// What is left of each grant, paid by each, and what is owed.
struct GrantsLeft {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> grants;
  std::uint64_t owed = 0;
  std::uint64_t used = 0;
  friend bool operator==(const GrantsLeft&, const GrantsLeft&) = default;
};

std::ostream& operator<<(std::ostream& out, const GrantsLeft& standing) {
  for (const auto& [left, paid] : standing.grants) {
    out << left << " left, " << paid << " paid; ";
  }
  return out << standing.owed << " owed, " << standing.used << " used";
}

/// The account that is to be tested, with its count.
class Settled {
public:
  Settled(const Limit& limit, const std::vector<DrawnGrant>& grants)
      : plan_(plan_of({limit})), account_(d0) {
    account_.adopt(count_, of());
    for (std::size_t i = 0; i < grants.size(); ++i) {
      account_.give(Grant{.id = EntryId{0, i + 1},
                          .limit = LimitId{1},
                          .terms = grants[i].terms(),
                          .given_at = d0},
                    count_, of());
    }
  }
  void go_on(int minute) { account_.go_on(count_, of(), at(minute), rows_); }
  bool admits(std::uint64_t amount) {
    return count_.verdict(*of().terms, Amount{}, Amount{amount}) == Verdict::fits;
  }
  void use(std::uint64_t amount) { count_.take(Amount{amount}); }
  [[nodiscard]] GrantsLeft standing(std::size_t grants) {
    account_.go_on(count_, of(), account_.settled_at(), rows_);
    GrantsLeft standing{{}, count_.owed.raw(), count_.used.raw()};
    for (std::size_t i = 0; i < grants; ++i) {
      const Grant& grant = *account_.find(EntryId{0, i + 1});
      standing.grants.emplace_back(grant.balance.raw(), grant.paid.raw());
    }
    return standing;
  }
  /// What history has of it, and what it will have.
  [[nodiscard]] std::uint64_t told() const {
    std::uint64_t told = 0;
    for (const ClosedWindow& row : rows_) {
      told += row.paid_by != EntryId{} ? row.used.raw() : 0;
    }
    account_.each([&](const Grant& grant) { told += excess(grant.paid, grant.told).raw(); });
    return told;
  }

private:
  [[nodiscard]] CreditAccount::Of of() const {
    const PlannedLimit& limit = plan_->planned()[0];
    return {limit.id, limit.meter, limit.credit(), &plan_->calendar()};
  }
  std::shared_ptr<const Plan> plan_;
  CreditCount count_{};
  CreditAccount account_;
  CreditAccount::Rows rows_;
};

/// Goes from minute to minute and does what each grant says.
class ByTheMinute {
public:
  ByTheMinute(const Limit& limit, std::vector<DrawnGrant> grants)
      : period_(std::get<CreditRule>(limit.rule).period), grants_(std::move(grants)) {
    standing_.grants.resize(grants_.size());
    for (std::size_t i = 0; i < grants_.size(); ++i) {
      order_.push_back(i);
    }
    std::ranges::sort(order_, {}, [this](std::size_t i) {
      return std::tuple{grants_[i].priority, grants_[i].expires(), i};
    });
    begin_minute();
  }
  void go_on(int minute) {
    while (minute_ < minute) {
      ++minute_;
      begin_minute();
    }
  }
  bool admits(std::uint64_t amount) const {
    std::uint64_t there = 0;
    for (const auto& [left, paid] : standing_.grants) {
      there += left;
    }
    return amount == 0 || amount <= there;
  }
  void use(std::uint64_t amount) {
    standing_.used += amount;
    standing_.owed += amount - burn(amount);
  }
  [[nodiscard]] const GrantsLeft& standing() const { return standing_; }

private:
  bool is_active(std::size_t i) const {
    return grants_[i].effective <= minute_ && minute_ < grants_[i].expires();
  }
  bool starts(std::size_t i) const {
    const DrawnGrant& grant = grants_[i];
    const bool recurs = grant.step > 0 && (minute_ - grant.anchor) % grant.step == 0;
    return is_active(i) && (minute_ == grant.effective || recurs);
  }
  bool is_reset() const {
    return minute_ > 0 && ((period_ == Period::hour && minute_ % 60 == 0) ||
                           (period_ == Period::day && minute_ % (24 * 60) == 0));
  }
  void begin_minute() {
    for (std::size_t i = 0; i < grants_.size(); ++i) {
      auto& left = standing_.grants[i].first;
      const DrawnGrant& grant = grants_[i];
      left = is_active(i) ? left : 0;
      if (is_reset() && is_active(i) && grant.effective < minute_) {
        left =
            std::min(grant.rollover_min + grant.rollover_more, std::max(grant.rollover_min, left));
      }
      left = starts(i) ? grant.amount : left;
    }
    if (is_reset()) {
      standing_.used = 0;
      standing_.owed = 0;
    }
    standing_.owed -= burn(standing_.owed);
  }
  std::uint64_t burn(std::uint64_t amount) {
    std::uint64_t burnt = 0;
    for (const std::size_t i : order_) {
      auto& [left, paid] = standing_.grants[i];
      const std::uint64_t part = std::min(left, amount - burnt);
      left -= part;
      paid += part;
      burnt += part;
    }
    return burnt;
  }

  Period period_;
  std::vector<DrawnGrant> grants_;
  std::vector<std::size_t> order_;  ///< Of burning.
  GrantsLeft standing_;
  int minute_ = 0;
};

RC_GTEST_PROP(CreditProperties, SettlingMoreOftenChangesNothing, ()) {
  const auto grants = any_grants();
  const auto uses = any_uses();
  const auto moments = up_to(60, rc::gen::inRange(0, minutes));
  const Limit limit = any_credit(Enforcement::alert);
  Settled seldom{limit, grants};
  Settled often{limit, grants};
  for (const DrawnUse& use : uses) {
    seldom.go_on(use.minute);
    seldom.use(use.amount);
  }
  auto sorted = moments;
  std::ranges::sort(sorted);
  auto moment = sorted.begin();
  for (const DrawnUse& use : uses) {
    for (; moment != sorted.end() && *moment <= use.minute; ++moment) {
      often.go_on(*moment);
    }
    often.go_on(use.minute);
    often.use(use.amount);
  }
  for (; moment != sorted.end(); ++moment) {
    often.go_on(*moment);
  }
  seldom.go_on(minutes);
  often.go_on(minutes);
  RC_ASSERT(seldom.standing(grants.size()) == often.standing(grants.size()));
}

RC_GTEST_PROP(CreditProperties, EachGrantPaysWhatAModelMinuteByMinuteSays, ()) {
  const auto grants = any_grants();
  const Limit limit = any_credit(Enforcement::alert);
  Settled settled{limit, grants};
  ByTheMinute model{limit, grants};
  for (const DrawnUse& use : any_uses()) {
    settled.go_on(use.minute);
    model.go_on(use.minute);
    RC_ASSERT(settled.standing(grants.size()) == model.standing());
    settled.use(use.amount);
    model.use(use.amount);
  }
  settled.go_on(minutes);
  model.go_on(minutes);
  RC_ASSERT(settled.standing(grants.size()) == model.standing());
  std::uint64_t paid = 0;
  for (const auto& grant : model.standing().grants) {
    paid += grant.second;
  }
  RC_ASSERT(settled.told() == paid);
}

RC_GTEST_PROP(CreditProperties, ABlockingLimitAdmitsWhatGrantsHaveAndNoMore, ()) {
  const auto grants = any_grants();
  const Limit limit = any_credit(Enforcement::block);
  Settled settled{limit, grants};
  ByTheMinute model{limit, grants};
  for (const DrawnUse& use : any_uses()) {
    settled.go_on(use.minute);
    model.go_on(use.minute);
    RC_ASSERT(settled.admits(use.amount) == model.admits(use.amount));
    if (model.admits(use.amount)) {
      settled.use(use.amount);
      model.use(use.amount);
    }
  }
  RC_ASSERT(settled.standing(grants.size()) == model.standing());
  RC_ASSERT(model.standing().owed == 0U);
}

}  // namespace
}  // namespace sluice
