// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "actors/runtime/published_meters.hpp"
#include "actors/runtime/recovery.hpp"
#include "actors/runtime/tenure.hpp"
#include "actors/runtime/upkeep.hpp"
#include "storage/journal/background.hpp"
#include "tests/sim/machine.hpp"
#include "tests/sim/sim_batch.hpp"
#include "tests/sim/store_threads.hpp"

namespace sluice::sim {

/// Jobs that run when the world says so, or never.
struct JobQueue {
  std::deque<std::function<void()>> jobs;
};

/// One run of a server: the real journals, hosts and recovery, on a machine.
///
/// Role       What the engine does with threads and actors, one thing at a time. Destroying it is
///            the end of the process, wherever it stands.
/// Threading  Confined.
/// Ownership  Owns everything of the process. Borrows the machine and the context.
/// Units      None.
/// Errors     `start` says why it cannot. Every call may throw `ProcessDied`, and `Failure`.
class Server final : private Observer {
public:
  Server(Context& context, Machine& machine, std::uint16_t reactors);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] Result<Done> start(const Claim& claim);
  /// The process ends; what was not told will never be.
  void die();

  void submit(std::unique_ptr<SimBatch> batch);
  void end_turn(std::size_t reactor);
  /// What is due by the clock: ticks and the renewal of the lease.
  void pass_time();
  bool run_job(std::size_t reactor);
  /// One answer of the store arrives.
  bool deliver(std::size_t thread);
  void drain();
  /// Gives the shards back if everything is stored.
  void release();

  [[nodiscard]] StoreThreads& store() { return *store_; }
  [[nodiscard]] std::size_t reactors() const { return reactors_.size(); }
  [[nodiscard]] Epoch epoch() const noexcept { return epoch_; }
  [[nodiscard]] bool ended() const { return tenure_.ended(); }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  [[nodiscard]] bool drained() const;
  [[nodiscard]] bool owner() const { return tenure_.holds(machine_.now().steady); }
  /// Nothing is under way and everything is stored.
  [[nodiscard]] bool quiet() const;
  [[nodiscard]] bool journal_failed() const;
  [[nodiscard]] const Tenant* resident(TenantId tenant) const;
  /// So many times a tenant came to be resident.
  [[nodiscard]] std::uint64_t activations() const;
  /// The promises, for every resident tenant.
  void check() const;
  [[nodiscard]] bool lost_history() const;
  /// Shows the creditors what this tenant has, or all residents, if this is the owner.
  void look_at_credit(TenantId tenant) const;
  void look_at_credit() const;

private:
  class Reactor;
  using Machines = Machine;

  void threshold_crossed(const ThresholdCrossed&) override {}
  void journal_failed(const Fault& fault) override;
  void save_refused(TenantId tenant, const Fault& fault) override;

  void note_lessee(SimBatch& batch, std::uint32_t item, const Books::Ask& ask);
  /// The tenant, if it has decided this only now.
  const Tenant* first_decided(SimBatch& batch, std::uint32_t item, const Books::Ask& ask);
  void note_sharer(SimBatch& batch, std::uint32_t item, const Books::Ask& ask, const Now& now);
  void note_creditor(SimBatch& batch, std::uint32_t item, const Books::Ask& ask, const Now& now);
  void told(SimBatch& batch, Reactor& by, bool answered);
  void finish(SimBatch& batch);
  /// Tells the model what checks took that were decided just now.
  void account(Reactor& reactor, const Now& now);
  [[nodiscard]] std::size_t reactor_of(TenantId tenant) const;
  void renew();
  void see_to_books();
  void check_policies() const;
  [[nodiscard]] StoreThreads::Hosts hosts();
  void make_reactor(std::uint16_t index, RecoveredReactor recovered);

  Context& context_;
  Machine& machine_;
  const std::uint16_t reactor_count_;
  std::unique_ptr<Journals> journals_;
  PublishedMeters meters_;
  Tenure tenure_;
  Epoch epoch_;
  Duration renew_at_{};
  Duration due_at_{};
  std::unique_ptr<StoreThreads> store_;
  std::vector<std::shared_ptr<JobQueue>> jobs_;
  std::vector<std::unique_ptr<Reactor>> reactors_;
  std::map<std::uint64_t, std::unique_ptr<SimBatch>> batches_;
  std::vector<SimBatch*> finished_;  ///< In this call.
  std::set<TenantId> with_credit_;   ///< Of whom something about credit was decided in this call.
  std::uint64_t releases_before_ = 0;
  std::vector<TenantId> created_;  ///< In a turn that is not yet committed.
  bool commit_failed_ = false;     ///< In this call.
  bool draining_ = false;
  bool dead_ = false;
  bool lost_tenure_ = false;

  friend class ReactorPart;
};

}  // namespace sluice::sim
