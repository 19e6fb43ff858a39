// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/tenant_search.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/limit_names.hpp"
#include "actors/tenant/text.hpp"
#include "storage/postgres/rows.hpp"

namespace sluice::postgres {

namespace {

/// Tenants that are gone through before an index of texts is asked. Takes a millisecond, and finds
/// a page of a text that every fortieth has.
constexpr std::size_t gone_through_first = 2'000;
/// Or so many, if a few were found among those: then a page is probably full by there.
constexpr std::size_t gone_through_further = 25'000;
constexpr std::size_t promising = 5;
/// Tenants that an index of texts may name. Each is one page to read, so more of them cost more
/// than going through the tenants between, of which there are few then.
constexpr std::size_t named_by_index_max = 1'000;

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

/// Whether there is a trigram in it: they are made of words, and of the ends of words.
bool has_trigram(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (is_word_byte(text[i - 1]) && is_word_byte(text[i])) {
      return true;
    }
  }
  return false;
}

/// What to ask the index of trigrams for. Of a text with a number of some digits that number alone,
/// which hardly anything else has: the index is slow with trigrams that nearly everybody has, such
/// as those of "tenant-" in "tenant-900001".
std::string_view telling_part(std::string_view text) {
  constexpr std::size_t telling_digits = 6;
  std::string_view longest;
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789", begin), text.size());
    if (end - begin > longest.size()) {
      longest = text.substr(begin, end - begin);
    }
    begin = std::max(begin, end);
  }
  return longest.size() >= telling_digits ? longest : text;
}

std::string in_lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

/// Matches what has the text anywhere.
std::string pattern_of(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') {
      pattern += '\\';
    }
    pattern += c;
  }
  return pattern + '%';
}

/// One statement that is put together, with the values of its parameters.
class Asked {
public:
  explicit Asked(const TenantQuery& query) : query_(query) {}

  /// The name of a parameter that has this value.
  std::string given(std::string value) {
    values_.push_back(std::move(value));
    return "$" + std::to_string(values_.size());
  }
  /// The tenant is behind the cursor and passes the filters.
  std::string passes() {
    std::string condition = "tenant > " + after();
    if (!query_.tier.empty()) {
      condition += " AND tier = " + given(query_.tier);
    }
    if (!query_.region.empty()) {
      condition += " AND region = " + given(query_.region);
    }
    if (query_.status) {
      condition += " AND status = " + given(std::string{name_of(*query_.status)});
    }
    return condition;
  }
  /// The name or the slug has the text, in a way that no index is tried for.
  std::string has_text(std::string_view text, bool starts) {
    const std::string needle = given(std::string{text});
    return starts ? "(starts_with(name, " + needle + ") OR starts_with(slug, " + needle + "))"
                  : "(strpos(name, " + needle + ") > 0 OR strpos(slug, " + needle + ") > 0)";
  }
  /// Rows of `tenant_search` in the order of ids, up to so many.
  std::string in_order(const std::string& also, std::size_t count) {
    const std::string columns = "SELECT tenant, name, slug FROM ";
    const std::string limit = " LIMIT " + std::to_string(count);
    if (query_.tier.empty() && query_.region.empty() && !query_.status) {
      return columns + "tenant_search WHERE tenant > " + after() + also + " ORDER BY tenant" +
             limit;
    }
    // A range of one value, and this order, have one index: by equality others look cheaper to the
    // planner, which takes the filters for independent of each other.
    const std::string kind = filtered_columns();
    return columns + "unnest(" + given(filtered_values().text()) +
           "::text[]) AS wanted (kind), LATERAL (" + columns + "tenant_search WHERE ((" + kind +
           "), tenant) > (wanted.kind COLLATE \"C\", " + after() + "::uuid) AND (" + kind +
           ") <= wanted.kind COLLATE \"C\"" + also + " ORDER BY (" + kind + "), tenant" + limit +
           ") AS of_kind ORDER BY tenant" + limit;
  }

  pqxx::result run(Transaction& transaction, const std::string& sql) const {
    return transaction.search(sql, pqxx::prepare::make_dynamic_params(values_));
  }

private:
  /// What an index is of that has all the filters, as the migration says it.
  [[nodiscard]] std::string filtered_columns() const {
    return std::string{query_.tier.empty() ? "" : "tier || E'\\n' || "}
        .append(query_.region.empty() ? "" : "region || E'\\n' || ")
        .append("status");
  }
  /// One for each status that may be.
  [[nodiscard]] ArrayText filtered_values() const {
    std::string others;
    for (const std::string* const filter : {&query_.tier, &query_.region}) {
      others += filter->empty() ? "" : *filter + '\n';
    }
    ArrayText values;
    for (const TenantStatus status : {TenantStatus::trial, TenantStatus::active,
                                      TenantStatus::suspended, TenantStatus::deactivated}) {
      if (query_.status.value_or(status) == status) {
        values.add(std::string_view{others + std::string{name_of(status)}});
      }
    }
    return values;
  }
  /// Every id is above the nil UUID, which is nobody's.
  std::string after() { return given(to_string(query_.after.value_or(TenantId{}))); }

  const TenantQuery& query_;
  std::vector<std::string> values_;
};

std::vector<TenantId> ids_in(const pqxx::result& rows) {
  std::vector<TenantId> ids;
  for (const auto& row : rows) {
    ids.push_back(read_tenant_id(row, 0));
  }
  return ids;
}

