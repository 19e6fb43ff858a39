// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using testing::ElementsAre;
using testing::IsEmpty;

/// A query of which a test names only what matters to it.
struct Query {
  std::string tier{};
  std::string text{};
  std::optional<TenantId> after{};
  std::size_t page_size = 50;
};

class StoredTenantsListed : public StoreContract {
protected:
  void create(std::uint64_t number, const std::string& tier, const std::string& name) {
    TenantDefinition definition = tenant(number);
    definition.tier = tier;
    definition.name = name;
    ASSERT_TRUE(done(store->create(deed(epoch), definition)));
  }
  [[nodiscard]] Result<TenantPage> list(const Query& query) {
    return store->list({query.tier, query.text, query.after, query.page_size});
  }
  /// The numbers of the tenants on one page.
  [[nodiscard]] std::vector<std::uint64_t> numbers(const Query& query) {
    std::vector<std::uint64_t> found;
    const auto page = list(query);
    EXPECT_TRUE(page.ok()) << (page.ok() ? "" : page.fault().context);
    for (const TenantDefinition& definition : page.value().tenants) {
      found.push_back(definition.id.low - tenant_id(0).low);
    }
    return found;
  }
  [[nodiscard]] std::vector<std::uint64_t> with_text(const std::string& text) {
    return numbers({.text = text});
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredTenantsListed, testing::ValuesIn(all_stores()),
                         name_of_kind);

TEST_P(StoredTenantsListed, AreNoneAtFirst) {
  EXPECT_THAT(numbers({}), IsEmpty());
  EXPECT_FALSE(store->list({}).value().more);
}

TEST_P(StoredTenantsListed, AreInTheOrderOfTheirIds) {
  for (const std::uint64_t number : {3U, 1U, 2U}) {
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(number))));
  }
  TenantDefinition lowest = tenant(9);
  lowest.id = TenantId{1, ~std::uint64_t{0}};
  TenantDefinition highest = tenant(10);
  highest.id = TenantId{1ULL << 63, 0};
  ASSERT_TRUE(done(store->create(deed(epoch), highest)));
  ASSERT_TRUE(done(store->create(deed(epoch), lowest)));
  const auto page = store->list({});
  ASSERT_TRUE(done(page));
  EXPECT_TRUE(std::ranges::is_sorted(page.value().tenants, {}, &TenantDefinition::id));
  EXPECT_EQ(page.value().tenants.front().id, lowest.id);
  EXPECT_EQ(page.value().tenants.back().id, highest.id);
}

TEST_P(StoredTenantsListed, AreWhole) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 3))));
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(2, 1))));
  EXPECT_THAT(store->list({}).value().tenants,
              ElementsAre(tenant_with_limits(1, 3), tenant_with_limits(2, 1)));
}

TEST_P(StoredTenantsListed, ComeInPagesWithoutGapsOrRepeats) {
  for (std::uint64_t number = 1; number <= 7; ++number) {
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(number))));
  }
  EXPECT_THAT(numbers({.page_size = 3}), ElementsAre(1, 2, 3));
  EXPECT_THAT(numbers({.after = tenant_id(3), .page_size = 3}), ElementsAre(4, 5, 6));
  EXPECT_THAT(numbers({.after = tenant_id(6), .page_size = 3}), ElementsAre(7));
  EXPECT_THAT(numbers({.after = tenant_id(7), .page_size = 3}), IsEmpty());
}

TEST_P(StoredTenantsListed, SayWhetherThereAreMore) {
  for (std::uint64_t number = 1; number <= 3; ++number) {
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(number))));
  }
  EXPECT_TRUE(list({.page_size = 2}).value().more);
  EXPECT_FALSE(list({.page_size = 3}).value().more) << "a page that just fits is the last";
}

TEST_P(StoredTenantsListed, GoOnBehindATenantThatIsGone) {
  for (std::uint64_t number = 1; number <= 3; ++number) {
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(number))));
  }
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(2))));
  EXPECT_THAT(numbers({.after = tenant_id(2)}), ElementsAre(3));
}

// Whoever was there before the listing began is on exactly one page, whatever happens meanwhile.
TEST_P(StoredTenantsListed, ArePagedWithoutGapsOrRepeatsWhileOthersAreCreated) {
  constexpr std::uint64_t count = 200;
  for (std::uint64_t number = 2; number <= count; number += 2) {
    ASSERT_TRUE(done(store->create(deed(epoch), tenant(number))));
  }
  const std::jthread creator{[this] {
    for (std::uint64_t number = 1; number <= count; number += 2) {
      ASSERT_TRUE(done(other->create(deed(epoch), tenant(number))));
    }
  }};
  std::vector<TenantId> seen;
  Query query{.page_size = 7};
  for (bool more = true; more;) {
    const TenantPage page = list(query).value();
    std::ranges::transform(page.tenants, std::back_inserter(seen), &TenantDefinition::id);
    query.after = seen.back();
    more = page.more;
  }
  EXPECT_EQ(std::ranges::adjacent_find(seen, std::greater_equal{}), seen.end());
  for (std::uint64_t number = 2; number <= count; number += 2) {
    EXPECT_TRUE(std::ranges::binary_search(seen, tenant_id(number))) << number;
  }
}

