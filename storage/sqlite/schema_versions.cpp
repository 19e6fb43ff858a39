// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/schema_versions.hpp"

#include <array>

#include "storage/sqlite/alert_schema.hpp"
#include "storage/sqlite/audit_schema.hpp"
#include "storage/sqlite/books_schema.hpp"
#include "storage/sqlite/clock_schema.hpp"
#include "storage/sqlite/customisation_schema.hpp"
#include "storage/sqlite/key_schema.hpp"
#include "storage/sqlite/listing_schema.hpp"
#include "storage/sqlite/member_schema.hpp"
#include "storage/sqlite/refill_schema.hpp"
#include "storage/sqlite/shared_hours.hpp"
#include "storage/sqlite/sharing_schema.hpp"
#include "storage/sqlite/tier_schema.hpp"
#include "storage/sqlite/usage_schema.hpp"
#include "storage/sqlite/value_schema.hpp"

namespace sluice {

namespace {

// Ids are 16 bytes, most significant first, so that the order of the bytes is the order of the ids.
// Times are nanoseconds since 1970 (`_ns`). The tables are clustered by tenant: everything that
// loading a tenant needs lies together. That names of limits are unique within their tenant is
// decided by the tenant, which alone changes them; an index for it would be the largest thing here.
constexpr std::string_view version_1 = R"sql(
CREATE TABLE meta (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  shards  INTEGER NOT NULL CHECK (shards BETWEEN 1 AND 65535)
) STRICT;

CREATE TABLE meters (
  id    INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 65535),
  name  TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 63),
  unit  TEXT NOT NULL
) STRICT;

CREATE TABLE tenants (
  id                  BLOB PRIMARY KEY CHECK (length(id) = 16),
  slug                TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 3 AND 63),
  name                TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  tier                TEXT NOT NULL CHECK (length(tier) BETWEEN 1 AND 32),
  timezone            TEXT NOT NULL CHECK (timezone <> ''),
  billing_anchor_day  INTEGER NOT NULL CHECK (billing_anchor_day BETWEEN 1 AND 31),
  created_at_ns       INTEGER NOT NULL,
  updated_at_ns       INTEGER NOT NULL,
  version             INTEGER NOT NULL CHECK (version >= 1),
  last_limit_id       INTEGER NOT NULL CHECK (last_limit_id BETWEEN 0 AND 4294967295)
) STRICT, WITHOUT ROWID;

CREATE INDEX tenants_by_tier ON tenants (tier, id);

CREATE TABLE limits (
  tenant       BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id           INTEGER NOT NULL CHECK (id BETWEEN 1 AND 4294967295),
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63),
  meter        INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  enforcement  TEXT NOT NULL CHECK (enforcement IN ('block', 'alert')),
  period       TEXT CHECK (period IN ('minute', 'hour', 'day', 'week', 'month', 'year', 'never')),
  size         INTEGER CHECK (size >= 0),
  rate_amount  INTEGER CHECK (rate_amount >= 0),
  rate_per_ns  INTEGER CHECK (rate_per_ns >= 1),
  rate_burst   INTEGER CHECK (rate_burst >= 0),
  soft_limit   INTEGER CHECK (soft_limit >= 0),
  thresholds   BLOB NOT NULL CHECK (length(thresholds) <= 8),
  PRIMARY KEY (tenant, id),
  CONSTRAINT window_or_rate CHECK (
    CASE WHEN period IS NULL
      THEN size IS NULL AND rate_amount IS NOT NULL AND rate_per_ns IS NOT NULL
           AND rate_burst IS NOT NULL
      ELSE rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
    END)
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
  tenant    BLOB NOT NULL,
  limit_id  INTEGER NOT NULL,
  used      INTEGER NOT NULL CHECK (used >= 0),
  until_ns  INTEGER NOT NULL,
  fired     INTEGER NOT NULL CHECK (fired BETWEEN 0 AND 255),
  PRIMARY KEY (tenant, limit_id),
  FOREIGN KEY (tenant, limit_id) REFERENCES limits (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
)sql";

// Who owns the database, how far its shards are stored, and usage.
//
// What `ownership` guards needs no lease: the lock of the data directory lets one server at a time
// open the file. Usage is kept by whole minutes since 1970 (up to the last one that a `WallTime`
// can hold). A minute is written once and then added to its hour and its day, so each of them can
// be kept for as long as somebody likes. What was used outlives its limit, so nothing here refers
// to `limits`. The key of `closed_windows` has the latest ones of a tenant at one end.
constexpr std::string_view version_2 = R"sql(
CREATE TABLE ownership (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  epoch   INTEGER NOT NULL CHECK (epoch >= 0),
  server  TEXT CHECK (length(server) BETWEEN 1 AND 63),
  name    TEXT NOT NULL,
  clean   INTEGER NOT NULL CHECK (clean IN (0, 1)),
  CONSTRAINT somebody_owns CHECK (clean = 1 OR server IS NOT NULL)
) STRICT;

