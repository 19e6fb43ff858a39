-- SPDX-License-Identifier: Apache-2.0
-- Who may write, and how far each shard is stored.
--
-- Every commit locks the row of `ownership` FOR KEY SHARE, acquiring locks it FOR UPDATE: so they
-- exclude each other. Renewing a lease is an ordinary update, which waits for neither commits nor
-- they for it.

CREATE TABLE ownership (
  one          boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch        bigint NOT NULL CHECK (epoch >= 0),
  server       uuid,
  name         text NOT NULL,
  lease_ms     bigint NOT NULL DEFAULT 0 CHECK (lease_ms >= 0),
  lease_until  timestamptz,
  clean        boolean NOT NULL,
  CONSTRAINT somebody_owns CHECK (clean OR (server IS NOT NULL AND lease_until IS NOT NULL))
) WITH (fillfactor = 50);

INSERT INTO ownership (epoch, name, clean) VALUES (0, '', true);

CREATE TABLE shards (
  shard     integer PRIMARY KEY CHECK (shard BETWEEN 0 AND 65534),
  epoch     bigint NOT NULL DEFAULT 0 CHECK (epoch >= 0),
  sequence  bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0)
) WITH (fillfactor = 50);
