// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 17: listings of policies and what consumers say of them. What is counted of a listing,
/// and the index of its words, follow by triggers, so that a row which goes with its tenant is
/// taken out of them as well. `number` is what the index knows a listing by. `stars` is the sum
/// over all ratings.
inline constexpr std::string_view listing_schema = R"sql(
CREATE TABLE sharing_listings (
  number             INTEGER NOT NULL PRIMARY KEY,
  id                 BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  policy             BLOB NOT NULL UNIQUE REFERENCES sharing_policies (id) ON DELETE CASCADE,
  owner              BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  title              TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  description        TEXT NOT NULL CHECK (length(CAST(description AS BLOB)) <= 10000),
  category           TEXT NOT NULL CHECK (length(category) BETWEEN 1 AND 63),
  tags               TEXT NOT NULL CHECK (json_valid(tags)),
  images             TEXT NOT NULL CHECK (json_valid(images)),
  state              INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
  featured           INTEGER NOT NULL CHECK (featured IN (0, 1)),
  stars              INTEGER NOT NULL DEFAULT 0 CHECK (stars BETWEEN ratings AND ratings * 5),
  ratings            INTEGER NOT NULL DEFAULT 0 CHECK (ratings >= 0),
  reviews            INTEGER NOT NULL DEFAULT 0 CHECK (reviews BETWEEN 0 AND ratings),
  installs           INTEGER NOT NULL DEFAULT 0 CHECK (installs >= 0),
  created_at_ns      INTEGER NOT NULL,
  updated_at_ns      INTEGER NOT NULL,
  published_at_ns    INTEGER CHECK (published_at_ns IS NOT NULL OR state = 0),
  version            INTEGER NOT NULL CHECK (version >= 1),
  rating_hundredths  INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN ratings = 0 THEN 0 ELSE (stars * 200 + ratings) / (ratings * 2) END) STORED
) STRICT;

CREATE INDEX sharing_listings_by_owner ON sharing_listings (owner);
CREATE INDEX sharing_listings_by_category ON sharing_listings (category) WHERE state = 1;
CREATE INDEX sharing_listings_by_popularity
  ON sharing_listings (installs DESC, rating_hundredths DESC, id DESC) WHERE state = 1;
CREATE INDEX sharing_listings_by_rating
  ON sharing_listings (rating_hundredths DESC, ratings DESC, id DESC) WHERE state = 1;
CREATE INDEX sharing_listings_by_time
  ON sharing_listings (coalesce(published_at_ns, created_at_ns) DESC, id DESC) WHERE state = 1;

CREATE VIRTUAL TABLE listing_words USING fts5 (
  title, category, tags, description,
  content = 'sharing_listings', content_rowid = 'number',
  tokenize = 'unicode61 remove_diacritics 0');

CREATE TRIGGER listing_words_add AFTER INSERT ON sharing_listings BEGIN
  INSERT INTO listing_words (rowid, title, category, tags, description)
  VALUES (NEW.number, NEW.title, NEW.category, NEW.tags, NEW.description);
END;
CREATE TRIGGER listing_words_change
AFTER UPDATE OF title, category, tags, description ON sharing_listings BEGIN
  INSERT INTO listing_words (listing_words, rowid, title, category, tags, description)
  VALUES ('delete', OLD.number, OLD.title, OLD.category, OLD.tags, OLD.description);
  INSERT INTO listing_words (rowid, title, category, tags, description)
  VALUES (NEW.number, NEW.title, NEW.category, NEW.tags, NEW.description);
END;
CREATE TRIGGER listing_words_remove AFTER DELETE ON sharing_listings BEGIN
  INSERT INTO listing_words (listing_words, rowid, title, category, tags, description)
  VALUES ('delete', OLD.number, OLD.title, OLD.category, OLD.tags, OLD.description);
END;

CREATE TABLE sharing_ratings (
  id             BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  listing        BLOB NOT NULL REFERENCES sharing_listings (id) ON DELETE CASCADE,
  consumer       BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  stars          INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
  review         TEXT NOT NULL CHECK (length(CAST(review AS BLOB)) <= 2000),
  created_at_ns  INTEGER NOT NULL,
  updated_at_ns  INTEGER NOT NULL,
  UNIQUE (consumer, listing)
) STRICT, WITHOUT ROWID;

CREATE INDEX sharing_ratings_by_listing ON sharing_ratings (listing, id DESC);

CREATE TRIGGER sharing_ratings_add AFTER INSERT ON sharing_ratings BEGIN
  UPDATE sharing_listings
  SET stars = stars + NEW.stars, ratings = ratings + 1, reviews = reviews + (NEW.review <> '')
  WHERE id = NEW.listing;
END;
CREATE TRIGGER sharing_ratings_change AFTER UPDATE ON sharing_ratings BEGIN
  UPDATE sharing_listings
  SET stars = stars - OLD.stars + NEW.stars,
      reviews = reviews - (OLD.review <> '') + (NEW.review <> '')
  WHERE id = NEW.listing;
END;
CREATE TRIGGER sharing_ratings_remove AFTER DELETE ON sharing_ratings BEGIN
  UPDATE sharing_listings
  SET stars = stars - OLD.stars, ratings = ratings - 1, reviews = reviews - (OLD.review <> '')
  WHERE id = OLD.listing;
END;

CREATE INDEX sharing_requests_granted ON sharing_requests (policy, consumer)
  WHERE state IN (1, 4, 5);

CREATE TRIGGER sharing_requests_install_new AFTER INSERT ON sharing_requests
WHEN NEW.state = 1 BEGIN
  UPDATE sharing_listings SET installs = installs + 1
  WHERE policy = NEW.policy AND NOT EXISTS (
    SELECT 1 FROM sharing_requests AS earlier
    WHERE earlier.policy = NEW.policy AND earlier.consumer = NEW.consumer
      AND earlier.id <> NEW.id AND earlier.state IN (1, 4, 5));
END;
CREATE TRIGGER sharing_requests_install AFTER UPDATE OF state ON sharing_requests
WHEN NEW.state = 1 AND OLD.state <> 1 BEGIN
  UPDATE sharing_listings SET installs = installs + 1
  WHERE policy = NEW.policy AND NOT EXISTS (
    SELECT 1 FROM sharing_requests AS earlier
    WHERE earlier.policy = NEW.policy AND earlier.consumer = NEW.consumer
      AND earlier.id <> NEW.id AND earlier.state IN (1, 4, 5));
END;
)sql";

}  // namespace sluice
