-- SPDX-License-Identifier: Apache-2.0
-- The marketplace: listings of policies, and what consumers say of them. No row is rewritten.
--
-- What is counted of a listing follows by triggers, so that a row which goes with its tenant is
-- taken out of the count as well. They act as who made them: a consumer's rating counts in a row of
-- somebody else, which row-level security keeps from the consumer.

-- What words are found in, so that both stores find alike: blanks between what is neither a letter
-- nor a digit in ASCII, and then every word as it is, in lower case.
CREATE FUNCTION listing_words(words text, weight "char") RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('pg_catalog.simple'::regconfig,
    regexp_replace(words, '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+', ' ', 'g')), weight)
$$;

-- `stars` is the sum over all ratings. `tags` and `images` are JSON arrays of texts.
CREATE TABLE sharing_listings (
  id                 uuid NOT NULL CONSTRAINT sharing_listings_id_key PRIMARY KEY,
  policy             uuid NOT NULL CONSTRAINT sharing_listings_policy_key UNIQUE
                     REFERENCES sharing_policies (id) ON DELETE CASCADE,
  owner              uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  title              text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
  description        text NOT NULL CHECK (octet_length(description) <= 10000),
  category           text COLLATE "C" NOT NULL CHECK (octet_length(category) BETWEEN 1 AND 63),
  tags               jsonb NOT NULL CHECK (jsonb_typeof(tags) = 'array'),
  images             text NOT NULL,
  state              smallint NOT NULL CHECK (state BETWEEN 0 AND 2),
  featured           boolean NOT NULL,
  stars              bigint NOT NULL DEFAULT 0 CHECK (stars BETWEEN ratings AND ratings * 5),
  ratings            bigint NOT NULL DEFAULT 0 CHECK (ratings >= 0),
  reviews            bigint NOT NULL DEFAULT 0 CHECK (reviews BETWEEN 0 AND ratings),
  installs           bigint NOT NULL DEFAULT 0 CHECK (installs >= 0),
  created_at_ns      bigint NOT NULL,
  updated_at_ns      bigint NOT NULL,
  published_at_ns    bigint CHECK (published_at_ns IS NOT NULL OR state = 0),
  version            bigint NOT NULL CHECK (version >= 1),
  rating_hundredths  bigint NOT NULL GENERATED ALWAYS AS (
    CASE WHEN ratings = 0 THEN 0 ELSE (stars * 200 + ratings) / (ratings * 2) END) STORED,
  words              tsvector NOT NULL GENERATED ALWAYS AS (
    listing_words(title, 'A') || listing_words(category || ' ' || tags::text, 'B')
    || listing_words(description, 'D')) STORED
);

CREATE INDEX sharing_listings_by_owner ON sharing_listings (owner);
CREATE INDEX sharing_listings_by_words ON sharing_listings USING gin (words) WHERE state = 1;
CREATE INDEX sharing_listings_by_tag ON sharing_listings USING gin (tags) WHERE state = 1;
CREATE INDEX sharing_listings_by_category ON sharing_listings (category) WHERE state = 1;
CREATE INDEX sharing_listings_by_popularity
  ON sharing_listings (installs DESC, rating_hundredths DESC, id DESC) WHERE state = 1;
CREATE INDEX sharing_listings_by_rating
  ON sharing_listings (rating_hundredths DESC, ratings DESC, id DESC) WHERE state = 1;
CREATE INDEX sharing_listings_by_time
  ON sharing_listings (coalesce(published_at_ns, created_at_ns) DESC, id DESC) WHERE state = 1;

CREATE TABLE sharing_ratings (
  id             uuid NOT NULL CONSTRAINT sharing_ratings_id_key PRIMARY KEY,
  listing        uuid NOT NULL REFERENCES sharing_listings (id) ON DELETE CASCADE,
  consumer       uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  stars          smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
  review         text NOT NULL CHECK (octet_length(review) <= 2000),
  created_at_ns  bigint NOT NULL,
  updated_at_ns  bigint NOT NULL,
  CONSTRAINT sharing_ratings_consumer_key UNIQUE (consumer, listing)
);

CREATE INDEX sharing_ratings_by_listing ON sharing_ratings (listing, id DESC);

CREATE FUNCTION count_rating() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE sharing_listings
    SET stars = stars - OLD.stars, ratings = ratings - 1, reviews = reviews - (OLD.review <> '')::int
    WHERE id = OLD.listing;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE sharing_listings
    SET stars = stars + NEW.stars, ratings = ratings + 1, reviews = reviews + (NEW.review <> '')::int
    WHERE id = NEW.listing;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER sharing_ratings_count AFTER INSERT OR UPDATE OR DELETE ON sharing_ratings
FOR EACH ROW EXECUTE FUNCTION count_rating();

-- A consumer counts once, by the first of its requests for the policy that is approved.
CREATE FUNCTION count_install() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF (TG_OP = 'INSERT' OR OLD.state <> 1) AND NOT EXISTS (
    SELECT FROM sharing_requests AS earlier
    WHERE earlier.policy = NEW.policy AND earlier.consumer = NEW.consumer
      AND earlier.id <> NEW.id AND earlier.state IN (1, 4, 5)
  ) THEN
    UPDATE sharing_listings SET installs = installs + 1 WHERE policy = NEW.policy;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER sharing_requests_install AFTER INSERT OR UPDATE OF state ON sharing_requests
FOR EACH ROW WHEN (NEW.state = 1) EXECUTE FUNCTION count_install();
CREATE INDEX sharing_requests_granted ON sharing_requests (policy, consumer)
  WHERE state IN (1, 4, 5);

SELECT isolate_rows('sharing_listings', 'owner');
SELECT isolate_rows('sharing_ratings', 'consumer');
GRANT SELECT, INSERT, UPDATE, DELETE ON sharing_listings, sharing_ratings TO sluice_tenant;
