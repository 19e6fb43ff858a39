// SPDX-License-Identifier: Apache-2.0
// Goal    The marketplace is kept, found and counted alike by every store.
// Method  Tenant 1 shares two models and lists them; the other tenants look for them and rate them.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class StoredMarket : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (std::uint64_t number = 1; number <= 5; ++number) {
      ASSERT_TRUE(done(store->create(deed(epoch), tenant(number))));
    }
    put_policy(policy_of(1, Visibility::marketplace));
    SharingPolicy second = policy_of(2, Visibility::everyone);
    second.block = {tenant_id(4)};
    second.pricing.kind = PricingKind::fixed;
    second.pricing.price_micros = 5;
    put_policy(second);
    ASSERT_TRUE(done(change(listing_of(1, "Fast translation", "A model for text", {"gpu"}))));
    ASSERT_TRUE(
        done(change(listing_of(2, "Speech", "Fast, from speech to translation", {"gpu", "ml"}))));
  }

  static SharingPolicy policy_of(std::uint64_t number, Visibility visibility) {
    SharingPolicy policy;
    policy.id = {0x0194'0000'0000'7000, 0x8000'0000'0000'0000 | number};
    policy.owner = tenant_id(1);
    policy.resource = {ResourceType::model, "model-" + std::to_string(number)};
    policy.visibility = visibility;
    policy.permissions.add(SharePermission::execute);
    policy.created_at = policy.updated_at = noon;
    policy.version = Version{1};
    return policy;
  }
  void put_policy(SharingPolicy policy) {
    SharingChange change;
    change.put = std::move(policy);
    ASSERT_TRUE(done(store->change_sharing(SharedDeed{epoch, {deed(epoch).audit}}, change)));
  }
  /// One step of the consumer's only request for policy 1 or 2.
  void step(std::uint64_t policy, std::uint64_t consumer, std::uint64_t request, SharingState state,
            std::optional<SharingState> from = std::nullopt) {
    SharingRequest wish;
    wish.id = {0x0194'0000'0000'7000, 0x8000'0000'0000'1000 | request};
    wish.policy = policy_of(policy, Visibility::marketplace).id;
    wish.owner = tenant_id(1);
    wish.consumer = tenant_id(consumer);
    wish.permissions.add(SharePermission::execute);
    wish.state = state;
    wish.created_at = noon;
    SharingChange change;
    change.requests.push_back({wish, from});
    ASSERT_TRUE(done(store->change_sharing(SharedDeed{epoch, {deed(epoch).audit}}, change)));
  }

  static ListingId listing_id(std::uint64_t number) {
    return {0x0194'0000'0000'7000, 0x8000'0000'0000'2000 | number};
  }
  static ListingChange listing_of(std::uint64_t number, std::string title, std::string description,
                                  std::vector<std::string> tags) {
    Listing listing;
    listing.id = listing_id(number);
    listing.policy = policy_of(number, Visibility::marketplace).id;
    listing.owner = tenant_id(1);
    listing.text = {std::move(title),
                    std::move(description),
                    number == 1 ? "language" : "audio",
                    std::move(tags),
                    {"https://cdn.example.com/a.png"}};
    listing.state = ListingState::published;
    listing.created_at = listing.updated_at = noon;
    listing.published_at = noon + std::chrono::hours{number};
    listing.version = Version{1};
    return {listing};
  }
  Result<Done> change(const ListingChange& wish) {
    return store->change_listing(deed(epoch), wish);
  }
  [[nodiscard]] Listing found(std::uint64_t number) {
    return other->listing(listing_id(number)).value().value().listing;
  }
  /// The next version of what is stored.
  [[nodiscard]] ListingChange next_of(std::uint64_t number) {
    ListingChange next{found(number)};
    next.listing.version = Version{next.listing.version.raw() + 1};
    return next;
  }
  Result<Done> rate(std::uint64_t number, std::uint64_t consumer, std::uint8_t stars,
                    std::string review = {}, bool is_new = true) {
    RatingChange wish{.is_new = is_new};
    wish.rating.id = {0x0194'0000'0000'7000, 0x8000'0000'0000'3000 | (number << 4U) | consumer};
    wish.rating.listing = listing_id(number);
    wish.rating.consumer = tenant_id(consumer);
    wish.rating.stars = Stars{stars};
    wish.rating.review = std::move(review);
    wish.rating.created_at = wish.rating.updated_at = noon;
    return store->change_rating(deed(epoch), wish);
  }

  static ListingQuery query_of(std::uint64_t asking) {
    ListingQuery query;
    query.asking = tenant_id(asking);
    query.now = noon;
    return query;
  }
  /// The numbers of the listings that are found, in their order.
  [[nodiscard]] std::string numbers(const ListingQuery& query) {
    const auto page = other->search_listings(query);
    if (!page.ok()) {
      return page.fault().context;
    }
    std::string text;
    for (const FoundListing& one : page.value().listings) {
      text += std::to_string(one.listing.id.low & 0xFU);
    }
    return text;
  }
  [[nodiscard]] std::string with_words(std::vector<std::string> words,
                                       ListingSort sort = ListingSort::popularity) {
    ListingQuery query = query_of(3);
    query.words = std::move(words);
    query.sort = sort;
    return numbers(query);
  }

  static constexpr WallTime noon{std::chrono::hours{12}};
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredMarket, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredMarket, AListingOutlivesARestartWithEverythingThatItHas) {
  restart();
  EXPECT_EQ(found(2),
            listing_of(2, "Speech", "Fast, from speech to translation", {"gpu", "ml"}).listing);
  const auto policy = other->listing(listing_id(2)).value().value().policy;
  EXPECT_EQ(policy.resource, (Resource{ResourceType::model, "model-2"}));
  EXPECT_EQ(policy.visibility, Visibility::everyone);
  EXPECT_EQ(policy.pricing, PricingKind::fixed);
  EXPECT_FALSE(other->listing(listing_id(9)).value().has_value());
}

