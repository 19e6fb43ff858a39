// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 13: alerts, and to whom they are delivered. An alert's id is made of its condition, so
/// it is there once. `tenant` is null for the platform's.
inline constexpr std::string_view alert_schema = R"sql(
CREATE TABLE alerts (
  number     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  id         BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  tenant     BLOB REFERENCES tenants (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,
  at_ns      INTEGER NOT NULL,
  condition  TEXT NOT NULL CHECK (length(CAST(condition AS BLOB)) <= 512),
  data       TEXT NOT NULL CHECK (json_valid(data) AND length(CAST(data AS BLOB)) <= 4096),
  planned    INTEGER NOT NULL DEFAULT 0 CHECK (planned IN (0, 1))
) STRICT;

CREATE INDEX alerts_by_tenant ON alerts (tenant, number);
CREATE INDEX alerts_unplanned ON alerts (number) WHERE planned = 0;
CREATE INDEX alerts_by_time ON alerts (at_ns);

CREATE TABLE deliveries (
  alert     BLOB NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  owner     TEXT NOT NULL CHECK (owner IN ('tenant', 'platform')),
  url       TEXT NOT NULL CHECK (length(CAST(url AS BLOB)) <= 2048),
  state     TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts  INTEGER NOT NULL CHECK (attempts >= 0),
  next_ns   INTEGER NOT NULL,
  trouble   TEXT NOT NULL,
  PRIMARY KEY (alert, owner, url)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_due ON deliveries (next_ns, alert, owner, url) WHERE state = 'pending';
CREATE INDEX trials_by_end ON tenants (trial_ends_at_ns, id) WHERE status = 'trial';
)sql";

/// Version 22: deliveries wait in a queue for each tenant's webhooks, and one for the platform's,
/// whose id is nil, so that each is come to whatever waits in others.
inline constexpr std::string_view delivery_schema = R"sql(
ALTER TABLE deliveries ADD COLUMN queue BLOB NOT NULL
  DEFAULT x'00000000000000000000000000000000' CHECK (length(queue) = 16);
UPDATE deliveries SET queue = (SELECT tenant FROM alerts WHERE alerts.id = deliveries.alert)
  WHERE owner = 'tenant' AND EXISTS
    (SELECT 1 FROM alerts WHERE alerts.id = deliveries.alert AND tenant IS NOT NULL);

DROP INDEX deliveries_due;
CREATE INDEX deliveries_by_queue ON deliveries (queue, next_ns, alert, owner, url)
  WHERE state = 'pending';
)sql";

}  // namespace sluice
