// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/upkeep.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {
/// Places and recovered tenants that a checkpoint looks at in one turn.
constexpr std::size_t steps_per_slice = 2048;
}  // namespace

Upkeep::Upkeep(Parts parts)
    : parts_(std::move(parts)), checkpoint_due_bytes_(parts_.checkpoint_bytes) {
  if (!parts_.hosting->write_behind().idle()) {
    unsaved_since_ = machine_time();  // What was recovered.
  }
}

void Upkeep::decide(CheckBatch& batch, BatchItems items, const Now& now) {
  const Hosting::Decided decided = parts_.hosting->decide(batch, items, now);
  tell_denied();
  if (decided.waiting > 0) {
    parts_.surroundings->split(batch, decided.waiting);
  }
  if (decided.charged) {
    charged_.push_back(&batch);
  } else {
    parts_.surroundings->answered(batch);
  }
}

void Upkeep::loaded(std::vector<LoadedTenant>& tenants, const Now& now) {
  if (drained_) {
    return;
  }
  finished_.clear();
  tell_finished(parts_.hosting->loaded(tenants, now, finished_));
}

void Upkeep::granted(const FirstUse& use, const Result<Done>& outcome, const Now& now) {
  if (drained_) {
    return;
  }
  finished_.clear();
  tell_finished(parts_.hosting->granted(use, outcome, now, finished_));
}

// Before whoever was refused hears of it.
void Upkeep::tell_denied() {
  for (const DeniedUse& use : parts_.hosting->take_denied_uses()) {
    parts_.surroundings->deny(use);
  }
}

void Upkeep::tell_finished(bool charged) {
  tell_denied();
  if (charged) {
    charged_.insert(charged_.end(), finished_.begin(), finished_.end());
    return;
  }
  for (CheckBatch* part : finished_) {
    parts_.surroundings->answered(*part);
  }
}

void Upkeep::tick(const Now& now) {
  parts_.hosting->serve(!drained_ && parts_.tenure->holds(machine_time()));
  parts_.hosting->tick(now);
  parts_.pace.tick();
  parts_.journal->tick();
  parts_.hosting->turn_log().look_for_room();
  checkpoint_if_due(now);
}

void Upkeep::end_of_turn(const Now& now) {
  Activations& activations = parts_.hosting->activations();
  for (auto ids = activations.begin_load(); !ids.empty(); ids = activations.begin_load()) {
    parts_.surroundings->load(std::move(ids));
  }
  for (const FirstUse& use : parts_.hosting->take_first_uses()) {
    parts_.surroundings->grant(use);
  }
  if (checkpoint_at_) {
    checkpoint_slice(now);
  }
  commit(now);
  look_at_journal();
  answer_durable();
  finish_checkpoint_if_durable();
  flush_if_due(now);
  finish_drain_if_done();
}

// ----------------------------------------------------------------------------------------- answers

Result<Sequence> Upkeep::commit_log(const Now& now) {
  auto committed = parts_.hosting->turn_log().commit(now);
  commit_failed_ = !committed.ok();
  if (committed.ok()) {
    committed_ = committed.value();
    parts_.hosting->write_behind().committed(committed_);
  } else {
    parts_.observer->journal_failed(committed.fault());
  }
  return committed;
}

void Upkeep::commit(const Now& now) {
  const auto committed = commit_log(now);
  if (!committed.ok()) {
    // Those of earlier turns, too: a disk that fails may never say that it has them.
    for (const Held& held : std::exchange(held_, {})) {
      parts_.surroundings->unanswered(*held.part);
    }
    give_up(std::exchange(charged_, {}));
    return;
  }
  if (!unsaved_since_ && !parts_.hosting->write_behind().idle()) {
    unsaved_since_ = machine_time();
  }
  for (CheckBatch* part : charged_) {
    held_.push_back({part, committed.value()});
  }
  charged_.clear();
}

// After the commit, when nothing of the room is spoken for: charges are refused without it.
void Upkeep::look_at_journal() {
  tell(Vital::journal, journal_works_, !commit_failed_ && parts_.hosting->turn_log().has_room());
}

void Upkeep::tell(Vital vital, bool& works, bool works_now) {
  if (works != works_now) {
    works = works_now;
    parts_.observer->vital_changed(vital, works);
  }
}

void Upkeep::give_up(std::span<CheckBatch* const> parts) {
  for (CheckBatch* part : parts) {
    parts_.surroundings->unanswered(*part);
  }
}

