-- SPDX-License-Identifier: Apache-2.0
-- Reservations and remembered answers, under the id that the tenant was asked with.
--
-- The body is all of the entry, in the form that the journal has, too; `state` (0 answered, 1 held,
-- 2 committed, 3 cancelled, 4 expired) and `due_ns` repeat what people look for. A reservation is
-- written again when it is settled, so pages keep room for the next version of their rows.

CREATE TABLE entries (
  tenant  uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id      uuid NOT NULL,
  state   smallint NOT NULL CHECK (state BETWEEN 0 AND 4),
  due_ns  bigint NOT NULL,
  body    bytea NOT NULL,
  due     timestamptz NOT NULL GENERATED ALWAYS AS
          (to_timestamp((due_ns / 1000)::float8 / 1000000)) STORED,
  PRIMARY KEY (tenant, id)
) WITH (fillfactor = 50);
