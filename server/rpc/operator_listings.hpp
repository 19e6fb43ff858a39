// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` and `Operator` about the marketplace: listings, their search, and
/// ratings.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       A commit; for what only looks, a read of the store.
[[nodiscard]] kj::Promise<void> answer_put_listing(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::PutListingParams, wire::TenantAdmin::PutListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_change_listing(
    Management& calls, capnp::CallContext<wire::TenantAdmin::ChangeListingParams,
                                          wire::TenantAdmin::ChangeListingResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_feature_listing(
    Management& calls,
    capnp::CallContext<wire::Operator::FeatureListingParams, wire::Operator::FeatureListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_remove_listing(
    Management& calls, capnp::CallContext<wire::TenantAdmin::RemoveListingParams,
                                          wire::TenantAdmin::RemoveListingResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_show_listing(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ShowListingParams, wire::TenantAdmin::ShowListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_search_listings(
    Management& calls, capnp::CallContext<wire::TenantAdmin::SearchListingsParams,
                                          wire::TenantAdmin::SearchListingsResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_rate_listing(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::RateListingParams, wire::TenantAdmin::RateListingResults>
        context);
[[nodiscard]] kj::Promise<void> answer_remove_rating(
    Management& calls, capnp::CallContext<wire::TenantAdmin::RemoveRatingParams,
                                          wire::TenantAdmin::RemoveRatingResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_list_ratings(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListRatingsParams, wire::TenantAdmin::ListRatingsResults>
        context);

}  // namespace sluice
