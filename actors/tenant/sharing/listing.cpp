// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/listing.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"

namespace sluice {
namespace {

constexpr std::array<std::string_view, 3> listing_state_names{"draft", "published", "unpublished"};

Fault no_policy_of_owner(PolicyId id) {
  return {FaultCode::not_found, "policy: " + to_string(id) + " is not one of this tenant"};
}

/// Why others could not find what stands under this policy; nothing if they can.
std::optional<Fault> object_to_publishing(const ListedPolicy& policy, WallTime now) {
  if (policy.visibility != Visibility::marketplace && policy.visibility != Visibility::everyone) {
    return Fault{FaultCode::conflict,
                 std::string{"policy.visibility: is "}
                     .append(to_string(policy.visibility))
                     .append(", and only marketplace or public ones are published")};
  }
  if (policy.expires_at && *policy.expires_at <= now) {
    return Fault{FaultCode::conflict, "policy.expires_at: has passed"};
  }
  return std::nullopt;
}

Result<Done> check_policy(const AddListing& add, const ListingWish& wish,
                          const std::optional<ListedPolicy>& policy) {
  if (!wish.owner) {
    return Fault{FaultCode::permission_denied, "a listing is made by the owner of its policy"};
  }
  return policy && policy->owner == *wish.owner ? Result<Done>{Done{}}
                                                : no_policy_of_owner(add.policy);
}

Fault wrong_state(const Listing& listing, std::string_view wanted) {
  return {FaultCode::conflict, std::string{"listing: is "}
                                   .append(to_string(listing.state))
                                   .append(", so it cannot be ")
                                   .append(wanted)};
}

/// Makes one event of a listing that there is the change that it is.
class Editor {
public:
  Editor(Listing listing, const ListedPolicy& policy, bool by_platform, WallTime now)
      : policy_(policy), by_platform_(by_platform), now_(now) {
    change_.listing = std::move(listing);
  }

  Result<ListingChange> operator()(const AddListing& /*add*/) {
    return Fault{FaultCode::already_exists, "id is taken"};
  }
  Result<ListingChange> operator()(const EditListing& edit) {
    if (const auto valid = validate(edit.text); !valid.ok()) {
      return valid.fault();
    }
    change_.listing.text = edit.text;
    return changed();
  }
  Result<ListingChange> operator()(PublishListing /*event*/) {
    if (change_.listing.state == ListingState::published) {
      return wrong_state(change_.listing, "published");
    }
    if (const auto objection = object_to_publishing(policy_, now_)) {
      return *objection;
    }
    change_.listing.state = ListingState::published;
    change_.listing.published_at = now_;
    return changed();
  }
  Result<ListingChange> operator()(UnpublishListing /*event*/) {
    if (change_.listing.state != ListingState::published) {
      return wrong_state(change_.listing, "unpublished");
    }
    change_.listing.state = ListingState::unpublished;
    return changed();
  }
  Result<ListingChange> operator()(const FeatureListing& feature) {
    if (!by_platform_) {
      return Fault{FaultCode::permission_denied, "featured: is the platform's to decide"};
    }
    change_.listing.featured = feature.featured;
    return changed();
  }
  Result<ListingChange> operator()(RemoveListing /*event*/) {
    change_.removed = true;
    return std::move(change_);
  }

private:
  Result<ListingChange> changed() {
    change_.listing.updated_at = now_;
    change_.listing.version = Version{change_.listing.version.raw() + 1};
    return std::move(change_);
  }

  const ListedPolicy& policy_;
  bool by_platform_;
  WallTime now_;
  ListingChange change_{};
};

Result<ListingChange> add_listing(const AddListing& add, const ListingWish& wish,
                                  const std::optional<ListedPolicy>& policy, WallTime now) {
  if (const auto allowed = check_policy(add, wish, policy); !allowed.ok()) {
    return allowed.fault();
  }
  if (const auto valid = validate(add.text); !valid.ok()) {
    return valid.fault();
  }
  return ListingChange{Listing{.id = wish.listing,
                               .policy = add.policy,
                               .owner = *wish.owner,
                               .text = add.text,
                               .created_at = now,
                               .updated_at = now,
                               .version = Version{1}}};
}

}  // namespace

Result<ListingChange> change_listing(const std::optional<Listing>& current, const ListingWish& wish,
                                     const std::optional<ListedPolicy>& policy, WallTime now) {
  if (const auto* const add = std::get_if<AddListing>(&wish.event); add != nullptr && !current) {
    return add_listing(*add, wish, policy, now);
  }
  if (!current || (wish.owner && *wish.owner != current->owner)) {
    return no_listing(wish.listing);
  }
  if (wish.expected && *wish.expected != current->version) {
    return Fault{FaultCode::conflict, "version: expected " + std::to_string(wish.expected->raw()) +
                                          ", but the listing is at " +
                                          std::to_string(current->version.raw())};
  }
  SLUICE_INVARIANT(policy.has_value());
  return std::visit(Editor{*current, *policy, !wish.owner, now}, wish.event);
}

ListedPolicy listed(const SharingPolicy& policy) {
  return {policy.owner, policy.resource, policy.visibility, policy.pricing.kind, policy.expires_at};
}

std::uint32_t rating_hundredths(const ListingTally& tally) {
  return tally.ratings == 0 ? 0
                            : static_cast<std::uint32_t>((tally.stars * 200 + tally.ratings) /
                                                         (tally.ratings * 2));
}

std::string_view to_string(ListingState state) {
  return listing_state_names.at(static_cast<std::size_t>(state));
}

std::optional<ListingState> parse_listing_state(std::string_view text) {
  const auto found = std::ranges::find(listing_state_names, text);
  return found == listing_state_names.end()
             ? std::nullopt
             : std::optional{static_cast<ListingState>(found - listing_state_names.begin())};
}

std::string to_string(ListingId id) {
  return to_string(TenantId{id.high, id.low});
}

std::optional<ListingId> parse_listing_id(std::string_view text) {
  const auto id = parse_tenant_id(text);
  return id ? std::optional{ListingId{id->high, id->low}} : std::nullopt;
}

Fault no_listing(ListingId id) {
  return {FaultCode::not_found, "listing " + to_string(id) + " does not exist"};
}

}  // namespace sluice