INSERT INTO ownership (one, epoch, server, name, clean) VALUES (1, 0, NULL, '', 1);

CREATE TABLE shards (
  shard     INTEGER PRIMARY KEY CHECK (shard BETWEEN 0 AND 65534),
  epoch     INTEGER NOT NULL CHECK (epoch >= 0),
  sequence  INTEGER NOT NULL CHECK (sequence >= 0)
) STRICT;

CREATE TABLE open_usage (
  tenant     BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  minute     INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 153722867),
  used       INTEGER NOT NULL CHECK (used >= 0),
  allowed    INTEGER NOT NULL CHECK (allowed BETWEEN 0 AND 4294967295),
  denied     INTEGER NOT NULL CHECK (denied BETWEEN 0 AND 4294967295),
  throttled  INTEGER NOT NULL CHECK (throttled BETWEEN 0 AND 4294967295),
  PRIMARY KEY (tenant, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_minutes (
  tenant     BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start      INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  used       INTEGER NOT NULL CHECK (used >= 0),
  allowed    INTEGER NOT NULL CHECK (allowed >= 0),
  denied     INTEGER NOT NULL CHECK (denied >= 0),
  throttled  INTEGER NOT NULL CHECK (throttled >= 0),
  PRIMARY KEY (tenant, start, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_hours (
  tenant     BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start      INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  used       INTEGER NOT NULL CHECK (used >= 0),
  allowed    INTEGER NOT NULL CHECK (allowed >= 0),
  denied     INTEGER NOT NULL CHECK (denied >= 0),
  throttled  INTEGER NOT NULL CHECK (throttled >= 0),
  PRIMARY KEY (tenant, start, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_days (
  tenant     BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter      INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start      INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  used       INTEGER NOT NULL CHECK (used >= 0),
  allowed    INTEGER NOT NULL CHECK (allowed >= 0),
  denied     INTEGER NOT NULL CHECK (denied >= 0),
  throttled  INTEGER NOT NULL CHECK (throttled >= 0),
  PRIMARY KEY (tenant, start, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_windows (
  tenant       BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  limit_id     INTEGER NOT NULL CHECK (limit_id BETWEEN 1 AND 4294967295),
  ended_at_ns  INTEGER NOT NULL,
  meter        INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  used         INTEGER NOT NULL CHECK (used >= 1),
  PRIMARY KEY (tenant, ended_at_ns, limit_id)
) STRICT, WITHOUT ROWID;
)sql";

// Sliding windows, enforcement that throttles or sells overage, shadows, and what they count.
//
// SQLite cannot change a constraint, so the limits move to a new table; and since dropping the old
// one would take the counters along, they move first. What was stored before has no overage.
constexpr std::string_view version_3 = R"sql(
ALTER TABLE limits RENAME TO limits_2;
ALTER TABLE counters RENAME TO counters_2;

CREATE TABLE limits (
  tenant                BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id                    INTEGER NOT NULL CHECK (id BETWEEN 1 AND 4294967295),
  name                  TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63),
  meter                 INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  enforcement           TEXT NOT NULL
                        CHECK (enforcement IN ('block', 'alert', 'throttle', 'overage')),
  shadow                INTEGER NOT NULL CHECK (shadow IN (0, 1)),
  period                TEXT CHECK (period IN ('minute', 'hour', 'day', 'week', 'month', 'year',
                                               'never')),
  size                  INTEGER CHECK (size >= 0),
  span_ns               INTEGER CHECK (span_ns >= 1),
  rate_amount           INTEGER CHECK (rate_amount >= 0),
  rate_per_ns           INTEGER CHECK (rate_per_ns >= 1),
  rate_burst            INTEGER CHECK (rate_burst >= 0),
  soft_limit            INTEGER CHECK (soft_limit >= 0),
  overage_price_micros  INTEGER CHECK (overage_price_micros >= 0),
  overage_per           INTEGER CHECK (overage_per >= 1),
  overage_cap           INTEGER CHECK (overage_cap >= 0),
  thresholds            BLOB NOT NULL CHECK (length(thresholds) <= 8),
  PRIMARY KEY (tenant, id),
  CONSTRAINT window_or_sliding_or_rate CHECK (
    CASE
      WHEN period IS NOT NULL
      THEN span_ns IS NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      WHEN span_ns IS NOT NULL
      THEN size IS NOT NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      ELSE size IS NULL AND rate_amount IS NOT NULL AND rate_per_ns IS NOT NULL
           AND rate_burst IS NOT NULL
    END),
  CONSTRAINT whole_price CHECK (
    CASE WHEN overage_price_micros IS NULL
      THEN overage_per IS NULL AND overage_cap IS NULL AND enforcement <> 'overage'
      ELSE overage_per IS NOT NULL
    END)
) STRICT, WITHOUT ROWID;

INSERT INTO limits (tenant, id, name, meter, enforcement, shadow, period, size, rate_amount,
                    rate_per_ns, rate_burst, soft_limit, thresholds)
SELECT tenant, id, name, meter, enforcement, 0, period, size, rate_amount, rate_per_ns, rate_burst,
       soft_limit, thresholds
FROM limits_2;

CREATE TABLE counters (
  tenant          BLOB NOT NULL,
  limit_id        INTEGER NOT NULL,
  used            INTEGER NOT NULL CHECK (used >= 0),
  until_ns        INTEGER NOT NULL,
  fired           INTEGER NOT NULL CHECK (fired BETWEEN 0 AND 255),
  over_size       INTEGER NOT NULL CHECK (over_size >= 0),
  previous        INTEGER NOT NULL CHECK (previous >= 0),
  paced_until_ns  INTEGER NOT NULL,
  PRIMARY KEY (tenant, limit_id),
  FOREIGN KEY (tenant, limit_id) REFERENCES limits (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO counters (tenant, limit_id, used, until_ns, fired, over_size, previous, paced_until_ns)
SELECT tenant, limit_id, used, until_ns, fired, 0, 0, 0 FROM counters_2;

DROP TABLE counters_2;
DROP TABLE limits_2;

ALTER TABLE open_usage ADD COLUMN overage INTEGER NOT NULL DEFAULT 0 CHECK (overage >= 0);
ALTER TABLE usage_minutes ADD COLUMN overage INTEGER NOT NULL DEFAULT 0 CHECK (overage >= 0);
ALTER TABLE usage_hours ADD COLUMN overage INTEGER NOT NULL DEFAULT 0 CHECK (overage >= 0);
ALTER TABLE usage_days ADD COLUMN overage INTEGER NOT NULL DEFAULT 0 CHECK (overage >= 0);
ALTER TABLE closed_windows ADD COLUMN over_size INTEGER NOT NULL DEFAULT 0 CHECK (over_size >= 0);
ALTER TABLE closed_windows ADD COLUMN price_micros INTEGER NOT NULL DEFAULT 0
  CHECK (price_micros >= 0);
)sql";

// Reservations and remembered answers, under the id that the tenant was asked with.
//
// The body is all of the entry, in the form that the journal has, too; `state` (0 answered, 1 held,
// 2 committed, 3 cancelled, 4 expired) and `due_ns` repeat what people look for.
constexpr std::string_view version_4 = R"sql(
CREATE TABLE entries (
  tenant  BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id      BLOB NOT NULL CHECK (length(id) = 16),
  state   INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
  due_ns  INTEGER NOT NULL,
  body    BLOB NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
)sql";

// How much may be in flight, labels, overrides, leases, and counters of combinations of labels.
//
// The new columns cost no rewriting, only one reading of the limits. Constraints are what SQLite
// cannot change without copying a table, and with the limits their counters, and all the entries:
// so the text that it keeps of them is edited, as its manual advises where rows stay as they are.
// RESET makes this connection read the text again; others do because of the new columns.
constexpr std::string_view version_5 = R"sql(
ALTER TABLE limits ADD COLUMN holder_ttl_ns INTEGER CHECK (holder_ttl_ns >= 1);
ALTER TABLE limits ADD COLUMN releases_on_expiry INTEGER NOT NULL DEFAULT 0
  CHECK (releases_on_expiry IN (0, 1));
ALTER TABLE limits ADD COLUMN labels TEXT CHECK (labels IS NULL OR json_valid(labels));
ALTER TABLE limits ADD COLUMN override TEXT CHECK (override IS NULL OR json_valid(override));

PRAGMA writable_schema = ON;

UPDATE sqlite_schema
SET sql = substr(sql, 1, instr(sql, 'CONSTRAINT window_or_sliding_or_rate') - 1) ||
'CONSTRAINT one_kind CHECK (
    CASE
      WHEN period IS NOT NULL
      THEN span_ns IS NULL AND holder_ttl_ns IS NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      WHEN span_ns IS NOT NULL
      THEN size IS NOT NULL AND holder_ttl_ns IS NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      WHEN holder_ttl_ns IS NOT NULL
      THEN size IS NOT NULL
           AND rate_amount IS NULL AND rate_per_ns IS NULL AND rate_burst IS NULL
      ELSE size IS NULL AND rate_amount IS NOT NULL AND rate_per_ns IS NOT NULL
           AND rate_burst IS NOT NULL
    END),
  ' || substr(sql, instr(sql, 'CONSTRAINT whole_price'))
WHERE type = 'table' AND name = 'limits';

UPDATE sqlite_schema SET sql = replace(sql, 'state BETWEEN 0 AND 4', 'state BETWEEN 0 AND 6')
WHERE type = 'table' AND name = 'entries';

PRAGMA writable_schema = RESET;
)sql";

// Prepaid credit: limits that have a period and no size, their grants among the entries, and what
// each grant paid. A period may end that used nothing and owes what was kept from one before. The
// texts of constraints are edited as in the version before.
constexpr std::string_view version_6 = R"sql(
ALTER TABLE limits ADD COLUMN prepaid INTEGER NOT NULL DEFAULT 0
  CHECK (prepaid = 0 OR (prepaid = 1 AND period IS NOT NULL AND size IS NULL));

CREATE TABLE grant_payments (
  tenant       BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  ended_at_ns  INTEGER NOT NULL,
  limit_id     INTEGER NOT NULL CHECK (limit_id BETWEEN 1 AND 4294967295),
  paid_by      BLOB NOT NULL CHECK (length(paid_by) = 16),
  meter        INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  used         INTEGER NOT NULL CHECK (used >= 1),
  PRIMARY KEY (tenant, ended_at_ns, limit_id, paid_by)
) STRICT, WITHOUT ROWID;

PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, 'state BETWEEN 0 AND 6', 'state BETWEEN 0 AND 7')
WHERE type = 'table' AND name = 'entries';

UPDATE sqlite_schema SET sql = replace(sql, 'used >= 1', 'used >= 0')
WHERE type = 'table' AND name = 'closed_windows';

PRAGMA writable_schema = RESET;
)sql";

// The life of tenants, and what else is known of them. `due_at_ns` is when time alone does
// something to a tenant next.
constexpr std::string_view version_7 = R"sql(
ALTER TABLE tenants ADD COLUMN status TEXT NOT NULL DEFAULT 'active'
  CHECK (status IN ('trial', 'active', 'suspended', 'deactivated'));
ALTER TABLE tenants ADD COLUMN trial_days INTEGER NOT NULL DEFAULT 0
  CHECK (trial_days BETWEEN 0 AND 365);
ALTER TABLE tenants ADD COLUMN trial_ends_at_ns INTEGER
  CHECK (trial_ends_at_ns IS NOT NULL OR status <> 'trial');
ALTER TABLE tenants ADD COLUMN suspended_at_ns INTEGER
  CHECK (suspended_at_ns IS NOT NULL OR status <> 'suspended');
ALTER TABLE tenants ADD COLUMN suspend_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN deactivated_at_ns INTEGER
  CHECK ((deactivated_at_ns IS NOT NULL) = (status = 'deactivated'));
ALTER TABLE tenants ADD COLUMN purge_at_ns INTEGER
  CHECK ((purge_at_ns IS NOT NULL) = (status = 'deactivated'));
ALTER TABLE tenants ADD COLUMN region TEXT NOT NULL DEFAULT '' CHECK (length(region) <= 32);
ALTER TABLE tenants ADD COLUMN currency TEXT NOT NULL DEFAULT 'USD' CHECK (length(currency) = 3);
ALTER TABLE tenants ADD COLUMN billing_company TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN billing_email TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN billing_address TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN billing_tax_id TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN due_at_ns INTEGER;

CREATE INDEX tenants_by_due ON tenants (due_at_ns, id) WHERE due_at_ns IS NOT NULL;
)sql";

// What a tenant has time to pay, as `unpaid_text` writes it.
constexpr std::string_view grace_schema = R"sql(
ALTER TABLE tenants ADD COLUMN unpaid TEXT NOT NULL DEFAULT ''
  CHECK (length(CAST(unpaid AS BLOB)) <= 8192);
)sql";

// Settings of tenants, and since when domains are reserved: those that were there, since now.
constexpr std::string_view settings_schema = R"sql(
ALTER TABLE tenants ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'
  CHECK (length(CAST(settings AS BLOB)) <= 2048);
ALTER TABLE domains ADD COLUMN added_at_ns INTEGER NOT NULL DEFAULT 0;
UPDATE domains SET added_at_ns = CAST(strftime('%s', 'now') AS INTEGER) * 1000000000;
CREATE INDEX domains_pending ON domains (added_at_ns, host) WHERE verified_at_ns IS NULL;
)sql";

}  // namespace

std::span<const std::string_view> schema_versions() {
  static constexpr std::array versions{
      version_1,       version_2,       version_3,           version_4,
      version_5,       version_6,       version_7,           key_schema,
      audit_schema,    member_schema,   tier_schema,         customisation_schema,
      alert_schema,    sharing_schema,  shared_hours_schema, books_schema,
      listing_schema,  grace_schema,    usage_schema,        clock_schema,
      settings_schema, delivery_schema, refill_schema,       value_schema};
  return versions;
}

}  // namespace sluice
