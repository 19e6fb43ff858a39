// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "tests/sim/context.hpp"

namespace sluice::sim {

/// A server's threads that talk to the store, as its actors do: one that writes and two that read,
/// each with its own queue, and answers that arrive in the order of each thread but not among them.
///
/// Role       `StoreWriter` and `StoreReader` without CAF. The world says which thread works when,
///            and when an answer arrives.
/// Threading  Confined.
/// Ownership  Owns what is queued.
/// Units      None.
/// Errors     As the store's; a change whose outcome is unknown is looked up before anything else.
class StoreThreads {
public:
  using Answer = std::function<void()>;
  struct Save {
    SaveBatch batch;
    std::function<void(Result<Done>)> answer;
    std::vector<TenantId> strangers{};  ///< Whom the store does not have when the batch is sent.
  };
  struct Load {
    std::vector<TenantId> tenants;
    std::function<void(std::vector<LoadedTenant>)> answer;
  };
  struct Create {
    TenantDefinition draft;
  };
  struct Amend {
    Amendment amendment;
  };
  struct Remove {
    TenantId tenant;
  };
  /// Hears what is to be put in force.
  struct Hosts {
    std::function<void(TenantId, Version, std::shared_ptr<const Plan>)> amended;
    std::function<void(TenantId)> created;
    std::function<void(TenantId)> removed;
    std::function<void()> fenced;
  };

  StoreThreads(Context& context, Epoch epoch, Hosts hosts)
      : context_(context),
        store_(context.database, context.weather, context.random, context.probes),
        epoch_(epoch),
        hosts_(std::move(hosts)) {}

  void write(Save wish);
  template <class Change>
  void change(TenantId tenant, Change wish) {
    changing_.push_back(tenant);
    wishes_.emplace_back(std::move(wish));
  }
  void read(Load wish) { loads_[next_reader_++ % readers].push_back(std::move(wish)); }

  /// One thread does one thing, or one answer arrives. False if there was none.
  bool work(std::size_t thread);
  bool deliver(std::size_t thread);
  /// A change of the tenant is not yet answered.
  [[nodiscard]] bool is_changing(TenantId tenant) const {
    return std::ranges::find(changing_, tenant) != changing_.end();
  }
  /// Nothing is queued, and no change is in doubt.
  [[nodiscard]] bool idle() const;
  /// What the host did about a new tenant is in the journal.
  void committed(TenantId created) { std::erase(changing_, created); }
  /// What a tenant left in a journal whose end nobody heard of may befall another one with its id
  /// that
  /// was just created, if the host has not heard of that either: nothing is promised for this one.
  /// Whether ids are used again is up to administrators.
  void doubt_new(TenantId tenant);
  /// The process ends: what is under way may still reach the store.
  void die();

  static constexpr std::size_t readers = 2;
  static constexpr std::size_t threads = 1 + readers;

private:
  enum class Kind : std::uint8_t { creates, amends, removes };
  void put_in_force(Result<TenantDefinition> written, TenantId tenant, Kind kind);
  void answer(std::size_t thread, Answer answer) { answers_[thread].push_back(std::move(answer)); }
  void clear_doubts();
  [[nodiscard]] std::size_t changes_told_of(TenantId tenant) const;
  void check_audit(TenantId tenant, std::size_t before, const Result<Done>& written);
  [[nodiscard]] Deed deed_of(AuditDraft audit) const;
  void run(Save& wish);
  void run(Create& wish);
  void run(Amend& wish);
  void run(Remove& wish);
  std::vector<LoadedTenant> load(const std::vector<TenantId>& tenants);

  Context& context_;
  SimStore store_;
  Epoch epoch_;
  Hosts hosts_;
  std::deque<std::variant<Save, Create, Amend, Remove>> wishes_;
  std::array<std::deque<Load>, readers> loads_;
  std::array<std::deque<Answer>, threads> answers_;
  std::vector<TenantId> doubtful_;
  std::vector<TenantId> changing_;
  std::size_t next_reader_ = 0;
};

}  // namespace sluice::sim
