// SPDX-License-Identifier: Apache-2.0
// Goal    Among many tenants every search finds what going through all of them finds.
// Method  More tenants than the stores go through before they ask an index, and texts and filters
//         that many, some and none of them have; compared page by page with a model.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

namespace {

constexpr std::uint64_t tenant_count = 2'600;

TenantDefinition one_of_many(std::uint64_t number) {
  TenantDefinition definition = tenant(number);
  constexpr std::array words{"Acme", "Borealis", "Cobalt", "Delta"};
  definition.name = std::string{words.at(number % words.size())};
  definition.name += number % 3 == 0 ? " GmbH" : " Ltd";
  // Few of them among those that are gone through first, and none.
  definition.name += number % 100 == 0 ? " Spread" : "";
  definition.name += number > 2'200 ? " Late" : "";
  definition.name += number == 2'500 ? " 100%_Unique" : "";
  definition.name += number == 2'501 ? " No 7654321" : number == 2'502 ? " Nr 7654321" : "";
  definition.tier = number % 5 == 0 ? "pro" : "free";
  definition.region = number % 7 == 0 ? "eu" : "";
  if (number % 400 == 0) {
    definition.life.status = TenantStatus::suspended;
    definition.life.suspended_at = WallTime{};
  }
  return definition;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

bool has(const std::string& hay, const std::string& text) {
  return text.size() < search_anywhere_min ? hay.starts_with(text)
                                           : hay.find(text) != std::string::npos;
}

bool matches(const TenantDefinition& one, const TenantQuery& query) {
  const std::string text = lower(query.text);
  return (query.tier.empty() || one.tier == query.tier) &&
         (query.region.empty() || one.region == query.region) &&
         (!query.status || one.life.status == *query.status) &&
         (text.empty() || has(lower(one.name), text) || has(one.slug, text));
}

}  // namespace

class ManyTenantsSearched : public StoreContract {
protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (std::uint64_t number = 1; number <= tenant_count; ++number) {
      all.push_back(one_of_many(number));
      ASSERT_TRUE(done(store->create(deed(epoch), all.back())));
    }
  }
  void expect_as_modelled(TenantQuery query) {
    std::vector<TenantId> expected;
    for (const TenantDefinition& one : all) {
      if (matches(one, query)) {
        expected.push_back(one.id);
      }
    }
    std::vector<TenantId> found;
    for (bool more = true; more;) {
      const auto page = store->list(query);
      ASSERT_TRUE(done(page));
      for (const TenantDefinition& one : page.value().tenants) {
        found.push_back(one.id);
      }
      more = page.value().more;
      query.after = found.empty() ? std::nullopt : std::optional{found.back()};
    }
    EXPECT_EQ(found, expected) << "text " << query.text << ", tier " << query.tier << ", region "
                               << query.region;
  }
  void find_texts() {
    for (const char* text :
         {"",    "gmbh",    "late",       "UNIQUE", "100%_u", "%_u", "tenant-25", "tenant-2500",
          "e l", "a",       "t",          "z",      "ac",     "te",  "zz",        "late gmbh",
          "%%%", "nowhere", "no 7654321", "7654321"}) {
      TenantQuery query;
      query.text = text;
      query.page_size = 900;
      expect_as_modelled(query);
      query.tier = "pro";
      expect_as_modelled(query);
      query.status = TenantStatus::suspended;
      expect_as_modelled(query);
    }
  }
  void pass_filters() {
    for (const char* tier : {"", "pro", "none"}) {
      for (const char* region : {"", "eu"}) {
        for (const auto status :
             {std::optional<TenantStatus>{}, std::optional{TenantStatus::active},
              std::optional{TenantStatus::suspended}, std::optional{TenantStatus::deactivated}}) {
          TenantQuery query;
          query.tier = tier;
          query.region = region;
          query.status = status;
          query.page_size = 700;
          expect_as_modelled(query);
          query.text = "late";
          expect_as_modelled(query);
        }
      }
    }
  }

  std::vector<TenantDefinition> all;
};
INSTANTIATE_TEST_SUITE_P(Contract, ManyTenantsSearched, testing::ValuesIn(all_stores()),
                         name_of_kind);

// One test, because so many tenants take seconds to make.
TEST_P(ManyTenantsSearched, AreFoundWhereverTheyAre) {
  find_texts();
  pass_filters();
}

}  // namespace sluice::test
