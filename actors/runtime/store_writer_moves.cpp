// SPDX-License-Identifier: Apache-2.0
// How the rows of a tenant get to another place, and what was left behind goes.
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/store_writer.hpp"
#include "actors/tenant/audit_drafts.hpp"

namespace sluice {

namespace {

/// How long nobody tries again to sweep what could not be reached.
constexpr Duration sweeps_again_after = std::chrono::minutes{1};

}  // namespace

// Flushes come in between its parts, but none during the last one, which is short.
void StoreWriter::move(Move& wish) {
  clear_doubts();
  if (!wish.begun && moving_) {
    return wish.caller.answer(Fault{
        FaultCode::conflict,
        "isolation: tenant " + to_string(*moving_) + " is on its way; ask again when it is there"});
  }
  moving_ = wish.tenant;
  wish.begun = true;
  auto moved = move_on(wish);
  if (!moved) {
    caf::anon_send(caf::actor_cast<StoreWriterActor>(this), std::move(wish));
    return;
  }
  moving_.reset();
  store_->give_up_move();  // One that was refused between its parts has filled some of the place.
  sweeps_from_ = Instant{};
  conclude("move", wish.tenant, *std::move(moved), wish.host, wish.caller);
  for (Create& next : std::exchange(waiting_creations_, {})) {
    caf::anon_send(caf::actor_cast<StoreWriterActor>(this), std::move(next));
  }
}

bool StoreWriter::waits_for_move(const Create& wish) const {
  return moving_ && wish.draft.placement != Placement{};
}

std::optional<Result<StoreWriter::Change>> StoreWriter::move_on(const Move& wish) {
  const auto current = read(wish.tenant);
  if (!current.ok()) {
    return current.fault();
  }
  // Asked each time: others may have changed the tenant meanwhile.
  const Amendment amendment{wish.tenant, wish.expected, MoveRows{wish.to}};
  auto amended = sluice::amend(current.value(), amendment, *shared_.meters->table(),
                               shared_.surroundings.clock->now().wall, *shared_.tiers->catalogue());
  if (!amended.ok()) {
    return amended.fault();
  }
  const auto prepared = store_->prepare_move(epoch_, current.value(), wish.to);
  if (!prepared.ok()) {
    return prepared.fault();
  }
  if (prepared.value() == Rest::some) {
    return std::nullopt;
  }
  const auto written = store_->move(
      deed_of(audit_of_change(amendment.change, current.value(), amended.value()), wish.author),
      amended.value());
  if (!written.ok()) {
    return written.fault();
  }
  return Change{std::move(amended).value(), false, false, current.value().tier};
}

void StoreWriter::sweep_a_part() {
  const Instant now = shared_.surroundings.machine->now().steady;
  if (!sweeps_from_ || now < *sweeps_from_) {
    return;
  }
  const auto swept = store_->sweep(epoch_);
  if (!swept.ok()) {
    tell("sweep", swept.fault());
    sweeps_from_ = now + sweeps_again_after;
  } else if (swept.value() == Rest::none) {
    sweeps_from_.reset();
  }
}

}  // namespace sluice
