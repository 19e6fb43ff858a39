// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/definition.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace sluice {
namespace {

using Spoil = std::function<void(TenantDefinition&)>;

/// Why the definition cannot be, once it was spoilt; empty if it can.
std::string objection(const Spoil& spoil) {
  TenantDefinition tenant = definition();
  spoil(tenant);
  const auto checked = validate(tenant, default_meters());
  return checked.ok() ? "" : checked.fault().context;
}

TEST(TenantFieldsSpec, NameTheFieldThatIsWrong) {
  const std::vector<std::pair<std::string, Spoil>> cases{
      {"region: ", [](TenantDefinition& of) { of.region = "EU West"; }},
      {"region: ", [](TenantDefinition& of) { of.region = std::string(33, 'a'); }},
      {"currency: ", [](TenantDefinition& of) { of.currency = "eur"; }},
      {"currency: ", [](TenantDefinition& of) { of.currency = "EURO"; }},
      {"currency: ", [](TenantDefinition& of) { of.currency = ""; }},
      {"billing.company: ", [](TenantDefinition& of) { of.billing.company = "a\tb"; }},
      {"billing.company: ", [](TenantDefinition& of) { of.billing.company.assign(201, 'c'); }},
      {"billing.address: ", [](TenantDefinition& of) { of.billing.address.assign(251, 'a'); }},
      {"billing.tax_id: ", [](TenantDefinition& of) { of.billing.tax_id.assign(65, '1'); }},
      {"settings: ", [](TenantDefinition& of) { of.settings = ""; }},
      {"settings: ", [](TenantDefinition& of) { of.settings = "[]"; }},
      {"billing.email: ", [](TenantDefinition& of) { of.billing.email = "nobody"; }},
      {"billing.email: ", [](TenantDefinition& of) { of.billing.email = "@b"; }},
      {"billing.email: ", [](TenantDefinition& of) { of.billing.email = "a@"; }},
      {"billing.email: ", [](TenantDefinition& of) { of.billing.email = "a@b@c"; }},
      {"billing.email: ", [](TenantDefinition& of) { of.billing.email = "a b@c"; }},
      {"billing.email: ",
       [](TenantDefinition& of) { of.billing.email = std::string(254, 'a').append("@b"); }}};
  for (const auto& [field, spoil] : cases) {
    EXPECT_TRUE(objection(spoil).starts_with(field)) << objection(spoil);
  }
}

TEST(TenantFieldsSpec, MayBeEmptyAndMayBeFull) {
  EXPECT_EQ(objection([](TenantDefinition&) {}), "");
  EXPECT_EQ(objection([](TenantDefinition& of) {
              of.region = "eu-west-1";
              of.currency = "EUR";
              of.settings = R"({"plan":{"seats":[1,2]}})";
              of.billing = {"Acme Zürich AG", "bills@acme.example", "Seestrasse 1, 8002 Zürich",
                            "CHE-123.456.789"};
            }),
            "");
}

TEST(TenantFieldsSpec, AreEditedOneByOne) {
  TenantDefinition tenant = definition();
  tenant.billing.company = "Acme";
  const auto edited = amend(tenant,
                            {tenant.id, std::nullopt,
                             EditTenant{.region = "eu",
                                        .currency = "CHF",
                                        .email = "bills@acme.example",
                                        .settings = R"({"a":1})"}},
                            default_meters(), noon);
  ASSERT_TRUE(edited.ok());
  EXPECT_EQ(edited.value().region, "eu");
  EXPECT_EQ(edited.value().currency, "CHF");
  EXPECT_EQ(edited.value().settings, R"({"a":1})");
  EXPECT_EQ(edited.value().billing, (Billing{"Acme", "bills@acme.example", "", ""}));
}

TEST(TenantFieldsSpec, ANewTenantIsOnTrialForSoManyDays) {
  TenantDefinition draft = definition();
  draft.life.trial_days = TrialDays{14};
  draft.life.status = TenantStatus::deactivated;
  const TenantDefinition trial = found(draft, default_meters(), noon).value();
  EXPECT_EQ(trial.life, begin_life(TrialDays{14}, noon)) << "a draft decides only the days";
  EXPECT_EQ(next_due(trial), noon + 14 * 24h);
  draft.life.trial_days = TrialDays{366};
  EXPECT_EQ(found(draft, default_meters(), noon).fault().context, "trial_days: must be 0 to 365");
}

TEST(TenantFieldsSpec, AChangeOfLifeIsAChangeLikeOthers) {
  const TenantDefinition tenant = definition();
  const Amendment suspend{tenant.id, Version{1}, LifeEvent{Suspend{"unpaid"}}};
  const TenantDefinition suspended = amend(tenant, suspend, default_meters(), noon).value();
  EXPECT_EQ(suspended.version, Version{2});
  EXPECT_EQ(suspended.life.status, TenantStatus::suspended);
  EXPECT_EQ(amend(suspended, suspend, default_meters(), noon).fault().code, FaultCode::conflict);
}

}  // namespace
}  // namespace sluice