TEST_P(StoredTenantsListed, AreOfTheTierThatWasAskedFor) {
  create(1, "free", "A");
  create(2, "pro", "B");
  create(3, "free", "C");
  EXPECT_THAT(numbers({.tier = "free"}), ElementsAre(1, 3));
  EXPECT_THAT(numbers({.tier = "free", .after = tenant_id(1)}), ElementsAre(3));
  EXPECT_THAT(numbers({.tier = "fre"}), IsEmpty()) << "a tier is not a beginning";
  EXPECT_THAT(numbers({.tier = "FREE"}), IsEmpty());
}

TEST_P(StoredTenantsListed, HaveTheTextInTheirNameOrSlug) {
  create(1, "free", "Acme Corporation");
  create(2, "free", "Other");
  EXPECT_THAT(with_text("corp"), ElementsAre(1));
  EXPECT_THAT(with_text("ACME"), ElementsAre(1));
  EXPECT_THAT(with_text("tenant-2"), ElementsAre(2));
  EXPECT_THAT(with_text("TENANT-"), ElementsAre(1, 2));
  EXPECT_THAT(with_text("nowhere"), IsEmpty());
}

TEST_P(StoredTenantsListed, TakeTheTextAsItIs) {
  create(1, "free", "100% \\ _ 'quoted'");
  create(2, "free", "Bäckerei");
  for (const char* text : {"00%", "\\ _", " 'q", "ed'", "100% \\ _"}) {
    EXPECT_THAT(with_text(text), ElementsAre(1)) << text;
  }
  EXPECT_THAT(with_text("%%%"), IsEmpty());
  EXPECT_THAT(with_text("1_0"), IsEmpty());
  EXPECT_THAT(with_text("bäck"), ElementsAre(2)) << "only the letters of ASCII have two cases";
  EXPECT_THAT(with_text("BÄCK"), IsEmpty());
}

TEST_P(StoredTenantsListed, BeginWithATextOfOneOrTwoCharacters) {
  create(1, "free", "Acme");
  create(2, "pro", "Macac");
  create(3, "free", "Übung");
  EXPECT_THAT(with_text("A"), ElementsAre(1));
  EXPECT_THAT(with_text("ac"), ElementsAre(1)) << "the other has it elsewhere";
  EXPECT_THAT(with_text("aca"), ElementsAre(2));
  EXPECT_THAT(with_text("Üb"), ElementsAre(3)) << "characters are counted, not bytes";
  EXPECT_THAT(with_text("bu"), IsEmpty());
  EXPECT_THAT(with_text("te"), ElementsAre(1, 2, 3)) << "so do their slugs";
  EXPECT_THAT(numbers({.tier = "pro", .text = "t"}), ElementsAre(2));
  EXPECT_THAT(numbers({.text = "te", .after = tenant_id(1), .page_size = 1}), ElementsAre(2));
  EXPECT_THAT(with_text("%"), IsEmpty());
  EXPECT_THAT(with_text("__"), IsEmpty());
}

TEST_P(StoredTenantsListed, AreFoundByWhatTheyAreNow) {
  create(1, "free", "Acme");
  TenantDefinition changed = next(tenant(1));
  changed.name = "Borealis";
  changed.slug = "north";
  changed.tier = "pro";
  ASSERT_TRUE(done(store->replace(deed(epoch), changed)));
  EXPECT_THAT(with_text("acme"), IsEmpty());
  EXPECT_THAT(with_text("boreal"), ElementsAre(1));
  EXPECT_THAT(with_text("north"), ElementsAre(1));
  EXPECT_THAT(numbers({.tier = "free"}), IsEmpty());
  EXPECT_THAT(numbers({.tier = "pro", .text = "bo"}), ElementsAre(1));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_THAT(with_text("boreal"), IsEmpty());
  EXPECT_THAT(numbers({.tier = "pro"}), IsEmpty());
}

TEST_P(StoredTenantsListed, MayBeAskedForWithATextOfAnyLength) {
  create(1, "free", "A");
  EXPECT_THAT(with_text(std::string(100'000, '%')), IsEmpty());
}

TEST_P(StoredTenantsListed, KeepBothFilters) {
  create(1, "free", "Acme");
  create(2, "pro", "Acme");
  create(3, "pro", "Other");
  EXPECT_THAT(numbers({.tier = "pro", .text = "acme"}), ElementsAre(2));
}

TEST_P(StoredTenantsListed, CountPagesByWhatMatches) {
  for (std::uint64_t number = 1; number <= 6; ++number) {
    create(number, number % 2 == 0 ? "pro" : "free", "A");
  }
  const auto page = list({.tier = "pro", .page_size = 2});
  ASSERT_TRUE(done(page));
  EXPECT_EQ(page.value().tenants.size(), 2U);
  EXPECT_TRUE(page.value().more);
}

TEST_P(StoredTenantsListed, RefuseAPageOfNoneAndOneThatIsTooLarge) {
  EXPECT_TRUE(refused(list({.page_size = 0}), FaultCode::invalid_argument, "page_size"));
  EXPECT_TRUE(
      refused(list({.page_size = page_size_max + 1}), FaultCode::invalid_argument, "1 to 1000"));
  EXPECT_TRUE(list({.page_size = page_size_max}).ok());
}

}  // namespace sluice::test
