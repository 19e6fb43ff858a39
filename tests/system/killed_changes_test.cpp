// SPDX-License-Identifier: Apache-2.0
// Goal    A server that is killed between any two steps of a change leaves the whole change with
//         its event in the audit, or nothing of it; and all of it if it was acknowledged. There is
//         no member without his unit of `users`, and no tenant without its owner.
// Method  The real binary makes the change once, and its steps are counted: in PostgreSQL the
//         statements that change rows and the commit, of the embedded store the writes to files.
//         Then it is made again and again, each time of a new tenant, and the server killed at
//         another of the steps: by a trigger that holds the statement until the server is dead, or
//         instead of the write. Once it is killed after the answer.
// Replay  KILLED_STEPS=N for so many steps of each change; all if it has fewer.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/counted_writes.hpp"
#include "tests/support/held_statements.hpp"
#include "tests/support/kept_in.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using Answered = std::future<bool>;

/// A store whose steps can be counted, and a server killed at one of them.
class CountedStore {
public:
  virtual ~CountedStore() = default;
  [[nodiscard]] virtual std::vector<std::string> flags() const { return {}; }
  /// Once a server has made what it needs.
  virtual void furnish() {}
  /// Counts from 0 again; a server is to be killed at this step, or not at all if it is 0.
  virtual void stop_at(std::uint64_t step) = 0;
  [[nodiscard]] virtual std::uint64_t steps() const = 0;
  /// Until the server is at the step, or the change is answered.
  virtual void wait(const Answered& answered) = 0;
  /// Once the server is dead: the next one is not stopped.
  virtual void go_on() = 0;
};

class CountedFiles final : public CountedStore {
public:
  void stop_at(std::uint64_t step) override { writes_.end_at(step); }
  [[nodiscard]] std::uint64_t steps() const override { return writes_.written(); }
  void wait(const Answered& answered) override { answered.wait(); }
  void go_on() override { writes_.end_at(0); }

private:
  CountedWrites writes_;
};

class CountedStatements final : public CountedStore {
public:
  [[nodiscard]] std::vector<std::string> flags() const override {
    return {"--postgres", postgres_.conninfo()};
  }
  void furnish() override {
    let_triggers_hold(postgres_);
    count_steps(postgres_);
  }
  void stop_at(std::uint64_t step) override {
    held_.emplace(postgres_);
    hold_step(postgres_, step);
  }
  [[nodiscard]] std::uint64_t steps() const override { return steps_taken(postgres_); }
  void wait(const Answered& answered) override {
    using std::chrono::milliseconds;
    while (answered.wait_for(milliseconds{1}) != std::future_status::ready &&
           postgres_.run(HeldStatements::is_there) != "t") {
    }
  }
  void go_on() override {
    EXPECT_TRUE(held_->let_go());
    held_.reset();
  }

private:
  PostgresServer postgres_;
  std::optional<HeldStatements> held_;
};

/// All that the changes here may change of a tenant.
struct State {
  std::optional<TenantDefinition> definition;
  std::vector<Member> members;
  Customised customised;
  std::vector<ApiKey> keys;
  friend bool operator==(const State&, const State&) = default;
};

struct Change {
  std::string name;
  AuditAction event;
  std::function<bool(client::OperatorClient&, TenantId)> make;  ///< Whether it is acknowledged.
  std::function<bool(const State&)> is_there;
  std::function<void(client::OperatorClient&, TenantId)> prepare = [](auto&, TenantId) {};
  bool makes_tenant = false;
};

const Member owner{"ann", "ann@acme.example"};

TenantDefinition new_tenant(TenantId id, const std::string& tier = "professional") {
  TenantDefinition wish = draft("tenant-" + std::to_string(id.low), {});
  wish.id = id;
  wish.tier = tier;
  return wish;
}

std::function<bool(client::OperatorClient&, TenantId)> of_member(const MemberEvent& event) {
  return [event](client::OperatorClient& management, TenantId tenant) {
    return management.change_member(tenant, event).ok();
  };
}
std::function<bool(client::OperatorClient&, TenantId)> of_life(const LifeEvent& event) {
  return [event](client::OperatorClient& management, TenantId tenant) {
    return management.change_life(tenant, {}, event).ok();
  };
}
bool make_key(client::OperatorClient& management, TenantId tenant) {
  ApiKey key;
  key.name = "of one tenant";
  key.permissions = {Permission::checks_write};
  key.tenants = std::vector{tenant};
  return management.create_key(key).ok();
}
/// Before the change, and must succeed.
std::function<void(client::OperatorClient&, TenantId)> first(
    const std::function<bool(client::OperatorClient&, TenantId)>& make) {
  return [make](client::OperatorClient& management, TenantId tenant) {
    ASSERT_TRUE(make(management, tenant));
  };
}
const AddMember bob{"bob", "bob@acme.example", "admin"};

