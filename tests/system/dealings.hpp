// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "actors/tenant/check.hpp"
#include "protocol/client/client.hpp"

namespace sluice::test {

/// How much of something there may be.
struct Bounds {
  std::uint64_t least = 0;
  std::uint64_t most = 0;

  void add(const Bounds& more) {
    least += more.least;
    most += more.most;
  }
  [[nodiscard]] bool has(std::uint64_t amount) const { return least <= amount && amount <= most; }
};

/// What a server may have of an account.
struct MayHave {
  Bounds used;
  Bounds held;
};

/// What a limit counts apart: a tenant, or one user of it.
struct Account {
  TenantId tenant;
  std::string user{};  ///< Empty: the limit is not by user.
  friend bool operator==(const Account&, const Account&) = default;
};

/// What one caller does with one account, and the books that he keeps of what he was told.
///
/// Role       Asks one thing after the other, each only once the one before was answered. What has
///            an id and was not answered is asked again until it is; so a server that crashed is
///            held to the last unit.
/// Threading  One thread at a time.
/// Errors     An answer that breaks a promise becomes one of the `problems`.
class Dealing {
public:
  Dealing(Account account, std::uint64_t caller) : account_(std::move(account)), caller_(caller) {}
  virtual ~Dealing() = default;
  Dealing(const Dealing&) = delete;
  Dealing& operator=(const Dealing&) = delete;

  /// Asks the next thing, or once more what was not answered. Whether there was an answer.
  virtual bool ask(client::Client& client, std::mt19937_64& random) = 0;
  /// Asks again what nobody answered, and what was answered of late: that is told as it was then.
  virtual void ask_again(client::Client& client) = 0;
  /// Since the last `settle`. The bounds meet where everything has an id and was asked again.
  [[nodiscard]] virtual MayHave may_have() const = 0;
  /// What is used was found to be within the bounds, and is no longer counted here.
  virtual void settle() = 0;

  /// What it was allowed to spend in all, and may have spent by now.
  [[nodiscard]] std::uint64_t admitted() const { return admitted_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  [[nodiscard]] const Account& account() const { return account_; }

protected:
  /// A check with the account's label, where its mode may have one.
  struct Wish {
    Mode mode = Mode::normal;
    std::uint64_t amount = 0;
    EntryId id{};
    std::uint64_t want = 0;
  };
  [[nodiscard]] client::Answer send(client::Client& client, const Wish& wish) const;
  [[nodiscard]] EntryId fresh_id() { return {caller_, ++last_id_}; }
  void expect(bool promise, const char* what, const Wish& wish, const Decision& decision);

  std::uint64_t admitted_ = 0;
  std::uint64_t refused_ = 0;

private:
  Account account_;
  std::uint64_t caller_;  ///< Unique in its tenant: what its ids begin with.
  std::uint64_t last_id_ = 0;
  std::vector<std::string> problems_;
};

/// Spends by checks without an id. What was not answered, nobody knows.
class Spending final : public Dealing {
public:
  using Dealing::Dealing;
  bool ask(client::Client& client, std::mt19937_64& random) override;
  void ask_again(client::Client&) override {}
  [[nodiscard]] MayHave may_have() const override { return {used_, {}}; }
  void settle() override { used_ = {}; }

private:
  Bounds used_;
};

/// Spends by checks with an id.
class SpendingOnce final : public Dealing {
public:
  using Dealing::Dealing;
  bool ask(client::Client& client, std::mt19937_64& random) override;
  void ask_again(client::Client& client) override;
  [[nodiscard]] MayHave may_have() const override;
  void settle() override {
    used_ = 0;
    answered_.clear();
  }

private:
  struct Answered {
    Wish wish;
    Outcome outcome;
  };
  bool ask_open(client::Client& client);

  std::optional<Wish> open_;
  std::deque<Answered> answered_;  ///< The latest since `settle`.
  std::uint64_t used_ = 0;
};

/// Reserves an estimate, extends it, and commits some of it, or cancels.
class Reserving final : public Dealing {
public:
  using Dealing::Dealing;
  bool ask(client::Client& client, std::mt19937_64& random) override;
  void ask_again(client::Client& client) override;
  [[nodiscard]] MayHave may_have() const override;
  void settle() override {
    used_ = 0;
    settled_.clear();
  }

private:
  [[nodiscard]] Wish next(std::mt19937_64& random);
  bool ask_open(client::Client& client);
  void told(const Wish& wish, const Decision& decision);

  std::optional<Wish> open_;
  EntryId reservation_{};  ///< None: nothing is held.
  std::uint64_t held_ = 0;
  std::deque<Wish> settled_;  ///< The latest since `settle`.
  std::uint64_t used_ = 0;
};

/// Leases slices, spends of them without asking, reports that, and ends them.
class Leasing final : public Dealing {
public:
  using Dealing::Dealing;
  bool ask(client::Client& client, std::mt19937_64& random) override;
  void ask_again(client::Client& client) override;
  [[nodiscard]] MayHave may_have() const override;
  void settle() override { used_ = 0; }

private:
  [[nodiscard]] Wish next(std::mt19937_64& random);
  bool ask_open(client::Client& client);
  void told(const Wish& wish, const Decision& decision);

  std::optional<Wish> open_;
  EntryId lease_{};             ///< None: nothing is out.
  std::uint64_t out_ = 0;       ///< As of the last answer.
  std::uint64_t reported_ = 0;  ///< Of this lease, and answered.
  std::uint64_t used_ = 0;
};

/// Callers on threads of their own, each with one dealing after the other, at random.
///
/// Threading  One thread looks at them.
/// Ownership  Owns its client; borrows the dealings, which nobody else touches until `stop`.
class Callers {
public:
  using Dealings = std::vector<std::unique_ptr<Dealing>>;

  Callers(std::unique_ptr<client::Client> client, std::vector<Dealings>& callers,
          std::uint64_t seed);
  ~Callers() { stop(); }
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  /// Waits, for a minute at the most, until so many more were answered than now.
  [[nodiscard]] bool are_answered(std::uint64_t more) const;
  void stop();

private:
  void deal(Dealings& dealings, std::uint64_t seed);

  std::unique_ptr<client::Client> client_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> answered_{0};
  std::vector<std::thread> threads_;
};

}  // namespace sluice::test
