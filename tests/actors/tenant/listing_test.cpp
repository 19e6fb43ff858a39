// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/listing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "actors/tenant/sharing/listing_query.hpp"
#include "actors/tenant/sharing/rating.hpp"

namespace sluice {
namespace {

class ListingSpec : public testing::Test {
protected:
  static ListingText text() {
    return {"Translation", "Two\nlines", "language", {"gpu", "ml"}, {"https://cdn.example.com/a"}};
  }
  static ListingWish wish(ListingEvent event) {
    return {.owner = owner, .listing = {1, 2}, .event = std::move(event)};
  }
  Result<ListingChange> make(const ListingWish& wished) {
    auto change = change_listing(current, wished, policy, now);
    if (change.ok()) {
      current = change.value().listing;
    }
    return change;
  }
  /// The words of the refusal; empty if there is none.
  std::string refusal(const ListingWish& wished) {
    const auto change = change_listing(current, wished, policy, now);
    return change.ok() ? "" : change.fault().context;
  }
  static std::string wrong(ListingText said) {
    const auto valid = validate(said);
    return valid.ok() ? "" : valid.fault().context;
  }

  static constexpr TenantId owner{7, 7};
  static constexpr WallTime now{std::chrono::hours{1}};
  std::optional<Listing> current;
  std::optional<ListedPolicy> policy{ListedPolicy{
      owner, Resource{ResourceType::model, "m"}, Visibility::marketplace, PricingKind::free, {}}};
};

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != text.npos;
}

TEST_F(ListingSpec, IsADraftThatIsPublishedTakenBackAndPublishedAgain) {
  ASSERT_TRUE(make(wish(AddListing{{3, 3}, text()})).ok());
  EXPECT_EQ(current->state, ListingState::draft);
  EXPECT_TRUE(has(refusal(wish(UnpublishListing{})), "draft"));
  ASSERT_TRUE(make(wish(PublishListing{})).ok());
  EXPECT_EQ(current->published_at, now);
  EXPECT_TRUE(has(refusal(wish(PublishListing{})), "published"));
  ASSERT_TRUE(make(wish(UnpublishListing{})).ok());
  EXPECT_EQ(current->state, ListingState::unpublished);
  ASSERT_TRUE(make(wish(PublishListing{})).ok());
  EXPECT_EQ(current->version, Version{4});
}

TEST_F(ListingSpec, IsNotPublishedUnderAPolicyThatOthersDoNotSee) {
  ASSERT_TRUE(make(wish(AddListing{{3, 3}, text()})).ok());
  policy->visibility = Visibility::allowed;
  EXPECT_TRUE(has(refusal(wish(PublishListing{})), "policy.visibility"));
  policy->visibility = Visibility::everyone;
  policy->expires_at = now;
  EXPECT_TRUE(has(refusal(wish(PublishListing{})), "policy.expires_at"));
  policy->expires_at = now + std::chrono::seconds{1};
  EXPECT_EQ(refusal(wish(PublishListing{})), "");
}

TEST_F(ListingSpec, IsOfAPolicyOfItsOwner) {
  policy->owner = {8, 8};
  EXPECT_TRUE(has(refusal(wish(AddListing{{3, 3}, text()})), "policy"));
  policy.reset();
  EXPECT_TRUE(has(refusal(wish(AddListing{{3, 3}, text()})), "policy"));
}

TEST_F(ListingSpec, IsNotThereForAnotherTenant) {
  ASSERT_TRUE(make(wish(AddListing{{3, 3}, text()})).ok());
  ListingWish stranger = wish(RemoveListing{});
  stranger.owner = TenantId{9, 9};
  EXPECT_EQ(change_listing(current, stranger, policy, now).fault(),
            change_listing(std::nullopt, stranger, policy, now).fault());
}

TEST_F(ListingSpec, IsEditedAtTheVersionThatIsExpected) {
  ASSERT_TRUE(make(wish(AddListing{{3, 3}, text()})).ok());
  ListingWish edit = wish(EditListing{text()});
  edit.expected = Version{2};
  EXPECT_TRUE(has(refusal(edit), "version"));
  edit.expected = Version{1};
  EXPECT_EQ(refusal(edit), "");
}

TEST_F(ListingSpec, IsFeaturedByThePlatformAlone) {
  ASSERT_TRUE(make(wish(AddListing{{3, 3}, text()})).ok());
  EXPECT_TRUE(has(refusal(wish(FeatureListing{true})), "featured"));
  ListingWish platform = wish(FeatureListing{true});
  platform.owner.reset();
  ASSERT_TRUE(make(platform).ok());
  EXPECT_TRUE(current->featured);
}

TEST_F(ListingSpec, NamesTheFieldThatIsWrong) {
  const auto with = [](auto change) {
    ListingText said = text();
    change(said);
    return wrong(said);
  };
  EXPECT_EQ(wrong(text()), "");
  EXPECT_TRUE(has(with([](auto& said) { said.title = ""; }), "title"));
  EXPECT_TRUE(has(with([](auto& said) { said.title.assign(201, 'a'); }), "title"));
  EXPECT_TRUE(has(with([](auto& said) { said.description.assign(10'001, 'a'); }), "description"));
  EXPECT_TRUE(has(with([](auto& said) { said.description = "\x01"; }), "description"));
  EXPECT_TRUE(has(with([](auto& said) { said.category = "Language"; }), "category"));
  EXPECT_TRUE(has(with([](auto& said) { said.tags = {"ml", "gpu"}; }), "tags[1]"));
  EXPECT_TRUE(has(with([](auto& said) { said.tags = {"-ml"}; }), "tags[0]"));
  EXPECT_TRUE(has(with([](auto& said) { said.tags.assign(21, "a"); }), "tags: "));
  EXPECT_TRUE(has(with([](auto& said) { said.images = {"http://a.example"}; }), "images[0]"));
  EXPECT_TRUE(has(with([](auto& said) { said.images.push_back(said.images[0]); }), "images[0]"));
}

TEST_F(ListingSpec, TheAuditTellsWhatIsDifferent) {
  const ListingWish add = wish(AddListing{{3, 3}, text()});
  const auto added = make(add);
  const AuditDraft of_add = audit_of_listing(std::nullopt, add, added.value());
  EXPECT_EQ(of_add.action, AuditAction::listing_put);
  EXPECT_EQ(of_add.tenant, owner);
  EXPECT_TRUE(has(of_add.after, "\"title\":\"Translation\""));
  const std::optional<Listing> before = current;
  const ListingWish publish = wish(PublishListing{});
  const AuditDraft of_publish = audit_of_listing(before, publish, make(publish).value());
  EXPECT_EQ(of_publish.action, AuditAction::listing_published);
  EXPECT_EQ(of_publish.before, R"({"state":"draft"})");
  EXPECT_EQ(of_publish.after, R"({"state":"published"})");
}

TEST(ListingTallySpec, TheAverageIsRoundedToTheNearestHundredth) {
  EXPECT_EQ(rating_hundredths({}), 0U);
  EXPECT_EQ(rating_hundredths({.stars = 14, .ratings = 3}), 467U);
  EXPECT_EQ(rating_hundredths({.stars = 13, .ratings = 3}), 433U);
  EXPECT_EQ(rating_hundredths({.stars = 5, .ratings = 1}), 500U);
}

class RatingSpec : public testing::Test {
protected:
  std::string refusal(const RatingWish& wished) const {
    const auto change = rate_listing(wished, listing, rater, now);
    return change.ok() ? "" : change.fault().context;
  }
  static constexpr WallTime now{std::chrono::hours{1}};
  std::optional<Listing> listing{
      Listing{.id = {1, 2}, .owner = {7, 7}, .state = ListingState::published}};
  RaterStanding rater{.was_granted = true};
  RatingWish wish{.consumer = {8, 8}, .listing = {1, 2}, .id = {5, 5}, .stars = Stars{4}};
};

TEST_F(RatingSpec, IsGivenOnceAndThenChanged) {
  const auto first = rate_listing(wish, listing, rater, now);
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first.value().is_new);
  rater.rating = first.value().rating;
  wish.id = {6, 6};
  wish.stars = Stars{2};
  const auto second = rate_listing(wish, listing, rater, now + std::chrono::hours{1});
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second.value().is_new);
  EXPECT_EQ(second.value().rating.id, (RatingId{5, 5}));
  EXPECT_EQ(second.value().rating.created_at, now);
  EXPECT_EQ(second.value().rating.stars, Stars{2});
}

TEST_F(RatingSpec, IsOfWhoWasGrantedAndNotOfTheOwner) {
  rater.was_granted = false;
  EXPECT_TRUE(has(refusal(wish), "granted"));
  rater.was_granted = true;
  wish.consumer = {7, 7};
  EXPECT_TRUE(has(refusal(wish), "own"));
}

TEST_F(RatingSpec, IsOfWhatIsPublished) {
  listing->state = ListingState::unpublished;
  EXPECT_TRUE(has(refusal(wish), "does not exist"));
  listing.reset();
  EXPECT_TRUE(has(refusal(wish), "does not exist"));
}

TEST_F(RatingSpec, HasStarsFromOneToFiveAndAReviewThatIsNotTooLong) {
  wish.stars = Stars{0};
  EXPECT_TRUE(has(refusal(wish), "stars"));
  wish.stars = Stars{6};
  EXPECT_TRUE(has(refusal(wish), "stars"));
  wish.stars = Stars{5};
  wish.review.assign(2'001, 'a');
  EXPECT_TRUE(has(refusal(wish), "review"));
}

TEST_F(RatingSpec, WhoGaveItIsToldToTheOwnerAndToHimself) {
  const RatingPage page{{Rating{.consumer = {8, 8}}, Rating{.consumer = {9, 9}}}, false};
  const auto told = [&](TenantId asking) {
    RatingPage hidden = page;
    hide_raters(hidden, {7, 7}, asking);
    return std::pair{hidden.ratings[0].consumer != TenantId{},
                     hidden.ratings[1].consumer != TenantId{}};
  };
  EXPECT_EQ(told({7, 7}), (std::pair{true, true}));
  EXPECT_EQ(told({8, 8}), (std::pair{true, false}));
  EXPECT_EQ(told({6, 6}), (std::pair{false, false}));
}

TEST(ListingQuerySpec, AWordIsWhatStandsBetweenBlanksAndPunctuation) {
  EXPECT_EQ(search_words("Fast, GPU-based  fast").value(),
            (std::vector<std::string>{"fast", "gpu", "based"}));
  EXPECT_EQ(search_words("Übersetzung").value(), (std::vector<std::string>{"Übersetzung"}));
  EXPECT_FALSE(search_words(" - ").ok());
  EXPECT_FALSE(search_words("a b c d e f g h i").ok());
  EXPECT_FALSE(search_words(std::string(201, 'a')).ok());
}

TEST(ListingQuerySpec, ACursorIsGoodForItsOrderOnly) {
  const ListingPlace place{-3, 450, {1, 2}};
  const std::string text = cursor_text(ListingSort::rating, place);
  EXPECT_EQ(parse_cursor(ListingSort::rating, text).value(), place);
  for (const std::string& wrong : {std::string{}, text + "0", text.substr(1), std::string{"ra.1.2"},
                                   std::string{"ra.x.2.3"}}) {
    EXPECT_FALSE(parse_cursor(ListingSort::rating, wrong).ok()) << wrong;
  }
  EXPECT_FALSE(parse_cursor(ListingSort::newest, text).ok());
}

TEST(ListingQuerySpec, RelevanceNeedsWords) {
  ListingQuery query;
  query.sort = ListingSort::relevance;
  EXPECT_FALSE(validate(query).ok());
  query.words = {"fast"};
  EXPECT_TRUE(validate(query).ok());
  query.page_size = 0;
  EXPECT_FALSE(validate(query).ok());
}

TEST(ListingPageSpec, EndsBeforeItIsTooMuchForAFrame) {
  ListingPageMaker page{100};
  FoundListing large;
  large.listing.text.description.assign(listing_description_bytes_max, 'a');
  std::int64_t added = 0;
  while (page.add(large, ListingPlace{added, 0, {}})) {
    ++added;
  }
  EXPECT_LT(added, 100);
  const ListingPage made = page.take();
  EXPECT_EQ(made.listings.size(), static_cast<std::size_t>(added));
  EXPECT_EQ(made.next, (ListingPlace{added - 1, 0, {}}));
}

}  // namespace
}  // namespace sluice
