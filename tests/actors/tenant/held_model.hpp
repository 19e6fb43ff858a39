// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/check.hpp"
#include "actors/tenant/gcra.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/usage.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// A model of what a tenant holds and uses, too simple to be wrong: a list of what was ever spent
/// and one of what is out, which it adds up again for each question. It knows gauges, windows of a
/// minute, sliding windows, rates, limits on what is in flight, labels, conditions, overrides and
/// expiry, and that limits block, throttle, are for overage or are shadows.
class HeldModel {
public:
  using Labels = std::vector<Label>;
  /// Whether it is allowed; nothing if no promise is made but that nothing changes.
  using Answer = std::optional<bool>;

  HeldModel(std::vector<Limit> limits, WallTime now) : limits_(std::move(limits)), now_(now) {}

  /// A rate that was there before is as before; another size starts a new pace.
  void adopt(std::vector<Limit> limits);
  /// Time goes on; what is due ends.
  void pass(Duration time);

  Answer charge(const std::vector<Charge>& charges, const Labels& labels);
  Answer record(const std::vector<Charge>& charges, const Labels& labels);
  /// How much was taken, or given back; nothing if the mode is not for such a meter.
  std::optional<Amount> best_effort(const Charge& charge, const Labels& labels);
  std::optional<Amount> release(const Charge& charge, const Labels& labels);
  /// A charge under an id, and how much of it is given back; nothing if that took nothing.
  Answer once(std::uint64_t id, const std::vector<Charge>& charges, const Labels& labels);
  std::optional<Amount> refund(std::uint64_t id);
  Answer reserve(std::uint64_t id, const std::vector<Charge>& charges, const Labels& labels,
                 Duration ttl);
  Answer extend(std::uint64_t id, Amount used, Duration ttl);
  Answer commit(std::uint64_t id, Amount used);
  Answer cancel(std::uint64_t id);
  /// How much is out after it; nothing as above.
  std::optional<Amount> lease(std::uint64_t id, MeterId meter, Amount want, const Labels& labels,
                              Duration ttl);
  std::optional<Amount> renew(std::uint64_t id, Amount used, Amount want, Duration ttl);

  [[nodiscard]] Amount used(const Limit& limit, const Labels& labels) const;
  [[nodiscard]] Amount held(const Limit& limit, const Labels& labels) const;
  [[nodiscard]] bool applies(const Limit& limit, const Labels& labels) const;
  [[nodiscard]] std::vector<std::string> key(const Limit& limit, const Labels& labels) const;
  /// With its override in place; of a rate, its burst.
  [[nodiscard]] Amount size(const Limit& limit) const;
  /// The most that may be used and held, if it was asked before.
  [[nodiscard]] Amount most(const Limit& limit) const;
  [[nodiscard]] const std::vector<Limit>& limits() const { return limits_; }
  [[nodiscard]] bool is_only_reserved(MeterId meter) const;
  /// Of what does not fit: whether all of it would, but for the pace of limits that throttle.
  [[nodiscard]] bool is_only_early(const std::vector<Charge>& charges, const Labels& labels) const;
  /// Of what is out under this id; none if nothing is.
  [[nodiscard]] std::vector<Charge> out(std::uint64_t id) const;
  [[nodiscard]] Amount reported(std::uint64_t id) const;

private:
  struct Spent {
    WallTime at;
    Labels labels;
    Charge charge;
    bool back = false;
    bool by_expiry = false;  ///< Which limits that release on expiry do not count.
    std::uint64_t id = 0;
    bool refunded = false;
  };
  struct Out {
    Labels labels;
    std::vector<Charge> held;
    std::vector<Amount> used;  ///< In the order of what is held.
    WallTime due;
    WallTime begun;
    bool is_lease = false;
  };
  /// What a rate gave and got back: so much was given out, and so much of it counts.
  struct Flow {
    WallTime at;
    Labels labels;
    MeterId meter;
    Amount given;
    Amount counts;
    Duration ago{};  ///< Since it was given.
    bool by_expiry = false;
  };
  /// Nothing is admitted by this limit until then, in this minute.
  struct Pace {
    LimitId limit;
    std::vector<std::string> key;
    WallTime at;
    WallTime until;
  };

  [[nodiscard]] Parts owed(const Limit& rate, const Labels& labels) const;
  [[nodiscard]] Amount left_of(const Limit& rate, const Labels& labels) const;
  [[nodiscard]] Amount used_of_sliding(const Limit& limit, const Labels& labels) const;
  [[nodiscard]] bool counts_for(const Limit& limit, const Labels& labels, const Spent& spent) const;
  [[nodiscard]] bool is_held_up(const Limit& limit, const Labels& labels) const;
  /// Without a pace, and with it.
  [[nodiscard]] Amount space(const Limit& limit, const Labels& labels) const;
  [[nodiscard]] Amount room(const Limit& limit, const Labels& labels) const;
  /// It is taken now: by rates at once, and from the others as what is spent or held. Of limits
  /// that throttle it holds up what comes after it.
  void give_out(const Charge& charge, const Labels& labels);
  [[nodiscard]] const Pace* pace_of(const Limit& limit, const Labels& labels) const;
  /// Of what is used and held, this amount was taken, and so much of it is about to be given back.
  void unpace(const Limit& limit, const Labels& labels, Amount amount, Amount back);
  [[nodiscard]] Amount given_back(const Limit& limit, const Spent& spent) const;
  [[nodiscard]] Amount room(MeterId meter, const Labels& labels) const;
  [[nodiscard]] bool fits(const std::vector<Charge>& charges, const Labels& labels) const;
  void spend(const Charge& charge, const Labels& labels, bool by_expiry = false);
  /// What was given out is over, and so much of it was used.
  void settle(const Out& out, std::size_t which, Amount counts, bool by_expiry = false);
  [[nodiscard]] WallTime due(const std::vector<Charge>& charges, Duration ttl) const;

  std::vector<Limit> limits_;
  WallTime now_;
  std::vector<Spent> spent_;
  std::vector<Flow> flows_;
  std::vector<Pace> paces_;
  std::map<std::uint64_t, Out> out_;
  std::map<std::uint64_t, Amount> refunds_;  ///< That were made.
};

}  // namespace sluice