TEST_P(StoredMarket, AListingIsReplacedAfterTheVersionBeforeOnly) {
  ListingChange next = next_of(1);
  next.listing.text.title = "Translation";
  ASSERT_TRUE(done(change(next)));
  EXPECT_TRUE(refused(change(next), FaultCode::conflict, "listing"));
  next.listing.version = Version{4};
  EXPECT_TRUE(refused(change(next), FaultCode::conflict, "listing"));
  EXPECT_EQ(found(1).text.title, "Translation");
}

TEST_P(StoredMarket, APolicyHasOneListing) {
  ListingChange second = listing_of(1, "Another", "", {});
  second.listing.id = listing_id(7);
  EXPECT_TRUE(refused(change(second), FaultCode::already_exists, "policy"));
}

TEST_P(StoredMarket, AllWordsMustBeFoundWhereverTheyStand) {
  EXPECT_EQ(with_words({"translation"}), "21");
  EXPECT_EQ(with_words({"speech", "fast"}), "2");
  EXPECT_EQ(with_words({"ml"}), "2") << "a tag";
  EXPECT_EQ(with_words({"language"}), "1") << "a category";
  EXPECT_EQ(with_words({"trans"}), "") << "words are whole";
  EXPECT_EQ(with_words({"translation", "nothing"}), "");
}

TEST_P(StoredMarket, AWordInTheTitleCountsMoreThanOneInATagOrInTheDescription) {
  EXPECT_EQ(with_words({"translation"}, ListingSort::relevance), "12");
  EXPECT_EQ(with_words({"speech"}, ListingSort::relevance), "2");
  EXPECT_EQ(with_words({"fast", "translation"}, ListingSort::relevance), "12");
}

TEST_P(StoredMarket, WordsFollowAnEdit) {
  ListingChange next = next_of(1);
  next.listing.text.title = "Dolmetschen";
  ASSERT_TRUE(done(change(next)));
  EXPECT_EQ(with_words({"dolmetschen"}), "1");
  EXPECT_EQ(with_words({"translation"}), "2");
}

TEST_P(StoredMarket, IsFilteredByWhatIsAsked) {
  ListingQuery query = query_of(3);
  query.tag = "ml";
  EXPECT_EQ(numbers(query), "2");
  query = query_of(3);
  query.category = "language";
  EXPECT_EQ(numbers(query), "1");
  query = query_of(3);
  query.pricing = PricingKind::fixed;
  EXPECT_EQ(numbers(query), "2");
  query = query_of(3);
  query.owner = tenant_id(2);
  EXPECT_EQ(numbers(query), "");
  query = query_of(3);
  query.featured = true;
  EXPECT_EQ(numbers(query), "");
  ListingChange featured = next_of(1);
  featured.listing.featured = true;
  ASSERT_TRUE(done(change(featured)));
  EXPECT_EQ(numbers(query), "1");
}

TEST_P(StoredMarket, IsOrderedAsIsAsked) {
  step(1, 3, 1, SharingState::approved);
  step(1, 5, 2, SharingState::approved);
  step(2, 3, 3, SharingState::approved);
  ASSERT_TRUE(done(rate(1, 3, 3)));
  ASSERT_TRUE(done(rate(2, 3, 5)));
  ListingQuery query = query_of(3);
  EXPECT_EQ(numbers(query), "12") << "by installs";
  query.sort = ListingSort::rating;
  EXPECT_EQ(numbers(query), "21");
  query.sort = ListingSort::newest;
  EXPECT_EQ(numbers(query), "21");
}

