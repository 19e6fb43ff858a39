// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 9: the audit. A chain's events are numbered from 1, are kept when the tenant is gone,
/// and are only ever deleted from the beginning, once the anchor has moved behind them. `change` is
/// of events that waited in a journal.
inline constexpr std::string_view audit_schema = R"sql(
CREATE TABLE audit_chains (
  tenant         BLOB NOT NULL PRIMARY KEY CHECK (length(tenant) = 16),
  anchor_number  INTEGER NOT NULL CHECK (anchor_number BETWEEN 0 AND last_number),
  anchor_hash    BLOB NOT NULL CHECK (length(anchor_hash) = 32),
  last_number    INTEGER NOT NULL,
  last_hash      BLOB NOT NULL CHECK (length(last_hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_events (
  tenant      BLOB NOT NULL CHECK (length(tenant) = 16),
  number      INTEGER NOT NULL CHECK (number >= 1),
  at_ns       INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  name        TEXT NOT NULL,
  credential  TEXT NOT NULL,
  address     TEXT NOT NULL,
  action      TEXT NOT NULL,
  subject     TEXT NOT NULL,
  before      TEXT NOT NULL,
  after       TEXT NOT NULL,
  previous    BLOB NOT NULL CHECK (length(previous) = 32),
  hash        BLOB NOT NULL CHECK (length(hash) = 32),
  change      BLOB CHECK (length(change) = 16),
  PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_events_by_time ON audit_events (at_ns, tenant);
CREATE UNIQUE INDEX audit_events_by_change ON audit_events (tenant, change)
  WHERE change IS NOT NULL;

CREATE TRIGGER audit_events_stay_as_they_are BEFORE UPDATE ON audit_events
BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
WHEN OLD.number > coalesce(
  (SELECT anchor_number FROM audit_chains WHERE tenant = OLD.tenant), 0)
BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_chains_only_grow BEFORE UPDATE ON audit_chains
WHEN NEW.tenant <> OLD.tenant OR NEW.last_number < OLD.last_number
  OR NEW.anchor_number < OLD.anchor_number
BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_chains_stay BEFORE DELETE ON audit_chains
BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
)sql";

}  // namespace sluice
