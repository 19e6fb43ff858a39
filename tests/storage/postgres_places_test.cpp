// SPDX-License-Identifier: Apache-2.0
// What holds for tenants whose rows are in a schema or an instance of their own.
#include <gtest/gtest.h>

#include <pqxx/except>
#include <string>
#include <string_view>
#include <vector>

#include "storage/postgres/migrations.hpp"
#include "storage/postgres/places.hpp"
#include "storage/postgres/row_copies.hpp"
#include "tests/storage/moving_tenants.hpp"

namespace sluice::test {

/// What the test is about may be unreachable.
class PostgresPlaces : public MovingTenants {
protected:
  void lose_instance() {
    database->options.instances["other"] = "host=/nowhere dbname=other";
    restart();
  }
  [[nodiscard]] Watermark mark_of(ShardId shard) {
    const auto acquired = store->acquire(claim(1)).value();
    epoch = acquired.epoch;
    return acquired.stored.at(shard.raw());
  }
  /// As the role of one tenant, in the schema of the moved one.
  [[nodiscard]] std::string as(std::uint64_t number, const std::string& sql) const {
    return database->run_at(own_schema, tenant_id(moved),
                            std::string{"BEGIN; SET LOCAL ROLE sluice_tenant;"
                                        " SET LOCAL sluice.tenant = '"}
                                .append(to_string(tenant_id(number)))
                                .append("'; ")
                                .append(sql));
  }
};

TEST_F(PostgresPlaces, EveryTableWithRowsOfTenantsIsKnownToMovesOrOfTheCenterAlone) {
  std::string known =
      "'tenants', 'limits', 'domains', 'audit_events', 'audit_chains', 'leftovers',"
      " 'members_elsewhere', 'alerts', 'deliveries', 'sharing_policies', 'sharing_requests',"
      " 'sharing_grants', 'sharing_listings', 'sharing_ratings', 'shared_hours', 'sharing_terms',"
      " 'sharing_statements', 'sharing_unpaid', 'sharing_payouts', 'sharing_payout_lines'";
  for (const postgres::PlaceTable& table : postgres::place_tables) {
    known.append(", '").append(table.name).append("'");
  }
  EXPECT_EQ(database->run("SELECT string_agg(relname, ' ') FROM pg_class AS t"
                          " WHERE relnamespace = current_schema()::regnamespace"
                          " AND relkind IN ('r', 'p') AND NOT relispartition"
                          " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = t.oid)"
                          " AND relname NOT IN (" +
                          known + ")"),
            "");
}

TEST_F(PostgresPlaces, ASchemaOfItsOwnIsIsolatedAsTheSharedOneIs) {
  spend(1);
  change_managed("ann");
  ASSERT_TRUE(done(move(own_schema)));
  for (const postgres::PlaceTable& table : postgres::place_tables) {
    const std::string count = std::string{"SELECT count(*) > 0 FROM "}.append(table.name);
    EXPECT_EQ(as(moved, count), "t") << table.name;
    EXPECT_EQ(as(model, count), "f") << table.name;
  }
  EXPECT_THROW(static_cast<void>(as(moved, "CREATE TABLE mine ()")), pqxx::sql_error);
}

TEST_F(PostgresPlaces, NothingOfATenantWithASchemaStaysAmongOthers) {
  spend(1);
  change_managed("ann");
  ASSERT_TRUE(done(move(own_schema)));
  for (const postgres::PlaceTable& table : postgres::place_tables) {
    EXPECT_EQ(database->run(std::string{"SELECT count(*) FROM "}
                                .append(table.name)
                                .append(" WHERE tenant = '")
                                .append(to_string(tenant_id(moved)) + "'")),
              "0")
        << table.name;
  }
}

TEST_F(PostgresPlaces, ABatchReachesAllPlacesOfItsTenants) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(3, 3))));
  ASSERT_TRUE(done(move(own_schema)));
  TenantDefinition third = next(tenant_with_limits(3, 3));
  third.placement = in_instance_other;
  while (store->prepare_move(epoch, third, in_instance_other).value() == Rest::some) {
  }
  ASSERT_TRUE(done(store->move(deed(epoch), third)));
  SaveBatch batch =
      counters_batch(epoch, {counter(1, 1, 10), counter(2, 1, 20), counter(3, 1, 30)});
  batch.through = Sequence{5};
  batch.shards = {ShardId{7}};
  ASSERT_TRUE(done(store->save(batch)));
  ASSERT_TRUE(done(store->save(batch))) << "again, with no harm";
  restart();
  const auto loaded =
      store->load(std::vector{tenant_id(1), tenant_id(2), tenant_id(3), tenant_id(4)}).value();
  ASSERT_EQ(loaded.size(), 3U);
  for (const TenantRecord& record : loaded) {
    ASSERT_EQ(record.counters.size(), 1U) << record.definition.slug;
    EXPECT_EQ(tenant_id(record.counters[0].used.raw() / 10), record.definition.id);
  }
  EXPECT_EQ(mark_of(ShardId{7}).sequence, Sequence{5});
}