void Upkeep::answer_durable() {
  if (held_.empty()) {
    return;
  }
  const Sequence durable = parts_.journal->durable();
  // Looked at after the commit: whoever takes the shards over may read the journal from the end of
  // the tenure on, and what is told now is in it.
  const bool owner = parts_.tenure->holds(machine_time());
  if (!owner) {
    parts_.hosting->serve(false);
  }
  while (!held_.empty() && held_.front().sequence <= durable) {
    CheckBatch& part = *held_.front().part;
    held_.pop_front();
    owner ? parts_.surroundings->answered(part) : parts_.surroundings->unanswered(part);
  }
}

// ---------------------------------------------------------------------------------------- flushing

void Upkeep::flush_if_due(const Now& now) {
  WriteBehind& write_behind = parts_.hosting->write_behind();
  take_back_if_journal_failed();
  if (gathering_) {
    gather_slice(now);
    return;
  }
  if (settling_) {
    settle_slice();
    return;
  }
  save_if_durable();
  const bool nothing_is_left = drain_deadline_ ? write_behind.only_aside() : write_behind.idle();
  if (drained_ || fenced_ || write_behind.under_way() || nothing_is_left ||
      parts_.pace.backing_off()) {
    return;
  }
  if (!in_round_ && (parts_.pace.due() || parts_.hosting->crowded() || drain_deadline_)) {
    parts_.hosting->relieve();
    write_behind.begin_round();
    unsaved_since_gather_ = machine_time();
    round_began_ = now.wall;
    in_round_ = true;
  }
  if (in_round_) {
    takes_all_ = commit_failed_;
    write_behind.begin(takes_all_ ? WriteBehind::Extent::everything : WriteBehind::Extent::round);
    gather_slice(now);
  }
}

void Upkeep::gather_slice(const Now& now) {
  WriteBehind& write_behind = parts_.hosting->write_behind();
  gathering_ = !write_behind.gather(parts_.tenants_per_slice, now);
  if (gathering_) {
    parts_.surroundings->wake();
  } else {
    gathered_at_ = committed_;
    save_if_durable();
  }
}

// The store must not know what the journal may turn out to lack after a crash: a start puts the
// journal's state over the store's, and history would tell of what the tenant knows nothing of.
// So a flush has only what is committed, and waits until that is durable.
void Upkeep::save_if_durable() {
  if (gathered_at_ && (takes_all_ || parts_.journal->durable() >= *gathered_at_)) {
    gathered_at_ = std::nullopt;
    parts_.surroundings->save(parts_.hosting->write_behind().take_batch());
  }
}

// A journal that fails may never have it; then the store is all there is. But a flush must take
// everything then, so that its watermark says that nothing of the journal counts any more.
void Upkeep::take_back_if_journal_failed() {
  if (commit_failed_ && !takes_all_ && (gathering_ || gathered_at_)) {
    parts_.hosting->write_behind().taken_back();
    gathering_ = false;
    gathered_at_ = std::nullopt;
  }
}

void Upkeep::flushed(const Result<Done>& outcome, Duration took) {
  WriteBehind& write_behind = parts_.hosting->write_behind();
  last_flush_ = took;
  if (!outcome.ok()) {
    return flush_failed(outcome.fault());
  }
  tell(Vital::flush, flush_works_, true);
  if (write_behind.has_more()) {
    return parts_.surroundings->save(write_behind.take_batch());
  }
  ++flushes_;
  parts_.pace.succeeded();
  settle_slice();
}

void Upkeep::flush_failed(const Fault& fault) {
  ++flush_failures_;
  in_round_ = false;
  // While the journal fails a flush must have everything: then nobody can be set aside.
  if (fault.code == FaultCode::invalid_argument && !takes_all_ &&
      !parts_.hosting->write_behind().aside().full()) {
    return set_aside(fault);
  }
  tell(Vital::flush, flush_works_, false);
  parts_.pace.failed();
  parts_.hosting->write_behind().failed();
  fenced_ = fenced_ || fault.code == FaultCode::fenced;
}

void Upkeep::store_answers() {
  if (parts_.pace.backing_off()) {
    parts_.pace.hurry();
  }
}

// The store is well, so there is nothing to wait for.
void Upkeep::set_aside(const Fault& refusal) {
  const auto refused = parts_.hosting->write_behind().refused(refusal);
  if (!refused) {
    return parts_.pace.hurry();
  }
  parts_.pace.succeeded();
  if (refused->is_news) {
    parts_.observer->save_refused(refused->tenant, refusal);
  }
}

