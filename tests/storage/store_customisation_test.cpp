// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;

class StoredCustomisations : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(2))));
  }
  static CustomisationChange put(std::uint64_t of, std::uint64_t version) {
    Customisation custom{.branding = {"https://cdn.example.com/a.png", "", "#336699", ""},
                         .theme = Theme::dark,
                         .css = "a {\n\tcolor: red\n}",
                         .sso = {SsoProtocol::oidc, "https://id.example.com", "client"},
                         .webhooks = {{"https://h.example.com", {"*"}, "0123456789abcdef", false}},
                         .emails = {{"hello", "Grüße “dir”", "a\nb"}},
                         .white_label = true,
                         .version = Version{version}};
    return {.tenant = tenant_id(of), .put = custom, .after = {custom, {}}};
  }
  static CustomisationChange with_domain(std::uint64_t of, Domain domain) {
    return {.tenant = tenant_id(of), .domain = std::move(domain)};
  }
  static CustomisationChange without_domain(std::uint64_t of, std::string host) {
    return {.tenant = tenant_id(of), .removed = std::move(host)};
  }
  Result<Done> change(const CustomisationChange& wish) {
    return store->change_customisation(deed(epoch), wish);
  }
  /// All of these deeds are in the platform's chain.
  [[nodiscard]] std::size_t events() { return store->audit_page({}).value().events.size(); }
  [[nodiscard]] Customised found(std::uint64_t of) {
    return other->customisation(tenant_id(of)).value();
  }

  static constexpr WallTime noon{std::chrono::hours{12}};
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredCustomisations, testing::ValuesIn(all_places()),
                         name_of_kind);

TEST_P(StoredCustomisations, AreEmptyAtFirst) {
  EXPECT_EQ(found(1), Customised{});
  EXPECT_EQ(found(99), Customised{}) << "of nobody";
  EXPECT_TRUE(store->hosted_domains().value().empty());
}

TEST_P(StoredCustomisations, OutliveARestartWithEverythingThatTheyHave) {
  ASSERT_TRUE(done(change(put(1, 1))));
  ASSERT_TRUE(done(change(with_domain(1, {"b.example", "token-b"}))));
  ASSERT_TRUE(done(change(with_domain(1, {"a.example", "token-a"}))));
  ASSERT_TRUE(done(change(with_domain(1, {"a.example", "token-a", noon}))));
  restart();
  const Customised back = found(1);
  EXPECT_EQ(back.custom, *put(1, 1).put);
  EXPECT_EQ(back.domains,
            (std::vector<Domain>{{"a.example", "token-a", noon}, {"b.example", "token-b", {}}}));
  EXPECT_EQ(store->hosted_domains().value(),
            (std::vector<HostedDomain>{{"a.example", tenant_id(1)}}));
  EXPECT_EQ(found(2), Customised{});
}

TEST_P(StoredCustomisations, AreReplacedAfterTheVersionBeforeOnly) {
  EXPECT_TRUE(refused(change(put(1, 2)), FaultCode::conflict, ""));
  ASSERT_TRUE(done(change(put(1, 1))));
  EXPECT_TRUE(refused(change(put(1, 1)), FaultCode::conflict, ""));
  EXPECT_TRUE(refused(change(put(1, 3)), FaultCode::conflict, ""));
  ASSERT_TRUE(done(change(put(1, 2))));
  EXPECT_EQ(found(1).custom.version, Version{2});
}

TEST_P(StoredCustomisations, AHostIsOneTenantsUntilItIsFreed) {
  ASSERT_TRUE(done(change(with_domain(1, {"a.example", "t"}))));
  EXPECT_TRUE(
      refused(change(with_domain(2, {"a.example", "u"})), FaultCode::already_exists, "host"));
  EXPECT_TRUE(refused(change(without_domain(2, "a.example")), FaultCode::not_found, ""));
  EXPECT_TRUE(refused(change(with_domain(2, {"a.example", "u", noon})), FaultCode::not_found, ""));
  ASSERT_TRUE(done(change(without_domain(1, "a.example"))));
  EXPECT_TRUE(done(change(with_domain(2, {"a.example", "u"}))));
}

TEST_P(StoredCustomisations, DomainsThatWaitAreFoundByTheirAge) {
  ASSERT_TRUE(done(change(with_domain(1, {"old.example", "t", std::nullopt, noon - 2h}))));
  ASSERT_TRUE(done(change(with_domain(1, {"mine.example", "t", std::nullopt, noon - 2h}))));
  ASSERT_TRUE(done(change(with_domain(1, {"mine.example", "t", noon - 1h, noon - 2h}))));
  ASSERT_TRUE(done(change(with_domain(2, {"new.example", "t", std::nullopt, noon - 1h}))));
  const HostedDomain oldest{"old.example", tenant_id(1)};
  const HostedDomain newest{"new.example", tenant_id(2)};
  EXPECT_EQ(store->pending_domains(noon, 9).value(), (std::vector{oldest, newest}));
  EXPECT_EQ(store->pending_domains(noon, 1).value(), std::vector{oldest});
  EXPECT_EQ(store->pending_domains(noon - 1h, 9).value(), std::vector{oldest});
  EXPECT_EQ(found(1).domains.back().added_at, noon - 2h);
}

TEST_P(StoredCustomisations, ComeWithTheirEventOrNotAtAll) {
  const std::size_t before = events();
  ASSERT_TRUE(done(change(put(1, 1))));
  EXPECT_EQ(events(), before + 1);
  EXPECT_FALSE(change(put(1, 1)).ok());
  EXPECT_FALSE(change(without_domain(1, "a.example")).ok());
  EXPECT_EQ(events(), before + 1);
}

TEST_P(StoredCustomisations, GoWithTheirTenantAndFreeItsHosts) {
  ASSERT_TRUE(done(change(put(1, 1))));
  ASSERT_TRUE(done(change(with_domain(1, {"a.example", "t"}))));
  ASSERT_TRUE(done(change(with_domain(1, {"a.example", "t", noon}))));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_EQ(found(1), Customised{});
  EXPECT_TRUE(store->hosted_domains().value().empty());
  EXPECT_TRUE(done(change(with_domain(2, {"a.example", "u"}))));
}

TEST_P(StoredCustomisations, AreOfTenantsThatThereAre) {
  EXPECT_TRUE(refused(change(put(99, 1)), FaultCode::not_found, ""));
  EXPECT_TRUE(refused(change(with_domain(99, {"a.example", "t"})), FaultCode::not_found, ""));
}

TEST_P(StoredCustomisations, AreWrittenByTheOwnerAlone) {
  const Deed stale = deed(Epoch{epoch.raw() - 1});
  EXPECT_TRUE(refused(store->change_customisation(stale, put(1, 1)), FaultCode::fenced, ""));
  EXPECT_EQ(found(1), Customised{});
}

}  // namespace sluice::test