TEST_F(PostgresPlaces, WhatIsUsedOfOthersIsToldToBothSidesWhereverTheConsumerIs) {
  std::uint64_t uses = 0;
  for (const Placement& place : {own_schema, in_instance_other, among_others}) {
    ASSERT_TRUE(done(move(place)));
    SaveBatch batch{.epoch = epoch};
    const SharedHour open{.grant = {7, 1}, .policy = {8, 1}, .hour = Hour{9}, .uses = ++uses};
    const SharedCount count{.open = open, .owner = tenant_id(model)};
    batch.entries.push_back(
        {tenant_id(moved),
         Entry{.id = entry_id_of(open.grant), .state = EntryState::shared, .use = count}});
    ASSERT_TRUE(done(store->save(batch)));
    const TenantRecord loaded = store->load(std::vector{tenant_id(moved)}).value().at(0);
    EXPECT_EQ(loaded.entries, std::vector{batch.entries.front().entry}) << to_string(place);
    for (const SharingSide side : {SharingSide::owner, SharingSide::consumer}) {
      const TenantId who = tenant_id(side == SharingSide::owner ? model : moved);
      const SharedHourRow expected{tenant_id(moved), tenant_id(model), open};
      EXPECT_EQ(store->shared_uses({.tenant = who, .side = side}).value().rows,
                std::vector{expected})
          << to_string(place);
    }
  }
}

TEST_F(PostgresPlaces, WhileAnInstanceIsAwayTheOthersAreSavedAndTheMarkStays) {
  ASSERT_TRUE(done(move(in_instance_other)));
  lose_instance();
  SaveBatch batch = counters_batch(epoch, {counter(moved, 1, 10), counter(model, 1, 20)});
  batch.through = Sequence{5};
  batch.shards = {ShardId{7}};
  EXPECT_TRUE(refused(store->save(batch), FaultCode::unavailable, "instance other"));
  EXPECT_EQ(all_of(model).counters.at(0).used, Amount{20});
  EXPECT_EQ(mark_of(ShardId{7}).sequence, Sequence{0});
  const TenantId id = tenant_id(moved);
  EXPECT_TRUE(refused(store->load({&id, 1}), FaultCode::unavailable, "instance other"));
  EXPECT_EQ(store->apart(std::vector{tenant_id(moved), tenant_id(model)}).size(), 2U);
  EXPECT_EQ(store->list({}).value().tenants.size(), 2U) << "definitions are in the center";
  database->options.instances["other"] = PostgresDatabase::of_instance();
  restart();
  batch.epoch = epoch;
  ASSERT_TRUE(done(store->save(batch)));
  EXPECT_EQ(all_of(moved).counters.at(0).used, Amount{10});
  EXPECT_EQ(mark_of(ShardId{7}).sequence, Sequence{5});
}

