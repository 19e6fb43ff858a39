// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 16: money. `sharing_terms` are what a policy cost from when on; they and all that comes
/// of them outlive policies and tenants: what one side owed is still what the other side had. A
/// line is written once and never changed. What of it is not paid yet is in `sharing_unpaid`, until
/// it moves to `sharing_payout_lines`, so that each line is paid once. `sharing_progress` is how
/// far each task has come (`BooksTask`).
inline constexpr std::string_view books_schema = R"sql(
CREATE TABLE sharing_terms (
  policy              BLOB NOT NULL CHECK (length(policy) = 16),
  since_ns            INTEGER NOT NULL,
  owner               BLOB NOT NULL CHECK (length(owner) = 16),
  resource_type       INTEGER NOT NULL CHECK (resource_type BETWEEN 0 AND 5),
  resource_id         TEXT NOT NULL,
  kind                INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
  currency            TEXT NOT NULL CHECK (length(currency) = 3),
  period              INTEGER NOT NULL CHECK (period BETWEEN 0 AND 2),
  meter               INTEGER CHECK (meter BETWEEN 1 AND 65535),
  price_micros        INTEGER NOT NULL CHECK (price_micros >= 0),
  per                 INTEGER NOT NULL CHECK (per >= 1),
  bands               TEXT NOT NULL,
  owner_basis_points  INTEGER NOT NULL CHECK (owner_basis_points BETWEEN 0 AND 10000),
  minimum_micros      INTEGER NOT NULL CHECK (minimum_micros >= 0),
  schedule            INTEGER NOT NULL CHECK (schedule BETWEEN 0 AND 2),
  PRIMARY KEY (policy, since_ns)
) STRICT, WITHOUT ROWID;

CREATE INDEX sharing_terms_by_since ON sharing_terms (since_ns);
CREATE INDEX sharing_terms_by_period ON sharing_terms (policy, period);

CREATE TABLE sharing_statements (
  grant_id         BLOB NOT NULL CHECK (length(grant_id) = 16),
  period_start_ns  INTEGER NOT NULL,
  period_end_ns    INTEGER NOT NULL,
  policy           BLOB NOT NULL CHECK (length(policy) = 16),
  owner            BLOB NOT NULL CHECK (length(owner) = 16),
  consumer         BLOB NOT NULL CHECK (length(consumer) = 16),
  resource_type    INTEGER NOT NULL CHECK (resource_type BETWEEN 0 AND 5),
  resource_id      TEXT NOT NULL,
  uses             INTEGER NOT NULL CHECK (uses >= 0),
  units            INTEGER NOT NULL CHECK (units >= 0),
  currency         TEXT NOT NULL CHECK (length(currency) = 3),
  amount_micros    INTEGER NOT NULL CHECK (amount_micros >= 0),
  owner_micros     INTEGER NOT NULL CHECK (owner_micros >= 0),
  platform_micros  INTEGER NOT NULL CHECK (platform_micros >= 0),
  schedule         INTEGER NOT NULL CHECK (schedule BETWEEN 0 AND 2),
  minimum_micros   INTEGER NOT NULL CHECK (minimum_micros >= 0),
  closed_at_ns     INTEGER NOT NULL,
  PRIMARY KEY (grant_id, period_start_ns),
  CONSTRAINT parts_are_the_whole CHECK (owner_micros + platform_micros = amount_micros)
) STRICT, WITHOUT ROWID;

CREATE INDEX sharing_statements_by_owner ON sharing_statements (owner, period_start_ns, grant_id);
CREATE INDEX sharing_statements_by_consumer
  ON sharing_statements (consumer, period_start_ns, grant_id);

CREATE TABLE sharing_unpaid (
  owner            BLOB NOT NULL CHECK (length(owner) = 16),
  currency         TEXT NOT NULL,
  policy           BLOB NOT NULL CHECK (length(policy) = 16),
  period_start_ns  INTEGER NOT NULL,
  grant_id         BLOB NOT NULL CHECK (length(grant_id) = 16),
  period_end_ns    INTEGER NOT NULL,
  owner_micros     INTEGER NOT NULL CHECK (owner_micros >= 1),
  schedule         INTEGER NOT NULL CHECK (schedule BETWEEN 0 AND 2),
  minimum_micros   INTEGER NOT NULL CHECK (minimum_micros >= 0),
  PRIMARY KEY (owner, currency, policy, period_start_ns, grant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sharing_payouts (
  owner          BLOB NOT NULL CHECK (length(owner) = 16),
  currency       TEXT NOT NULL CHECK (length(currency) = 3),
  number         INTEGER NOT NULL CHECK (number BETWEEN 1 AND 4294967295),
  schedule       INTEGER NOT NULL CHECK (schedule BETWEEN 0 AND 2),
  through_ns     INTEGER NOT NULL,
  lines          INTEGER NOT NULL CHECK (lines >= 1),
  amount_micros  INTEGER NOT NULL CHECK (amount_micros >= 1),
  made_at_ns     INTEGER NOT NULL,
  paid_at_ns     INTEGER,
  reference      TEXT NOT NULL,
  PRIMARY KEY (owner, currency, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE sharing_payout_lines (
  grant_id         BLOB NOT NULL CHECK (length(grant_id) = 16),
  period_start_ns  INTEGER NOT NULL,
  owner            BLOB NOT NULL,
  currency         TEXT NOT NULL,
  number           INTEGER NOT NULL,
  PRIMARY KEY (grant_id, period_start_ns),
  FOREIGN KEY (grant_id, period_start_ns) REFERENCES sharing_statements (grant_id, period_start_ns),
  FOREIGN KEY (owner, currency, number) REFERENCES sharing_payouts (owner, currency, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE sharing_progress (
  task     INTEGER PRIMARY KEY CHECK (task BETWEEN 0 AND 5),
  next_ns  INTEGER NOT NULL
) STRICT;
)sql";

}  // namespace sluice