/// What some candidates came to.
struct Examined {
  std::size_t candidates = 0;
  std::vector<TenantId> fitting;
};

/// The first `count` that fit of candidates, which are rows of `tenant` and `fits`.
Examined examine(Transaction& transaction, const Asked& asked, const std::string& candidates,
                 std::size_t count) {
  const pqxx::result rows = asked.run(
      transaction,
      "WITH candidates AS MATERIALIZED (" + candidates +
          ") SELECT found.tenant, seen.number FROM (SELECT count(*) AS number FROM candidates) AS"
          " seen LEFT JOIN (SELECT tenant FROM candidates WHERE fits ORDER BY tenant LIMIT " +
          std::to_string(count) + ") AS found ON true ORDER BY found.tenant");
  Examined examined;
  for (const auto& row : rows) {
    examined.candidates = row[1].as<std::size_t>();
    if (!row[0].is_null()) {
      examined.fitting.push_back(read_tenant_id(row, 0));
    }
  }
  return examined;
}

/// The search for one text.
class TextSearch {
public:
  TextSearch(Transaction& transaction, const TenantQuery& query, std::size_t count)
      : transaction_(transaction), query_(query), count_(count), text_(in_lower_case(query.text)) {}

  std::vector<TenantId> run() {
    Examined first = go_through_some();
    if (first.fitting.size() == count_ || first.candidates < gone_through_first) {
      return std::move(first.fitting);
    }
    if (first.fitting.size() >= promising) {
      if (auto page = go_further(); page.size() == count_) {
        return page;
      }
    }
    if (characters() == 2) {
      return by_two_characters();
    }
    if (characters() == 1 || has_trigram(text_)) {
      Examined named = by_index();
      if (named.candidates <= named_by_index_max) {
        return std::move(named.fitting);
      }
    }
    return go_through_all();
  }

private:
  [[nodiscard]] std::size_t characters() const { return characters_in(text_); }
  [[nodiscard]] bool starts() const { return characters() < search_anywhere_min; }

  Examined go_through_some() {
    Asked asked{query_};
    const std::string fits = asked.has_text(text_, starts());
    return examine(transaction_, asked,
                   "SELECT tenant, " + fits + " AS fits FROM (" +
                       asked.in_order("", gone_through_first) + ") AS next",
                   count_);
  }

  /// Ends when the page is full, but does not say whether there was more to go through.
  std::vector<TenantId> go_further() {
    Asked asked{query_};
    const std::string fits = asked.has_text(text_, starts());
    return ids_in(asked.run(transaction_, "SELECT tenant FROM (" +
                                              asked.in_order("", gone_through_further) +
                                              ") AS next WHERE " + fits +
                                              " ORDER BY tenant LIMIT " + std::to_string(count_)));
  }

  std::vector<TenantId> go_through_all() {
    Asked asked{query_};
    const std::string also = " AND " + asked.has_text(text_, starts());
    return ids_in(asked.run(transaction_, asked.in_order(also, count_)));
  }

  /// These indexes are in the order of ids.
  std::vector<TenantId> by_two_characters() {
    Asked asked{query_};
    const std::string needle = asked.given(text_);
    const std::string passes = asked.passes();
    const std::string end = " ORDER BY tenant LIMIT " + std::to_string(count_);
    const auto of = [&](const std::string& column) {
      return "(SELECT tenant FROM tenant_search WHERE left(" + column + ", 2) = " + needle +
             " AND " + passes + end + ")";
    };
    return ids_in(asked.run(transaction_, of("name") + " UNION " + of("slug") + end));
  }

  /// Whoever has the text, up to one more than may be.
  Examined by_index() {
    Asked asked{query_};
    std::string has;
    if (starts()) {
      const std::string from = asked.given(text_);
      const std::string to = asked.given(text_ + "\xf4\x8f\xbf\xbf");  // The last character.
      const std::string between = " BETWEEN " + from + " AND " + to;
      has = "left(name, 2)" + between + " OR left(slug, 2)" + between;
    } else {
      const std::string pattern = asked.given(pattern_of(telling_part(text_)));
      has = "(name LIKE " + pattern + " OR slug LIKE " + pattern + ") AND " +
            asked.has_text(text_, false);
    }
    // The planner does not know how common a text is.
    transaction_.script("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off");
    Examined named = examine(transaction_, asked,
                             "SELECT tenant, " + asked.passes() +
                                 " AS fits FROM (SELECT * FROM tenant_search WHERE " + has +
                                 " LIMIT " + std::to_string(named_by_index_max + 1) + ") AS named",
                             count_);
    transaction_.script(
        "SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL enable_indexscan TO DEFAULT");
    return named;
  }

  Transaction& transaction_;
  const TenantQuery& query_;
  std::size_t count_;
  std::string text_;
};

}  // namespace

std::vector<TenantId> search_tenants(Transaction& transaction, const TenantQuery& query,
                                     std::size_t count) {
  if (!query.text.empty()) {
    return TextSearch{transaction, query, count}.run();
  }
  Asked asked{query};
  return ids_in(asked.run(transaction, asked.in_order("", count)));
}

std::vector<TierCount> select_tenant_counts(Transaction& transaction) {
  const pqxx::result rows =
      transaction.run("SELECT tier, count(*) FROM tenant_search GROUP BY tier");
  std::vector<TierCount> counts;
  for (const auto& row : rows) {
    counts.push_back({row[0].as<std::string>(), row[1].as<std::uint64_t>()});
  }
  return counts;
}

}  // namespace sluice::postgres
