// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/sim/server.hpp"

namespace sluice::sim {

/// Counts what the journal of a reactor does.
class WatchedJournal final : public Journal {
public:
  WatchedJournal(std::unique_ptr<Journal> journal, Context& context)
      : journal_(std::move(journal)), context_(context) {}

  [[nodiscard]] std::size_t room() const noexcept override { return journal_->room(); }
  void add(const TenantChange& change) override {
    for (const UsageBucket& bucket : change.closed_usage) {
      context_.probes.hit(Probe::minute_closed);
      context_.minutes.closed({change.tenant, bucket});
    }
    if (!change.closed_windows.empty()) {
      context_.probes.hit(Probe::window_closed);
    }
    journal_->add(change);
  }
  [[nodiscard]] Result<Sequence> commit() override {
    auto committed = journal_->commit();
    if (!committed.ok()) {
      context_.probes.hit(Probe::commit_failed);
    }
    look();
    return committed;
  }
  [[nodiscard]] Sequence durable() const noexcept override { return journal_->durable(); }
  void release(Sequence through) override {
    released_through = std::max(released_through, through);
    journal_->release(through);
  }
  void tick() override {
    look();
    journal_->tick();
  }
  [[nodiscard]] JournalFigures figures() const override { return journal_->figures(); }

  Sequence released_through;

private:
  void look() {
    const std::uint64_t bytes = journal_->figures().bytes;
    if (bytes != bytes_) {
      context_.probes.hit(bytes > bytes_ ? Probe::segment_rotated : Probe::segments_released);
    }
    bytes_ = bytes;
  }

  std::unique_ptr<Journal> journal_;
  Context& context_;
  std::uint64_t bytes_ = 0;
};

/// One host and its surroundings.
class Server::Reactor final : public Upkeep::Surroundings {
public:
  Reactor(Server& server, std::size_t index, std::unique_ptr<Journal> its_journal,
          Recovered recovered)
      : server_(server),
        index_(index),
        journal(std::make_unique<WatchedJournal>(std::move(its_journal), server.context_)),
        hosting(
            server.context_.plan.bounds, HashSeed{17 + index}, server.meters_, server,
            {journal.get(), server.epoch_, ShardCount{shards_of_the_world}, std::move(recovered)}),
        upkeep({&hosting, journal.get(), &server.tenure_, &server.machine_, &server, this,
                FlushPace{server.context_.plan.flush_interval, Ticks{20},
                          static_cast<std::uint32_t>(index + 1)},
                server.context_.plan.checkpoint_bytes, server.context_.plan.tenants_per_slice}) {}

  void load(std::vector<TenantId> tenants) override {
    server_.store_->read({index_, std::move(tenants), [this](std::vector<LoadedTenant> loaded) {
                            const Now now = server_.machine_.now();
                            for (const LoadedTenant& one : loaded) {
                              server_.context_.trace("  load of tenant ", number_of(one.id),
                                                     " arrives");
                              note_recovered(one.id);
                            }
                            const ReactorStatus before = hosting.status();
                            upkeep.loaded(loaded, now);
                            server_.account(*this, now);
                            for (const LoadedTenant& one : loaded) {
                              server_.look_at_credit(one.id);
                            }
                            note_eviction(before);
                          }});
  }
  void save(SaveBatch batch) override {
    expect(batch.through.value_or(Sequence{}) >= saved_through_,
           "the watermark of a reactor goes back");
    note_aside();
    if (unknown_save) {
      server_.context_.probes.hit(Probe::unknown_save_sent_again);
      unknown_save = false;
    }
    server_.store_->write(StoreThreads::Save{
        index_, std::move(batch), [this](const Result<Done>& saved) {
          if (saved.ok() && hosting.write_behind().has_more()) {
            server_.context_.probes.hit(Probe::flush_saved_in_parts);
          }
          unknown_save = !saved.ok() && saved.fault().code == FaultCode::outcome_unknown;
          upkeep.flushed(saved, Duration{1});
          saved_through_ = hosting.write_behind().saved_through();
        }});
  }
  // As `ShardHost` does.
  void grant(const FirstUse& use) override {
    RequestAccess wish{.id = server_.context_.sharers.fresh_request(),
                       .consumer = use.consumer,
                       .policy = use.policy,
                       .message = "first use",
                       .occasion = use.peeks ? AccessOccasion::peek : AccessOccasion::first_use};
    server_.store_->share(StoreThreads::ChangeAccess{
        std::move(wish), [this, use](const Result<SharingRequest>& made) {
          if (made.ok() && !use.peeks) {
            server_.context_.probes.hit(Probe::first_use_granted);
            server_.context_.sharers.answered(made.value());
          }
          const Now now = server_.machine_.now();
          upkeep.granted(use, made.ok() ? Result<Done>{Done{}} : Result<Done>{made.fault()}, now);
          server_.account(*this, now);
        }});
  }
  void deny(const DeniedUse& /*use*/) override {}
  void split(CheckBatch& batch, std::uint32_t checks) override {
    static_cast<SimBatch&>(batch).parts += checks;
  }
  void answered(CheckBatch& part) override {
    server_.told(static_cast<SimBatch&>(part), *this, true);
  }
  void unanswered(CheckBatch& part) override {
    server_.told(static_cast<SimBatch&>(part), *this, false);
  }
  void wake() override { woken = true; }
  void drained(std::size_t tenants_unsaved) override { unsaved_after_drain = tenants_unsaved; }

private:
  void note_aside() {
    const std::size_t aside = hosting.write_behind().aside().size();
    if (aside < aside_) {
      server_.context_.probes.hit(Probe::tenant_taken_after_all);
    }
    aside_ = aside;
  }
  void note_recovered(TenantId tenant) {
    if (hosting.write_behind().recovered().find(tenant) != nullptr) {
      server_.context_.probes.hit(Probe::recovered_tenant_loaded);
      server_.store_->doubt_new(tenant);
    }
  }
  void note_eviction(const ReactorStatus& before) {
    if (hosting.status().passivations > before.passivations) {
      server_.context_.probes.hit(Probe::eviction_made_room);
    }
    if (hosting.crowded()) {
      server_.context_.probes.hit(Probe::eviction_refused_dirty);
    }
  }

  Server& server_;
  std::size_t index_;
  Sequence saved_through_;
  std::size_t aside_ = 0;  ///< When the last save began.

public:
  [[nodiscard]] std::size_t index() const noexcept { return index_; }

  std::unique_ptr<WatchedJournal> journal;
  Hosting hosting;
  Upkeep upkeep;
  bool woken = false;
  bool in_end_of_turn = false;
  bool unknown_save = false;
  bool had_room = true;
  Instant ticked_at{};
  std::optional<std::size_t> unsaved_after_drain;
};

}  // namespace sluice::sim
