// SPDX-License-Identifier: Apache-2.0
// What the audit says of changes of listings.
#include <string>

#include "actors/tenant/audit_json.hpp"
#include "actors/tenant/sharing/listing.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"

namespace sluice {
namespace {

struct ActionOf {
  AuditAction operator()(const AddListing& /*event*/) const { return AuditAction::listing_put; }
  AuditAction operator()(const EditListing& /*event*/) const { return AuditAction::listing_put; }
  AuditAction operator()(PublishListing /*event*/) const { return AuditAction::listing_published; }
  AuditAction operator()(UnpublishListing /*event*/) const {
    return AuditAction::listing_unpublished;
  }
  AuditAction operator()(const FeatureListing& /*event*/) const {
    return AuditAction::listing_featured;
  }
  AuditAction operator()(RemoveListing /*event*/) const { return AuditAction::listing_removed; }
};

std::string quoted_list(const std::vector<std::string>& texts) {
  return audit::list(texts, [](const std::string& text) { return audit::json(text); });
}

/// The long one last: what is cut is cut from the end.
audit::Fields fields_of(const Listing& listing) {
  audit::Fields fields;
  fields.add("policy", std::string_view{to_string(listing.policy)})
      .add("state", to_string(listing.state))
      .add("featured", listing.featured)
      .add("title", std::string_view{listing.text.title})
      .add("category", std::string_view{listing.text.category})
      .add_json("tags", quoted_list(listing.text.tags))
      .add_json("images", quoted_list(listing.text.images))
      .add("description", std::string_view{listing.text.description});
  return fields;
}

}  // namespace

AuditDraft audit_of_listing(const std::optional<Listing>& before, const ListingWish& wish,
                            const ListingChange& change) {
  AuditDraft draft{.tenant = change.listing.owner,
                   .action = std::visit(ActionOf{}, wish.event),
                   .subject = to_string(change.listing.id)};
  if (before && !change.removed) {
    audit::Fields old = fields_of(*before);
    audit::Fields now = fields_of(change.listing);
    audit::Fields::keep_differences(old, now);
    draft.before = old.text();
    draft.after = now.text();
  } else {
    (change.removed ? draft.before : draft.after) = fields_of(change.listing).text();
  }
  return draft;
}

}  // namespace sluice
