// SPDX-License-Identifier: Apache-2.0
// The marketplace: what owners list, and what consumers find and say of it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "ops/sluicectl/command_line.hpp"
#include "ops/sluicectl/share_wish.hpp"
#include "ops/sluicectl/time_text.hpp"
#include "ops/sluicectl/views.hpp"
#include "protocol/text/listing_json.hpp"

namespace sluice::ctl {
namespace {

struct PutListingWish {
  std::string tenant;
  std::string listing;
  std::string policy;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> category;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::vector<std::string>> images;
  std::optional<std::uint64_t> expected;
};

struct OneListingWish {
  std::string tenant;
  std::string listing;
  std::optional<std::uint64_t> expected;
  bool off = false;
};

struct SearchWish {
  std::string tenant;
  std::string text;
  std::string owner;
  std::string pricing;
  std::string sort;
  std::string after;
  ListingQuery query;
};

struct RateWish {
  std::string tenant;
  std::string listing;
  unsigned stars = 0;
  std::string review;
  std::string after;
  std::size_t page_size = RatingQuery{}.page_size;
};

[[noreturn]] void refuse_usage(std::string what) {
  throw Failure{ExitCode::bad_usage, {FaultCode::invalid_argument, std::move(what)}};
}

ListingId listing_from(const std::string& text) {
  const auto id = parse_listing_id(text);
  if (!id) {
    refuse_usage("LISTING: is not a UUID");
  }
  return *id;
}

/// By its UUID, or by the resource that it is of; of the tenant's own in every state.
ListingId listing_named(Session& session, const std::string& tenant, const std::string& text,
                        Whose whose) {
  if (text.find('/') == std::string::npos) {
    return listing_from(text);
  }
  ListingQuery query;
  query.page_size = 1;
  query.policy = policy_named(session, tenant, text, whose);
  for (const bool own : {true, false}) {
    query.own = own;
    const ListingPage page =
        answered(session.link.management().search_listings(parse_tenant_ref(tenant), "", query));
    if (!page.listings.empty()) {
      return page.listings.front().listing.id;
    }
  }
  throw Failure{ExitCode::refused, {FaultCode::not_found, "there is no listing of " + text}};
}

std::optional<Version> version_from(const std::optional<std::uint64_t>& expected) {
  return expected ? std::optional{Version{*expected}} : std::nullopt;
}

std::string joined_texts(const std::vector<std::string>& texts) {
  return texts.empty() ? "-" : fmt::format("{}", fmt::join(texts, ", "));
}

std::string rating_text(const ListingTally& tally) {
  return tally.ratings == 0 ? "-"
                            : fmt::format("{} of {}, {} with a review",
                                          text::hundredths_text(rating_hundredths(tally)),
                                          tally.ratings, tally.reviews);
}

Report listing_report(const FoundListing& found, Session& session) {
  const Listing& listing = found.listing;
  Card card;
  card.add("id", to_string(listing.id));
  card.add("policy", to_string(listing.policy));
  card.add("resource", to_string(found.policy.resource));
  card.add("title", listing.text.title);
  card.add("category", listing.text.category);
  card.add("tags", joined_texts(listing.text.tags));
  card.add("images", std::to_string(listing.text.images.size()));
  card.add("state", std::string{to_string(listing.state)},
           listing.state == ListingState::published ? Tint::good : Tint::warning);
  card.add("featured", listing.featured ? "yes" : "no");
  card.add("pricing", std::string{to_string(found.policy.pricing)});
  card.add("rating", rating_text(listing.tally));
  card.add("installs", std::to_string(listing.tally.installs));
  card.add("published",
           listing.published_at ? format_instant_in(*listing.published_at, "UTC") : "-");
  card.add("version", std::to_string(listing.version.raw()));
  return {text::json_of(found), card.print(session.style)};
}

void put_given(const PutListingWish& wish, ListingText& into) {
  into.title = wish.title.value_or(std::move(into.title));
  into.description = wish.description.value_or(std::move(into.description));
  into.category = wish.category.value_or(std::move(into.category));
  into.tags = wish.tags.value_or(std::move(into.tags));
  into.images = wish.images.value_or(std::move(into.images));
  std::ranges::sort(into.tags);
  into.tags.erase(std::unique(into.tags.begin(), into.tags.end()), into.tags.end());
}

/// What is not given stays as it is; so what it was made of has to be what it replaces.
Report put(Session& session, const PutListingWish& wish) {
  const client::TenantRef owner = parse_tenant_ref(wish.tenant);
  if (wish.policy.empty() == wish.listing.empty()) {
    refuse_usage("give --policy for a new listing, or --listing for one that there is");
  }
  ListingWish put_wish{.expected = version_from(wish.expected)};
  ListingText text;
  if (wish.listing.empty()) {
    put_given(wish, text);
    put_wish.event =
        AddListing{policy_named(session, wish.tenant, wish.policy, Whose::own), std::move(text)};
  } else {
    put_wish.listing = listing_named(session, wish.tenant, wish.listing, Whose::own);
    FoundListing now = answered(session.link.management().listing(owner, put_wish.listing));
    text = std::move(now.listing.text);
    put_given(wish, text);
    if (!put_wish.expected) {
      put_wish.expected = now.listing.version;
    }
    put_wish.event = EditListing{std::move(text)};
  }
  return listing_report(answered(session.link.management().put_listing(owner, put_wish)), session);
}

Report publish(Session& session, const OneListingWish& wish, bool published) {
  return listing_report(answered(session.link.management().publish_listing(
                            parse_tenant_ref(wish.tenant),
                            listing_named(session, wish.tenant, wish.listing, Whose::own),
                            version_from(wish.expected), published)),
                        session);
}

Report feature(Session& session, const OneListingWish& wish) {
  return listing_report(answered(session.link.management().feature_listing(
                            listing_from(wish.listing), version_from(wish.expected), !wish.off)),
                        session);
}

Report remove(Session& session, const OneListingWish& wish) {
  const FoundListing gone = answered(session.link.management().remove_listing(
      parse_tenant_ref(wish.tenant), listing_named(session, wish.tenant, wish.listing, Whose::own),
      version_from(wish.expected)));
  return {text::json_of(gone), fmt::format("removed listing {} ({})\n", to_string(gone.listing.id),
                                           gone.listing.text.title)};
}

Report show(Session& session, const OneListingWish& wish) {
  FoundListing found = answered(session.link.management().listing(
      parse_tenant_ref(wish.tenant),
      listing_named(session, wish.tenant, wish.listing, Whose::any)));
  Report report = listing_report(found, session);
  if (!found.listing.text.description.empty()) {
    report.text += "\n" + found.listing.text.description + "\n";
  }
  return report;
}

ListingQuery query_from(const SearchWish& wish) {
  ListingQuery query = wish.query;
  if (!wish.owner.empty()) {
    query.owner = parse_tenant_id(wish.owner);
    if (!query.owner) {
      refuse_usage("--owner: is not the UUID of a tenant");
    }
  }
  if (!wish.pricing.empty()) {
    query.pricing = parse_pricing_kind(wish.pricing);
  }
  query.sort = parse_listing_sort(wish.sort).value_or(ListingSort::popularity);
  if (!wish.after.empty()) {
    query.after = accept(parse_cursor(query.sort, wish.after), "--after");
  }
  return query;
}

Report search(Session& session, const SearchWish& wish) {
  const ListingQuery query = query_from(wish);
  const ListingPage page = answered(
      session.link.management().search_listings(parse_tenant_ref(wish.tenant), wish.text, query));
  Table table{{{"TITLE"},
               {"RESOURCE"},
               {"CATEGORY"},
               {"PRICING"},
               {"RATING", Align::right},
               {"INSTALLS", Align::right},
               {"STATE"},
               {"LISTING"},
               {"POLICY"}}};
  for (const FoundListing& found : page.listings) {
    const Listing& listing = found.listing;
    const bool rated = listing.tally.ratings > 0;
    table.add({{listing.text.title, listing.featured ? Tint::good : Tint::none},
               {to_string(found.policy.resource), Tint::none},
               {listing.text.category, Tint::none},
               {std::string{to_string(found.policy.pricing)}, Tint::none},
               {rated ? text::hundredths_text(rating_hundredths(listing.tally)) : "-", Tint::none},
               {std::to_string(listing.tally.installs), Tint::none},
               {std::string{to_string(listing.state)}, Tint::none},
               {to_string(listing.id), Tint::none},
               {to_string(listing.policy), Tint::none}});
  }
  std::string text = table.print(session.style);
  if (page.next) {
    text += fmt::format("There are more: --after {}\n", cursor_text(query.sort, *page.next));
  }
  return {text::json_of(query.sort, page), std::move(text)};
}

Report rating_report(const Rating& rating, Session& session) {
  Card card;
  card.add("listing", to_string(rating.listing));
  card.add("stars", std::to_string(rating.stars.raw()));
  card.add("review", rating.review.empty() ? "-" : rating.review);
  card.add("given", format_instant_in(rating.updated_at, "UTC"));
  return {text::json_of(rating), card.print(session.style)};
}

Report rate(Session& session, const RateWish& wish) {
  RatingWish rating;
  rating.listing = listing_named(session, wish.tenant, wish.listing, Whose::any);
  rating.stars = Stars{static_cast<std::uint8_t>(wish.stars)};
  rating.review = wish.review;
  return rating_report(
      answered(session.link.management().rate_listing(parse_tenant_ref(wish.tenant), rating)),
      session);
}

Report unrate(Session& session, const RateWish& wish) {
  const Rating gone = answered(session.link.management().remove_rating(
      parse_tenant_ref(wish.tenant),
      listing_named(session, wish.tenant, wish.listing, Whose::any)));
  return {text::json_of(gone), fmt::format("removed a rating of {} stars\n", gone.stars.raw())};
}

Report ratings(Session& session, const RateWish& wish) {
  RatingQuery query{.listing = listing_named(session, wish.tenant, wish.listing, Whose::any),
                    .page_size = wish.page_size};
  if (!wish.after.empty()) {
    query.after = parse_rating_id(wish.after);
    if (!query.after) {
      refuse_usage("--after: is not the UUID of a rating");
    }
  }
  const RatingPage page =
      answered(session.link.management().ratings(parse_tenant_ref(wish.tenant), query));
  Table table{{{"STARS", Align::right}, {"GIVEN"}, {"CONSUMER"}, {"REVIEW"}}};
  for (const Rating& rating : page.ratings) {
    table.add({{std::to_string(rating.stars.raw()), Tint::none},
               {format_instant_in(rating.updated_at, "UTC"), Tint::none},
               {rating.consumer == TenantId{} ? "-" : to_string(rating.consumer), Tint::none},
               {rating.review.empty() ? "-" : rating.review, Tint::none}});
  }
  std::string text = table.print(session.style);
  if (page.more) {
    text += fmt::format("There are more: --after {}\n", to_string(page.ratings.back().id));
  }
  return {text::json_of(page), std::move(text)};
}

void add_put(CommandLine& line, CLI::App& group) {
  const auto wish = std::make_shared<PutListingWish>();
  CLI::App& command = *group.add_subcommand("put", "Make a draft of a policy, or edit a listing");
  command.add_option(tenant_positional, wish->tenant, "Its owner, by slug or UUID")->required();
  command.add_option("--policy", wish->policy,
                     "Whose listing is made: UUID, or the resource as TYPE/ID");
  command.add_option("--listing", wish->listing, "Which listing is edited: UUID, or the resource");
  command.add_option("--title", wish->title, "1 to 200 characters");
  command.add_option("--description", wish->description, "Up to 10000 bytes, of several lines");
  command.add_option("--category", wish->category, "[a-z][a-z0-9_-]{0,62}");
  command.add_option("--tag", wish->tags, "[a-z0-9][a-z0-9_-]{0,31}; up to 20 times")
      ->allow_extra_args(false);
  command.add_option("--image", wish->images, "URL of https; up to 10 times")
      ->allow_extra_args(false);
  command.add_option("--expect-version", wish->expected, "Only if the listing has this version");
  runs(line, command, wish, put);
}

void add_one_listing(CommandLine& line, CLI::App& group) {
  const auto one = [&](const char* name, const char* description, const char* in_whose_name,
                       auto run) {
    const auto wish = std::make_shared<OneListingWish>();
    CLI::App& command = *group.add_subcommand(name, description);
    if (in_whose_name != nullptr) {
      command.add_option(tenant_positional, wish->tenant, in_whose_name)->required();
    }
    command.add_option("LISTING", wish->listing, "UUID, or the resource as TYPE/ID")->required();
    command.add_option("--expect-version", wish->expected, "Only if the listing has this version");
    runs(line, command, wish, run);
    return std::pair{&command, wish};
  };
  constexpr const char* owner = "Its owner, by slug or UUID";
  one("publish", "Let others find a listing", owner,
      [](Session& session, const OneListingWish& wish) { return publish(session, wish, true); });
  one("unpublish", "Let nobody find a listing any more", owner,
      [](Session& session, const OneListingWish& wish) { return publish(session, wish, false); });
  const auto [command, featured] =
      one("feature", "Mark a listing as one that the platform features", nullptr, feature);
  command->add_flag("--off", featured->off, "Take the mark away");
  one("remove", "Remove a listing with its ratings", owner, remove);
  one("show", "Show a listing as a tenant sees it", "In whose name, by slug or UUID", show);
}

void add_search(CommandLine& line, CLI::App& group) {
  const auto wish = std::make_shared<SearchWish>();
  CLI::App& command = *group.add_subcommand("search", "Find listings as a tenant sees them");
  command.add_option(tenant_positional, wish->tenant, "In whose name, by slug or UUID")->required();
  command.add_option("TEXT", wish->text, "Words, all of which must be found");
  command.add_option("--category", wish->query.category, "Only of this category");
  command.add_option("--tag", wish->query.tag, "Only with this tag");
  command.add_option("--owner", wish->owner, "Only of this owner")->type_name("UUID");
  command.add_flag("--featured", wish->query.featured, "Only those that the platform features");
  command.add_option("--pricing", wish->pricing, "Only with such a price")
      ->check(CLI::IsMember({"free", "fixed", "usage_based", "tiered"}));
  command.add_option("--sort", wish->sort, "In which order")
      ->check(CLI::IsMember({"popularity", "rating", "newest", "relevance"}))
      ->default_val("popularity");
  command.add_flag("--own", wish->query.own, "Those of the tenant itself, in every state");
  command.add_option("--after", wish->after, "Goes on behind the page before");
  command.add_option("--page-size", wish->query.page_size, "So many")
      ->check(CLI::Range(std::size_t{1}, listing_page_size_max));
  runs(line, command, wish, search);
}

void add_ratings(CommandLine& line, CLI::App& group) {
  const auto about = [&](const char* name, const char* description, auto run) {
    const auto wish = std::make_shared<RateWish>();
    CLI::App& command = *group.add_subcommand(name, description);
    command.add_option(tenant_positional, wish->tenant, "In whose name, by slug or UUID")
        ->required();
    command.add_option("LISTING", wish->listing, "UUID, or the resource as TYPE/ID")->required();
    runs(line, command, wish, run);
    return std::pair{&command, wish};
  };
  const auto [rate_command, rated] =
      about("rate", "Rate a listing whose resource the tenant was granted", rate);
  rate_command->add_option("STARS", rated->stars, "1 to 5")->required()->check(CLI::Range(1, 5));
  rate_command->add_option("--review", rated->review, "What to say of it, up to 2000 bytes");
  about("unrate", "Take the tenant's rating away", unrate);
  const auto [list_command, listed] =
      about("ratings", "List the ratings of a listing, the latest first", ratings);
  list_command->add_option("--after", listed->after, "Only those behind this rating")
      ->type_name("UUID");
  list_command->add_option("--page-size", listed->page_size, "So many")
      ->check(CLI::Range(std::size_t{1}, rating_page_size_max));
}

}  // namespace

void add_market_commands(CommandLine& line) {
  CLI::App& group = *line.app.add_subcommand("market", "What is listed for others to find");
  group.require_subcommand(1);
  CLI::App& listings = *group.add_subcommand("list", "The listings of policies");
  listings.require_subcommand(1);
  add_put(line, listings);
  add_one_listing(line, listings);
  add_search(line, group);
  add_ratings(line, group);
}

}  // namespace sluice::ctl
