// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "server/http/sharing_routes.hpp"

namespace sluice::http {

/// The operations of the marketplace. The tenant who acts is the `tenant` of the query: the owner
/// where a listing is written, whoever looks where it is found, the consumer where it is rated.

void answer_add_listing(const ExchangePtr& exchange, const Route& route);
void answer_edit_listing(const ExchangePtr& exchange, const Route& route);
void answer_publish_listing(const ExchangePtr& exchange, const Route& route);
void answer_unpublish_listing(const ExchangePtr& exchange, const Route& route);
void answer_feature_listing(const ExchangePtr& exchange, const Route& route);
void answer_remove_listing(const ExchangePtr& exchange, const Route& route);
void answer_show_listing(const ExchangePtr& exchange, const Route& route);
void answer_search_listings(const ExchangePtr& exchange, const Route& route);
void answer_list_ratings(const ExchangePtr& exchange, const Route& route);
void answer_rate_listing(const ExchangePtr& exchange, const Route& route);
void answer_remove_rating(const ExchangePtr& exchange, const Route& route);

inline constexpr std::string_view search_parameters =
    R"([{"name":"tenant","in":"query","required":true,"schema":{"type":"string"},)"
    R"("description":"In whose name: id or slug."},)"
    R"({"name":"text","in":"query","schema":{"type":"string","maxLength":200},)"
    R"("description":"Up to 8 words, all of which must be found."},)"
    R"({"name":"category","in":"query","schema":{"type":"string"}},)"
    R"({"name":"tag","in":"query","schema":{"type":"string"}},)"
    R"({"name":"owner","in":"query","schema":{"type":"string","format":"uuid"}},)"
    R"({"name":"policy","in":"query","schema":{"type":"string","format":"uuid"},)"
    R"("description":"The listing of this policy alone."},)"
    R"({"name":"featured","in":"query","schema":{"type":"boolean","default":false},)"
    R"("description":"Only those that the platform features."},)"
    R"({"name":"pricing","in":"query","schema":{"type":"string",)"
    R"("enum":["free","fixed","usage_based","tiered"]}},)"
    R"({"name":"sort","in":"query","schema":{"type":"string",)"
    R"("enum":["popularity","rating","newest","relevance"],"default":"popularity"}},)"
    R"({"name":"own","in":"query","schema":{"type":"boolean","default":false},)"
    R"("description":"The tenant's own instead, in every state."},)"
    R"({"name":"after","in":"query","schema":{"type":"string"},)"
    R"("description":"The next of the page before, in the same order."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":100,)"
    R"("default":20}}])";
inline constexpr std::string_view rating_list_parameters =
    R"([{"name":"tenant","in":"query","required":true,"schema":{"type":"string"},)"
    R"("description":"In whose name: id or slug."},)"
    R"({"name":"after","in":"query","schema":{"type":"string","format":"uuid"},)"
    R"("description":"The next of the page before."},)"
    R"({"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":100,)"
    R"("default":20}}])";
inline constexpr std::string_view listing_change_parameters =
    R"([{"name":"tenant","in":"query","required":true,"schema":{"type":"string"},)"
    R"("description":"Who acts: id or slug."},)"
    R"({"name":"version","in":"query","schema":{"type":"integer","minimum":1},)"
    R"("description":"Only if it is of this version."}])";
inline constexpr std::string_view listing_body =
    R"({"type":"object","additionalProperties":false,"required":["title","category"],)"
    R"("properties":{"policy":{"type":"string","format":"uuid",)"
    R"("description":"Of a new listing only."},)"
    R"("version":{"type":"integer","minimum":0},)"
    R"("title":{"type":"string","minLength":1,"maxLength":200},)"
    R"("description":{"type":"string","maxLength":10000},"category":{"type":"string"},)"
    R"("tags":{"type":"array","maxItems":20,"items":{"type":"string"}},)"
    R"("images":{"type":"array","maxItems":10,"items":{"type":"string","format":"uri"}}}})";
inline constexpr std::string_view rating_body =
    R"({"type":"object","additionalProperties":false,"required":["stars"],"properties":{)"
    R"("stars":{"type":"integer","minimum":1,"maximum":5},)"
    R"("review":{"type":"string","maxLength":2000}}})";

inline constexpr std::array listing_routes{
    sharing_route(Method::get, "/api/v1/marketplace/listings", Permission::sharing_read,
                  answer_search_listings, "Listings that the tenant may see.", {},
                  search_parameters),
    making(sharing_route(Method::post, "/api/v1/marketplace/listings", Permission::sharing_write,
                         answer_add_listing,
                         "Makes a draft of a listing of a policy of the tenant.", listing_body)),
    sharing_route(Method::get, "/api/v1/marketplace/listings/{listing}", Permission::sharing_read,
                  answer_show_listing, "A listing, as the tenant sees it."),
    sharing_route(Method::put, "/api/v1/marketplace/listings/{listing}", Permission::sharing_write,
                  answer_edit_listing, "Replaces what a listing says.", listing_body),
    sharing_route(Method::remove, "/api/v1/marketplace/listings/{listing}",
                  Permission::sharing_write, answer_remove_listing,
                  "Removes a listing with its ratings.", {}, listing_change_parameters),
    sharing_route(Method::post, "/api/v1/marketplace/listings/{listing}/publish",
                  Permission::sharing_write, answer_publish_listing, "Lets others find it.", {},
                  listing_change_parameters),
    sharing_route(Method::post, "/api/v1/marketplace/listings/{listing}/unpublish",
                  Permission::sharing_write, answer_unpublish_listing,
                  "Lets nobody else find it any more.", {}, listing_change_parameters),
    Route{.method = Method::put,
          .path = "/api/v1/marketplace/listings/{listing}/featured",
          .area = Area::platform,
          .answer = answer_feature_listing,
          .summary = "Marks a listing as one that the platform features, or takes that back.",
          .body = R"({"type":"object","additionalProperties":false,"required":["featured"],)"
                  R"("properties":{"featured":{"type":"boolean"}}})",
          .permission = Permission::platform_write},
    sharing_route(Method::get, "/api/v1/marketplace/listings/{listing}/ratings",
                  Permission::sharing_read, answer_list_ratings,
                  "A page of its ratings, the latest first.", {}, rating_list_parameters),
    sharing_route(Method::put, "/api/v1/marketplace/listings/{listing}/rating",
                  Permission::sharing_write, answer_rate_listing,
                  "The tenant, which was granted access, rates it, or changes what it said.",
                  rating_body),
    sharing_route(Method::remove, "/api/v1/marketplace/listings/{listing}/rating",
                  Permission::sharing_write, answer_remove_rating,
                  "Takes the tenant's rating away."),
};

}  // namespace sluice::http