TEST_F(PostgresPlaces, AGrantOfATenantWhoseInstanceIsAwayIsTakenAllTheSame) {
  ASSERT_TRUE(done(move(in_instance_other)));
  const SharingGrant grant{.id = {9, 1},
                           .policy = {7, 1},
                           .owner = tenant_id(model),
                           .permissions = SharePermissions::of_bits(1)};
  SharingRequest request{.id = grant.id,
                         .policy = grant.policy,
                         .owner = grant.owner,
                         .consumer = tenant_id(moved),
                         .permissions = grant.permissions,
                         .state = SharingState::approved,
                         .decided_at = WallTime{}};
  TenantDefinition holder = next(definition(moved));
  holder.shares = {grant};
  ASSERT_TRUE(done(store->change_sharing(
      {epoch, {}}, {.requests = {{request, std::nullopt}}, .consumers = {holder}})));
  lose_instance();
  const auto known = store->definitions(std::vector{tenant_id(moved)});
  ASSERT_TRUE(known.ok()) << known.fault().context;
  ASSERT_EQ(known.value().at(0).shares.size(), 1U);
  request.state = SharingState::revoked;
  request.ended_at = WallTime{};
  TenantDefinition without = next(known.value().at(0));
  without.shares.clear();
  EXPECT_TRUE(done(store->change_sharing(
      {epoch, {}}, {.requests = {{request, SharingState::approved}}, .consumers = {without}})));
  EXPECT_TRUE(store->definitions(std::vector{tenant_id(moved)}).value().at(0).shares.empty());
}

TEST_F(PostgresPlaces, WhoWasReplacedWritesInNoInstance) {
  ASSERT_TRUE(done(move(in_instance_other)));
  spend(1);
  const AllOfATenant before = all_of(moved);
  const auto former = std::move(store);
  const Epoch over = epoch;
  const StoreFactory kept = factory;
  restart();
  EXPECT_TRUE(all_of(moved) == before) << "the new owner has looked there, so has shut it";
  SaveBatch late = spent(2);
  late.epoch = over;
  EXPECT_TRUE(refused(former->save(late), FaultCode::fenced, "is over"));
  EXPECT_TRUE(all_of(moved) == before);
}

TEST_F(PostgresPlaces, APurgedTenantLeavesNothingAnywhere) {
  for (const Placement& place : {own_schema, in_instance_other}) {
    spend(1);
    ASSERT_TRUE(done(move(place)));
    ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(moved))));
    sweep_all();
    EXPECT_EQ(leftovers(), "0");
    if (place == in_instance_other) {
      EXPECT_EQ(rows_at(place), 0);
      EXPECT_EQ(database->run_at(place, tenant_id(moved), "SELECT count(*) FROM tenants"), "0");
    } else {
      EXPECT_THROW(static_cast<void>(rows_at(place)), pqxx::sql_error);
    }
    TenantDefinition again = tenant_with_limits(moved, 3);
    ASSERT_TRUE(done(store->create(deed(epoch), again)));
    EXPECT_TRUE(all_of(moved) == AllOfATenant{});
  }
}

TEST_F(PostgresPlaces, ATenantThatIsPurgedOnItsWayLeavesNothingThere) {
  spend(1);
  while (prepare(in_instance_other).value() == Rest::some) {
  }
  ASSERT_GT(rows_at(in_instance_other), 0);
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(moved))));
  sweep_all();
  EXPECT_EQ(leftovers(), "0");
  EXPECT_EQ(rows_at(in_instance_other), 0);
}

TEST_F(PostgresPlaces, ATenantThatIsMadeWhereOneWasPurgedFindsNothingOfIt) {
  spend(1);
  ASSERT_TRUE(done(move(in_instance_other)));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(moved))));
  TenantDefinition again = tenant_with_limits(moved, 3);
  again.placement = in_instance_other;
  ASSERT_TRUE(done(store->create(deed(epoch), again))) << "before anything was swept";
  EXPECT_TRUE(all_of(moved) == AllOfATenant{});
  sweep_all();
  spend(2);
  EXPECT_EQ(all_of(moved).counters.size(), 1U);
}

TEST_F(PostgresPlaces, ALimitThatIsGoneTakesItsCounterAlong) {
  for (const Placement& place : {own_schema, in_instance_other}) {
    ASSERT_TRUE(done(move(place)));
    for (const std::uint64_t n : {3U, 4U, 5U}) {
      spend(n);
    }
    TenantDefinition changed = next(definition(moved));
    const Limit gone = changed.limits.back();
    changed.limits.pop_back();
    ASSERT_TRUE(done(store->replace(deed(epoch), changed)));
    EXPECT_EQ(all_of(moved).counters.size(), 2U);
    ASSERT_TRUE(done(store->save(spent(5)))) << "whose counter is passed over";
    EXPECT_EQ(all_of(moved).counters.size(), 2U);
    changed = next(changed);
    changed.limits.push_back(gone);
    ASSERT_TRUE(done(store->replace(deed(epoch), changed)));
  }
}

