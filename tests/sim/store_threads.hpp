// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "actors/runtime/books_desk.hpp"
#include "actors/runtime/sharing_desk.hpp"
#include "tests/sim/context.hpp"
#include "tests/sim/sharing_wishes.hpp"

namespace sluice::sim {

/// A server's threads that talk to the store, as its actors do: one that writes and two that read,
/// each with its own queue, and answers that arrive in the order of each thread but not among them.
///
/// Role       `StoreWriter` and `StoreReader` without CAF, around the real `SharingDesk` and
///            `BooksDesk`. The world says which thread works when, and when answers arrive: those
///            of the writer reach each host in their order, but one host long before another. What
///            a reader read may arrive late, but not before what the writer had sent by then.
/// Threading  Confined.
/// Ownership  Owns what is queued.
/// Units      None.
/// Errors     As the store's; a change whose outcome is unknown is looked up before anything else.
class StoreThreads final : private SharingDesk::Surroundings {
public:
  using Answer = std::function<void()>;
  struct Save {
    std::size_t host;
    SaveBatch batch;
    std::function<void(Result<Done>)> answer;
    std::vector<TenantId> strangers{};  ///< Whom the store does not have when the batch is sent.
  };
  struct Load {
    std::size_t host;
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
  using PutPolicy = PolicyToPut;
  using RemovePolicy = PolicyToRemove;
  using ChangeAccess = AccessToChange;
  struct EndDue {};
  struct SeeToBooks {
    WallTime saved_before;
  };
  /// Hears what is to be put in force.
  struct Hosts {
    std::size_t count;
    std::function<std::size_t(TenantId)> host_of;
    std::function<void(const TenantDefinition&, std::shared_ptr<const Plan>)> amended;
    std::function<void(std::size_t, std::shared_ptr<const ReadyPolicy>)> policy_put;
    std::function<void(std::size_t, PolicyId)> policy_gone;
    std::function<void(TenantId)> created;
    std::function<void(TenantId)> removed;
    std::function<void()> fenced;
  };

  StoreThreads(Context& context, Epoch epoch, Hosts hosts)
      : context_(context),
        store_(context.database, context.weather, context.random, context.probes),
        epoch_(epoch),
        hosts_(std::move(hosts)),
        desk_(store_, epoch, *this),
        books_desk_(store_, epoch, context.plan.books) {}

  void write(Save wish);
  template <class Change>
  void change(TenantId tenant, Change wish) {
    changing_.push_back(tenant);
    std::erase(creating_, tenant);
    wishes_.emplace_back(std::move(wish));
  }
  /// Something about sharing; others of the same tenant may be under way.
  template <class Change>
  void share(Change wish) {
    wishes_.emplace_back(std::move(wish));
  }
  /// Sees to what has ended, once it comes to that.
  void end_due();
  /// The same with periods that are over and with payouts, if all of before is in the store.
  void see_to_books(WallTime saved_before);
  /// Everything that the store has of this tenant has reached its host; and of all policies, all.
  [[nodiscard]] bool has_told(TenantId tenant) const;
  [[nodiscard]] bool has_told_of_policies() const {
    return answers_[0].empty() && !desk_.in_doubt();
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
  enum class Kind : std::uint8_t { creates, amends, shares, removes };
  void put_in_force(Result<TenantDefinition> written, TenantId tenant, Kind kind);
  struct Letter {
    std::size_t host;
    std::uint64_t number;  ///< In the order in which all were sent.
    Answer answer;
  };
  using Letters = std::deque<Letter>;
  void answer(std::size_t thread, std::size_t host, Answer answer) {
    answers_[thread].push_back({host, ++letters_, std::move(answer)});
  }
  void hand_over(Letters& letters, Letters::iterator letter);
  /// Calls once these hosts had what was sent to them before.
  void after_hosts(const std::vector<std::size_t>& hosts, Answer then);
  void after_all_hosts(Answer then);
  void clear_doubts();
  [[nodiscard]] std::size_t changes_told_of(TenantId tenant) const;
  void check_audit(TenantId tenant, std::size_t before, const Result<Done>& written);
  [[nodiscard]] Deed deed_of(AuditDraft audit) const;
  void run(Save& wish);
  void run(Create& wish);
  void run(Amend& wish);
  void run(Remove& wish);
  void run(PutPolicy& wish);
  void run(RemovePolicy& wish);
  void run(ChangeAccess& wish);
  void run(EndDue& wish);
  void run(SeeToBooks& wish);
  /// As a purge begins: a fault as long as something is owed that no statement has.
  Result<Done> end_sharing_of(TenantId tenant);
  Rest end_some();
  void fence_if(const Fault& fault);
  // What the desk has to say.
  [[nodiscard]] WallTime wall() const override { return context_.wall(); }
  [[nodiscard]] std::shared_ptr<const TierCatalogue> catalogue() const override;
  [[nodiscard]] MeterCount meters() const override;
  void put_in_force(const TenantDefinition& consumer) override;
  void doubt(TenantId consumer) override;
  void publish(const SharingPolicy& policy, std::vector<SharingTerms> terms) override;
  void owns(const TenantDefinition& /*owner*/) override {}  // Uses go by policy and grant alone.
  void forget(PolicyId policy) override;
  void access_changed(const SharingRequest&) override {}
  void deny(const Author&, TenantId, std::string_view) override {
    context_.probes.hit(Probe::stranger_refused);
  }
  std::vector<LoadedTenant> load(const std::vector<TenantId>& tenants);

  Context& context_;
  SimStore store_;
  Epoch epoch_;
  Hosts hosts_;
  SharingDesk desk_;
  BooksDesk books_desk_;
  std::deque<std::variant<Save, Create, Amend, Remove, PutPolicy, RemovePolicy, ChangeAccess,
                          EndDue, SeeToBooks>>
      wishes_;
  std::array<std::deque<Load>, readers> loads_;
  std::array<Letters, threads> answers_;
  std::uint64_t letters_ = 0;
  std::vector<TenantId> doubtful_;
  std::vector<TenantId> doubtful_consumers_;  ///< Of whom a step of sharing is in doubt.
  std::vector<TenantId> changing_;
  std::vector<TenantId> creating_;  ///< Of these, those that are new.
  bool sees_to_due_ = false;
  bool sees_to_books_ = false;
  std::size_t next_reader_ = 0;
};

}  // namespace sluice::sim
