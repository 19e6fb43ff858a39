// SPDX-License-Identifier: Apache-2.0
// The marketplace over RPC: tenant 1 shares and lists a model, tenant 2 finds and rates it.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_sharing.hpp"
#include "tests/server/rpc/rpc_access_fixture.hpp"

namespace sluice::testing {

class RpcListings : public RpcAccessFixture {
protected:
  struct Caller : RpcAtWork {
    using RpcAtWork::RpcAtWork;

    template <class Request>
    Result<FoundListing> listing_of(Request request) {
      return answer<FoundListing>(kj::mv(request), decode_listing);
    }
    Result<FoundListing> put(std::uint64_t owner, const ListingWish& wish) {
      auto request = admin.putListingRequest();
      encode_ref(tenant(owner), request.initTenant());
      encode_put_listing(wish, request);
      return listing_of(kj::mv(request));
    }
    Result<FoundListing> publish(std::uint64_t owner, ListingId id) {
      auto request = admin.changeListingRequest();
      encode_ref(tenant(owner), request.initTenant());
      request.setListing(to_string(id));
      request.setAction(wire::ListingAction::PUBLISH);
      return listing_of(kj::mv(request));
    }
    Result<FoundListing> feature(ListingId id) {
      auto request = platform.featureListingRequest();
      request.setListing(to_string(id));
      request.setFeatured(true);
      return listing_of(kj::mv(request));
    }
    Result<ListingPage> search(std::uint64_t asking, const char* text) {
      auto request = admin.searchListingsRequest();
      encode_ref(tenant(asking), request.initTenant());
      encode_listing_search({}, text, request.initSearch());
      return answer<ListingPage>(kj::mv(request), [](auto page) {
        return decode_listing_page(ListingSort::popularity, page);
      });
    }
    Result<Rating> rate(std::uint64_t consumer, ListingId id, std::uint8_t stars) {
      auto request = admin.rateListingRequest();
      encode_ref(tenant(consumer), request.initTenant());
      request.setListing(to_string(id));
      request.setStars(stars);
      request.setReview("It works");
      return answer<Rating>(kj::mv(request), decode_rating);
    }
    Result<SharingPolicy> share(std::uint64_t owner) {
      SharingPolicy policy;
      policy.resource = {ResourceType::model, "m"};
      policy.visibility = Visibility::marketplace;
      policy.permissions.add(SharePermission::execute);
      policy.requires_approval = false;
      auto request = admin.putPolicyRequest();
      encode_ref(tenant(owner), request.initTenant());
      encode_policy(policy, request.initPolicy());
      return answer<SharingPolicy>(kj::mv(request), decode_policy);
    }
    Result<SharingRequest> ask_for(std::uint64_t consumer, PolicyId policy) {
      auto request = admin.requestAccessRequest();
      encode_ref(tenant(consumer), request.initTenant());
      encode_uuid(policy, request.initPolicy());
      return answer<SharingRequest>(kj::mv(request), decode_request);
    }
  };

  std::string platform_key() { return make_key(CallerKind::operator_, PermissionSet::all()); }
  static ListingText text() { return {"Fast translation", "Of texts", "language", {"gpu"}, {}}; }
};

TEST_F(RpcListings, WhatIsPublishedIsFoundByOthersAndRatedByWhoWasGranted) {
  Caller platform{port(), platform_key()};
  const auto policy = platform.share(1);
  ASSERT_TRUE(policy.ok()) << policy.fault().context;
  const auto added = platform.put(1, {.event = AddListing{policy.value().id, text()}});
  ASSERT_TRUE(added.ok()) << added.fault().context;
  const ListingId id = added.value().listing.id;
  EXPECT_TRUE(platform.search(2, "translation").value().listings.empty()) << "a draft";
  ASSERT_TRUE(platform.publish(1, id).ok());
  const auto page = platform.search(2, "translation");
  ASSERT_TRUE(page.ok()) << page.fault().context;
  ASSERT_EQ(page.value().listings.size(), 1U);
  EXPECT_EQ(page.value().listings[0].policy.resource, (Resource{ResourceType::model, "m"}));
  EXPECT_EQ(platform.rate(2, id, 4).fault().code, FaultCode::permission_denied);
  const auto granted = platform.ask_for(2, policy.value().id);
  ASSERT_TRUE(granted.ok()) << granted.fault().context;
  const auto rating = platform.rate(2, id, 4);
  ASSERT_TRUE(rating.ok()) << rating.fault().context;
  EXPECT_EQ(rating.value().consumer, tenant(2));
  EXPECT_EQ(platform.rate(1, id, 5).fault().code, FaultCode::permission_denied) << "its own";
  const Listing rated = platform.search(2, "").value().listings.at(0).listing;
  EXPECT_EQ(rated.tally, (ListingTally{.stars = 4, .ratings = 1, .reviews = 1, .installs = 1}));
}

TEST_F(RpcListings, AMemberFindsButDoesNotList) {
  Caller member{port(), member_token(Role::member)};
  EXPECT_TRUE(member.search(1, "").ok());
  EXPECT_EQ(member.search(2, "").fault().code, FaultCode::permission_denied);
  EXPECT_EQ(member.put(1, {.event = AddListing{{1, 1}, text()}}).fault().code,
            FaultCode::permission_denied);
}

TEST_F(RpcListings, AnOwnerListsItsOwnPolicyAndOnlyThePlatformFeaturesIt) {
  ListingId id;
  PolicyId policy;
  {
    Caller platform{port(), platform_key()};
    const auto others = platform.share(2);
    ASSERT_TRUE(others.ok()) << others.fault().context;
    policy = others.value().id;
    const auto added = platform.put(2, {.event = AddListing{policy, text()}});
    ASSERT_TRUE(added.ok()) << added.fault().context;
    id = added.value().listing.id;
  }
  {
    Caller owner{port(), member_token(Role::owner)};
    EXPECT_EQ(owner.put(1, {.event = AddListing{policy, text()}}).fault().code,
              FaultCode::not_found);
    EXPECT_EQ(owner.publish(1, id).fault().code, FaultCode::not_found);
    EXPECT_EQ(owner.feature(id).fault().code, FaultCode::permission_denied);
  }
  Caller platform{port(), platform_key()};
  EXPECT_TRUE(platform.feature(id).value().listing.featured);
}

TEST_F(RpcListings, AFaultNamesTheField) {
  Caller platform{port(), platform_key()};
  const auto policy = platform.share(1);
  ListingText wrong = text();
  wrong.tags = {"b", "a"};
  const auto refused = platform.put(1, {.event = AddListing{policy.value().id, wrong}});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.fault().context.find("tags[1]"), std::string::npos);
}

}  // namespace sluice::testing