TEST_F(PostgresPlaces, MembersAreFoundByTheirIdsWhereverTheyStand) {
  change_managed("ann");
  for (const Placement& place : {own_schema, in_instance_other, own_schema, among_others}) {
    while (prepare(place).value() == Rest::some) {
    }
    ASSERT_TRUE(done(finish(place)));  // Not swept: what stays behind is not found.
    const auto found = store->tenants_of({.user_id = "ann"}).value();
    ASSERT_EQ(found.tenants.size(), 2U) << to_string(place);
    EXPECT_EQ(found.tenants[0].tenant, tenant_id(moved));
    EXPECT_EQ(found.tenants[0].slug, "tenant-1");
    EXPECT_FALSE(found.more);
    const auto first = store->tenants_of({.user_id = "ann", .page_size = 1}).value();
    EXPECT_EQ(first.tenants.size(), 1U);
    EXPECT_TRUE(first.more);
  }
}

TEST_F(PostgresPlaces, AMemberWhoWasRemovedElsewhereDoesNotComeBack) {
  change_managed("ann");
  while (prepare(own_schema).value() == Rest::some) {
  }
  ASSERT_TRUE(done(finish(own_schema)));
  TenantDefinition counted = next(definition(moved));
  counted.membership.members = 0;
  MemberChange change{counted};
  change.removed = Member{.user_id = "ann", .role = "viewer"};
  ASSERT_TRUE(done(store->change_members(deed(epoch), change)));
  ASSERT_TRUE(done(move(in_instance_other)));
  EXPECT_TRUE(store->members({.tenant = tenant_id(moved)}).value().members.empty());
  EXPECT_EQ(store->tenants_of({.user_id = "ann"}).value().tenants.size(), 1U) << "of the other";
}

TEST_F(PostgresPlaces, SchemasOfTenantsAreMigratedWithTheOthers) {
  ASSERT_TRUE(done(move(own_schema)));
  const std::string schema = postgres::schema_of(database->options.schema, tenant_id(moved));
  database->run("DROP SCHEMA " + schema + " CASCADE; CREATE SCHEMA " + schema + "; CREATE TABLE " +
                schema +
                ".schema_migrations (LIKE schema_migrations"
                " INCLUDING ALL)");
  const std::size_t all = postgres::embedded_migrations().size();
  const auto pending = pending_migrations(database->options);
  ASSERT_TRUE(done(pending));
  ASSERT_EQ(pending.value().size(), all);
  EXPECT_EQ(pending.value().front().where, "schema " + schema);
  EXPECT_EQ(migrate_postgres(database->options, ShardCount{64}).value(), pending.value());
  EXPECT_TRUE(pending_migrations(database->options).value().empty());
}

TEST_F(PostgresPlaces, AnInstanceIsNeitherTheCenterNorAnothers) {
  database->options.instances["itself"] = database->options.conninfo;
  restart();
  EXPECT_TRUE(refused(prepare({Isolation::dedicated_instance, "itself"}),
                      FaultCode::invalid_argument, "the database that it would be"));
  ASSERT_TRUE(done(move(in_instance_other)));
  database->run_at(in_instance_other, tenant_id(moved),
                   "UPDATE meta SET center = gen_random_uuid()");
  restart();
  EXPECT_TRUE(refused(store->load(std::vector{tenant_id(moved)}), FaultCode::invalid_argument,
                      "another database"));
}

TEST_F(PostgresPlaces, ATenantMayBeMadeInAPlaceOfItsOwn) {
  for (const std::uint64_t number : {7U, 8U}) {
    TenantDefinition made = tenant_with_limits(number, 2);
    made.placement = number == 7 ? own_schema : in_instance_other;
    made.membership = {.members = 1, .owners = 1};
    const MemberChange with_owner{made, {Member{.user_id = "olga", .role = "owner"}}};
    ASSERT_TRUE(done(store->change_members(deed(epoch), with_owner)));
    EXPECT_EQ(definition(number), made);
    EXPECT_EQ(store->members({.tenant = made.id}).value().members.size(), 1U);
    EXPECT_TRUE(refused(store->create(deed(epoch), made), FaultCode::already_exists, "id"));
  }
  EXPECT_EQ(store->tenants_of({.user_id = "olga"}).value().tenants.size(), 2U);
  EXPECT_EQ(leftovers(), "0");
}

}  // namespace sluice::test
