// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "actors/tenant/sharing/price.hpp"
#include "actors/tenant/tenant.hpp"
#include "tests/sim/books.hpp"
#include "tests/sim/sharing_wishes.hpp"
#include "tests/sim/sim_database.hpp"

namespace sluice::sim {

/// A meter that the model leaves to the sharers, with one limit that nobody changes.
inline constexpr MeterId shared_meter{7};
inline constexpr const char* shared_limit = "shared";

/// Owners who share, consumers who ask for it, and clients that use it. Their books follow what the
/// store commits, in its order, and what somebody was told of it, and have for each grant sums of
/// what was used: too simple to be wrong.
///
///   Once an end of a grant is answered, or another server has begun, it admits nothing.
///   No more grants of a policy stand than it may have, and as many as requests are approved.
///   Whom the store has told of everything holds just the grants that the store has.
///   A use that was acknowledged is metered, once, in the period that it was made in; no use is
///   metered twice, or past a limit, under whatever grants.
///   A reservation is extended while its grant stands, and not after; it is settled all the same.
///
/// Role       Draws wishes and uses, and compares answers, memory and store with the books.
/// Threading  Confined.
/// Ownership  Owns its books.
/// Units      Wall time, by which grants and policies end; answers are kept in world time.
/// Errors     Throws `Failure`.
class Sharers final : private SharingEvents {
public:
  Sharers(SimDatabase& database, Model& model, Probes& probes)
      : database_(database), model_(model), probes_(probes) {
    database.tell_of_sharing(*this);
  }
  Sharers(const Sharers&) = delete;
  Sharers& operator=(const Sharers&) = delete;

  [[nodiscard]] static Limit limit(Random& random);

