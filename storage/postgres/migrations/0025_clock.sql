-- SPDX-License-Identifier: Apache-2.0
-- Which kind of clock the owners of this database have: the first one says so, and others are
-- refused.

ALTER TABLE meta ADD COLUMN clock text CHECK (clock IN ('real', 'simulated'));
