-- SPDX-License-Identifier: Apache-2.0
-- Money: what policies cost from when on, what consumers owe for each grant and period, and what is
-- paid to owners. All of it outlives policies and tenants: what one side owed is still what the other
-- side had. No row is rewritten.

CREATE TABLE sharing_terms (
  policy              uuid NOT NULL,
  since_ns            bigint NOT NULL,
  owner               uuid NOT NULL,
  resource_type       smallint NOT NULL CHECK (resource_type BETWEEN 0 AND 5),
  resource_id         text NOT NULL,
  kind                smallint NOT NULL CHECK (kind BETWEEN 0 AND 3),
  currency            text NOT NULL CHECK (char_length(currency) = 3),
  period              smallint NOT NULL CHECK (period BETWEEN 0 AND 2),
  meter               int CHECK (meter BETWEEN 1 AND 65535),
  price_micros        bigint NOT NULL CHECK (price_micros >= 0),
  per                 bigint NOT NULL CHECK (per >= 1),
  bands               text NOT NULL,
  owner_basis_points  int NOT NULL CHECK (owner_basis_points BETWEEN 0 AND 10000),
  minimum_micros      bigint NOT NULL CHECK (minimum_micros >= 0),
  schedule            smallint NOT NULL CHECK (schedule BETWEEN 0 AND 2),
  PRIMARY KEY (policy, since_ns)
);

CREATE INDEX sharing_terms_by_since ON sharing_terms (since_ns);
CREATE INDEX sharing_terms_by_period ON sharing_terms (policy, period);

-- A line is written once and never changed.
CREATE TABLE sharing_statements (
  grant_id         uuid NOT NULL,
  period_start_ns  bigint NOT NULL,
  period_end_ns    bigint NOT NULL,
  policy           uuid NOT NULL,
  owner            uuid NOT NULL,
  consumer         uuid NOT NULL,
  resource_type    smallint NOT NULL CHECK (resource_type BETWEEN 0 AND 5),
  resource_id      text NOT NULL,
  uses             bigint NOT NULL CHECK (uses >= 0),
  units            bigint NOT NULL CHECK (units >= 0),
  currency         text NOT NULL CHECK (char_length(currency) = 3),
  amount_micros    bigint NOT NULL CHECK (amount_micros >= 0),
  owner_micros     bigint NOT NULL CHECK (owner_micros >= 0),
  platform_micros  bigint NOT NULL CHECK (platform_micros >= 0),
  schedule         smallint NOT NULL CHECK (schedule BETWEEN 0 AND 2),
  minimum_micros   bigint NOT NULL CHECK (minimum_micros >= 0),
  closed_at_ns     bigint NOT NULL,
  PRIMARY KEY (grant_id, period_start_ns),
  CONSTRAINT parts_are_the_whole CHECK (owner_micros + platform_micros = amount_micros)
);

CREATE INDEX sharing_statements_by_owner ON sharing_statements (owner, period_start_ns, grant_id);
CREATE INDEX sharing_statements_by_consumer
  ON sharing_statements (consumer, period_start_ns, grant_id);

-- The owner's part of a line, until it is in a payout. So a line is paid once.
CREATE TABLE sharing_unpaid (
  owner            uuid NOT NULL,
  currency         text COLLATE "C" NOT NULL,
  policy           uuid NOT NULL,
  period_start_ns  bigint NOT NULL,
  grant_id         uuid NOT NULL,
  period_end_ns    bigint NOT NULL,
  owner_micros     bigint NOT NULL CHECK (owner_micros >= 1),
  schedule         smallint NOT NULL CHECK (schedule BETWEEN 0 AND 2),
  minimum_micros   bigint NOT NULL CHECK (minimum_micros >= 0),
  PRIMARY KEY (owner, currency, policy, period_start_ns, grant_id)
);

CREATE TABLE sharing_payouts (
  owner          uuid NOT NULL,
  currency       text COLLATE "C" NOT NULL CHECK (char_length(currency) = 3),
  number         bigint NOT NULL CHECK (number BETWEEN 1 AND 4294967295),
  schedule       smallint NOT NULL CHECK (schedule BETWEEN 0 AND 2),
  through_ns     bigint NOT NULL,
  lines          bigint NOT NULL CHECK (lines >= 1),
  amount_micros  bigint NOT NULL CHECK (amount_micros >= 1),
  made_at_ns     bigint NOT NULL,
  paid_at_ns     bigint,
  reference      text NOT NULL DEFAULT '',
  PRIMARY KEY (owner, currency, number)
);

CREATE TABLE sharing_payout_lines (
  grant_id         uuid NOT NULL,
  period_start_ns  bigint NOT NULL,
  owner            uuid NOT NULL,
  currency         text COLLATE "C" NOT NULL,
  number           bigint NOT NULL,
  PRIMARY KEY (grant_id, period_start_ns),
  FOREIGN KEY (grant_id, period_start_ns)
    REFERENCES sharing_statements (grant_id, period_start_ns),
  FOREIGN KEY (owner, currency, number) REFERENCES sharing_payouts (owner, currency, number)
);

-- How far each task of the books has come.
CREATE TABLE sharing_progress (
  task     smallint PRIMARY KEY CHECK (task BETWEEN 0 AND 5),
  next_ns  bigint NOT NULL
);

-- Prices are an offer, which whoever uses the resource may see; a consumer has no rows here, so its
-- reads of them are not confined. Payouts concern the owner alone.
SELECT isolate_rows(part, 'owner')
FROM unnest(ARRAY['sharing_terms', 'sharing_unpaid', 'sharing_payouts',
                  'sharing_payout_lines']::regclass[]) AS part;
SELECT isolate_rows_of_two('sharing_statements', 'owner', 'consumer');
GRANT SELECT ON sharing_terms, sharing_statements, sharing_unpaid, sharing_payouts,
  sharing_payout_lines TO sluice_tenant;