void Upkeep::settle_slice() {
  WriteBehind& write_behind = parts_.hosting->write_behind();
  settling_ = !write_behind.saved(parts_.tenants_per_slice, parts_.hosting->activations());
  if (settling_) {
    parts_.surroundings->wake();
    return;
  }
  in_round_ = !write_behind.round_over();
  if (!in_round_ && write_behind.aside().size() == 0) {
    saved_before_ = round_began_;
    unsaved_since_ = write_behind.idle() ? std::nullopt : unsaved_since_gather_;
  }
  if (in_round_) {
    parts_.surroundings->wake();  // With nothing to decide the next turn is a tick away.
  }
  release_journal();
}

void Upkeep::release_journal() {
  const Sequence saved = parts_.hosting->write_behind().saved_through();
  parts_.journal->release(std::max(saved, checkpointed_through_));
}

// -------------------------------------------------------------------------------------- checkpoint

void Upkeep::checkpoint_if_due(const Now& now) {
  if (checkpoint_at_ || checkpoint_end_ ||
      parts_.journal->figures().bytes < checkpoint_due_bytes_ ||
      parts_.hosting->write_behind().idle()) {
    return;
  }
  if (const auto last = commit_log(now); last.ok()) {
    checkpoint_from_ = last.value();
    checkpoint_at_ = CheckpointCursor{PlaceIndex{0}};
  }
}

void Upkeep::checkpoint_slice(const Now& now) {
  const TurnLog& log = parts_.hosting->turn_log();
  if (!log.has_room()) {
    return;  // The journal is waiting for disk space; so is the checkpoint.
  }
  // One by one, so that all of it surely has room: a commit that fails takes answers with it.
  for (std::size_t i = 0; i < steps_per_slice && checkpoint_at_ && log.has_room(); ++i) {
    checkpoint_step(now);
  }
  if (checkpoint_at_) {
    parts_.surroundings->wake();
  } else if (commit_log(now).ok()) {
    checkpoint_end_ = committed_;
  }
}

void Upkeep::checkpoint_step(const Now& now) {
  Hosting& hosting = *parts_.hosting;
  const auto make_room = [&] { return this->make_room(now); };
  if (const auto* const place = std::get_if<PlaceIndex>(&*checkpoint_at_)) {
    const auto next = hosting.log_again(*place, now, make_room);
    checkpoint_at_ = next ? CheckpointCursor{*next} : Hosting::RecoveredCursor{};
    return;
  }
  const auto next =
      hosting.log_again(std::get<Hosting::RecoveredCursor>(*checkpoint_at_), make_room);
  checkpoint_at_ = next ? std::optional<CheckpointCursor>{*next} : std::nullopt;
}

// Only then may go what it stands for.
void Upkeep::finish_checkpoint_if_durable() {
  if (checkpoint_end_ && parts_.journal->durable() >= *checkpoint_end_) {
    checkpoint_end_ = std::nullopt;
    checkpointed_through_ = checkpoint_from_;
    release_journal();
    checkpoint_due_bytes_ = parts_.checkpoint_bytes + 2 * parts_.journal->figures().bytes;
  }
}

bool Upkeep::make_room(const Now& now) {
  const TurnLog& log = parts_.hosting->turn_log();
  return log.has_room() || (commit_log(now).ok() && log.has_room());
}

// -------------------------------------------------------------------------------------------- ends

void Upkeep::drain(Instant deadline) {
  drain_deadline_ = deadline;
  parts_.pace.hurry();
}

void Upkeep::finish_drain_if_done() {
  if (!drain_deadline_ || drained_) {
    return;
  }
  const WriteBehind& write_behind = parts_.hosting->write_behind();
  const bool finished = parts_.hosting->activations().idle() && write_behind.only_aside() &&
                        !write_behind.under_way() && held_.empty() && charged_.empty();
  if (!finished && !fenced_ && machine_time() < *drain_deadline_) {
    return;
  }
  drained_ = true;
  parts_.hosting->serve(false);  // Nor may time change anything that nobody will save.
  finished_.clear();
  parts_.hosting->give_up_waiting(finished_);
  for (CheckBatch* part : finished_) {
    parts_.surroundings->answered(*part);
  }
  for (const Held& held : std::exchange(held_, {})) {
    parts_.surroundings->unanswered(*held.part);
  }
  give_up(std::exchange(charged_, {}));
  parts_.surroundings->drained(write_behind.unsaved());
}

void Upkeep::tell(ReactorStatus& status) const {
  status.flushes = flushes_;
  status.flush_failures = flush_failures_;
  status.last_flush = last_flush_;
  status.write_behind_lag = unsaved_since_ ? machine_time() - *unsaved_since_ : Duration{};
  status.journal = parts_.journal->figures();
  status.journal_writable = journal_works_;
}

}  // namespace sluice
