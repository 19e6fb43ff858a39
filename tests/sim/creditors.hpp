// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "actors/tenant/tenant.hpp"
#include "tests/sim/audit_book.hpp"
#include "tests/sim/books.hpp"
#include "tests/sim/credit_standing.hpp"
#include "tests/sim/sim_database.hpp"

namespace sluice::sim {

/// A meter that the model leaves to the creditors, with one limit that nobody changes.
inline constexpr MeterId credit_meter{6};
inline constexpr const char* credit_limit = "prepaid";

/// Operators who give, void and reset credit, and clients who use it. Their books have, for each
/// tenant, how its credit stands after all that was decided (`CreditStanding`), and how it stood
/// after what is acknowledged and everything since: a server that ends may leave any of these, and
/// nothing else.
///
/// Role       Draws such requests, and compares each answer and every state with the books.
/// Threading  Confined.
/// Ownership  Owns its books.
/// Units      World time, and wall time where credit goes by it.
/// Errors     Throws `Failure`.
class Creditors {
public:
  Creditors(Model& model, Probes& probes) : model_(model), probes_(probes), audit_(model) {}

  [[nodiscard]] static Limit limit(Random& random);

  /// Something about credit, new or once more.
  [[nodiscard]] Books::Ask ask(TenantId tenant, Random& random, Duration now, WallTime wall);
  /// Only looks, so that what time has brought is settled.
  [[nodiscard]] Books::Ask ask_nothing(TenantId tenant);
  /// It was decided by the owner, after everything that this was called for before.
  void decided(const Books::Ask& ask, const Decision& decision, const Tenant& by, WallTime wall,
               Duration now);
  /// What was decided since is in the state of this tenant of the owner.
  void look(const Tenant& tenant, Epoch epoch);
  /// Its client got this answer; null: none, and there will be none.
  void told(const Books::Ask& ask, const Decision* decision);

  /// Somebody took over from this server and starts with what the store has.
  void fall_back(const SimDatabase& database, const ServerId& from);
  /// A server owns the shards; if it was taken over from before, its journal may bring back what
  /// was given up.
  void came_back(const ServerId& server);
  /// A part of a journal is gone: nobody knows what is left.
  void lose_journal();
  /// After a restart, lifetimes go by the wall clock: one that is stepped makes them say nothing.
  void wall_steps() { wall_steps_ = true; }

  /// The store has everything; but of closed windows, maybe not all.
  void check_stored(const SimDatabase& database, bool windows_complete);

private:
  struct Request {
    Books::Ask ask;
    std::uint32_t incarnation = 0;
    std::uint64_t number = 0;  ///< In the order of decisions.
  };
  struct Decided {
    std::size_t request;
    Decision decision;
    WallTime at;
  };
  /// All ways in which it may have become what can be seen.
  struct State {
    std::uint64_t number;  ///< Of the last decision in it.
    std::vector<CreditStanding> ways;
  };
  struct Account {
    std::uint32_t incarnation;
    Limit limit;
    Epoch epoch{};                   ///< Of whom it was looked at last.
    std::vector<State> states{};     ///< From the last acknowledged to the present; none: unknown.
    std::vector<Decided> decided{};  ///< Since the last look.
    std::uint64_t trusted = 0;       ///< What this decision left was taken on trust.
    bool is_sure = true;             ///< A server that ends leaves one of the states.
  };
  struct GrantPage {
    TenantId tenant;
    EntryId id;
    GrantTerms terms;
  };
  struct Hold {
    TenantId tenant;
    std::uint32_t incarnation;
    Duration good_until;
    std::uint64_t amount = 0;
    bool is_there = false;    ///< Its client was told so, and has not asked to settle it.
    bool is_settled = false;  ///< Its client asked for it.
  };

  [[nodiscard]] Books::Ask book(Books::Ask ask);
  void draw_change(Books::Ask& ask, Random& random, WallTime wall);
  void draw_use(Books::Ask& ask, Random& random, Duration now);
  [[nodiscard]] static GrantTerms draw_terms(Random& random, WallTime wall);

  [[nodiscard]] Account* account_of(TenantId tenant, std::span<const Limit> limits);
  void compare(Account& account, TenantId id, const KeptCredit& kept, Epoch epoch);
  [[nodiscard]] std::string follow(const CreditStanding& way, const std::vector<Decided>& decided,
                                   const KeptCredit& kept, std::vector<CreditStanding>& ways) const;
  [[nodiscard]] std::string follow(CreditStanding& standing, const Decided& decided) const;
  [[nodiscard]] std::string follow_use(CreditStanding& standing, const Decided& decided) const;
  [[nodiscard]] std::string follow_change(CreditStanding& standing, const Decided& decided) const;
  void keep(Account& account, std::vector<CreditStanding> ways,
            const std::vector<Decided>& decided);
  void trust(Account& account, const KeptCredit& kept, std::optional<std::uint64_t> closed) const;
  static void check_history(const Account& account, TenantId id, std::uint64_t told);
  void note(const Decided& decided);
  void note(const CreditStanding::Events& events);
  void check_held(TenantId tenant, const LimitReading& reading, Duration now) const;

  Model& model_;
  Probes& probes_;
  AuditBook audit_;
  std::map<TenantId, Account> accounts_;
  std::vector<Request> requests_;
  std::vector<GrantPage> grants_;
  std::vector<Hold> holds_;
  std::set<ServerId> deposed_;
  std::uint64_t decisions_ = 0;
  std::size_t first_hold_ = 0;  ///< Those before are not judged.
  bool wall_steps_ = false;
  bool lost_something_ = false;
};

}  // namespace sluice::sim
