// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 24: what units above a limit cost, and history by the values of labels: `others` has
/// those that are not told apart. What was stored before has no price.
inline constexpr std::string_view value_schema = R"sql(
ALTER TABLE open_usage ADD COLUMN price_micros INTEGER NOT NULL DEFAULT 0
  CHECK (price_micros >= 0);
ALTER TABLE usage_minutes ADD COLUMN price_micros INTEGER NOT NULL DEFAULT 0
  CHECK (price_micros >= 0);
ALTER TABLE usage_hours ADD COLUMN price_micros INTEGER NOT NULL DEFAULT 0
  CHECK (price_micros >= 0);
ALTER TABLE usage_days ADD COLUMN price_micros INTEGER NOT NULL DEFAULT 0
  CHECK (price_micros >= 0);

CREATE TABLE open_usage_values (
  tenant        BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter         INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start         INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  label         TEXT NOT NULL CHECK (label <> ''),
  value         TEXT NOT NULL,
  others        INTEGER NOT NULL CHECK (others IN (0, 1)),
  used          INTEGER NOT NULL CHECK (used >= 0),
  allowed       INTEGER NOT NULL CHECK (allowed BETWEEN 0 AND 4294967295),
  denied        INTEGER NOT NULL CHECK (denied BETWEEN 0 AND 4294967295),
  throttled     INTEGER NOT NULL CHECK (throttled BETWEEN 0 AND 4294967295),
  overage       INTEGER NOT NULL CHECK (overage >= 0),
  price_micros  INTEGER NOT NULL CHECK (price_micros >= 0),
  PRIMARY KEY (tenant, meter, label, value, others)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_value_minutes (
  tenant        BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter         INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start         INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  label         TEXT NOT NULL CHECK (label <> ''),
  value         TEXT NOT NULL,
  others        INTEGER NOT NULL CHECK (others IN (0, 1)),
  used          INTEGER NOT NULL CHECK (used >= 0),
  allowed       INTEGER NOT NULL CHECK (allowed >= 0),
  denied        INTEGER NOT NULL CHECK (denied >= 0),
  throttled     INTEGER NOT NULL CHECK (throttled >= 0),
  overage       INTEGER NOT NULL CHECK (overage >= 0),
  price_micros  INTEGER NOT NULL CHECK (price_micros >= 0),
  PRIMARY KEY (tenant, start, meter, label, value, others)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_value_hours (
  tenant        BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter         INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start         INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  label         TEXT NOT NULL CHECK (label <> ''),
  value         TEXT NOT NULL,
  others        INTEGER NOT NULL CHECK (others IN (0, 1)),
  used          INTEGER NOT NULL CHECK (used >= 0),
  allowed       INTEGER NOT NULL CHECK (allowed >= 0),
  denied        INTEGER NOT NULL CHECK (denied >= 0),
  throttled     INTEGER NOT NULL CHECK (throttled >= 0),
  overage       INTEGER NOT NULL CHECK (overage >= 0),
  price_micros  INTEGER NOT NULL CHECK (price_micros >= 0),
  PRIMARY KEY (tenant, start, meter, label, value, others)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_value_days (
  tenant        BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  meter         INTEGER NOT NULL CHECK (meter BETWEEN 1 AND 65535),
  start         INTEGER NOT NULL CHECK (start BETWEEN 0 AND 153722867),
  label         TEXT NOT NULL CHECK (label <> ''),
  value         TEXT NOT NULL,
  others        INTEGER NOT NULL CHECK (others IN (0, 1)),
  used          INTEGER NOT NULL CHECK (used >= 0),
  allowed       INTEGER NOT NULL CHECK (allowed >= 0),
  denied        INTEGER NOT NULL CHECK (denied >= 0),
  throttled     INTEGER NOT NULL CHECK (throttled >= 0),
  overage       INTEGER NOT NULL CHECK (overage >= 0),
  price_micros  INTEGER NOT NULL CHECK (price_micros >= 0),
  PRIMARY KEY (tenant, start, meter, label, value, others)
) STRICT, WITHOUT ROWID;

CREATE INDEX usage_value_minutes_by_time ON usage_value_minutes (start);
CREATE INDEX usage_value_hours_by_time ON usage_value_hours (start);
CREATE INDEX usage_value_days_by_time ON usage_value_days (start);
)sql";

}  // namespace sluice
