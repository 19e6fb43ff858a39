// SPDX-License-Identifier: Apache-2.0
#include "server/http/listing_routes.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "protocol/text/listing_json.hpp"
#include "server/http/located.hpp"
#include "server/http/parameters.hpp"

namespace sluice::http {
namespace {

Fault wrong_parameter(std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string{what}};
}

/// Goes on with the tenant that the query names, if the caller may act for it.
void in_name_of_tenant(const ExchangePtr& exchange, std::function<void(TenantId)> go_on) {
  const auto name = exchange->request.parameter("tenant");
  if (!name || name->empty()) {
    return exchange->answer(failure(wrong_parameter("tenant: say in the query who acts")));
  }
  with_tenant_named(exchange, std::string{*name}, std::move(go_on));
}

/// The listing that the path names; one that is no id is not there.
std::optional<ListingId> listing_in_path(const ExchangePtr& exchange) {
  const auto id = parse_listing_id(exchange->parts.at(0));
  if (!id) {
    exchange->answer(failure(Fault{FaultCode::not_found, "there is no such listing"}));
  }
  return id;
}

Reply<FoundListing> tell_listing(const ExchangePtr& exchange, unsigned status = 200) {
  return or_fault<FoundListing>(exchange, [exchange, status](const FoundListing& found) {
    exchange->answer(success(text::json_of(found), status));
  });
}

Reply<Rating> tell_rating(const ExchangePtr& exchange) {
  return or_fault<Rating>(exchange, [exchange](const Rating& rating) {
    exchange->answer(success(text::json_of(rating)));
  });
}

/// Reads a choice of the query, if it is there.
template <class Choice>
std::optional<Fault> read_choice(const Request& request, std::string_view name,
                                 std::optional<Choice> (*parse)(std::string_view),
                                 std::optional<Choice>& into) {
  if (const auto text = request.parameter(name)) {
    into = parse(*text);
    if (!into) {
      return wrong_parameter(std::string{name}.append(": is not one that there is"));
    }
  }
  return std::nullopt;
}

std::optional<Version> parse_version(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [read_to, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && read_to == end && number > 0 ? std::optional{Version{number}}
                                                              : std::nullopt;
}

/// Makes the wish come true in the name of the tenant.
void change_in_name(const ExchangePtr& exchange, ListingWish wish, unsigned status = 200) {
  in_name_of_tenant(exchange, [exchange, wish = std::move(wish), status](TenantId owner) {
    ListingWish of_owner = wish;
    of_owner.owner = owner;
    Service& service = *exchange->service;
    service.engine().change_listing(service.here, exchange->author(), std::move(of_owner),
                                    tell_listing(exchange, status));
  });
}

/// Of the listing in the path, if it is of the version that the query names; without one, of any.
void change_one(const ExchangePtr& exchange, ListingEvent event) {
  const auto id = listing_in_path(exchange);
  if (!id) {
    return;
  }
  std::optional<Version> expected;
  if (const auto wrong = read_choice(exchange->request, "version", parse_version, expected)) {
    return exchange->answer(failure(*wrong));
  }
  change_in_name(exchange,
                 ListingWish{.listing = *id, .expected = expected, .event = std::move(event)});
}

/// What the body says; nothing if the exchange is answered.
std::optional<text::ListingBody> read_listing_body(const ExchangePtr& exchange) {
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    exchange->answer(malformed(body.fault()));
    return std::nullopt;
  }
  auto read = text::parse_listing(body.value());
  if (!read.ok()) {
    exchange->answer(failure(read.fault()));
    return std::nullopt;
  }
  return std::move(read).value();
}

Result<ListingQuery> listing_query_of(const Request& request) {
  ListingQuery query;
  std::optional<ListingSort> sort;
  for (const auto& wrong : {read_choice(request, "owner", parse_tenant_id, query.owner),
                            read_choice(request, "policy", parse_policy_id, query.policy),
                            read_choice(request, "pricing", parse_pricing_kind, query.pricing),
                            read_choice(request, "sort", parse_listing_sort, sort)}) {
    if (wrong) {
      return *wrong;
    }
  }
  query.sort = sort.value_or(query.sort);
  if (const auto text = request.parameter("text"); text && !text->empty()) {
    auto words = search_words(*text);
    if (!words.ok()) {
      return words.fault();
    }
    query.words = std::move(words).value();
  }
  query.category = request.parameter("category").value_or("");
  query.tag = request.parameter("tag").value_or("");
  query.featured = request.parameter("featured").value_or("") == "true";
  query.own = request.parameter("own").value_or("") == "true";
  if (const auto after = request.parameter("after")) {
    const auto place = parse_cursor(query.sort, *after);
    if (!place.ok()) {
      return place.fault();
    }
    query.after = place.value();
  }
  const auto count = count_in(request, "limit", query.page_size, listing_page_size_max);
  if (!count) {
    return wrong_parameter("limit: is not from 1 to 100");
  }
  query.page_size = *count;
  return query;
}

}  // namespace

