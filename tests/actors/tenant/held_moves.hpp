// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/actors/tenant/held_model.hpp"
#include "tests/actors/tenant/scenario.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ostream>

namespace sluice {

// What `held_properties_test` draws: limits of all kinds but credit, and what is asked of a tenant
// with them.

enum class Deed : std::uint8_t {
  charge,
  record,
  best_effort,
  release,
  once,
  refund,
  reserve,
  extend,
  commit,
  cancel,
  lease,
  renew,
  adopt,
  restart,
};

struct Move {
  Deed deed = Deed::charge;
  int seconds = 0;  ///< That pass before it.
  std::uint64_t amount = 0;
  std::uint64_t want = 0;
  int ttl_seconds = 1;
  std::size_t whose = 0;  ///< Of `labels`.
  std::size_t which = 0;  ///< Of all ids so far, from the last.
  int meter = 1;
  bool both_meters = false;
};

inline std::ostream& operator<<(std::ostream& out, const Move& move) {
  return out << "+" << move.seconds << " s, deed " << static_cast<int>(move.deed) << " amount "
             << move.amount << " want " << move.want << " ttl " << move.ttl_seconds << " labels "
             << move.whose << " id -" << move.which << " meter " << move.meter
             << (move.both_meters ? " and the other" : "") << "\n";
}

inline const std::array<HeldModel::Labels, 5> labels{{{},
                                                      {{"user", "ann"}},
                                                      {{"user", "bob"}},
                                                      {{"user", "ann"}, {"model", "large"}},
                                                      {{"model", "large"}}}};

inline rc::Gen<Limit> any_held_limit() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 60), rc::gen::inRange(1, 3),
                     rc::gen::element(0, 0, 1, 1, 2, 3, 4, 5, 6, 7), rc::gen::inRange(0, 5),
                     rc::gen::inRange<std::uint64_t>(0, 80), rc::gen::element(0, 0, 20, 70),
                     rc::gen::weightedElement<bool>({{3, false}, {1, true}}),
                     rc::gen::weightedElement<bool>({{5, false}, {1, true}})),
      [](const auto& drawn) {
        const auto& [size, meter, kind, shape, other, until, releases, is_shadow] = drawn;
        const MeterId of{static_cast<std::uint16_t>(meter)};
        const auto of_size = [&, kind = kind](std::uint64_t units) {
          return kind == 2   ? concurrency(units, 30s, of)
                 : kind == 3 ? sliding(units, 20s, of)
                 : kind == 4 ? rate(1, Duration{700'000'001}, units + 1, of)
                             : window(units, kind == 0 ? Period::never : Period::minute, of);
        };
        const bool is_paced = kind == 5 || kind == 6;
        Limit limit = of_size(is_paced ? size + 1 : size);
        limit = is_paced ? throttling(limit, other % (size + 1)) : limit;
        limit = kind == 6   ? priced(limit, 3, other)
                : kind == 7 ? for_overage(limit, 3, other)
                            : limit;
        limit = shape == 1   ? per({"user"}, limit)
                : shape == 2 ? per({"model", "user"}, limit)
                : shape == 3 ? when("model", {"large", "huge"}, limit)
                : shape == 4 ? per({"user"}, unless("user", {"bob"}, limit))
                             : limit;
        if (until > 0 && kind < 4) {
          limit = overridden(limit, of_size(other).rule, noon + std::chrono::seconds{until});
        }
        limit.releases_on_expiry = releases;
        limit.shadow = is_shadow;
        return limit;
      });
}

inline rc::Gen<Move> any_move() {
  return rc::gen::build<Move>(
      rc::gen::set(&Move::deed, rc::gen::weightedElement<Deed>({{3, Deed::charge},
                                                                {1, Deed::record},
                                                                {1, Deed::best_effort},
                                                                {1, Deed::release},
                                                                {3, Deed::once},
                                                                {2, Deed::refund},
                                                                {5, Deed::reserve},
                                                                {2, Deed::extend},
                                                                {2, Deed::commit},
                                                                {1, Deed::cancel},
                                                                {4, Deed::lease},
                                                                {4, Deed::renew},
                                                                {1, Deed::adopt},
                                                                {1, Deed::restart}})),
      rc::gen::set(&Move::seconds, rc::gen::element(0, 0, 0, 1, 5, 20)),
      rc::gen::set(&Move::amount, rc::gen::inRange<std::uint64_t>(0, 9)),
      rc::gen::set(&Move::want, rc::gen::inRange<std::uint64_t>(0, 12)),
      rc::gen::set(&Move::ttl_seconds, rc::gen::inRange(1, 60)),
      rc::gen::set(&Move::whose, rc::gen::inRange<std::size_t>(0, labels.size())),
      rc::gen::set(&Move::which, rc::gen::inRange<std::size_t>(0, 6)),
      rc::gen::set(&Move::meter, rc::gen::inRange(1, 3)),
      rc::gen::set(&Move::both_meters, rc::gen::arbitrary<bool>()));
}

}  // namespace sluice