const Member* find_member(const State& state, const std::string& user) {
  const auto found = std::ranges::find(state.members, user, &Member::user_id);
  return found == state.members.end() ? nullptr : &*found;
}
std::function<bool(const State&)> has_status(TenantStatus status) {
  return [status](const State& state) {
    return state.definition && state.definition->life.status == status;
  };
}

std::vector<Change> changes_of_life() {
  return {
      {.name = "create with an owner",
       .event = AuditAction::tenant_created,
       .make = [](client::OperatorClient& management,
                  TenantId tenant) { return management.create(new_tenant(tenant), owner).ok(); },
       .is_there =
           [](const State& state) {
             return state.definition && find_member(state, owner.user_id) != nullptr;
           },
       .makes_tenant = true},
      {.name = "suspend",
       .event = AuditAction::tenant_suspended,
       .make = of_life(Suspend{"unpaid"}),
       .is_there = has_status(TenantStatus::suspended)},
      {.name = "deactivate",
       .event = AuditAction::tenant_deactivated,
       .make = of_life(Deactivate{}),
       .is_there = has_status(TenantStatus::deactivated)},
      {.name = "purge",
       .event = AuditAction::tenant_purged,
       .make = [](client::OperatorClient& management,
                  TenantId tenant) { return management.purge(tenant).ok(); },
       .is_there =
           [](const State& state) {
             return !state.definition && state.members.empty() && state.keys.empty();
           },
       .prepare =
           [](client::OperatorClient& management, TenantId tenant) {
             first(make_key)(management, tenant);
             first(of_life(Deactivate{}))(management, tenant);
           }},
  };
}

std::vector<Change> changes_of_members() {
  const AddMember invited{"cid", "cid@acme.example", "member", true};
  return {
      {.name = "add a member",
       .event = AuditAction::member_added,
       .make = of_member(bob),
       .is_there = [](const State& state) { return find_member(state, "bob") != nullptr; }},
      {.name = "invite a member",
       .event = AuditAction::member_invited,
       .make = of_member(invited),
       .is_there = [](const State& state) { return find_member(state, "cid") != nullptr; }},
      {.name = "remove a member",
       .event = AuditAction::member_removed,
       .make = of_member(RemoveMember{"bob"}),
       .is_there = [](const State& state) { return find_member(state, "bob") == nullptr; },
       .prepare = first(of_member(bob))},
      {.name = "transfer the ownership",
       .event = AuditAction::ownership_transferred,
       .make = of_member(TransferOwnership{"ann", "bob"}),
       .is_there =
           [](const State& state) {
             return find_member(state, "bob")->role == "owner" &&
                    find_member(state, "ann")->role == "admin";
           },
       .prepare = first(of_member(bob))},
  };
}

std::vector<Change> changes_of_terms() {
  return {
      {.name = "change the tier",
       .event = AuditAction::tier_changed,
       .make =
           [](client::OperatorClient& management, TenantId tenant) {
             return management.change_tier(tenant, {}, ChangeTier{"enterprise"}).ok();
           },
       .is_there = [](const State& state) { return state.definition->tier == "enterprise"; }},
      {.name = "customise",
       .event = AuditAction::customisation_put,
       .make =
           [](client::OperatorClient& management, TenantId tenant) {
             return management.put_customisation(tenant, {.theme = Theme::dark}).ok();
           },
       .is_there = [](const State& state) { return state.customised.custom.theme == Theme::dark; }},
      {.name = "make a key",
       .event = AuditAction::key_created,
       .make = make_key,
       .is_there = [](const State& state) { return state.keys.size() == 1; }},
  };
}

class KilledChanges : public ::testing::TestWithParam<StoreKind> {
protected:
  KilledChanges() { store_->furnish(); }

  static std::unique_ptr<CountedStore> store_of(StoreKind kind) {
    if (kind == StoreKind::postgres) {
      return std::make_unique<CountedStatements>();
    }
    return std::make_unique<CountedFiles>();
  }
  std::vector<std::string> flags() {
    std::vector<std::string> flags = store_->flags();
    // Nothing but the changes is to be written.
    flags.insert(flags.end(), {"--reactors", "1", "--flush-interval", "60s"});
    return flags;
  }

