// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `Operator` about the marketplace: listings, their search, and ratings.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       A commit; for what only looks, a read of the store.
[[nodiscard]] kj::Promise<void> answer_put_listing(
    Management& calls,
    capnp::CallContext<wire::Operator::PutListingParams, wire::Operator::PutListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_change_listing(
    Management& calls,
    capnp::CallContext<wire::Operator::ChangeListingParams, wire::Operator::ChangeListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_feature_listing(
    Management& calls,
    capnp::CallContext<wire::Operator::FeatureListingParams, wire::Operator::FeatureListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_remove_listing(
    Management& calls,
    capnp::CallContext<wire::Operator::RemoveListingParams, wire::Operator::RemoveListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_show_listing(
    Management& calls,
    capnp::CallContext<wire::Operator::ShowListingParams, wire::Operator::ShowListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_search_listings(
    Management& calls,
    capnp::CallContext<wire::Operator::SearchListingsParams, wire::Operator::SearchListingsResults>
        context);
[[nodiscard]] kj::Promise<void> answer_rate_listing(
    Management& calls,
    capnp::CallContext<wire::Operator::RateListingParams, wire::Operator::RateListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_remove_rating(
    Management& calls,
    capnp::CallContext<wire::Operator::RemoveRatingParams, wire::Operator::RemoveRatingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_list_ratings(
    Management& calls,
    capnp::CallContext<wire::Operator::ListRatingsParams, wire::Operator::ListRatingsResults>
        context);

}  // namespace sluice
