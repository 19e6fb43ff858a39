// SPDX-License-Identifier: Apache-2.0
#include "tests/support/held_statements.hpp"

#include <pqxx/nontransaction>

namespace sluice::test {
namespace {

constexpr const char* holding_functions = R"sql(
  CREATE FUNCTION public.wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(4711);
    RETURN coalesce(NEW, OLD);
  END $$;
  CREATE FUNCTION public.wait_for_test_in_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF current_query() LIKE coalesce(nullif(current_setting('test.query', true), ''), '%') THEN
      PERFORM pg_advisory_xact_lock(4711);
    END IF;
  END $$)sql";

// The owner's rights, because what is confined to a tenant may read neither.
constexpr const char* counting_triggers = R"sql(
  CREATE SEQUENCE public.test_steps;
  CREATE TABLE public.test_held (step bigint);
  INSERT INTO public.test_held VALUES (0);
  CREATE FUNCTION public.count_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    IF nextval('public.test_steps') = (SELECT step FROM public.test_held) THEN
      PERFORM pg_advisory_xact_lock(4711);
    END IF;
    RETURN NULL;
  END $$;
  DO $$
  DECLARE place regclass;
  BEGIN
    FOR place IN
      SELECT oid FROM pg_class WHERE relnamespace = 'sluice'::regnamespace
      AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'ownership'
    LOOP
      EXECUTE format('CREATE TRIGGER step BEFORE INSERT OR UPDATE OR DELETE ON %s'
                     ' FOR EACH STATEMENT EXECUTE FUNCTION public.count_step()', place);
    END LOOP;
  END $$;
  CREATE CONSTRAINT TRIGGER step_of_commit AFTER INSERT ON sluice.audit_events
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.count_step())sql";

}  // namespace

void let_triggers_hold(const PostgresServer& postgres, const std::string& database) {
  postgres.run(holding_functions, database);
}

void count_steps(const PostgresServer& postgres) {
  postgres.run(counting_triggers);
}

void hold_step(const PostgresServer& postgres, std::uint64_t step) {
  postgres.run("UPDATE public.test_held SET step = " + std::to_string(step) +
               "; SELECT setval('public.test_steps', 1, false)");
}

std::uint64_t steps_taken(const PostgresServer& postgres) {
  return std::stoull(
      postgres.run("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public.test_steps"));
}

HeldStatements::HeldStatements(const PostgresServer& postgres, const std::string& database)
    : postgres_(postgres), lock_(postgres.conninfo(database)) {
  pqxx::nontransaction{*lock_}.exec("SELECT pg_advisory_lock(4711)");
}

bool HeldStatements::let_go() {
  lock_.reset();
  return postgres_.wait_until(
      "SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'client backend' AND"
      " pid <> pg_backend_pid()");
}

}  // namespace sluice::test