TEST_P(StoredMarket, PagesFollowEachOtherWithoutAGap) {
  for (const auto sort : {ListingSort::popularity, ListingSort::rating, ListingSort::newest,
                          ListingSort::relevance}) {
    ListingQuery query = query_of(3);
    query.words = {"translation"};
    query.sort = sort;
    const std::string all = numbers(query);
    query.page_size = 1;
    const std::string first = numbers(query);
    query.after = other->search_listings(query).value().next;
    ASSERT_TRUE(query.after.has_value());
    EXPECT_EQ(first + numbers(query), all) << to_string(sort);
    EXPECT_FALSE(other->search_listings(query).value().next.has_value());
  }
}

TEST_P(StoredMarket, ShowsNobodyWhatBlocksHim) {
  EXPECT_EQ(numbers(query_of(4)), "1");
  ListingQuery by_id = query_of(4);
  by_id.id = listing_id(2);
  EXPECT_EQ(numbers(by_id), "");
}

TEST_P(StoredMarket, ShowsOthersOnlyWhatIsPublishedUnderALivePolicyThatTheyMaySee) {
  ListingChange draft = next_of(1);
  draft.listing.state = ListingState::unpublished;
  ASSERT_TRUE(done(change(draft)));
  EXPECT_EQ(numbers(query_of(3)), "2");
  SharingPolicy second = policy_of(2, Visibility::allowed);
  second.allow = {tenant_id(5)};
  second.expires_at = noon + std::chrono::hours{1};
  second.version = Version{2};
  put_policy(second);
  EXPECT_EQ(numbers(query_of(3)), "");
  EXPECT_EQ(numbers(query_of(5)), "2");
  ListingQuery later = query_of(5);
  later.now = noon + std::chrono::hours{1};
  EXPECT_EQ(numbers(later), "") << "the policy has ended";
}

TEST_P(StoredMarket, ShowsAnOwnerItsOwnInEveryState) {
  ListingChange draft = next_of(1);
  draft.listing.state = ListingState::unpublished;
  ASSERT_TRUE(done(change(draft)));
  ListingQuery own = query_of(1);
  own.own = true;
  own.sort = ListingSort::newest;
  EXPECT_EQ(numbers(own), "21");
  own.asking = tenant_id(3);
  EXPECT_EQ(numbers(own), "");
  ListingQuery by_id = query_of(1);
  by_id.id = listing_id(1);
  EXPECT_EQ(numbers(by_id), "1");
  by_id.asking = tenant_id(3);
  EXPECT_EQ(numbers(by_id), "");
}

TEST_P(StoredMarket, ShowsNothingOfAnOwnerThatIsSuspended) {
  TenantDefinition owner = next(tenant(1));
  owner.life.status = TenantStatus::suspended;
  owner.life.suspended_at = noon;
  owner.life.suspend_reason = "unpaid";
  ASSERT_TRUE(done(store->replace(deed(epoch), owner)));
  EXPECT_EQ(numbers(query_of(3)), "");
}

TEST_P(StoredMarket, CountsAConsumerOnceHoweverOftenItIsGranted) {
  step(1, 3, 1, SharingState::pending);
  EXPECT_EQ(found(1).tally.installs, 0U);
  step(1, 3, 1, SharingState::approved, SharingState::pending);
  EXPECT_EQ(found(1).tally.installs, 1U);
  step(1, 3, 1, SharingState::revoked, SharingState::approved);
  step(1, 3, 2, SharingState::approved);
  EXPECT_EQ(found(1).tally.installs, 1U);
  step(1, 5, 3, SharingState::approved);
  EXPECT_EQ(found(1).tally.installs, 2U);
  EXPECT_EQ(found(2).tally.installs, 0U);
}

TEST_P(StoredMarket, CountsWhoWasGrantedBeforeThereWasAListing) {
  ListingChange gone{found(1), true};
  ASSERT_TRUE(done(change(gone)));
  step(1, 3, 1, SharingState::approved);
  ASSERT_TRUE(done(change(listing_of(1, "Again", "", {}))));
  EXPECT_EQ(found(1).tally.installs, 1U);
}