  struct Wish {
    std::optional<TenantId> consumer{};  ///< Whose definition it may change.
    std::variant<PolicyToPut, PolicyToRemove, AccessToChange> what;
  };
  /// What one of them wishes next, if anything.
  [[nodiscard]] std::optional<Wish> wish(TenantId some, TenantId other, Random& random,
                                         WallTime wall);
  [[nodiscard]] SharingId fresh_request() { return {0x51b0'0000'0000'7000U, ++ids_}; }
  /// A step was answered.
  void answered(const SharingRequest& request);

  /// A use of something, new or once more; nothing if nothing is shared.
  [[nodiscard]] std::optional<Books::Ask> ask(TenantId tenant, Random& random, Duration now);
  /// It was decided by this tenant as it is now. `judges`: by the owner of the shards.
  void decided(const Books::Ask& ask, const Decision& decision, const Tenant& by, WallTime wall,
               bool judges);
  /// Its client got this answer; null: none, and there will be none.
  void told(const Books::Ask& ask, const Decision* decision, Duration now);

  /// A server begins: what the store has by now is in force.
  void served_by(Epoch epoch);
  /// Somebody took over and starts with what the store has.
  void fall_back(const SimDatabase& database);
  /// A part of a journal is gone: nobody knows what is left.
  void lose_journal();
  /// Times go by the wall clock: one that is stepped makes some of them say nothing.
  void wall_steps() { wall_steps_ = true; }

  /// A tenant that has been told everything.
  void check(const Tenant& tenant, const TenantDefinition& stored) const;
  /// The store has everything.
  void check_stored() const;
  /// The same, and every reservation has had its time.
  void check_end() const;

  // The books, for who looks at what it costs.

  struct Sum {
    std::uint64_t acknowledged = 0;
    std::uint64_t open = 0;     ///< Counted, and not yet told.
    std::uint64_t unknown = 0;  ///< Never told, or given up.
    [[nodiscard]] std::uint64_t most() const { return acknowledged + open + unknown; }
  };
  struct PeriodUse {
    Sum uses{};
    Sum units{};
    std::uint64_t sure = 0;  ///< Units that are surely counted.
  };
  struct Grant {
    SharingGrant terms;
    TenantId consumer;
    std::uint32_t incarnation;
    bool metered;
    bool begin_told = false;
    bool is_sure = true;                 ///< What was acknowledged is not lost.
    std::optional<Epoch> ended_under{};  ///< Its end is committed, by a server of this epoch.
    std::optional<WallTime> ended_at{};  ///< From then on it did not stand.
    bool was_revoked = false;
    bool end_told = false;
    bool is_purged = false;                   ///< With one of its parties.
    std::map<WallTime, PeriodUse> periods{};  ///< By their ends.
  };
  /// As the store had it, one after the other; nothing: there was none.
  using Versions = std::vector<std::optional<SharingPolicy>>;
  struct Policy {
    Versions versions;
    std::size_t in_force_from = 0;  ///< Those before are of use to nobody any more.
    std::uint64_t grants_max = 0;   ///< So many may stand.
  };
  [[nodiscard]] const std::map<PolicyId, Policy>& policies() const noexcept { return policies_; }
  [[nodiscard]] const std::map<SharingId, Grant>& grants() const noexcept { return grants_; }
  [[nodiscard]] BillingPeriod period_of(const Grant& grant) const {
    return policies_.at(grant.terms.policy).versions.front()->pricing.period;
  }
  /// Something that was acknowledged may be missing, because its tenant is.
  [[nodiscard]] bool is_there(const Grant& grant) const {
    return grant.incarnation != 0 && grant.incarnation == model_.incarnation(grant.consumer);
  }
  /// What was given up may come back from a journal, and when it has been billed without it.
  [[nodiscard]] bool gave_up() const noexcept { return gave_up_; }

private:
  /// By reservations of one grant that may have expired.
  struct Said {
    std::uint64_t most = 0;
    std::uint64_t surely = 0;
  };
  struct Counted {
    SharingId grant{};
    std::uint64_t uses = 0;
    std::uint64_t units = 0;
    WallTime period_ends{};
  };
  struct Use {
    TenantId tenant;
    std::uint32_t incarnation;
    Books::Ask ask;
    Duration begun;
    bool under_way = true;
    bool settled = false;
    std::optional<Outcome> told{};
    std::optional<SharingId> held_under{};  ///< Of a reservation.
    std::optional<SharingId> owner_held{};  ///< The same, as the owner of the shards decided it.
    std::uint64_t said_most = 0;            ///< By extensions: what it comes to if it expires.
    std::uint64_t said_surely = 0;
    bool settled_surely = false;
    std::vector<Counted> counted{};  ///< By the requests under way, and whoever came before.
  };

  void shared(const SharedDeed& deed, const SharingChange& change) override;
  void purged(TenantId tenant) override;
  void follow(const SharedDeed& deed, const RequestStep& step);
  [[nodiscard]] WallTime end_of(const SharingRequest& request) const;
  void forget_uses();
  [[nodiscard]] Window window_of(const Grant& grant, WallTime end) const {
    return billing_period_at(period_of(grant), end - Duration{1});
  }
  void check_grants() const;
  [[nodiscard]] std::size_t standing(PolicyId policy) const;
  [[nodiscard]] std::size_t approved(PolicyId policy) const;
  void put_in_force(PolicyId policy, Version version);
  void removal_in_force(PolicyId policy);

  [[nodiscard]] SharingPolicy draw_policy(TenantId owner, TenantId other, Random& random,
                                          WallTime wall);
  [[nodiscard]] Wish put(SharingPolicy policy, bool is_new);
  [[nodiscard]] std::optional<Wish> change_policy(const SharingPolicy& policy, TenantId some,
                                                  Random& random, WallTime wall);
  [[nodiscard]] std::optional<Wish> decide_request(TenantId some, Random& random, WallTime wall);
  [[nodiscard]] Wish access(AccessWish wish, TenantId consumer);
  [[nodiscard]] std::optional<Books::Ask> go_on(Random& random);

  void decided_extension(Use& use, const Books::Ask& ask, const Decision& decision, WallTime wall,
                         bool judges);
  void check_stands(const Use& use, const Grant& grant, WallTime wall) const;
  void check_admitted(const Use& use, const Shares::Held* held, const Decision& decision,
                      WallTime wall) const;
  void check_refused(const Use& use, const Decision& decision, WallTime wall) const;
  void check_usage(const Grant& grant, const Counted& counted, Mode mode) const;
  void check_metered(bool is_end) const;
  void check_metered(SharingId id, const Grant& grant, const Said& said) const;
  [[nodiscard]] bool may_admit(const Policy& policy, TenantId consumer, WallTime wall) const;
  void count(Use& use, const Counted& counted);
  void settle(const Counted& counted, bool acknowledged);
  void note(const Decision& decision);

  SimDatabase& database_;
  Model& model_;
  Probes& probes_;
  std::map<PolicyId, Policy> policies_;
  std::map<SharingId, Grant> grants_;
  std::vector<Use> uses_;
  std::size_t first_use_ = 0;  ///< Those before are not judged, nor gone on with.
  Epoch epoch_;
  std::uint64_t ids_ = 0;
  std::uint64_t resources_ = 0;
  bool wall_steps_ = false;
  bool journal_lost_ = false;
  bool gave_up_ = false;
};

}  // namespace sluice::sim