void answer_add_listing(const ExchangePtr& exchange, const Route& /*route*/) {
  auto body = read_listing_body(exchange);
  if (!body) {
    return;
  }
  if (!body->policy) {
    return exchange->answer(failure(wrong_parameter("policy: is missing")));
  }
  change_in_name(exchange, ListingWish{.event = AddListing{*body->policy, std::move(body->text)}},
                 201);
}

void answer_edit_listing(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto id = listing_in_path(exchange);
  auto body = id ? read_listing_body(exchange) : std::nullopt;
  if (!body) {
    return;
  }
  if (body->policy) {
    return exchange->answer(failure(wrong_parameter("policy: stays as it is")));
  }
  change_in_name(exchange, ListingWish{.listing = *id,
                                       .expected = body->expected,
                                       .event = EditListing{std::move(body->text)}});
}

void answer_publish_listing(const ExchangePtr& exchange, const Route& /*route*/) {
  change_one(exchange, PublishListing{});
}

void answer_unpublish_listing(const ExchangePtr& exchange, const Route& /*route*/) {
  change_one(exchange, UnpublishListing{});
}

void answer_remove_listing(const ExchangePtr& exchange, const Route& /*route*/) {
  change_one(exchange, RemoveListing{});
}

void answer_feature_listing(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto id = listing_in_path(exchange);
  if (!id) {
    return;
  }
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  const auto featured = body.value().find("featured");
  if (featured == body.value().end() || !featured->is_boolean() || body.value().size() != 1) {
    return exchange->answer(failure(wrong_parameter("featured: must be true or false, alone")));
  }
  Service& service = *exchange->service;
  service.engine().change_listing(
      service.here, exchange->author(),
      ListingWish{.listing = *id, .event = FeatureListing{featured->get<bool>()}},
      tell_listing(exchange));
}

void answer_show_listing(const ExchangePtr& exchange, const Route& /*route*/) {
  if (const auto id = listing_in_path(exchange)) {
    in_name_of_tenant(exchange, [exchange, id = *id](TenantId asking) {
      Service& service = *exchange->service;
      service.engine().listing(service.here, asking, id, tell_listing(exchange));
    });
  }
}

void answer_search_listings(const ExchangePtr& exchange, const Route& /*route*/) {
  auto query = listing_query_of(exchange->request);
  if (!query.ok()) {
    return exchange->answer(failure(query.fault()));
  }
  in_name_of_tenant(exchange, [exchange, query = std::move(query).value()](TenantId asking) {
    ListingQuery in_name = query;
    in_name.asking = asking;
    const ListingSort sort = query.sort;
    Service& service = *exchange->service;
    service.engine().search_listings(
        service.here, std::move(in_name),
        or_fault<ListingPage>(exchange, [exchange, sort](const ListingPage& page) {
          exchange->answer(success(text::json_of(sort, page)));
        }));
  });
}

void answer_list_ratings(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto id = listing_in_path(exchange);
  if (!id) {
    return;
  }
  RatingQuery query{.listing = *id};
  const auto count = count_in(exchange->request, "limit", query.page_size, rating_page_size_max);
  const auto wrong = read_choice(exchange->request, "after", parse_rating_id, query.after);
  if (!count || wrong) {
    return exchange->answer(
        failure(wrong ? *wrong : wrong_parameter("limit: is not from 1 to 100")));
  }
  query.page_size = *count;
  in_name_of_tenant(exchange, [exchange, query](TenantId asking) {
    RatingQuery in_name = query;
    in_name.asking = asking;
    Service& service = *exchange->service;
    service.engine().ratings(service.here, in_name,
                             or_fault<RatingPage>(exchange, [exchange](const RatingPage& page) {
                               exchange->answer(success(text::json_of(page)));
                             }));
  });
}

void answer_rate_listing(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto id = listing_in_path(exchange);
  if (!id) {
    return;
  }
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  const auto rating = text::parse_rating(body.value());
  if (!rating.ok()) {
    return exchange->answer(failure(rating.fault()));
  }
  in_name_of_tenant(exchange, [exchange, id = *id, said = rating.value()](TenantId consumer) {
    Service& service = *exchange->service;
    service.engine().rate_listing(
        service.here, exchange->author(),
        RatingWish{.consumer = consumer, .listing = id, .stars = said.stars, .review = said.review},
        tell_rating(exchange));
  });
}

void answer_remove_rating(const ExchangePtr& exchange, const Route& /*route*/) {
  if (const auto id = listing_in_path(exchange)) {
    in_name_of_tenant(exchange, [exchange, id = *id](TenantId consumer) {
      Service& service = *exchange->service;
      service.engine().withdraw_rating(service.here, exchange->author(), id, consumer,
                                       tell_rating(exchange));
    });
  }
}

}  // namespace sluice::http
