// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/operator_listings.hpp"

#include <utility>

#include "server/rpc/answer.hpp"

namespace sluice {

namespace {

template <class Context>
auto write_listing_answer(Context context) {
  return [context](const Result<FoundListing>& found) mutable {
    write_answer(context.getResults().initAnswer(), found, encode_listing);
  };
}

template <class Context>
auto write_rating_answer(Context context) {
  return [context](const Result<Rating>& rating) mutable {
    write_answer(context.getResults().initAnswer(), rating, encode_rating);
  };
}

std::optional<Version> version_wished(std::uint64_t raw) {
  return raw == 0 ? std::nullopt : std::optional{Version{raw}};
}

/// Makes the wish come true in the name of the tenant that the call names.
template <class Context>
kj::Promise<void> change_in_name(Management& calls, Context context, Result<ListingWish> wish) {
  if (!wish.ok()) {
    return answer_fault(context, wish.fault());
  }
  auto ask = [&calls, wish = std::move(wish).value()](TenantId owner, Reply<FoundListing> reply) {
    ListingWish of_owner = wish;
    of_owner.owner = owner;
    calls.engine().change_listing(calls.here(), calls.author(), std::move(of_owner),
                                  std::move(reply));
  };
  return calls.ask_about<FoundListing>(context.getParams().getTenant(), std::move(ask))
      .then(write_listing_answer(context));
}

template <class Params>
Result<ListingWish> wish_of(Params params, ListingEvent event) {
  const auto id = decode_listing_id(params.getListing());
  return id.ok() ? Result(ListingWish{.listing = id.value(),
                                      .expected = version_wished(params.getVersion()),
                                      .event = std::move(event)})
                 : Result<ListingWish>(id.fault());
}

Result<ListingEvent> event_of_action(wire::ListingAction action) {
  switch (action) {
    case wire::ListingAction::PUBLISH:
      return ListingEvent{PublishListing{}};
    case wire::ListingAction::UNPUBLISH:
      return ListingEvent{UnpublishListing{}};
  }
  return Fault{FaultCode::invalid_argument, "action is not known"};
}

}  // namespace

kj::Promise<void> answer_put_listing(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::PutListingParams, wire::TenantAdmin::PutListingResults>
        context) {
  return change_in_name(calls, context, decode_put_listing(context.getParams()));
}

kj::Promise<void> answer_change_listing(Management& calls,
                                        capnp::CallContext<wire::TenantAdmin::ChangeListingParams,
                                                           wire::TenantAdmin::ChangeListingResults>
                                            context) {
  auto event = event_of_action(context.getParams().getAction());
  return change_in_name(calls, context,
                        event.ok() ? wish_of(context.getParams(), std::move(event).value())
                                   : Result<ListingWish>(event.fault()));
}

kj::Promise<void> answer_feature_listing(
    Management& calls,
    capnp::CallContext<wire::Operator::FeatureListingParams, wire::Operator::FeatureListingResults>
        context) {
  const auto params = context.getParams();
  auto wish = wish_of(params, FeatureListing{params.getFeatured()});
  if (!wish.ok()) {
    return answer_fault(context, wish.fault());
  }
  const auto ask = [&](Reply<FoundListing> reply) {
    calls.engine().change_listing(calls.here(), calls.author(), std::move(wish).value(),
                                  std::move(reply));
  };
  return calls.ask<FoundListing>(ask).then(write_listing_answer(context));
}

kj::Promise<void> answer_remove_listing(Management& calls,
                                        capnp::CallContext<wire::TenantAdmin::RemoveListingParams,
                                                           wire::TenantAdmin::RemoveListingResults>
                                            context) {
  return change_in_name(calls, context, wish_of(context.getParams(), RemoveListing{}));
}

kj::Promise<void> answer_show_listing(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ShowListingParams, wire::TenantAdmin::ShowListingResults>
        context) {
  const auto id = decode_listing_id(context.getParams().getListing());
  if (!id.ok()) {
    return answer_fault(context, id.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), id = id.value()](
                 TenantId asking, Reply<FoundListing> reply) {
    engine.listing(here, asking, id, std::move(reply));
  };
  return calls.ask_about<FoundListing>(context.getParams().getTenant(), std::move(ask))
      .then(write_listing_answer(context));
}

kj::Promise<void> answer_search_listings(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SearchListingsParams,
                                          wire::TenantAdmin::SearchListingsResults>
                           context) {
  auto query = decode_listing_search(context.getParams().getSearch());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  const ListingSort sort = query.value().sort;
  auto ask = [&engine = calls.engine(), here = calls.here(), query = std::move(query).value()](
                 TenantId asking, const Reply<ListingPage>& reply) {
    ListingQuery in_name = query;
    in_name.asking = asking;
    engine.search_listings(here, std::move(in_name), reply);
  };
  return calls
      .ask_about<ListingPage>(context.getParams().getTenant(),
                              if_it_exists<ListingPage>(calls, std::move(ask)))
      .then([context, sort](const Result<ListingPage>& page) mutable {
        write_answer(context.getResults().initAnswer(), page,
                     [sort](const ListingPage& of, wire::ListingPage::Builder out) {
                       encode_listing_page(sort, of, out);
                     });
      });
}

kj::Promise<void> answer_rate_listing(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::RateListingParams, wire::TenantAdmin::RateListingResults>
        context) {
  auto wish = decode_rate_listing(context.getParams());
  if (!wish.ok()) {
    return answer_fault(context, wish.fault());
  }
  auto ask = [&calls, wish = std::move(wish).value()](TenantId consumer, Reply<Rating> reply) {
    RatingWish of_consumer = wish;
    of_consumer.consumer = consumer;
    calls.engine().rate_listing(calls.here(), calls.author(), std::move(of_consumer),
                                std::move(reply));
  };
  return calls.ask_about<Rating>(context.getParams().getTenant(), std::move(ask))
      .then(write_rating_answer(context));
}

kj::Promise<void> answer_remove_rating(Management& calls,
                                       capnp::CallContext<wire::TenantAdmin::RemoveRatingParams,
                                                          wire::TenantAdmin::RemoveRatingResults>
                                           context) {
  const auto id = decode_listing_id(context.getParams().getListing());
  if (!id.ok()) {
    return answer_fault(context, id.fault());
  }
  auto ask = [&calls, id = id.value()](TenantId consumer, Reply<Rating> reply) {
    calls.engine().withdraw_rating(calls.here(), calls.author(), id, consumer, std::move(reply));
  };
  return calls.ask_about<Rating>(context.getParams().getTenant(), std::move(ask))
      .then(write_rating_answer(context));
}

kj::Promise<void> answer_list_ratings(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListRatingsParams, wire::TenantAdmin::ListRatingsResults>
        context) {
  auto query = decode_rating_query(context.getParams());
  if (!query.ok()) {
    return answer_fault(context, query.fault());
  }
  auto ask = [&engine = calls.engine(), here = calls.here(), query = query.value()](
                 TenantId asking, Reply<RatingPage> reply) {
    RatingQuery in_name = query;
    in_name.asking = asking;
    engine.ratings(here, in_name, std::move(reply));
  };
  return calls.ask_about<RatingPage>(context.getParams().getTenant(), std::move(ask))
      .then([context](const Result<RatingPage>& page) mutable {
        write_answer(context.getResults().initAnswer(), page, encode_rating_page);
      });
}

}  // namespace sluice
