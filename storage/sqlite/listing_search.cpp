// SPDX-License-Identifier: Apache-2.0
// How listings are looked for.
#include <string>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "storage/limit_text/listing_text.hpp"
#include "storage/sqlite/listing_statements.hpp"
#include "storage/sqlite/rows.hpp"

namespace sluice {

namespace {

/// What orders the listings; each falls.
struct OrderKeys {
  std::string_view first;
  std::string_view second;
};

OrderKeys keys_of(ListingSort sort) {
  switch (sort) {
    case ListingSort::popularity:
      return {"l.installs", "l.rating_hundredths"};
    case ListingSort::rating:
      return {"l.rating_hundredths", "l.ratings"};
    case ListingSort::newest:
      return {"coalesce(l.published_at_ns, l.created_at_ns)", "0 + 0"};  // A bare 0 is a column.
    case ListingSort::relevance:
      break;
  }
  return {"hit.score", "l.installs"};
}

// ?1 and ?3 ask, as bytes and as text, at ?2. An owner whose trial has ended may not spend, whether
// or not anybody has noticed.
constexpr std::string_view seen_sql =
    "l.state = 1 AND (p.expires_at_ns IS NULL OR p.expires_at_ns > ?2)"
    " AND EXISTS (SELECT 1 FROM tenants o WHERE o.id = l.owner AND (o.status = 'active'"
    " OR (o.status = 'trial' AND o.trial_ends_at_ns > ?2)))"
    " AND (p.visibility >= 2 OR l.owner = ?1 OR (p.visibility = 1"
    " AND EXISTS (SELECT 1 FROM json_each(p.body, '$.allow') one WHERE one.value = ?3)))"
    " AND NOT EXISTS (SELECT 1 FROM json_each(p.body, '$.block') one WHERE one.value = ?3)";

std::string scope_of(const ListingQuery& query) {
  if (query.own) {
    return "l.owner = ?1";
  }
  return query.id ? std::string{"(l.owner = ?1 OR ("}.append(seen_sql).append("))")
                  : std::string{seen_sql};
}

constexpr std::string_view filters_sql =
    " AND (?4 = '' OR l.number IN (SELECT rowid FROM listing_words WHERE listing_words MATCH ?4))"
    " AND (?6 = '' OR l.category = ?6)"
    " AND (?7 = '' OR EXISTS (SELECT 1 FROM json_each(l.tags) tag WHERE tag.value = ?7))"
    " AND (?8 IS NULL OR l.owner = ?8) AND (?9 = 0 OR l.featured = 1)"
    " AND (?10 = '' OR coalesce(p.body ->> '$.pricing.kind', 'free') = ?10)"
    " AND (?11 IS NULL OR l.id = ?11) AND (?17 IS NULL OR l.policy = ?17)";

/// Which listings have the words of ?5, and how much that counts.
std::string hits_sql() {
  const auto found_in = [](std::string_view columns, std::int64_t counts) {
    return std::string{"SELECT w.rowid AS number, "}
        .append(std::to_string(counts))
        .append(" AS counts FROM json_each(?5) word JOIN listing_words w ON listing_words MATCH '{")
        .append(columns)
        .append("} : \"' || word.value || '\"'");
  };
  return std::string{" JOIN (SELECT number, sum(counts) AS score FROM ("}
      .append(found_in("title", relevance_of_title))
      .append(" UNION ALL ")
      .append(found_in("category tags", relevance_of_labels))
      .append(" UNION ALL ")
      .append(found_in("description", relevance_of_description))
      .append(") GROUP BY number) hit ON hit.number = l.number");
}

std::string search_sql(const ListingQuery& query) {
  const auto [first, second] = keys_of(query.sort);
  const std::string keys = std::string{first}.append(", ").append(second);
  return std::string{"SELECT "}
      .append(found_listing_columns)
      .append(", ")
      .append(keys)
      .append(" FROM sharing_listings l JOIN sharing_policies p ON p.id = l.policy")
      .append(query.sort == ListingSort::relevance ? hits_sql() : "")
      .append(" WHERE ")
      .append(scope_of(query))
      .append(filters_sql)
      .append(" AND (?12 = 0 OR (")
      .append(keys)
      .append(", l.id) < (?13, ?14, ?15)) ORDER BY ")
      .append(first)
      .append(" DESC, ")
      .append(second)
      .append(" DESC, l.id DESC LIMIT ?16");
}

/// All of them must be found. Words have no quotes in them.
std::string match_of(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text.append(text.empty() ? "\"" : " \"").append(word).append("\"");
  }
  return text;
}

std::optional<Blob> blob_of(const std::optional<IdBytes>& bytes) {
  return bytes ? std::optional{Blob{*bytes}} : std::nullopt;
}

}  // namespace

ListingPage ListingStatements::search(const ListingQuery& query) {
  const IdBytes asking = bytes_of(query.asking);
  const std::string asking_text = to_string(query.asking);
  const std::string match = match_of(query.words);
  const std::string words = text_list(query.words);
  const auto owner = query.owner ? std::optional{bytes_of(*query.owner)} : std::nullopt;
  const auto id =
      query.id ? std::optional{bytes_of(TenantId{query.id->high, query.id->low})} : std::nullopt;
  const auto policy = query.policy
                          ? std::optional{bytes_of(TenantId{query.policy->high, query.policy->low})}
                          : std::nullopt;
  const ListingPlace after = query.after.value_or(ListingPlace{});
  const IdBytes after_id = bytes_of(TenantId{after.id.high, after.id.low});
  const std::string_view pricing = query.pricing ? to_string(*query.pricing) : std::string_view{};
  Statement statement{connection_, search_sql(query)};
  // One more than asked tells whether there are more.
  Cursor row = statement.start(
      Blob{asking}, query.now.time_since_epoch().count(), std::string_view{asking_text},
      std::string_view{match}, std::string_view{words}, std::string_view{query.category},
      std::string_view{query.tag}, blob_of(owner), static_cast<int>(query.featured), pricing,
      blob_of(id), static_cast<int>(query.after.has_value()), after.first, after.second,
      Blob{after_id}, query.page_size + 1, blob_of(policy));
  ListingPageMaker page{query.page_size};
  bool goes_on = true;
  while (goes_on && row.next()) {
    FoundListing found = read_found_listing(row);
    const ListingPlace place{row.integer(found_listing_width), row.integer(found_listing_width + 1),
                             found.listing.id};
    goes_on = page.add(std::move(found), place);
  }
  return page.take();
}

}  // namespace sluice
