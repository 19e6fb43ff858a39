// SPDX-License-Identifier: Apache-2.0
// How listings are looked for.
#include <cstdint>
#include <string>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "storage/postgres/listing_statements.hpp"

namespace sluice::postgres {

namespace {

/// What orders the listings; each falls.
struct OrderKeys {
  std::string first;
  std::string second;
};

OrderKeys keys_of(ListingSort sort) {
  switch (sort) {
    case ListingSort::popularity:
      return {"l.installs", "l.rating_hundredths"};
    case ListingSort::rating:
      return {"l.rating_hundredths", "l.ratings"};
    case ListingSort::newest:
      return {"coalesce(l.published_at_ns, l.created_at_ns)", "0::bigint"};
    case ListingSort::relevance:
      break;
  }
  const auto found_in = [](const char* part, std::int64_t counts) {
    return std::string{"(ts_filter(l.words, '{"}
        .append(part)
        .append("}') @@ word)::int * ")
        .append(std::to_string(counts));
  };
  return {std::string{"(SELECT sum("}
              .append(found_in("a", relevance_of_title))
              .append(" + ")
              .append(found_in("b", relevance_of_labels))
              .append(" + ")
              .append(found_in("d", relevance_of_description))
              .append(")::bigint FROM (SELECT plainto_tsquery('simple', each) AS word"
                      " FROM unnest(string_to_array($3, ' ')) each) asked)"),
          "l.installs"};
}

// $1 asks at $2. An owner whose trial has ended may not spend, whether or not anybody has noticed.
constexpr const char* seen_sql =
    "l.state = 1 AND (p.expires_at_ns IS NULL OR p.expires_at_ns > $2)"
    " AND EXISTS (SELECT FROM tenants o WHERE o.id = l.owner AND (o.status = 'active'"
    " OR (o.status = 'trial' AND o.trial_ends_at_ns > $2)))"
    " AND (p.visibility >= 2 OR l.owner = $1::uuid"
    " OR (p.visibility = 1 AND coalesce((p.body::jsonb -> 'allow') ? $1::text, false)))"
    " AND NOT coalesce((p.body::jsonb -> 'block') ? $1::text, false)";

std::string scope_of(const ListingQuery& query) {
  if (query.own) {
    return "l.owner = $1::uuid AND $2::bigint IS NOT NULL";
  }
  return query.id ? std::string{"(l.owner = $1::uuid OR ("}.append(seen_sql).append("))")
                  : std::string{seen_sql};
}

constexpr const char* filters_sql =
    " AND ($3 = '' OR l.words @@ plainto_tsquery('simple', $3))"
    " AND ($4 = '' OR l.category = $4) AND ($5 = '' OR l.tags ? $5)"
    " AND ($6 = '' OR l.owner = nullif($6, '')::uuid) AND (NOT $7::boolean OR l.featured)"
    " AND ($8 = '' OR coalesce(p.body::jsonb #>> '{pricing,kind}', 'free') = $8)"
    " AND ($9 = '' OR l.id = nullif($9, '')::uuid)"
    " AND ($15 = '' OR l.policy = nullif($15, '')::uuid)";

std::string search_sql(const ListingQuery& query) {
  const auto [first, second] = keys_of(query.sort);
  const std::string keys = std::string{first}.append(", ").append(second);
  return std::string{"SELECT "}
      .append(found_listing_columns)
      .append(", ")
      .append(keys)
      .append(" FROM sharing_listings l JOIN sharing_policies p ON p.id = l.policy WHERE ")
      .append(scope_of(query))
      .append(filters_sql)
      .append(" AND (NOT $10::boolean OR (")
      .append(keys)
      .append(", l.id) < ($11::bigint, $12::bigint, $13::uuid)) ORDER BY ")
      .append(first)
      .append(" DESC, ")
      .append(second)
      .append(" DESC, l.id DESC LIMIT $14");
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text.append(text.empty() ? "" : " ").append(word);
  }
  return text;
}

}  // namespace

ListingPage search_for_listings(Transaction& transaction, const ListingQuery& query) {
  const ListingPlace after = query.after.value_or(ListingPlace{});
  // One more than asked tells whether there are more.
  const pqxx::result rows = transaction.search(
      search_sql(query), to_string(query.asking), query.now.time_since_epoch().count(),
      joined(query.words), query.category, query.tag,
      query.owner ? to_string(*query.owner) : std::string{}, query.featured,
      query.pricing ? std::string{to_string(*query.pricing)} : std::string{},
      query.id ? to_string(*query.id) : std::string{}, query.after.has_value(), after.first,
      after.second, to_string(after.id), query.page_size + 1,
      query.policy ? to_string(*query.policy) : std::string{});
  ListingPageMaker page{query.page_size};
  for (const auto& row : rows) {
    FoundListing found = read_found_listing(row);
    const ListingPlace place{row[found_listing_width].as<std::int64_t>(),
                             row[found_listing_width + 1].as<std::int64_t>(), found.listing.id};
    if (!page.add(std::move(found), place)) {
      break;
    }
  }
  return page.take();
}

}  // namespace sluice::postgres
