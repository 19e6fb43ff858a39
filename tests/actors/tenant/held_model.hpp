// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/check.hpp"
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
/// minute, limits on what is in flight, labels, conditions, overrides and expiry, and that limits
/// block or are shadows.
class HeldModel {
public:
  using Labels = std::vector<Label>;
  /// Whether it is allowed; nothing if no promise is made but that nothing changes.
  using Answer = std::optional<bool>;

  HeldModel(std::vector<Limit> limits, WallTime now) : limits_(std::move(limits)), now_(now) {}

  void adopt(std::vector<Limit> limits) { limits_ = std::move(limits); }
  /// Time goes on; what is due ends.
  void pass(Duration time);

  Answer charge(const std::vector<Charge>& charges, const Labels& labels);
  Answer record(const std::vector<Charge>& charges, const Labels& labels);
  /// How much was taken, or given back; nothing if the mode is not for such a meter.
  std::optional<Amount> best_effort(const Charge& charge, const Labels& labels);
  std::optional<Amount> release(const Charge& charge, const Labels& labels);
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
  /// With its override in place.
  [[nodiscard]] Amount size(const Limit& limit) const;
  [[nodiscard]] const std::vector<Limit>& limits() const { return limits_; }
  [[nodiscard]] bool is_only_reserved(MeterId meter) const;
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
  };
  struct Out {
    Labels labels;
    std::vector<Charge> held;
    std::vector<Amount> used;  ///< In the order of what is held.
    WallTime due;
    bool is_lease = false;
  };

  [[nodiscard]] Amount room(MeterId meter, const Labels& labels) const;
  [[nodiscard]] bool fits(const std::vector<Charge>& charges, const Labels& labels) const;
  void spend(const Charge& charge, const Labels& labels, bool by_expiry = false);
  [[nodiscard]] WallTime due(const std::vector<Charge>& charges, Duration ttl) const;

  std::vector<Limit> limits_;
  WallTime now_;
  std::vector<Spent> spent_;
  std::map<std::uint64_t, Out> out_;
};

}  // namespace sluice