  /// Makes the change of a new tenant, and kills the server at that step. The steps it took.
  std::uint64_t kill_at(std::uint64_t step, const Change& change) {
    SCOPED_TRACE(change.name + ", killed at step " + std::to_string(step));
    const TenantId tenant{7, ++tenants_};
    if (!change.makes_tenant) {
      (void)must(served_.administrator().create(new_tenant(tenant), owner));
      change.prepare(served_.administrator(), tenant);
    }
    const State before = state_of(tenant);
    const std::size_t events = events_of(tenant, change.event);
    store_->stop_at(step);
    Answered answered = std::async(std::launch::async,
                                   [&] { return change.make(served_.administrator(), tenant); });
    store_->wait(answered);
    const std::uint64_t steps = store_->steps();
    served_.server().crash();
    const bool acknowledged = answered.get();
    store_->go_on();
    served_.start();

    const State after = state_of(tenant);
    const bool happened = after != before;
    EXPECT_EQ(happened, change.is_there(after)) << "half of it";
    EXPECT_EQ(events_of(tenant, change.event), events + (happened ? 1 : 0));
    EXPECT_TRUE(happened || !acknowledged) << "acknowledged and lost";
    EXPECT_TRUE(step != 0 || acknowledged);
    reached_ += acknowledged ? 0 : 1;
    expect_sound(tenant, after);
    return steps;
  }

  void kill_each(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      const std::uint64_t steps = kill_at(0, change);
      ASSERT_GT(steps, 1U);
      for (const std::uint64_t step : chosen_of(steps)) {
        kill_at(step, change);
        ASSERT_FALSE(HasFatalFailure());
      }
    }
    EXPECT_GT(reached_, changes.size()) << "nothing was killed in the middle";
  }

  /// Spread evenly, with the first and the last one.
  static std::set<std::uint64_t> chosen_of(std::uint64_t steps) {
    const char* const wished = std::getenv("KILLED_STEPS");
    const std::uint64_t count =
        std::clamp<std::uint64_t>(wished == nullptr ? 4 : std::stoull(wished), 2, steps);
    std::set<std::uint64_t> chosen;
    for (std::uint64_t i = 0; i < count; ++i) {
      chosen.insert(1 + i * (steps - 1) / (count - 1));
    }
    return chosen;
  }

  State state_of(TenantId tenant) {
    client::OperatorClient& management = served_.administrator();
    State state;
    if (auto shown = management.show(tenant); shown.ok()) {
      state.definition = std::move(shown).value();
      state.members = must(management.members(tenant, {})).members;
      state.customised = must(management.customisation(tenant));
    } else {
      EXPECT_EQ(shown.fault().code, FaultCode::not_found);
    }
    std::ranges::copy_if(must(management.keys()), std::back_inserter(state.keys),
                         [&](const ApiKey& key) { return key.tenants == std::vector{tenant}; });
    return state;
  }
  std::size_t events_of(TenantId tenant, AuditAction action) {
    AuditQuery query;
    query.action = action;
    return must(served_.administrator().audit(tenant, query)).events.size();
  }

  /// What holds of every tenant at any time.
  void expect_sound(TenantId tenant, const State& state) {
    EXPECT_FALSE(must(served_.administrator().verify_audit(tenant)).broken);
    if (!state.definition) {
      return;
    }
    EXPECT_TRUE(std::ranges::any_of(state.members, [](const Member& member) {
      return member.role == "owner" && member.status == MemberStatus::active;
    })) << "a tenant without an owner";
    const client::UsageReport usage = must(served_.administrator().usage(tenant));
    const auto users = std::ranges::find(usage.limits, "users",
                                         [](const LimitUsage& each) { return each.limit.name; });
    ASSERT_NE(users, usage.limits.end());
    EXPECT_EQ(users->reading.used, Amount{state.members.size()}) << "a member without his unit";
  }

  std::unique_ptr<CountedStore> store_ = store_of(GetParam());
  Served served_{flags()};
  std::uint64_t tenants_ = 0;
  std::size_t reached_ = 0;  ///< Changes that were killed before they were acknowledged.
};

TEST_P(KilledChanges, OfTheLivesOfTenantsAreThereOrNot) {
  kill_each(changes_of_life());
}

TEST_P(KilledChanges, OfMembersAreThereOrNot) {
  kill_each(changes_of_members());
}

TEST_P(KilledChanges, OfTermsAndKeysAreThereOrNot) {
  kill_each(changes_of_terms());
}

INSTANTIATE_TEST_SUITE_P(OnEachStore, KilledChanges,
                         ::testing::Values(StoreKind::sqlite, StoreKind::postgres), name_of_store);

}  // namespace
}  // namespace sluice::test
