// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/tenant/analytics/forecast.hpp"
#include "actors/tenant/analytics/usage_statistics.hpp"
#include "actors/tenant/api_key.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/explanation.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/live_page.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/outbox.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/resets.hpp"
#include "actors/tenant/sharing/access.hpp"
#include "actors/tenant/sharing/books.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/sharing/statistics.hpp"
#include "actors/tenant/store.hpp"
#include "actors/tenant/tenant_tier.hpp"
#include "actors/tenant/tier.hpp"
#include "actors/tenant/time.hpp"
#include "actors/tenant/usage.hpp"
#include "actors/tenant/what_if.hpp"
#include "protocol/client/introduction.hpp"

namespace sluice::client {

/// A tenant, by id or by slug.
using TenantRef = std::variant<TenantId, std::string>;

/// A tenant's usage as the server tells it.
struct UsageReport {
  TenantDefinition tenant;
  std::vector<LimitUsage> limits;
  WallTime now;
};

/// A key and the text of it, which nobody is told again.
struct NewApiKey {
  ApiKey key;
  std::string text;
};

struct OperatorOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 7411;
  std::string name = "sluice-operator";
  std::chrono::milliseconds connect_timeout{2'000};
  std::chrono::milliseconds call_timeout{10'000};
  Credential credential{};
  Tls tls{};
};

/// Manages a Sluice server: one blocking call after the other.
///
/// Role       What sluicectl, the demo and tests manage a server with.
/// Threading  One thread at a time; not on a thread that runs a KJ event loop of its own.
/// Ownership  Owns its connection. One that was lost, or whose credential is `unauthenticated` by
///            now, is made anew by the next call, which reads a credential's file again.
/// Units      As in the types.
/// Errors     What the server answers; `unavailable` if it cannot be reached, and for a question
///            that was not answered in time; `outcome_unknown` for a change that was not answered
///            in time.
/// Cost       A round trip each; `create_many` sends many at once.
class OperatorClient {
public:
  [[nodiscard]] static Result<std::unique_ptr<OperatorClient>> open(OperatorOptions options);
  ~OperatorClient();
  OperatorClient(const OperatorClient&) = delete;
  OperatorClient& operator=(const OperatorClient&) = delete;

  [[nodiscard]] const std::string& server() const;  ///< Such as "sluiced/0.1.0".
  [[nodiscard]] Result<MeterTable> meters();
  [[nodiscard]] Result<Meter> define_meter(std::string_view name, std::string_view unit);

  /// An id of zero lets the server make one.
  [[nodiscard]] Result<TenantDefinition> create(const TenantDefinition& draft);
  /// With its first owner, an id and an email.
  [[nodiscard]] Result<TenantDefinition> create(const TenantDefinition& draft, const Member& owner);
  /// The same for each draft, answered in the same order; one that fails does not stop the others.
  [[nodiscard]] std::vector<Result<TenantDefinition>> create_many(
      std::span<const TenantDefinition> drafts);
  [[nodiscard]] Result<TenantDefinition> show(const TenantRef& tenant);
  [[nodiscard]] Result<TenantPage> list(const TenantQuery& query);
  [[nodiscard]] Result<TenantDefinition> edit(const TenantRef& tenant,
                                              std::optional<Version> expected,
                                              const EditTenant& edit);
  /// Suspends it, and so on; all but the end of a trial, which is time's.
  [[nodiscard]] Result<TenantDefinition> change_life(const TenantRef& tenant,
                                                     std::optional<Version> expected,
                                                     const LifeEvent& event);
  /// What the store has of what it spent, with entries above `after`; the nil id at first.
  [[nodiscard]] Result<StoredPage> stored(const TenantRef& tenant, EntryId after);
  /// Brings its rows to another place. `outcome_unknown` also if that takes longer than a call may:
  /// then it goes on.
  [[nodiscard]] Result<TenantDefinition> move(const TenantRef& tenant,
                                              std::optional<Version> expected, const Placement& to);
  /// Of a tenant that is deactivated.
  [[nodiscard]] Result<TenantDefinition> purge(const TenantRef& tenant,
                                               std::optional<Version> expected = std::nullopt);
  [[nodiscard]] Result<TenantDefinition> put_limit(const TenantRef& tenant,
                                                   std::optional<Version> expected,
                                                   const Limit& limit);
  [[nodiscard]] Result<TenantDefinition> remove_limit(const TenantRef& tenant,
                                                      std::optional<Version> expected,
                                                      std::string_view name);
  /// Of the limit of that name.
  [[nodiscard]] Result<TenantDefinition> put_override(const TenantRef& tenant,
                                                      std::optional<Version> expected,
                                                      std::string_view limit,
                                                      const Override& instead);
  [[nodiscard]] Result<TenantDefinition> remove_override(const TenantRef& tenant,
                                                         std::optional<Version> expected,
                                                         std::string_view limit);
  [[nodiscard]] Result<UsageReport> usage(const TenantRef& tenant);
  /// What the store has of the past; the tenant within the query is not looked at.
  [[nodiscard]] Result<std::vector<UsagePoint>> history(const TenantRef& tenant,
                                                        const UsageQuery& query);
  [[nodiscard]] Result<std::vector<ClosedWindow>> closed_windows(const TenantRef& tenant);
  /// The next instants at which the window of that name starts again, 1 to `resets_max`.
  [[nodiscard]] Result<ResetPreview> resets(const TenantRef& tenant, std::string_view limit,
                                            std::size_t count);
  /// Why recent checks were decided so; the tenant within the query is not looked at.
  [[nodiscard]] Result<std::vector<Explanation>> explain(const TenantRef& tenant,
                                                         const ExplanationQuery& query);
  /// What a limit would have refused of one tenant, or of those that the query says; the tenant
  /// within the query is not looked at.
  [[nodiscard]] Result<WhatIfPage> what_if(const std::optional<TenantRef>& tenant,
                                           const WhatIfQuery& query);
  [[nodiscard]] Result<ServerStatus> status();

  /// Gives a grant under an id of the caller's choice. May be asked again under the same id: it is
  /// given once.
  [[nodiscard]] Result<CreditReport> give_credit(const TenantRef& tenant, EntryId id,
                                                 const GiveCredit& give);
  /// Takes away what is left of the grant.
  [[nodiscard]] Result<CreditReport> void_credit(const TenantRef& tenant, EntryId id);
  /// Starts the period of a limit again, each time that it is asked.
  [[nodiscard]] Result<CreditReport> reset_credit(const TenantRef& tenant,
                                                  const ResetCredit& reset);

  /// The catalogue, by rank.
  [[nodiscard]] Result<TierCatalogue> tiers();
  /// Adds the tier, or replaces the one of its name; its tenants stay as they are.
  [[nodiscard]] Result<Tier> put_tier(std::optional<Version> expected, const Tier& tier);
  /// One that no tenant is of.
  [[nodiscard]] Result<Tier> remove_tier(std::string_view name);
  /// Gives some tenants of a tier what it has now.
  [[nodiscard]] Result<TierApplied> apply_tier(const TierApplyQuery& query);
  /// Moves a tenant to another tier, and tells what it exceeds there.
  [[nodiscard]] Result<TierChanged> change_tier(const TenantRef& tenant,
                                                std::optional<Version> expected,
                                                const ChangeTier& change);
  [[nodiscard]] Result<TenantFeatures> features(const TenantRef& tenant);
  [[nodiscard]] Result<TenantDefinition> set_feature(const TenantRef& tenant,
                                                     std::optional<Version> expected,
                                                     const Feature& feature);
  [[nodiscard]] Result<TenantDefinition> clear_feature(const TenantRef& tenant,
                                                       std::optional<Version> expected,
                                                       std::string_view name);

  /// Without the secrets of webhooks. A version is expected if `put.expected` says which.
  [[nodiscard]] Result<Customised> customisation(const TenantRef& tenant);
  [[nodiscard]] Result<Customised> put_customisation(const TenantRef& tenant,
                                                     const PutCustomisation& put);
  [[nodiscard]] Result<Customised> add_domain(const TenantRef& tenant, std::string_view host);
  /// `found` is what its TXT record says.
  [[nodiscard]] Result<Customised> verify_domain(const TenantRef& tenant, std::string_view host,
                                                 std::string_view found);
  [[nodiscard]] Result<Customised> remove_domain(const TenantRef& tenant, std::string_view host);
  /// Whose verified domain it is; asked as a gateway.
  [[nodiscard]] Result<TenantId> tenant_at(std::string_view host);

  /// Shares a resource of the tenant, or replaces the policy whose id it has; who owns it the wish
  /// does not say.
  [[nodiscard]] Result<SharingPolicy> put_policy(const TenantRef& tenant, const PolicyWish& wish);
  [[nodiscard]] Result<SharingPolicy> remove_policy(const TenantRef& tenant, PolicyId policy);
  [[nodiscard]] Result<SharingPolicy> policy(const TenantRef& tenant, PolicyId policy);
  /// The tenant within the query is not looked at, nor is it within a wish.
  [[nodiscard]] Result<PolicyPage> policies(const TenantRef& tenant, const PolicyQuery& query);
  /// Makes the step of a request, by the tenant.
  [[nodiscard]] Result<SharingRequest> change_access(const TenantRef& tenant,
                                                     const AccessWish& wish);
  [[nodiscard]] Result<SharingPage> access(const TenantRef& tenant, const SharingQuery& query);
  /// Closed lines, or with `running` what the periods that are not closed cost so far. Whose they
  /// are the queries need not say.
  [[nodiscard]] Result<StatementPage> statements(const TenantRef& tenant,
                                                 const StatementQuery& query, bool running);
  [[nodiscard]] Result<PayoutPage> payouts(const TenantRef& tenant, const PayoutQuery& query);
  [[nodiscard]] Result<Payout> mark_payout_paid(const TenantRef& tenant, const PayoutKey& key,
                                                std::string_view reference);
  [[nodiscard]] Result<SharingStatistics> sharing_statistics(const TenantRef& tenant,
                                                             const SharingStatisticsQuery& query);

  /// Adds or edits a listing in the name of its owner; the wish is one of those two. Answers, as
  /// the next three do, with the listing as it is then, or was if it is removed.
  [[nodiscard]] Result<FoundListing> put_listing(const TenantRef& owner, const ListingWish& wish);
  /// Publishes it, or takes it back.
  [[nodiscard]] Result<FoundListing> publish_listing(const TenantRef& owner, ListingId listing,
                                                     std::optional<Version> expected,
                                                     bool published);
  [[nodiscard]] Result<FoundListing> feature_listing(ListingId listing,
                                                     std::optional<Version> expected,
                                                     bool featured);
  [[nodiscard]] Result<FoundListing> remove_listing(const TenantRef& owner, ListingId listing,
                                                    std::optional<Version> expected);
  /// As that tenant sees it.
  [[nodiscard]] Result<FoundListing> listing(const TenantRef& asking, ListingId listing);
  /// The tenant and the words within the query are not looked at; `text` has the words.
  [[nodiscard]] Result<ListingPage> search_listings(const TenantRef& asking, std::string_view text,
                                                    const ListingQuery& query);
  /// The tenant and the id within the wish are not looked at.
  [[nodiscard]] Result<Rating> rate_listing(const TenantRef& consumer, const RatingWish& wish);
  [[nodiscard]] Result<Rating> remove_rating(const TenantRef& consumer, ListingId listing);
  /// The tenant within the query is not looked at.
  [[nodiscard]] Result<RatingPage> ratings(const TenantRef& asking, const RatingQuery& query);

  /// Makes an API key with this name, kind, permissions, tenants and expiry.
  [[nodiscard]] Result<NewApiKey> create_key(const ApiKey& draft);
  /// Answers with what the key was, once nobody can use it any more.
  [[nodiscard]] Result<ApiKey> revoke_key(KeyId id);
  /// All of them, in the order of their ids.
  [[nodiscard]] Result<std::vector<ApiKey>> keys();

  /// Makes the event happen; of a role, `put_role` and `remove_role` do. Answers with the member as
  /// he is then, or was if he is removed; of a transfer, with the new owner.
  [[nodiscard]] Result<Member> change_member(const TenantRef& tenant, const MemberEvent& event);
  /// The tenant within the query is not looked at.
  [[nodiscard]] Result<MemberPage> members(const TenantRef& tenant, const MemberQuery& query);
  [[nodiscard]] Result<TenantsOfPage> tenants_of(const TenantsOfQuery& query);
  /// These answer with all roles that the tenant made for itself.
  [[nodiscard]] Result<std::vector<CustomRole>> put_role(const TenantRef& tenant,
                                                         const CustomRole& role);
  [[nodiscard]] Result<std::vector<CustomRole>> remove_role(const TenantRef& tenant,
                                                            std::string_view name);
  [[nodiscard]] Result<std::vector<CustomRole>> roles(const TenantRef& tenant);
  /// Of a tenant's chain, or of the platform's; the tenant within the query is not looked at.
  [[nodiscard]] Result<AuditPage> audit(const std::optional<TenantRef>& tenant,
                                        const AuditQuery& query);
  /// Whether the whole chain holds.
  [[nodiscard]] Result<AuditCheck> verify_audit(const std::optional<TenantRef>& tenant);

  /// Of one tenant, or of all and the platform's; the tenant within the query is not looked at.
  [[nodiscard]] Result<AlertPage> alerts(const std::optional<TenantRef>& tenant,
                                         const AlertQuery& query);
  [[nodiscard]] Result<DeliveryPage> deliveries(const std::optional<TenantRef>& tenant,
                                                const DeliveryQuery& query);
  /// How many deliveries of the alert were dead, and are pending now.
  [[nodiscard]] Result<std::uint32_t> send_alert_again(const std::optional<TenantRef>& tenant,
                                                       AlertId alert);
  /// The alert that is sent.
  [[nodiscard]] Result<AlertId> test_webhook(const TenantRef& tenant, std::string_view url);
  /// The tenant within the report is not looked at.
  [[nodiscard]] Result<AlertId> report_payment(const TenantRef& tenant,
                                               const PaymentReport& report);

  /// Counters of limits by label as they are now, and reservations and leases that are open. The
  /// tenant within a query is not looked at.
  [[nodiscard]] Result<CounterPage> counters(const TenantRef& tenant, const CounterQuery& query);
  [[nodiscard]] Result<HoldPage> holds(const TenantRef& tenant, const HoldQuery& query);

  /// The value that any method answers, by its name and with its parameters, as JSON has them
  /// (`JsonMethods`); of methods that change nothing.
  [[nodiscard]] Result<std::string> ask_in_json(std::string_view method, std::string_view params);

  [[nodiscard]] Result<Forecast> forecast(const TenantRef& tenant);
  /// What is not said of a range is filled in, here and below.
  [[nodiscard]] Result<TopTenants> top_tenants(const TopQuery& query);
  [[nodiscard]] Result<UnusualUsage> unusual_usage(const TenantRef& tenant);
  /// The tenant and the number of points within the query are not looked at.
  [[nodiscard]] Result<UsageStatistics> usage_statistics(const TenantRef& tenant,
                                                         const UsageQuery& query);
  /// Of all tenants together, with its course.
  [[nodiscard]] Result<UsageStatistics> platform_statistics(const PlatformUsageQuery& query);

  /// Simulated time only; they answer with the wall clock afterwards.
  [[nodiscard]] Result<WallTime> advance_clock(Duration by);
  [[nodiscard]] Result<WallTime> set_wall_clock(WallTime to);

private:
  class Impl;
  explicit OperatorClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::client
