// SPDX-License-Identifier: Apache-2.0
// Goal    What reservations and leases hold, what labels count and what overrides allow is right in
//         any order of requests, at any time, across changes of the limits and restarts.
// Method  RapidCheck draws limits and moves; the tenant is compared with `HeldModel` after each
//         move, for every counter.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "tests/actors/tenant/held_model.hpp"
#include "tests/actors/tenant/held_moves.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace sluice {
namespace {

/// The tenant beside its model.
class Pair {
public:
  explicit Pair(const std::vector<Limit>& limits)
      : desk_(std::make_unique<Desk>(limits)), model_(definition(limits).limits, desk_->now.wall) {}

  void pass(Duration time) {
    desk_->pass(time);
    model_.pass(time);
    desk_->let_end();
    desk_->happenings.clear();
  }
  void make(const Move& move) {
    pass(std::chrono::seconds{move.seconds});
    desk_->as(labels.at(move.whose));
    switch (move.deed) {
      case Deed::charge:
      case Deed::record:
      case Deed::best_effort:
      case Deed::release:
        return spend(move);
      case Deed::once:
      case Deed::refund:
        return once(move);
      case Deed::reserve:
      case Deed::extend:
      case Deed::commit:
      case Deed::cancel:
        return reserve(move);
      case Deed::lease:
      case Deed::renew:
        return lease(move);
      case Deed::adopt:
        return adopt(move);
      case Deed::restart:
        desk_ = std::make_unique<Desk>(desk_->now.wall, plan_of(model_.limits()), desk_->state());
        return;
    }
  }
  /// Every counter is what the model makes of it.
  void compare() {
    for (const HeldModel::Labels& whose : labels) {
      desk_->as(whose);
      for (const int meter : {1, 2}) {
        compare(desk_->peek(0, MeterId{static_cast<std::uint16_t>(meter)}), whose);
      }
      for (const Limit& limit : model_.limits()) {
        const bool is_window = std::holds_alternative<WindowRule>(limit.rule) ||
                               std::holds_alternative<ConcurrencyRule>(limit.rule);
        if (is_window && model_.applies(limit, whose)) {
          RC_ASSERT(stored(limit, whose) == model_.used(limit, whose));
        }
      }
    }
    for (std::size_t slot = 0; slot < model_.limits().size(); ++slot) {
      const Limit& limit = desk_->tenant.plan().limits()[slot];
      if (limit.per.empty()) {
        const auto whose = std::ranges::find_if(
            labels, [&](const auto& some) { return model_.applies(limit, some); });
        RC_ASSERT(desk_->held(slot) == model_.held(limit, *whose));
      }
    }
  }
  void nothing_is_held() {
    pass(1h);
    RC_ASSERT(!desk_->tenant.next_expiry());
    for (const HeldModel::Labels& whose : labels) {
      desk_->as(whose);
      RC_ASSERT(desk_->met(api_requests).held == Amount{});
      RC_ASSERT(desk_->met(llm_tokens).held == Amount{});
    }
    compare();
  }

private:
  static MeterId meter_of(const Move& move) {
    return MeterId{static_cast<std::uint16_t>(move.meter)};
  }
  static std::vector<Charge> charges_of(const Move& move) {
    std::vector<Charge> charges{{meter_of(move), Amount{move.amount}}};
    if (move.both_meters) {
      charges.push_back({MeterId{static_cast<std::uint16_t>(3 - move.meter)}, Amount{move.want}});
    }
    return charges;
  }
  static void agree(const Decision& decision, const HeldModel::Answer& answer) {
    if (answer) {
      RC_ASSERT((decision.outcome == Outcome::allowed) == *answer);
    }
  }
  /// What was admitted whole fits under all limits that are in force.
  void is_within_limits(const std::vector<Charge>& charges, const HeldModel::Labels& whose) {
    for (const Limit& limit : model_.limits()) {
      const auto charge = std::ranges::find(charges, limit.meter, &Charge::meter);
      if (charge != charges.end() && charge->amount > Amount{} && !limit.shadow &&
          model_.applies(limit, whose)) {
        RC_ASSERT(model_.used(limit, whose) + model_.held(limit, whose) <= model_.most(limit));
      }
    }
  }
  /// A refusal by limits, which changes nothing, says whether it is for the pace alone.
  void is_refused_rightly(const Decision& decision, const std::vector<Charge>& charges,
                          const HeldModel::Labels& whose) {
    if (decision.outcome == Outcome::denied || decision.outcome == Outcome::throttled) {
      const bool is_early = decision.outcome == Outcome::throttled;
      RC_ASSERT(is_early == model_.is_only_early(charges, whose));
    }
  }
  void spend(const Move& move) {
    const auto charges = charges_of(move);
    const HeldModel::Labels& whose = labels.at(move.whose);
    if (move.deed == Deed::charge) {
      const Decision decision = desk_->check(charges);
      is_refused_rightly(decision, charges, whose);
      agree(decision, model_.charge(charges, whose));
      if (decision.outcome == Outcome::allowed) {
        is_within_limits(charges, whose);
      } else if (decision.outcome == Outcome::denied) {
        is_denied_until(decision.retry_after, charges);
      }
      return;
    }
    if (move.deed == Deed::record) {
      return agree(desk_->check(charges, Mode::record), model_.record(charges, whose));
    }
    const bool takes = move.deed == Deed::best_effort;
    const Decision decision =
        desk_->check({charges.front()}, takes ? Mode::best_effort : Mode::release);
    const auto answer =
        takes ? model_.best_effort(charges.front(), whose) : model_.release(charges.front(), whose);
    RC_ASSERT((decision.outcome == Outcome::invalid) == !answer);
    RC_ASSERT(decision.granted == answer.value_or(Amount{}));
  }
  /// Or for ever. If nothing else happens, and the rules stay.
  void is_denied_until(std::optional<Duration> retry_after, const std::vector<Charge>& charges) {
    const bool rules_stay = std::ranges::none_of(model_.limits(), [this](const Limit& limit) {
      return limit.instead && limit.instead->expires_at > desk_->now.wall;
    });
    if (!rules_stay || uses_more_than_it_holds_) {
      return;
    }
    constexpr Duration long_time = 1h;
    Desk later{desk_->now.wall, plan_of(model_.limits()), desk_->state()};
    later.as(desk_->labels);
    let_pass(later, retry_after.value_or(long_time) - 1ns);
    RC_ASSERT(later.check(charges, Mode::peek).outcome != Outcome::allowed);
    let_pass(later, 1ns);
    const bool passes = later.check(charges, Mode::peek).outcome == Outcome::allowed;
    RC_ASSERT(passes == retry_after.has_value());
  }
  /// Everything ends when it is due.
  static void let_pass(Desk& desk, Duration time) {
    for (auto due = desk.tenant.next_expiry(); due && *due <= desk.now.steady + time;
         due = desk.tenant.next_expiry()) {
      const Duration step = std::max(*due - desk.now.steady, Duration{});
      time -= step;
      desk.pass(step);
      desk.let_end();
    }
    desk.pass(time);
  }
  void once(const Move& move) {
    if (move.deed == Deed::once) {
      const auto charges = charges_of(move);
      const Decision decision = desk_->once(++last_id_, Mode::normal, charges);
      return agree(decision, model_.once(last_id_, charges, labels.at(move.whose)));
    }
    const Decision decision = desk_->once(id_of(move), Mode::release, Desk::nothing);
    const auto given = model_.refund(id_of(move));
    RC_ASSERT((decision.outcome == Outcome::allowed) == given.has_value());
    RC_ASSERT(decision.granted == given.value_or(Amount{}));
  }
  std::uint64_t id_of(const Move& move) const {
    return last_id_ - std::min<std::uint64_t>(move.which, last_id_ - 1);
  }
  void reserve(const Move& move) {
    const Duration ttl = std::chrono::seconds{move.ttl_seconds};
    if (move.deed == Deed::reserve) {
      const auto charges = charges_of(move);
      const HeldModel::Labels& whose = labels.at(move.whose);
      const Decision decision = desk_->once(++last_id_, Mode::reserve, charges, ttl);
      is_refused_rightly(decision, charges, whose);
      agree(decision, model_.reserve(last_id_, charges, whose, ttl));
      if (decision.outcome == Outcome::allowed) {
        is_within_limits(charges, whose);
      }
      return;
    }
    const std::uint64_t id = id_of(move);
    std::vector<Charge> used = model_.out(id);
    for (Charge& charge : used) {
      charge.amount = Amount{move.amount};
    }
    const bool is_known = !used.empty();
    if (move.deed == Deed::extend) {
      uses_more_than_it_holds_ |= std::ranges::any_of(
          model_.out(id), [&](const Charge& held) { return held.amount < Amount{move.amount}; });
      return agree(desk_->once(id, Mode::extend, used, ttl),
                   model_.extend(id, Amount{move.amount}, ttl));
    }
    if (move.deed == Deed::cancel) {
      return agree(desk_->cancel(id), model_.cancel(id));
    }
    const Decision decision = desk_->once(id, Mode::commit, used);
    if (is_known) {
      agree(decision, model_.commit(id, Amount{move.amount}));
    }
  }
  void lease(const Move& move) {
    const Duration ttl = std::chrono::seconds{move.ttl_seconds};
    const bool renews = move.deed == Deed::renew;
    const std::uint64_t id = renews ? id_of(move) : ++last_id_;
    const auto out = model_.out(id);
    if (renews && out.empty()) {
      return;
    }
    const MeterId meter = renews ? out.front().meter : meter_of(move);
    const Amount used = renews ? model_.reported(id) + Amount{move.amount} : Amount{};
    desk_->want = Amount{move.want};
    const Decision decision = desk_->once(id, Mode::lease, {{meter, used}}, ttl);
    const auto answer = renews ? model_.renew(id, used, desk_->want, ttl)
                               : model_.lease(id, meter, desk_->want, labels.at(move.whose), ttl);
    RC_ASSERT(decision.granted == answer.value_or(Amount{}));
    const bool is_denied = !answer || (*answer == Amount{} && move.want > 0);
    RC_ASSERT((decision.outcome == Outcome::allowed) == !is_denied);
    if (!renews && decision.outcome == Outcome::allowed) {
      is_within_limits({{meter, decision.granted}}, labels.at(move.whose));
    }
  }
  /// Other sizes, but of rates, and perhaps no overrides any more.
  void adopt(const Move& move) {
    std::vector<Limit> limits = model_.limits();
    for (Limit& limit : limits) {
      if (auto* window = std::get_if<WindowRule>(&limit.rule)) {
        window->size = *window->size + Amount{move.amount};
      } else if (auto* flight = std::get_if<ConcurrencyRule>(&limit.rule)) {
        flight->size = Amount{move.want};
      } else if (auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
        sliding->size = Amount{move.want};
      }
      limit.instead = move.both_meters ? limit.instead : std::nullopt;
    }
    model_.adopt(limits);
    desk_->adopt(limits);
  }
  void compare(const Decision& decision, const HeldModel::Labels& whose) {
    if (!decision.has_reading) {
      return;
    }
    const LimitReading& reading = decision.reading;
    const auto limit = std::ranges::find(model_.limits(), reading.limit, &Limit::id);
    RC_ASSERT(model_.applies(*limit, whose));
    RC_ASSERT(reading.size == model_.size(*limit));
    RC_ASSERT(reading.used == model_.used(*limit, whose));
    RC_ASSERT(reading.held == model_.held(*limit, whose));
  }
  Amount stored(const Limit& limit, const HeldModel::Labels& whose) {
    const TenantState state = desk_->state();
    if (limit.per.empty()) {
      return std::ranges::find(state.counters, limit.id, &Counter::limit)->used;
    }
    for (const Entry& entry : state.entries) {
      if (entry.state == EntryState::counting && entry.counter->limit == limit.id) {
        std::vector<std::string> values;
        for (const OwnedLabel& label : entry.labels) {
          values.push_back(label.value);
        }
        if (values == model_.key(limit, whose)) {
          return entry.counter->used;
        }
      }
    }
    return Amount{};
  }

  std::unique_ptr<Desk> desk_;
  HeldModel model_;
  std::uint64_t last_id_ = 1;
  bool uses_more_than_it_holds_ = false;  ///< Some reservation, perhaps: what passes may not later.
};

RC_GTEST_PROP(HeldProperty, HoldsCountsAndEndsLikeTheModel, ()) {
  Pair pair{*rc::gen::resize(5, rc::gen::container<std::vector<Limit>>(any_held_limit()))};
  for (const Move& move : *rc::gen::scale(2, rc::gen::container<std::vector<Move>>(any_move()))) {
    pair.make(move);
    pair.compare();
  }
  pair.nothing_is_held();
}

}  // namespace
}  // namespace sluice