TEST_P(StoredMarket, TheTallyFollowsEveryRating) {
  ASSERT_TRUE(done(rate(1, 3, 5, "good")));
  ASSERT_TRUE(done(rate(1, 5, 4)));
  EXPECT_EQ(found(1).tally, (ListingTally{.stars = 9, .ratings = 2, .reviews = 1}));
  ASSERT_TRUE(done(rate(1, 3, 1, "", false)));
  EXPECT_EQ(found(1).tally, (ListingTally{.stars = 5, .ratings = 2, .reviews = 0}));
  RatingChange gone{.rating = other->rater(listing_id(1), tenant_id(3)).value().rating.value(),
                    .removed = true};
  ASSERT_TRUE(done(store->change_rating(deed(epoch), gone)));
  EXPECT_EQ(found(1).tally, (ListingTally{.stars = 4, .ratings = 1, .reviews = 0}));
  EXPECT_TRUE(refused(store->change_rating(deed(epoch), gone), FaultCode::not_found, "rating"));
}

TEST_P(StoredMarket, AnEditLeavesTheTallyAlone) {
  ListingChange edit = next_of(1);
  ASSERT_TRUE(done(rate(1, 3, 5)));
  ASSERT_TRUE(done(change(edit)));
  EXPECT_EQ(found(1).tally.ratings, 1U);
}

TEST_P(StoredMarket, KnowsWhoWasEverGranted) {
  step(1, 3, 1, SharingState::pending);
  EXPECT_FALSE(other->rater(listing_id(1), tenant_id(3)).value().was_granted);
  step(1, 3, 1, SharingState::approved, SharingState::pending);
  step(1, 3, 1, SharingState::revoked, SharingState::approved);
  EXPECT_TRUE(other->rater(listing_id(1), tenant_id(3)).value().was_granted);
  EXPECT_FALSE(other->rater(listing_id(2), tenant_id(3)).value().was_granted);
}

TEST_P(StoredMarket, TellsRatingsTheLatestFirst) {
  ASSERT_TRUE(done(rate(1, 3, 5, "good")));
  ASSERT_TRUE(done(rate(1, 5, 4)));
  RatingQuery query{.asking = tenant_id(1), .listing = listing_id(1), .page_size = 1};
  const RatingPage first = other->ratings(query).value();
  ASSERT_EQ(first.ratings.size(), 1U);
  EXPECT_TRUE(first.more);
  EXPECT_EQ(first.ratings[0].consumer, tenant_id(5));
  query.after = first.ratings[0].id;
  const RatingPage second = other->ratings(query).value();
  ASSERT_EQ(second.ratings.size(), 1U);
  EXPECT_FALSE(second.more);
  EXPECT_EQ(second.ratings[0].review, "good");
}

TEST_P(StoredMarket, TellsATenantWhatItHasRated) {
  ASSERT_TRUE(done(rate(1, 3, 5, "good")));
  ASSERT_TRUE(done(rate(1, 5, 4)));
  const RatingPage given = other->ratings({.asking = tenant_id(3)}).value();
  ASSERT_EQ(given.ratings.size(), 1U);
  EXPECT_FALSE(given.more);
  EXPECT_EQ(given.ratings[0].listing, listing_id(1));
  EXPECT_EQ(given.ratings[0].review, "good");
  EXPECT_TRUE(other->ratings({.asking = tenant_id(1)}).value().ratings.empty());
}

TEST_P(StoredMarket, RatingsGoWithTheirTenantAndOutOfTheTally) {
  ASSERT_TRUE(done(rate(1, 3, 5, "good")));
  ASSERT_TRUE(done(rate(1, 5, 4)));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(3))));
  EXPECT_EQ(found(1).tally, (ListingTally{.stars = 4, .ratings = 1, .reviews = 0}));
}

TEST_P(StoredMarket, AListingGoesWithItsPolicyAndTakesItsRatingsAlong) {
  ASSERT_TRUE(done(rate(1, 3, 5)));
  SharingChange gone;
  gone.removed = policy_of(1, Visibility::marketplace).id;
  ASSERT_TRUE(done(store->change_sharing(SharedDeed{epoch, {deed(epoch).audit}}, gone)));
  EXPECT_FALSE(other->listing(listing_id(1)).value().has_value());
  EXPECT_FALSE(other->rater(listing_id(1), tenant_id(3)).value().rating.has_value());
  EXPECT_EQ(with_words({"translation"}), "2");
}

TEST_P(StoredMarket, IsWrittenByTheOwnerOfTheShardsAlone) {
  const Deed stale = deed(Epoch{epoch.raw() - 1});
  EXPECT_TRUE(refused(store->change_listing(stale, next_of(1)), FaultCode::fenced, ""));
  EXPECT_EQ(found(1).version, Version{1});
}

TEST_P(StoredMarket, RefusesAPageThatIsTooLarge) {
  ListingQuery query = query_of(3);
  query.page_size = listing_page_size_max + 1;
  EXPECT_TRUE(refused(other->search_listings(query), FaultCode::invalid_argument, "page_size"));
}

}  // namespace sluice::test
